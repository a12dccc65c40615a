"""What keeps the service right: the audit, overdue checks, seeds, rereading, retention."""
