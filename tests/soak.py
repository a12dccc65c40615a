"""Some hundred kills; prints where they fell and how long they took. `make soak` begins with it."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.databases import Databases, Sqlite, postgres
from tests.installation import Snapshots
from tests.kills import Kills

SHARE = 0.75  # of the kills on SQLite, the others on PostgreSQL
IN_A_ROW = (
    0.1  # of the kills at a step: installations in which several fall at moments of the clock
)
FULL_DISKS = (
    0.1  # of them: installations whose disk is full for a while; on SQLite, whose files are ours
)


def main() -> int:
    """Kill, and print what was still true."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="at steps; others come on top")
    parser.add_argument("--seed", type=int, default=0, help="of the first kill")
    asked = parser.parse_args()
    on_sqlite = round(asked.kills * SHARE)
    failed = 0
    for kind, first, number in (
        ("sqlite", asked.seed, on_sqlite),
        ("postgresql", asked.seed + on_sqlite, asked.kills - on_sqlite),
    ):
        with nullcontext(Sqlite()) if kind == "sqlite" else postgres() as databases:
            failed += _kill(databases, range(first, first + number))
    return 1 if failed else 0


def _kill(databases: Databases, seeds: range) -> int:
    began, failed = time.monotonic(), 0
    with TemporaryDirectory(prefix="soak-") as folder:
        installations = Path(folder) / "installations"
        installations.mkdir()
        kills = Kills(Snapshots(installations, databases), Path(folder))
        in_a_row = seeds[: round(len(seeds) * IN_A_ROW)]
        failed += sum(not _held(kills.kill, seed) for seed in seeds)
        failed += sum(not _held(kills.kill_in_a_row, seed) for seed in in_a_row)
        if databases.name == "sqlite":
            disks = seeds[: round(len(seeds) * FULL_DISKS)]
            failed += sum(not _held(kills.fill_disk, seed) for seed in disks)
    seconds = time.monotonic() - began
    print(
        f"{databases.name}: {kills.fell.total()} kills in {seconds:.0f} s, {failed} failed, "
        f"{kills.second_copies} second copies, all of the same bytes"
    )
    for where, number in sorted((+kills.fell).items()):
        print(f"  {number:4} {where}")
    return failed


def _held(kill: Callable[[int], None], seed: int) -> bool:
    try:
        kill(seed)
    except AssertionError as error:
        print(f"FAILED: {kill.__name__}: {error}", file=sys.stderr, flush=True)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
