"""What can be done with evaluations, by subject."""
