"""What stands in a workbook: its sheets, cells and links, read out of its parts."""

from __future__ import annotations

import io
from typing import Any
from zipfile import ZipFile

from lxml import etree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Book:
    """A workbook as bytes."""

    def __init__(self, content: bytes) -> None:
        self.parts = {}
        with ZipFile(io.BytesIO(content)) as file:
            for name in file.namelist():
                self.parts[name] = file.read(name)
        strings = etree.fromstring(self.parts["xl/sharedStrings.xml"])
        self.strings = ["".join(each.itertext()) for each in strings]
        sheets = etree.fromstring(self.parts["xl/workbook.xml"]).iter(f"{MAIN}sheet")
        self.names = [sheet.attrib["name"] for sheet in sheets]

    def part(self, name: str) -> Any:
        """The XML of a sheet."""
        return etree.fromstring(self.parts[f"xl/worksheets/sheet{self.names.index(name) + 1}.xml"])

    def cells(self, name: str) -> dict[str, tuple[str, str]]:
        """By place, such as A1: the type (s text, n number, b yes or no) and what it holds."""
        found = {}
        for cell in self.part(name).iter(f"{MAIN}c"):
            kind, value = cell.get("t", "n"), cell.findtext(f"{MAIN}v") or ""
            found[cell.attrib["r"]] = (kind, self.strings[int(value)] if kind == "s" else value)
        return found

    def links(self, name: str) -> list[str]:
        """Where the links of a sheet lead."""
        part = self.parts.get(f"xl/worksheets/_rels/sheet{self.names.index(name) + 1}.xml.rels")
        return [each.attrib["Target"] for each in etree.fromstring(part)] if part else []
