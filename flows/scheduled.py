"""The flows as Prefect runs and shows them. No other module imports Prefect.

Each is a thin wrapper around a plain function; nothing here is relied on for
correctness. Runs may be late, repeated or killed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from prefect import flow, get_client, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Completed, Failed

from flows import artifacts, configuration, seeding
from flows import deliver as delivering
from flows import nightly as nights
from flows import reread as rereading
from flows.artifacts import Artifact
from flows.headlines import headline, tags
from flows.holes import Checked
from flows.look import Ask, Looked
from flows.look import look as look_at
from flows.places import place, slug
from flows.round import call_heartbeat, check_after
from flows.tools import Tools, named, open_tools

SHOWN = ("flows", "notifications", "ofsted", "storage")  # loggers whose lines the UI shows


def _tools() -> Tools:
    for name in SHOWN:
        logging.getLogger(name).setLevel(logging.INFO)
    return open_tools(configuration.load())


@flow(name="watch", flow_run_name="looking")
def watch(urns: list[str] | None = None, since: datetime | None = None) -> State[Any]:
    """Look at each authority's page in turn and send what is owed.

    Args:
        urns: only these; none given: all that are watched.
        since: skip an authority that was looked at since then.
    """
    tools = _tools()
    run_id, scheduled = _this_run(tools, since)
    ask = Ask(scheduled=scheduled, run=str(run_id))
    seeding.import_when_due(tools)
    rereading.reread_when_due(tools)
    chosen = [tools.watch(urn) for urn in urns or [each.urn for each in tools.settings.watch]]
    looked = [_look(tools, each.urn, ask) for each in chosen]
    tools = named(tools)
    send = _send.with_options(task_run_name="send what is owed")
    send(tools)
    checked = _check(tools, looked)
    _show(artifacts.after_looks(tools, looked))
    found = headline(looked)
    _name(run_id, tools, looked)
    message = "\n".join(f"{each.name}: {each.message}" for each in looked)
    well = all(each.is_well or each.outcome in {"busy", "skipped"} for each in looked)
    if checked is not None and not checked.is_well:
        well, message = False, f"{message}\n{checked.in_words()}"
    return (Completed if well else Failed)(name=found, message=message)


def _look(tools: Tools, urn: str, ask: Ask) -> Looked:
    where = place(tools.watch(urn).name)
    named = _look_task.with_options(task_run_name=f"look at {where}", tags=[slug(where)])
    state = named(tools, urn, ask, return_state=True)
    looked = state.result(raise_on_failure=False)
    if isinstance(looked, Looked):
        return looked
    raise RuntimeError(f"the look did not end: {looked}")


@task(name="look", persist_result=False, cache_policy=NO_CACHE)
def _look_task(tools: Tools, urn: str, ask: Ask) -> State[Any]:
    looked = look_at(tools.watch(urn), tools, ask)
    call_heartbeat(tools, looked)
    fine = looked.is_well or looked.outcome in {"busy", "skipped"}
    return (Completed if fine else Failed)(
        name=headline([looked]), message=looked.message, data=looked
    )


@task(name="send", persist_result=False, cache_policy=NO_CACHE)
def _send(tools: Tools) -> State[Any]:
    return _sent(delivering.deliver(tools))


def _check(tools: Tools, looked: Sequence[Looked]) -> Checked | None:
    state = _check_task.with_options(task_run_name="check")(tools, looked, return_state=True)
    checked = state.result(raise_on_failure=False)
    return checked if isinstance(checked, Checked) else None


@task(name="check", persist_result=False, cache_policy=NO_CACHE)
def _check_task(tools: Tools, looked: Sequence[Looked]) -> State[Any]:
    checked = check_after(tools, looked)
    if checked is None:
        return Completed(name="Not checked", message="no look saw a whole list")
    words = checked.in_words()
    name = words.partition("\n")[0].capitalize()
    return (Completed if checked.is_well else Failed)(name=name, message=words, data=checked)


@flow(name="deliver", flow_run_name="sending")
def deliver() -> State[Any]:
    """Send what is owed."""
    return _sent(delivering.deliver(_tools()))


def _sent(delivered: delivering.Delivered) -> State[Any]:
    return Completed(name=delivered.in_words().capitalize(), message=delivered.in_words())


@flow(name="nightly", flow_run_name="tidying up")
def nightly() -> State[Any]:
    """Hold what we know against what is public, and tidy up."""
    tools = _tools()
    night = nights.nightly(tools)
    _show(artifacts.everything(tools))
    return (Completed if night.is_well else Failed)(name=night.headline, message=night.in_words())


@flow(name="import-seeds", flow_run_name="importing the seeds")
def import_seeds() -> State[Any]:
    """Take in the packaged seeds as history, without alerts."""
    imported = seeding.import_seeds(seeding.packaged(), _tools())
    message = "\n".join(f"{each.name}: {each.outcome} ({each.status})" for each in imported)
    new = sum(1 for each in imported if each.outcome != "known")
    return Completed(name=f"{new} taken in" if new else "Nothing new", message=message)


@flow(name="reread", flow_run_name="reading again")
def reread() -> State[Any]:
    """Read again what this version of the reader has not read or could not read, and tell."""
    tools = _tools()
    found = rereading.reread(tools)
    delivering.deliver(tools)
    message = "\n".join([found.in_words(), *(each.in_words() for each in found.changes)])
    name = f"{len(found.changes)} read differently" if found.changes else "Nothing differs"
    return (Failed if found.lost else Completed)(name=name, message=message)


def _this_run(tools: Tools, since: datetime | None) -> tuple[UUID | None, datetime | None]:
    """Its id, and when it was scheduled by our clock; None for a run that a person asked for."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if since is not None:
        return (run.id if run else None), since if since.tzinfo else since.replace(tzinfo=UTC)
    if run is None or not run.auto_scheduled or run.expected_start_time is None:
        return (run.id if run else None), None
    return run.id, run.expected_start_time + tools.clock.offset


def _name(run_id: UUID | None, tools: Tools, looked: Sequence[Looked]) -> None:
    """By what was found, and tagged with where."""
    if run_id is None:
        return
    local = tools.clock.now().astimezone(ZoneInfo(tools.settings.schedule.timezone))
    with get_client(sync_client=True) as client:
        client.update_flow_run(
            run_id, name=f"{local:%d %b %H:%M} {headline(looked)}", tags=tags(looked)
        )


def _show(written: Iterable[Artifact]) -> None:
    for each in written:
        create_markdown_artifact(markdown=each.markdown, key=each.key, description=each.description)
