"""The pages of results and of adjustments."""
