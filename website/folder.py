"""Writes the site to its folder so that, whenever it is read or whoever is killed, links hold.

Pages come before those that list them, and what is no longer wanted goes last. Only files that
this program wrote are ever replaced or removed: a list of them, `.written.json`, is in the folder.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from basics.atomic_write import write_atomically
from website.pages import Output

MANIFEST = ".written.json"
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
        return Manifest(dict(found["state"]), dict(found["files"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Manifest()


def write(
    folder: Path,
    outputs: Iterable[Output],
    state: Mapping[str, str],
    *,
    unchanged: Collection[str] = (),
    anew: bool = False,
) -> Written:
    """Write what has changed, in this order; then remove what is no longer wanted.

    Args:
        folder: made if it is missing.
        outputs: every file that is wanted, but those of `unchanged`.
        state: of the data, for the manifest.
        unchanged: folders of the site whose files stay as they are.
        anew: write also what has not changed.

    Raises:
        WebsiteError: in one line, what cannot be written and what to do.
    """
    wanted = {each.path: each for each in outputs}
    try:
        return _write(folder, wanted, state, unchanged, anew=anew)
    except OSError as error:
        raise WebsiteError(
            f"the website could not be written to {folder}: {error.strerror or error}; check that "
            "the folder exists, is writable and has free disk space"
        ) from error


def _write(
    folder: Path,
    wanted: Mapping[str, Output],
    state: Mapping[str, str],
    unchanged: Collection[str],
    *,
    anew: bool,
) -> Written:
    before = read_manifest(folder)
    _refuse_foreign(folder, wanted, before)
    kept = {
        path: fingerprint
        for path, fingerprint in before.files.items()
        if path not in wanted and path.partition("/")[0] in unchanged
    }
    # What may be there is listed before it is written, so that a kill leaves nothing unlisted.
    listed = {**before.files, **dict.fromkeys(set(wanted) - set(before.files), "")}
    changed = [each for each in wanted.values() if anew or _differs(folder, each, before)]
    if changed:
        _put(folder / MANIFEST, _as_json({}, listed))
    for each in changed:
        _put(folder / each.path, each.make())
    gone = [path for path in before.files if path not in wanted and path not in kept]
    for path in gone:
        _remove(folder, path)
    files = {**kept, **{path: each.fingerprint for path, each in wanted.items()}}
    if changed or gone or before != Manifest(dict(state), files):
        _put(folder / MANIFEST, _as_json(state, files))
    return Written(len(changed), len(gone))


def _refuse_foreign(folder: Path, wanted: Mapping[str, Output], before: Manifest) -> None:
    """Somebody else's page is not replaced, such as the start page of a web server."""
    foreign = [path for path in wanted if path not in before.files and (folder / path).exists()]
    if foreign:
        raise WebsiteError(
            f"the website could not be written: {folder / foreign[0]} is there and was not "
            "written by Ofsted Watch; choose an empty folder in the settings ([website] folder)"
        )


def _differs(folder: Path, output: Output, before: Manifest) -> bool:
    known = before.files.get(output.path)
    return known != output.fingerprint or not (folder / output.path).is_file()


def _put(path: Path, content: bytes) -> None:
    _make(path.parent)
    write_atomically(path, content, mode=READABLE)


def _make(folder: Path) -> None:
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(OPEN)  # whatever the service's own mask is


def _remove(folder: Path, path: str) -> None:
    (folder / path).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # others' files may be in it
        (folder / path).parent.rmdir()


def _as_json(state: Mapping[str, str], files: Mapping[str, str]) -> bytes:
    content = {"state": dict(state), "files": dict(files)}
    return json.dumps(content, indent=0, sort_keys=True).encode() + os.linesep.encode()
