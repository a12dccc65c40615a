"""Which inspection a report is compared with, and what differs."""
