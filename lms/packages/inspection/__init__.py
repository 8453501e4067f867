"""What an uploaded file is, and its files, safely."""
