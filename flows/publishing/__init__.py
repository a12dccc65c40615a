"""The website: pages, feeds and tables, made of what is known and written to a folder."""
