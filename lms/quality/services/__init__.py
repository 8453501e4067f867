"""What can be done with results: answered by lecturers, adjusted by institutions."""
