"""The official papers of nominations; their language is Vietnamese, whatever the reader's."""
