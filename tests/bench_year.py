"""What a year leaves behind: `python -m tests.bench_year [PAGES [ROUNDS [RUNS]]]`.

First the rounds of a year, thinned out, in this process and by a clock that is moved: how our own
data grows, and whether the last rounds cost more than the first. Then flow runs on a real service,
one in fifty on its worker and the others one after the other in a process of their own: how
Prefect's database, the logs and the memory of each process grow. 0 leaves a part out.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

import psutil

from deployments.service import environment
from deployments.service.prefect_api import FINAL, Api
from flows.settings.load import SERVICE_VARIABLE
from flows.upkeep.nightly import nightly
from tests import england
from tests.bench import cpu, say
from tests.installation import HOME, Installation, an_installation
from tests.running_service import free_port

YEAR = timedelta(days=365)
PART = 20  # rounds: so many of the first are compared with as many of the last
BLOCK = 50  # flow runs in a row without the worker
NAMES = ("up", "server", "worker", "website")
REPEATED = """
import sys
from flows.check_for_reports import check_for_reports
for _ in range(int(sys.argv[1])):
    check_for_reports(return_state=True)
"""


def main() -> None:
    given = [int(each) for each in sys.argv[1:]]
    pages, rounds, runs = [*given, *(1, 2000, 1000)[len(given) :]]
    say(f"{pages} pages, {rounds} rounds in a year, {runs} flow runs")
    if rounds:
        with watching(pages) as installation:
            in_this_process(installation, rounds)
    if runs:
        with watching(pages) as installation:
            on_prefect(installation, runs)


@contextmanager
def watching(pages: int) -> Iterator[Installation]:
    """An installation that watches the first so many authorities, before its first check."""
    with tempfile.TemporaryDirectory() as folder, an_installation(Path(folder)) as installation:
        installation.fake_ofsted.providers.clear()
        shown = england.fill(installation.fake_ofsted, pages)
        installation.settings["watch"] = [{"urn": each.urn, "name": each.name} for each in shown]
        installation.settings["recipients"] += [
            {"name": "daily", "email": "daily@example.gov.uk", "frequency": "daily 08:00"}
        ]
        yield installation


def in_this_process(installation: Installation, rounds: int) -> None:
    """A year of rounds and nights; each authority publishes one report in it."""
    data = installation.folder / "data"
    file, seconds, heights = data / "ofsted-watch.sqlite", [], []
    shown = england.authorities()[: len(installation.fake_ofsted.providers)]
    installation.round()
    began, before, memory = installation.now, sizes(file), resident()
    each_after = YEAR / (len(shown) + 1)
    news = [(began + number * each_after, one) for number, one in enumerate(shown, 1)]
    night = began + timedelta(days=1)
    for number in range(rounds):
        installation.now += YEAR / rounds
        while news and installation.now >= news[0][0]:
            england.publish(installation.fake_ofsted, news.pop(0)[1], number)
        if installation.now >= night:
            nightly(installation.context())
            night += timedelta(days=1)
        used = time.process_time()
        installation.round()
        seconds.append(time.process_time() - used)
        if number % max(1, rounds // 12) == 0:
            heights.append(file.stat().st_size / 1e6)
    first, last = median(seconds[:PART]), median(seconds[-PART:])
    say(f"\na round: {first:.3f} s CPU at first, {last:.3f} s at last: {last / first:.2f}")
    say(f"memory of this process: {memory:.0f} MB before, {resident():.0f} MB after")
    say("our database by month, MB: " + " ".join(f"{each:.1f}" for each in heights))
    say_growth(before, sizes(file), rounds + 1)
    say_rows(file, 20)
    for folder in sorted(each for each in data.iterdir() if each.is_dir()):
        found = [each.stat().st_size for each in folder.rglob("*") if each.is_file()]
        say(f"  {folder.name}/: {len(found)} files, {sum(found) / 1e6:.2f} MB")


def on_prefect(installation: Installation, runs: int) -> None:
    """Flow runs on a real service, in blocks, and what has grown after each."""
    data = installation.folder / "data"
    file, seconds = data / "prefect" / "prefect.db", []
    with service(installation) as (up, api):
        cpu_of_run(up, api)
        time.sleep(20)
        before = sizes(file)
        heads = " ".join(f"{each:>8}" for each in NAMES)
        say(f"\n{'runs':>6} {'CPU s':>6} {'MB':>8} {'logs KB':>8} {heads} MB PSS")
        for done in range(0, runs, BLOCK):
            in_a_row(installation, api, BLOCK - 1)
            seconds.append(cpu_of_run(up, api))
            logs = sum(each.stat().st_size for each in (data / "logs").iterdir()) / 1e3
            height, memory = sum(sizes(file).values()) / 1e6, memories(up)
            count, each = done + BLOCK, " ".join(f"{memory[name]:>8.0f}" for name in NAMES)
            say(f"{count:>6} {seconds[-1]:>6.2f} {height:>8.1f} {logs:>8.0f} {each}")
        time.sleep(20)
        say_growth(before, sizes(file), runs)
        say_rows(file, 50)
        for log in sorted((data / "logs").iterdir()):
            say(f"  {log.name}: {log.stat().st_size / 1e3:.0f} KB")


@contextmanager
def service(installation: Installation) -> Iterator[tuple[psutil.Process, Api]]:
    """It, with a website and without a schedule, once its first check has ended."""
    port = free_port()
    installation.settings["schedule"] = {"checks": ["0 4 1 1 *"]}
    installation.settings["website"] = {"serve": f"127.0.0.1:{free_port()}"}
    line = ["-m", "deployments.cli.main", "--config", str(installation.config), "up"]
    with (installation.folder / "up.log").open("wb") as log:
        up = subprocess.Popen(
            [sys.executable, *line, "--port", str(port)],
            env=os.environ | installation.environment,
            stderr=log,
        )
    api = Api(f"http://127.0.0.1:{port}/api")
    try:
        while not (
            api.is_healthy() and api.runs(states=("COMPLETED",), deployment="check-for-reports")
        ):
            assert up.poll() is None, (installation.folder / "up.log").read_text()
            time.sleep(1)
        yield psutil.Process(up.pid), api
    finally:
        up.terminate()
        up.wait()


def in_a_row(installation: Installation, api: Api, number: int) -> None:
    """Runs of the flow in one process, which spares each the start of Python.

    They are no runs of the service, which would end those that its own clock has overtaken.
    """
    context = installation.context()
    made = environment.of_the_worker(context, api.address.removesuffix("/api"))
    del made[SERVICE_VARIABLE]
    line = [sys.executable, "-c", REPEATED, str(number)]
    subprocess.run(line, cwd=HOME, env=made, check=True, capture_output=True)


def cpu_of_run(up: psutil.Process, api: Api) -> float:
    """Of the worker and what it starts, while a check is run."""
    [worker] = [each for each in up.children() if name_of(each, up) == "worker"]
    before, run_id = cpu(worker), api.start("check-for-reports")
    while api.run(run_id)["state_type"] not in FINAL or worker.children():
        time.sleep(0.5)
    return cpu(worker) - before


def memories(up: psutil.Process) -> Counter[str]:
    """Megabytes of each process."""
    found: Counter[str] = Counter()
    for each in [up, *up.children(recursive=True)]:
        found[name_of(each, up)] += each.memory_full_info().pss / 1e6  # type: ignore[assignment]
    return found


def name_of(process: psutil.Process, up: psutil.Process) -> str:
    """One of the names above."""
    if process.pid == up.pid:
        return "up"
    line = " ".join(process.cmdline())
    return next(name for name in ("website", "worker", "server") if name in line)


def say_growth(before: Mapping[str, float], after: Mapping[str, float], times: int) -> None:
    """The tables that have grown most, in bytes each time."""
    grown = Counter({name: (after[name] - before.get(name, 0)) / times for name in after})
    most = ", ".join(f"{name} {size:.0f}" for name, size in grown.most_common(10))
    say(f"  bytes each time: {sum(grown.values()):.0f}; {most}")


def say_rows(file: Path, least: int) -> None:
    """How many rows the larger tables have."""
    with closing(sqlite3.connect(file)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            [rows] = database.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
            if rows >= least:
                say(f"  {table}: {rows} rows")


def sizes(file: Path) -> Counter[str]:
    """Bytes of each table with its indexes, and of the pages that are free."""
    query = """
        SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_master USING (name) GROUP BY tbl_name
    """
    with closing(sqlite3.connect(file, timeout=60)) as database:
        found = Counter(dict(database.execute(query).fetchall()))
        [free], [size] = (
            database.execute(f"PRAGMA {each}").fetchone()
            for each in ("freelist_count", "page_size")
        )
        found["(free)"] = free * size
        return found


def resident() -> float:
    """Megabytes of this process."""
    return psutil.Process().memory_info().rss / 1e6


if __name__ == "__main__":
    main()
