"""What people look at and fetch: tables (CSV, XLSX, JSON) and static pages, written to a folder.

It is given values and makes bytes; it knows neither the database nor the settings.
"""
