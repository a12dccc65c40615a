"""What Ofsted publishes on the services of councils: its site, and its reports.

A library: no database, no settings, no recipients. Names are imported when they are first
used, so that a program which only reads reports does not load what the site needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# At once, since the function has the name of its module, which would take its place here.
from ofsted.compare import Comparison, compare

if TYPE_CHECKING:
    from ofsted.errors import (
        OfstedError,
        Refused,
        SiteError,
        UnexpectedResponse,
        Unreachable,
        Unreadable,
    )
    from ofsted.reports.limits import Limits
    from ofsted.reports.model import Reading
    from ofsted.reports.read import read
    from ofsted.reports.sandbox import read_apart
    from ofsted.site import Site

_HOMES = {
    "Limits": "ofsted.reports.limits",
    "OfstedError": "ofsted.errors",
    "Reading": "ofsted.reports.model",
    "Refused": "ofsted.errors",
    "Site": "ofsted.site",
    "SiteError": "ofsted.errors",
    "UnexpectedResponse": "ofsted.errors",
    "Unreachable": "ofsted.errors",
    "Unreadable": "ofsted.errors",
    "read": "ofsted.reports.read",
    "read_apart": "ofsted.reports.sandbox",
}

__all__ = [
    "Comparison",
    "Limits",
    "OfstedError",
    "Reading",
    "Refused",
    "Site",
    "SiteError",
    "UnexpectedResponse",
    "Unreachable",
    "Unreadable",
    "compare",
    "read",
    "read_apart",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
