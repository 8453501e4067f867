"""What a quality report consists of, and its life; plain values."""
