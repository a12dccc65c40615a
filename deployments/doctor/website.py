"""The website for readers: whether it can be written, when it was, and whether it is served."""

from __future__ import annotations

import http.client
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from deployments.doctor.findings import Diagnosis, note, ok, wrong
from deployments.service.bind_address import local_address, refusal
from deployments.service.client import WEBSITE_SERVER, running_service
from flows.context.context import AppContext
from flows.settings.model import Settings
from notifications.addresses import loopback
from website.addresses import INDEX

WEBSITE = "website"
ANSWERED_WITHIN = 5.0  # seconds
WAIT = "wait five minutes; if this continues, see logs/website.log in the data folder"


def examine(context: AppContext) -> Iterator[Diagnosis]:
    """Its folder, its address for readers, and the server if it is to be served."""
    settings = context.settings
    yield _folder(settings)
    parts = urlsplit(settings.website.url)
    if parts.scheme == "http" and not loopback(parts.hostname or ""):
        found = f"readers reach it without encryption: {settings.website.url}"
        yield note(WEBSITE, found, "serve it by https, and change `url` under [website]")
    if settings.website.serve:
        yield _served(settings)


def _folder(settings: Settings) -> Diagnosis:
    folder = settings.website_folder
    # os.path's, as Path's own raises an error for what may not be seen
    nearest = next(each for each in (folder, *folder.parents) if os.path.exists(each))  # noqa: PTH110
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        to_do = "correct `folder` under [website], or its permissions"
        return wrong(WEBSITE, f"{nearest} is not a folder that can be written to", to_do)
    written = [index.stat().st_mtime for index in _indexes(folder)]
    if not written:
        return note(WEBSITE, f"not written yet, to {folder}", "wait for the next check")
    zone = ZoneInfo(settings.schedule.timezone)
    last = datetime.fromtimestamp(max(written), UTC).astimezone(zone)
    return ok(WEBSITE, f"last written {last:%a %d %B %Y %H:%M}, to {folder}")


def _indexes(folder: Path) -> Iterator[Path]:
    yield from folder.glob(INDEX)
    yield from folder.glob(f"*/{INDEX}")


def _served(settings: Settings) -> Diagnosis:
    """By the running service, or whether it could be."""
    serve = settings.website.serve
    running = running_service(settings)
    children = running.children if running else ()
    if any(each.name == WEBSITE_SERVER and each.is_alive() for each in children):
        if _answers(local_address(serve)):
            return ok(WEBSITE, f"served at {local_address(serve)}")
        return wrong(WEBSITE, f"its server does not answer at {local_address(serve)}", WAIT)
    if refused := refusal(serve):
        why, advice = refused
        to_do = f"{advice} in `serve` under [website]"
        return wrong(WEBSITE, f"cannot be served at {serve}: {why}", to_do)
    if running:
        return wrong(WEBSITE, f"not served at {serve}; the service is starting it", WAIT)
    return note(WEBSITE, f"not served at {serve}: the service is not running")


def _answers(place: str) -> bool:
    """Whether a website answers there, also one that is not written yet."""
    parts = urlsplit(place)
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port, timeout=ANSWERED_WITHIN
    )
    try:
        connection.request("HEAD", "/")
        return connection.getresponse().status in {200, 503}
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
