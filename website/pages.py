"""The pages of the site as HTML: values into templates, every text of them escaped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from website import addresses, picture

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
STATIC = ("site.css", "site.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What stands around every page.

    `written` is when the page was: it makes no page a changed one. `url` is where readers reach
    the site's root, empty where nobody said.
    """

    title: str
    menu: tuple[tuple[str, str], ...]  # labels and pages
    feed: str
    written: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A file of the site. The same `fingerprint` means the same content, but for its date."""

    path: str
    fingerprint: str
    make: Callable[[], bytes]


def page(path: str, template: str, values: object, layout: Layout) -> Output:
    """A page of the site.

    Args:
        path: its address, from the site's root.
        template: its name, without `.html`.
        values: what it shows, of dataclasses and plain values.
    """
    around = (layout.title, layout.menu, layout.feed, layout.url, path)

    def make() -> bytes:
        html = _environment().get_template(f"{template}.html")
        root = "../" * path.count("/")
        return html.render(page=values, layout=layout, path=path, root=root).encode()

    return Output(path, _fingerprint(template, code(), around, values), make)


def file(path: str, content: bytes) -> Output:
    """A file that is there already."""
    return Output(path, hashlib.sha256(content).hexdigest(), lambda: content)


def made_of(path: str, values: object, make: Callable[[], bytes]) -> Output:
    """A file that is made only if the values that it is made of have changed."""
    return Output(path, _fingerprint(path, code(), values), make)


def static() -> list[Output]:
    """The style sheet and the script."""
    return [file(name, (HERE / "static" / name).read_bytes()) for name in STATIC]


def _fingerprint(*values: object) -> str:
    return hashlib.sha256(msgspec.json.encode(values)).hexdigest()


@cache
def code() -> str:
    """A fingerprint of all that makes pages: a changed template makes every page a changed one."""
    files = sorted(each for each in HERE.rglob("*") if each.suffix in {".py", ".html", ".css"})
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        draw_over_time=picture.over_time, draw_months=picture.months, addresses=addresses
    )
    return environment
