"""What an installation is given: its settings, read and checked."""
