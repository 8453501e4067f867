"""Quality reports that are written, approved by somebody else, issued with frozen figures, and kept as they were."""
