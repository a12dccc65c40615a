"""Apprise, as far as we use it: one plugin for one address. Imported only when needed."""

from __future__ import annotations

from typing import Any

from apprise import Apprise, AppriseAsset

from notifications import quiet

ASSET = AppriseAsset(app_id="Ofsted watch", app_desc="Ofsted watch", app_url="")


def load(address: str) -> Any | None:
    """The plugin of an Apprise address; None where it does not load. Nothing is sent."""
    quiet.hush()
    return Apprise.instantiate(address, asset=ASSET, suppress_exceptions=True)


def parse_names(protocol: str | tuple[str, ...] | list[str] | None) -> frozenset[str]:
    """Apprise writes a plugin's schemas as one name, several, or none."""
    if isinstance(protocol, str):
        return frozenset({protocol})
    return frozenset(protocol or ())
