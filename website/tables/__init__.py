"""Tables that people fetch: what their columns are, and rows made into CSV, XLSX and JSON."""

from website.tables.columns import TABLES, Column, Table
from website.tables.csv_file import as_csv
from website.tables.json_file import as_json
from website.tables.workbook import as_workbook

__all__ = ["TABLES", "Column", "Table", "as_csv", "as_json", "as_workbook"]
