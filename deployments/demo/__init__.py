"""A fake Ofsted site, and a demonstration played against it."""
