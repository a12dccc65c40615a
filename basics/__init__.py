"""What every package may use: an HTTP session with limits, and files written atomically."""
