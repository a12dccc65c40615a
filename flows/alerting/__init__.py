"""Events made out of what was found, and sent."""
