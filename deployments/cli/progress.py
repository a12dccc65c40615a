"""Progress bars for what takes long, on a terminal alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.checking.one_check import CheckResult

FEW = 10  # pages; their lines show well enough how far it is

OnCheck = Callable[["CheckResult"], None]


@contextmanager
def shown(pages: int, on_check: OnCheck) -> Iterator[OnCheck]:
    """Give what is to be called after each check, so that the bar moves on.

    Args:
        pages: how many there are to check.
        on_check: called as well; its lines on stdout stay above the bar, which is on stderr.
    """
    if pages <= FEW or not sys.stderr.isatty():
        yield on_check
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("checking pages"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    # It goes when it is done, and does not take stdout, which may lead elsewhere.
    bar = Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty()
    )
    with bar:
        task = bar.add_task("", total=pages)

        def moved_on(result: CheckResult) -> None:
            on_check(result)
            bar.advance(task)

        yield moved_on


@contextmanager
def bytes_shown(words: str) -> Iterator[Callable[[int, int], object]]:
    """Give what is to be called with bytes done now and bytes in all, so that a bar moves on."""
    if not sys.stderr.isatty():
        yield lambda _now, _all: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(words), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=False
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda now, of_all: bar.update(task, advance=now, total=of_all)
