"""What an installation is told: its settings, read and checked."""
