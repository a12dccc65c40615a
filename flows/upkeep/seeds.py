"""Imports seeds: reports as text or PDF, recorded as baseline, joined to the listed reports."""

from __future__ import annotations

import csv
import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

import seeds
from flows.checking.diff import known_under_another_key
from flows.checking.one_check import PATIENCE
from flows.checking.record import row_of
from flows.comparing.comparison_rows import update_comparisons
from flows.context.context import AppContext
from ofsted import Reading
from ofsted.provider_key import AUTHORITY, ProviderKey
from ofsted.site.addresses import Addresses
from ofsted.site.model import Entry
from storage import models
from storage.leases import leased
from storage.record import Bytes, add_document, add_report, add_version, get_state, set_state
from storage.report_snapshots import by_key, report_snapshots

log = logging.getLogger(__name__)

TEXT = "text/plain; charset=utf-8"
IMPORTED = "seeds imported"


class UnknownSeedError(Exception):
    """A file that no index lists."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A report's file, with the facts of its row in the index."""

    name: str
    content: bytes
    urn: str
    title: str
    published: date
    file_id: str | None
    code: str = AUTHORITY
    provider: str = ""  # its name, where its page has not said it; empty: not known

    @property
    def provider_key(self) -> ProviderKey:
        """The provider on whose page it was listed."""
        return ProviderKey(self.code, self.urn)

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a seed."""

    name: str
    urn: str
    file_id: str | None
    status: str  # of its reading
    result: str  # imported, joined, known


def packaged() -> list[Seed]:
    """The seeds that come with the program."""
    folder = seeds.folder()
    index = folder.joinpath("index.csv").read_text(encoding="utf-8")
    return [
        _seed(row, row["file"], folder.joinpath(row["file"]).read_bytes())
        for row in csv.DictReader(index.splitlines())
    ]


def from_files(paths: Iterable[Path]) -> list[Seed]:
    """Seeds from files: by the index beside each, else by the packaged one.

    Raises:
        UnknownSeedError: no index has such a file (same bytes), or it cannot be read.
    """
    known = {seed.sha256: seed for seed in packaged()}
    return [_from_file(path, known) for path in paths]


def _from_file(path: Path, known: dict[str, Seed]) -> Seed:
    try:
        content = path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        for row in _index_beside(path):
            if row.get("sha256") == sha256:
                return _seed(row, path.name, content)
    except (OSError, KeyError, ValueError) as error:
        raise UnknownSeedError(f"{path}: cannot be imported: {error}") from None
    if sha256 not in known:
        raise UnknownSeedError(
            f"{path}: not listed in index.csv beside it or in the packaged index; add a line with "
            "its sha256, urn, title, published and file_id"
        )
    return known[sha256]


def _index_beside(path: Path) -> Iterator[dict[str, str]]:
    index = path.parent / "index.csv"
    if index.exists():
        yield from csv.DictReader(index.read_text(encoding="utf-8").splitlines())


def _seed(row: dict[str, str], name: str, content: bytes) -> Seed:
    return Seed(
        name=name,
        content=content,
        urn=row["urn"],
        title=row["title"],
        published=date.fromisoformat(row["published"]),
        file_id=row["file_id"] or None,
        code=row.get("code") or AUTHORITY,
        provider=row.get("provider") or "",
    )


def import_when_due(context: AppContext) -> list[Imported]:
    """Import the packaged seeds of watched authorities, once, if the settings say so."""
    watched = {authority.key for authority in context.settings.watch}
    due = [seed for seed in packaged() if seed.provider_key in watched]
    if not context.settings.import_seeds or not due:
        return []
    with context.database.read() as session:
        if get_state(session, IMPORTED):
            return []
    return context.step("import seeds", partial(import_seeds, due, context))


def import_seeds(found: Iterable[Seed], context: AppContext) -> list[Imported]:
    """Import seeds into the baseline, without alerts; importing them again changes nothing.

    Raises:
        storage.leases.BusyError: a check of the provider did not end in ten minutes.
    """
    imported = [_import(seed, context) for seed in found]
    with context.database.write() as session:
        set_state(session, IMPORTED, context.clock.now().isoformat())
    return imported


def _import(seed: Seed, context: AppContext) -> Imported:
    sha256 = context.archive.keep_bytes(seed.content, TEXT)
    from ofsted import read_apart  # all parsers: not needed where nothing is read

    reading = read_apart(context.archive.path(sha256, TEXT))
    document = Bytes(sha256, len(seed.content), TEXT)
    with (
        leased(context.database, f"provider {seed.provider_key}", wait=PATIENCE) as hold,
        context.database.write() as session,
    ):
        hold.check(session)
        result = _record(session, seed, document, reading, context)
    log.info("%s: %s", seed.name, result)
    return Imported(seed.name, seed.urn, seed.file_id, reading.status, result)


def _record(
    session: Session, seed: Seed, document: Bytes, reading: Reading, context: AppContext
) -> str:
    now, entry = context.clock.now(), _entry(seed, context)
    provider = session.get(models.Provider, seed.provider_key)
    if provider is None:
        provider = models.Provider(code=seed.code, urn=seed.urn, since=now)
        session.add(provider)
    provider.name = provider.name or seed.provider or None
    session.flush()
    reports = report_snapshots(session, seed.provider_key)
    report = by_key(reports).get(entry.key) or known_under_another_key(
        entry, document.sha256, reading, reports=reports, gone=()
    )
    add_document(session, document, reading, now)
    if report is None:
        row = row_of(entry, seed.provider_key)
        report_id = add_report(session, row, seen=now, baseline=True, listed=False)
    else:
        report_id = report.id
    is_more = add_version(session, report_id, document.sha256, "seed", now)
    update_comparisons(session, seed.provider_key)
    if not is_more:
        return "known"
    return "imported" if report is None else "joined"


def _entry(seed: Seed, context: AppContext) -> Entry:
    """The row of the site's list that the seed belongs to."""
    files = Addresses(files=context.settings.ofsted.files)
    link = files.file(seed.file_id) if seed.file_id else None
    return Entry(seed.title, seed.published, link, seed.file_id)
