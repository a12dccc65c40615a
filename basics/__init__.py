"""What is nobody's own: a guarded HTTP session, files written whole, process locks."""
