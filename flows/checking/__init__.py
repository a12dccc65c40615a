"""A check of one page: fetch, diff, download, read, record."""
