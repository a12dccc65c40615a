"""What every step works with."""
