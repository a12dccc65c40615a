"""The settings: where they are, who can read them, and warnings about them."""

from __future__ import annotations

from collections.abc import Iterator

from deployments.doctor.findings import Diagnosis, note, ok, wrong
from flows.context.context import recipient_warnings
from flows.settings import load
from flows.settings.model import Settings
from notifications.words.plain import several
from ofsted.site.addresses import FILES, REPORTS

SETTINGS = "settings"


def examine(settings: Settings) -> Iterator[Diagnosis]:
    """The findings about valid settings; invalid ones stop every command before this."""
    if settings.file is None:
        to_do = "run `ofsted-watch init` to write a settings file"
        yield note(SETTINGS, "no settings file found: checking Sutton", to_do)
    else:
        yield ok(SETTINGS, f"{settings.file} is valid; {_watched(settings)} watched")
    for warning in (*load.warnings(settings), *recipient_warnings(settings)):
        what, _, to_do = warning.partition("; ")
        yield note(SETTINGS, what, to_do)
    if lacking := load.lack_of_operators(settings):
        yield note(SETTINGS, lacking, 'add a recipient with audience = "operators"')
    yield from _test_mode(settings)
    yield from _authority(settings)


def _watched(settings: Settings) -> str:
    """`1 authority and all providers in Sutton`, `20 authorities and all providers in 12 areas`."""
    watched = several(len(settings.watch), "authority", "authorities")
    if not settings.areas:
        return watched
    is_one = len(settings.areas) == 1
    where = settings.areas[0].short_name if is_one else f"{len(settings.areas)} areas"
    return f"{watched} and all providers in {where}"


def _test_mode(settings: Settings) -> Iterator[Diagnosis]:
    site = settings.ofsted
    if (site.reports, site.files) != (REPORTS, FILES):
        found = f"checking a test site, not Ofsted's: {site.reports}, files from {site.files}"
        yield note(SETTINGS, found, "remove [ofsted] from the settings to check Ofsted's site")
    elif settings.allow_private:
        found = "allow_private is on, which is only for test sites"
        yield note(SETTINGS, found, "remove it from the settings")


def _authority(settings: Settings) -> Iterator[Diagnosis]:
    file = settings.authority_file
    if file is None:
        return
    try:
        is_pem = "BEGIN CERTIFICATE" in file.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        yield wrong(
            SETTINGS,
            f"ca_file {file} cannot be read: {error.strerror}",
            "check the path and permissions",
        )
        return
    if not is_pem:
        yield wrong(SETTINGS, f"ca_file {file} contains no certificate", "use a PEM file")
