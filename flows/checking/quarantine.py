"""Copies of pages that were not accepted, kept so that a person can see what was received."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from basics.atomic_write import write_atomically
from flows.context.context import AppContext
from ofsted.errors import SiteError
from ofsted.provider_key import ProviderKey
from ofsted.site.answers import UnverifiedPage

log = logging.getLogger(__name__)

FOLDER = "quarantine"
KEPT = 5  # pages of each provider, the newest
LARGEST = 1_000_000  # bytes of a page; the rest is cut off


def quarantine_page(
    context: AppContext, provider: ProviderKey, error: SiteError, now: datetime
) -> Path | None:
    """Save the page that an error carries; gives its path. None: no page, or not saved."""
    if not isinstance(error, UnverifiedPage):
        return None
    page = error.page.body[:LARGEST]
    folder = context.settings.data / FOLDER
    try:
        newest = next(iter(_quarantined(folder, provider)), None)
        if newest is not None and newest.read_bytes() == page:
            return newest
        path = folder / f"{_prefix(provider)}{now:%Y-%m-%dT%H%M%S}Z.html.txt"
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, page)
        for old in _quarantined(folder, provider)[KEPT:]:
            old.unlink()
    except OSError as trouble:
        log.warning("a copy of the page could not be saved: %s", trouble)
        return None
    return path


def _quarantined(folder: Path, provider: ProviderKey) -> list[Path]:
    """The pages of a provider, the newest first."""
    return sorted(folder.glob(f"{_prefix(provider)}*.txt"), reverse=True)


def _prefix(provider: ProviderKey) -> str:
    return f"{provider.code}-{provider.urn}-"
