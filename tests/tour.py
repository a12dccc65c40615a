"""A tour of Prefect's UI: the real service in July 2025, and pictures of what a person sees there.

Everything shown is the seeds': Sutton's report of February 2022 is known, the one of July 2025
comes out. `make gallery` takes the pictures for docs/tour.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from deployments.demo import demo
from deployments.demo.fake_ofsted import FakeOfsted
from deployments.service.prefect_api import Api
from tests.browser import Browser

PATIENCE = 60.0  # seconds for a page to show what it is waited for
COLOURS = 48
WIDTH = 1100


@dataclass(frozen=True, slots=True)
class Stop:
    """A page of the tour: how it is found, what it must show, and how much of it is pictured."""

    name: str
    path: Callable[[Api], str]
    shows: str
    height: int


def _artifact(key: str) -> Callable[[Api], str]:
    return lambda api: f"/artifacts/artifact/{api.artifacts()[key]['latest_id']}"


def _newest_run(api: Api) -> str:
    newest = api.runs(states=("COMPLETED",), deployment="check-for-reports")[0]
    return f"/runs/flow-run/{newest['id']}"


STOPS = (
    Stop("runs", lambda _api: "/runs", "1 new report: Sutton", 860),
    Stop("run", _newest_run, "1 new report: Sutton", 560),
    Stop("artifacts", lambda _api: "/artifacts", "sutton-judgements", 620),
    Stop("judgements", _artifact("sutton-judgements"), "Impact of leaders", 880),
    Stop("report", _artifact("sutton-report-50283346"), "What needs to improve", 1240),
    Stop("borough", _artifact("sutton-area"), "Example Primary School", 744),
    Stop("news", _artifact("news"), "leaders' impact lowered", 480),
    Stop("health", _artifact("health"), "All well", 520),
)


@contextmanager
def stage() -> Iterator[str]:
    """The service up, July's report found by a check; gives the UI's address."""
    fake_ofsted = FakeOfsted()
    demo.show_sutton(fake_ofsted)
    with TemporaryDirectory(prefix="tour-") as folder, fake_ofsted.running() as base:
        play = demo.Demo(demo.fresh_folder(Path(folder) / "stage"), fake_ofsted, base)
        play.write_settings(f"127.0.0.1:{demo.free_port()}")
        play.command("migrate")  # makes the database, which is asked for events
        with play.service() as address:
            play.wait_for_events(1)
            demo.publish_in_borough(fake_ofsted)
            fake_ofsted.publish(demo.SUTTON, demo.listed(demo.NEWER))
            play.command("check")
            yield address


def visit(browser: Browser, address: str, stop: Stop, login: str = "") -> None:
    """Open a page of the tour and wait until it shows what it must.

    Args:
        address: of the UI.
        login: the service's, which the browser has already.

    Raises:
        AssertionError: it does not.
    """
    page = f"{address}{stop.path(Api(f'{address}/api', login))}"
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        browser.open(page, width=WIDTH, height=stop.height)
        for _ in range(20):
            if stop.shows in browser.text():
                break
            time.sleep(0.5)
        else:
            continue
        break
    else:
        raise AssertionError(f"{stop.name} does not show {stop.shows!r}: {browser.text()[:500]}")
    time.sleep(1)  # for what moves into its place


def take_pictures(browser: Browser, folder: Path) -> None:
    """A picture of each stop, as `ui-<name>.png`."""
    with stage() as address:
        for stop in STOPS:
            visit(browser, address, stop)
            browser.picture(folder / f"ui-{stop.name}.png", height=stop.height, colours=COLOURS)
