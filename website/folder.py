"""Writes the site to its folder so that, whenever it is read or whoever is killed, links hold.

Pages come before those that list them, and what is no longer wanted goes last. The folder is ours
from the start, when it was empty or missing; a list of what was written, `.written.json`, is in it.
While files are written, the list says of none what it shows: a writing that was broken off is made
good by the next, which writes all of them.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from basics.atomic_write import remove_unfinished, write_atomically
from website import addresses
from website.pages import Output

MANIFEST = ".written.json"
OLD = 3600.0  # seconds: an unfinished file that is older is a killed writing's
READABLE, OPEN = 0o644, 0o755  # a web server may run as another user


class WebsiteError(Exception):
    """The site cannot be written; what was there before is still there."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many files were written and removed."""

    files: int = 0
    removed: int = 0


@dataclass(slots=True)
class Manifest:
    """What was written: fingerprints by path, and the state of the data that it shows, by part."""

    state: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def read_manifest(folder: Path) -> Manifest:
    """What was written before; empty where nothing was, or where it cannot be read."""
    try:
        found: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = {path: known for path, known in found["files"].items() if _is_inside(path)}
        return Manifest(dict(found["state"]), files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Manifest()


def _is_inside(path: str) -> bool:
    """Whether it is a file's path in the folder: what others wrote into the list removes none."""
    return path.isprintable() and all(part.strip(".") for part in path.split("/"))


def write(
    folder: Path,
    outputs: Iterable[Output],
    state: Mapping[str, str],
    *,
    unchanged: Callable[[str], bool] = lambda _path: False,
    anew: bool = False,
) -> Written:
    """Write what has changed, in this order; then remove what is no longer wanted.

    Args:
        folder: made if it is missing; the one that it is in must be there.
        outputs: every file that is wanted, but those that are unchanged; made one by one.
        state: of the data, for the manifest.
        unchanged: whether a file that was written before stays as it is.
        anew: write also what has not changed, and remove what killed writings left unfinished.

    Raises:
        WebsiteError: in one line, what cannot be written and what to do.
    """
    try:
        return _write(folder, outputs, state, unchanged, anew=anew)
    except OSError as error:
        raise WebsiteError(
            f"the website could not be written to {folder}: {error.strerror or error}; check that "
            "the folder exists, is writable and has free disk space"
        ) from error


def _write(
    folder: Path,
    outputs: Iterable[Output],
    state: Mapping[str, str],
    unchanged: Callable[[str], bool],
    *,
    anew: bool,
) -> Written:
    _take(folder)
    before = read_manifest(folder)
    files, written = {}, 0
    for output in outputs:
        path = folder / output.path
        if anew or before.files.get(output.path) != output.fingerprint or not path.is_file():
            content = output.make()
            if not written:
                _put(folder / MANIFEST, _as_json(Manifest(files=dict.fromkeys(before.files, ""))))
            _put(path, content)
            written += 1
        files[output.path] = output.fingerprint
    kept = {path: known for path, known in before.files.items() if unchanged(path)}
    gone = _no_longer_wanted(folder, before.files, {**kept, **files})
    for each in gone:
        _remove(folder, each)
    now = Manifest(dict(state), {**kept, **files})
    if written or now != before:
        _put(folder / MANIFEST, _as_json(now))
    if anew:
        for place in {(folder / path).parent for path in now.files} | {folder}:
            remove_unfinished(place, time.time() - OLD)
    return Written(written, len(gone))


def _take(folder: Path) -> None:
    """Make the folder ours, or make sure that it is."""
    if (folder / MANIFEST).exists():
        return
    if folder.is_dir() and any(folder.iterdir()):
        raise WebsiteError(
            f"the website was not written to {folder}: the folder has files that Ofsted Watch did "
            "not write; choose an empty or a new one in the settings ([website] folder)"
        )
    _put(folder / MANIFEST, _as_json(Manifest()))


def _no_longer_wanted(folder: Path, before: Iterable[str], wanted: Collection[str]) -> list[str]:
    """What was written before, and what a writing that was killed left unlisted."""
    folders = {path.partition("/")[0] for path in wanted if "/" in path}
    left = (
        path.relative_to(folder).as_posix()
        for each in folders
        for path in (folder / each).glob(addresses.REPORTS)
    )
    return sorted({*before, *left} - {*wanted})


def _put(path: Path, content: bytes) -> None:
    _make(path.parent)
    write_atomically(path, content, mode=READABLE)


def _make(folder: Path) -> None:
    """Make the folder, but not the one that it is in: that may be a disk that is away."""
    if not folder.is_dir():
        folder.mkdir()
        folder.chmod(OPEN)  # whatever the service's own mask is


def _remove(folder: Path, path: str) -> None:
    (folder / path).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # others' files may be in it
        (folder / path).parent.rmdir()


def _as_json(manifest: Manifest) -> bytes:
    return json.dumps(asdict(manifest), indent=0, sort_keys=True).encode()
