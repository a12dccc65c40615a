"""What Ofsted publishes about councils' services for children: its site and its reports.

A library: no database, no settings, no recipients. Names are imported when first used, so that
a program that only reads reports does not load what the site needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Imported now: importing the module of the same name later would replace the function.
from ofsted.authorities import Authority, authorities
from ofsted.compare import Comparison, compare

if TYPE_CHECKING:
    from ofsted.authority_names import authority
    from ofsted.errors import (
        OfstedError,
        Refused,
        SiteError,
        UnexpectedResponse,
        UnknownName,
        Unreachable,
        Unreadable,
    )
    from ofsted.reports.limits import Limits
    from ofsted.reports.model import Reading
    from ofsted.reports.read import read
    from ofsted.reports.sandbox import read_apart
    from ofsted.site import Site

_MODULES = {
    "Limits": "ofsted.reports.limits",
    "OfstedError": "ofsted.errors",
    "Reading": "ofsted.reports.model",
    "Refused": "ofsted.errors",
    "Site": "ofsted.site",
    "SiteError": "ofsted.errors",
    "UnexpectedResponse": "ofsted.errors",
    "UnknownName": "ofsted.errors",
    "Unreachable": "ofsted.errors",
    "Unreadable": "ofsted.errors",
    "authority": "ofsted.authority_names",
    "read": "ofsted.reports.read",
    "read_apart": "ofsted.reports.sandbox",
}

__all__ = [
    "Authority",
    "Comparison",
    "Limits",
    "OfstedError",
    "Reading",
    "Refused",
    "Site",
    "SiteError",
    "UnexpectedResponse",
    "UnknownName",
    "Unreachable",
    "Unreadable",
    "authorities",
    "authority",
    "compare",
    "read",
    "read_apart",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
