"""Writes down what this version of the parser reads: `python -m tests.parser_results`."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import seeds
from ofsted.reports.model import PARSER, Reading
from ofsted.reports.read import read
from tests.examples import EXAMPLES

RECORDED = Path(__file__).parent / "ofsted" / "reports" / "parser_results.json"
OTHERWISE = (
    "sha256",
    "parser_version",
    "text",
    "pages",
)  # not what is read, but of what and by whom


@cache
def results() -> dict[str, str]:
    """A hash of what is read in each example and seed, from their texts, by name."""
    texts = [*EXAMPLES, *(path for path in seeds.folder().iterdir() if path.name.endswith(".txt"))]
    return {path.name: _hash(read(path.read_bytes(), name=path.name)) for path in sorted(texts)}


def _hash(reading: Reading) -> str:
    found = {name: value for name, value in reading.as_json().items() if name not in OTHERWISE}
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def main() -> None:
    """Write them, a line each."""
    found = {"parser": PARSER, "examples": results()}
    RECORDED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
