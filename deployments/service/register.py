"""Registers the deployments of prefect.yaml when they changed, and keeps people's pauses."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from basics.atomic_write import write_atomically
from deployments.service.environment import PYTHON, RUNS
from deployments.service.ownership import POOL_TYPE, refuse_what_is_others
from deployments.service.prefect_api import Api, Json, PrefectError
from deployments.service.prefect_server import PrefectServer
from flows.context.context import AppContext
from flows.context.installation import installation_id
from flows.context.planned import CHECKS
from flows.presenting.round_headline import authority_tags
from flows.settings.load import INSTALLATION_VARIABLE
from flows.settings.model import ScheduleSettings, Settings
from storage.leases import BusyError, leased

log = logging.getLogger(__name__)

NAMES = (
    CHECKS,
    "send-alerts",
    "nightly-maintenance",
    "import-seeds",
    "reread-archive",
)
CLAIM = "register"
WAITED = 600.0  # seconds for another process that registers
PREFECT = (
    sys.executable,
    "-m",
    "deployments.service.prefect_command",
)  # Prefect's own command line
HEAD = """\
# The deployments of Ofsted Watch, written by `ofsted-watch register --write`. No secret is in it.
# Set PREFECT_API_URL, and use the `prefect` that Ofsted Watch is installed with, in a folder that
# has no folder named `flows`:
#   prefect work-pool create "{pool}" --type {type}
#   prefect deploy --all --prefect-file {file}
"""


@dataclass(frozen=True, slots=True)
class _Pause:
    """What a person switched off in the UI."""

    paused: bool
    crons_off: frozenset[str]


def register(
    server: PrefectServer, context: AppContext, environment: Mapping[str, str], folder: Path
) -> bool:
    """Register the deployments if their declaration changed, or one is missing.

    One machine at a time: a pause that one has noted, the other would find switched on.

    Args:
        server: where.
        context: of the installation that they belong to.
        environment: of Prefect's own command.
        folder: its working directory.

    Returns:
        Whether they were registered.

    Raises:
        PrefectError: Prefect's own command failed, and what it printed; or others have
            deployments of these names, or use the work pool.
    """
    try:
        with leased(context.database, CLAIM, wait=WAITED):
            return _register(server, context, environment, folder)
    except BusyError:
        raise PrefectError(
            "another process has been registering the deployments for ten minutes; end it, or "
            "start the service again later"
        ) from None


def _register(
    server: PrefectServer, context: AppContext, environment: Mapping[str, str], folder: Path
) -> bool:
    api, settings = server.api(), context.settings
    home, pool = settings.data / "prefect", settings.prefect.work_pool
    wanted_text = declaration(settings, installation_id(context.database))
    fingerprint = home / "registered"
    known = fingerprint.read_text() if fingerprint.exists() else ""
    wanted = hashlib.sha256(f"{settings.prefect.api_url}{wanted_text}".encode()).hexdigest()
    if not server.is_own:
        refuse_what_is_others(api, NAMES, pool)
    found = {name: api.deployment(name) for name in NAMES}
    if known == wanted and all(found.values()):
        return False
    noted = home / "pauses.json"
    pauses = _noted(noted) or {name: _pause(each) for name, each in found.items() if each}
    home.mkdir(parents=True, exist_ok=True)
    _note(noted, pauses)
    file = home / "prefect.yaml"
    write_atomically(file, wanted_text.encode())
    make_pool = ("work-pool", "create", pool, "--type", POOL_TYPE)
    deploy = ("deploy", "--all", "--prefect-file", os.fspath(file))
    if server.is_own:  # whose pool follows the version of Prefect; a pool of others' is theirs
        _prefect(*make_pool, "--overwrite", environment=environment, folder=folder)
    elif api.pool(pool) is None:
        _prefect(*make_pool, environment=environment, folder=folder)
    _prefect(*deploy, environment=environment, folder=folder)
    for name, pause in pauses.items():
        _carry_over(api, name, pause)
    write_atomically(fingerprint, wanted.encode())
    noted.unlink()
    return True


def write(context: AppContext, file: Path) -> None:
    """Write the declaration to a file that a person can use with Prefect's own command."""
    settings = context.settings
    head = HEAD.format(pool=settings.prefect.work_pool, type=POOL_TYPE, file=file)
    text = head + declaration(settings, installation_id(context.database))
    write_atomically(file, text.encode())


def declaration(settings: Settings, installation: str) -> str:
    """prefect.yaml, complete by the settings; no secret is in it.

    Args:
        settings: schedule, work pool and watched authorities, which are tags.
        installation: the id of the installation that the deployments belong to.
    """
    whole = _declaration(settings.schedule)
    authority = next(each for each in whole["deployments"] if each["name"] == CHECKS)
    authority["tags"] += authority_tags([each.name for each in settings.watch])
    environment = {INSTALLATION_VARIABLE: installation, **RUNS, **PYTHON}
    for each in whole["deployments"]:
        each["work_pool"] = {
            "name": settings.prefect.work_pool,
            "job_variables": {"env": dict(environment)},  # a copy each, or YAML refers to the first
        }
    return yaml.safe_dump(whole, sort_keys=False)


def declared(schedule: ScheduleSettings) -> list[Json]:
    """The deployments with their schedules."""
    found: list[Json] = _declaration(schedule)["deployments"]
    return found


def _declaration(schedule: ScheduleSettings) -> Json:
    text = Path(__file__).parents[1].joinpath("prefect.yaml").read_text(encoding="utf-8")
    whole: Json = yaml.safe_load(text)
    authority = next(each for each in whole["deployments"] if each["name"] == CHECKS)
    authority["schedules"] = [
        {"cron": cron, "timezone": schedule.timezone} for cron in schedule.checks
    ]
    return whole


def _prefect(*words: str, environment: Mapping[str, str], folder: Path) -> None:
    done = subprocess.run(
        [*PREFECT, "--no-prompt", *words],
        env=dict(environment),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-500:]
        raise PrefectError(f"`prefect {words[0]}` failed: {said}")


def _pause(deployment: Json) -> _Pause:
    off = {
        each["schedule"].get("cron", "") for each in deployment["schedules"] if not each["active"]
    }
    return _Pause(bool(deployment["paused"]), frozenset(off))


def _noted(file: Path) -> dict[str, _Pause]:
    """The pauses found by a registration that was killed; empty: there was none."""
    try:
        kept = json.loads(file.read_text())
        return {name: _Pause(paused, frozenset(off)) for name, (paused, off) in kept.items()}
    except (FileNotFoundError, ValueError):
        return {}


def _note(file: Path, pauses: Mapping[str, _Pause]) -> None:
    """Save the pauses first: registering switches everything on, and may be killed."""
    found = {name: (each.paused, [*each.crons_off]) for name, each in pauses.items()}
    write_atomically(file, json.dumps(found).encode())


def _carry_over(api: Api, name: str, pause: _Pause) -> None:
    deployment = api.deployment(name)
    if deployment is None:
        raise PrefectError(f"the deployment {name!r} is missing although it was registered")
    for each in deployment["schedules"]:
        if each["schedule"].get("cron") in pause.crons_off:
            api.change_schedule(deployment["id"], each["id"], active=False)
    if pause.paused:
        api.change_deployment(deployment["id"], paused=True)
        log.info("%s stays paused", name)
