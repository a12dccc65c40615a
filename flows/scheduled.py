"""The flows as Prefect runs and shows them. No other module imports Prefect.

Each is a thin wrapper around a plain function; nothing here is relied on for
correctness. Runs may be late, repeated or killed. States keep Prefect's own names, by which
the UI filters and automations match; what was found stands in the run's name and the message.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from textwrap import shorten
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from prefect import Flow, flow, get_client, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun, State
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
from flows.round import (
    STILL_CHECKING,
    StillCheckingError,
    call_heartbeat,
    check_after,
    in_order,
    round_under_way,
)
from flows.run_failures import record_failure, record_recovery
from flows.tools import Tools, named, open_tools
from notifications.words.plain import several

SHOWN = ("flows", "notifications", "ofsted", "storage")  # loggers whose lines the UI shows
NAME_LIMIT = 160  # characters of what was found, in the name of a run


def _tools() -> Tools:
    for name in SHOWN:
        logging.getLogger(name).setLevel(logging.INFO)
    return open_tools(configuration.load())


def _failed(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:  # by keyword
    """By an exception or a crash operators are notified; a run that says "failed" has worked."""
    tools, raised = _tools(), _raised(state)
    if state.is_failed() and raised is None:
        record_recovery(tools, flow.name)
        return
    why = (state.message or "no cause is known").splitlines()[0]
    kind = type(raised).__name__ if raised else str(state.name)
    record_failure(tools, flow.name, flow_run.name, why, kind=kind)


def _raised(state: State[Any]) -> BaseException | None:
    """The exception that ended a run; None: none did, or the run was cut off from outside."""
    found = getattr(state.data, "result", state.data)  # Prefect keeps it in a record
    return found if isinstance(found, BaseException) else None


def _completed(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    del flow_run
    if state.message != STILL_CHECKING:  # that one has done nothing that could fail
        record_recovery(_tools(), flow.name)


NOTIFY: dict[str, Any] = {
    "on_failure": [_failed],
    "on_crashed": [_failed],
    "on_completion": [_completed],
}


@flow(name="watch", flow_run_name="looking", **NOTIFY)
def watch(urns: list[str] | None = None, since: datetime | None = None) -> State[Any]:
    """Look at each authority's page in turn and send what is owed.

    Args:
        urns: only these; none given: all that are watched.
        since: skip an authority that was looked at since then.
    """
    tools = _tools()
    ask = Ask(scheduled=_scheduled(tools, since), run=str(_run_id()))
    try:
        with round_under_way(tools, ask) as ours:
            return _round(ours, urns, ask)
    except StillCheckingError as error:
        _name(tools, "Still checking")
        return _state(str(error))


def _round(tools: Tools, urns: list[str] | None, ask: Ask) -> State[Any]:
    seeding.import_when_due(tools)
    rereading.reread_when_due(tools)
    chosen = [tools.watch(urn) for urn in urns or [each.urn for each in tools.settings.watch]]
    looked = [_look(tools, each.urn, ask) for each in in_order(tools, chosen)]
    tools = named(tools)
    send = _send.with_options(task_run_name="send what is owed")
    send(tools)
    checked = _check(tools, looked)
    _show(artifacts.after_looks(tools, looked))
    message = "\n".join(f"{each.name}: {each.message}" for each in looked)
    well = all(each.is_well or each.outcome in {"busy", "skipped"} for each in looked)
    if checked is not None and not checked.is_well:
        well, message = False, f"{message}\n{checked.in_words()}"
    _name(tools, headline(looked), tags(looked))
    return _state(message, is_well=well)


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
    tools.progress()
    call_heartbeat(tools, looked)
    fine = looked.is_well or looked.outcome in {"busy", "skipped"}
    return _state(looked.message, is_well=fine, data=looked)


@task(name="send", persist_result=False, cache_policy=NO_CACHE)
def _send(tools: Tools) -> State[Any]:
    return _state(delivering.deliver(tools).in_words())


def _check(tools: Tools, looked: Sequence[Looked]) -> Checked | None:
    state = _check_task.with_options(task_run_name="check")(tools, looked, return_state=True)
    checked = state.result(raise_on_failure=False)
    return checked if isinstance(checked, Checked) else None


@task(name="check", persist_result=False, cache_policy=NO_CACHE)
def _check_task(tools: Tools, looked: Sequence[Looked]) -> State[Any]:
    checked = check_after(tools, looked)
    if checked is None:
        return _state("not checked: no look saw a whole list")
    return _state(checked.in_words(), is_well=checked.is_well, data=checked)


@flow(name="deliver", flow_run_name="sending", **NOTIFY)
def deliver() -> State[Any]:
    """Send what is owed."""
    tools = _tools()
    sent = delivering.deliver(tools).in_words()
    _name(tools, sent.capitalize())
    return _state(sent)


@flow(name="nightly", flow_run_name="tidying up", **NOTIFY)
def nightly() -> State[Any]:
    """Hold what we know against what is public, and tidy up."""
    tools = _tools()
    night = nights.nightly(tools)
    _show(artifacts.everything(tools))
    _name(tools, night.headline)
    return _state(night.in_words(), is_well=night.is_well)


@flow(name="import-seeds", flow_run_name="importing the seeds", **NOTIFY)
def import_seeds() -> State[Any]:
    """Take in the packaged seeds as history, without alerts."""
    tools = _tools()
    imported = seeding.import_seeds(seeding.packaged(), tools)
    message = "\n".join(f"{each.name}: {each.outcome} ({each.status})" for each in imported)
    new = sum(1 for each in imported if each.outcome != "known")
    _name(tools, f"{several(new, 'seed')} imported" if new else "Nothing new")
    return _state(message)


@flow(name="reread", flow_run_name="reading again", **NOTIFY)
def reread() -> State[Any]:
    """Read again what this version of the reader has not read or could not read, and tell."""
    tools = _tools()
    found = rereading.reread(tools)
    delivering.deliver(tools)
    message = "\n".join([found.in_words(), *(each.in_words() for each in found.changes)])
    _name(tools, found.in_words())
    return _state(message, is_well=not found.lost)


def _run_id() -> UUID | None:
    context = FlowRunContext.get()
    return context.flow_run.id if context and context.flow_run else None


def _scheduled(tools: Tools, since: datetime | None) -> datetime | None:
    """When this run was scheduled by our clock; None for a run that a person asked for."""
    if since is not None:
        return since if since.tzinfo else since.replace(tzinfo=UTC)
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if run is None or not run.auto_scheduled or run.expected_start_time is None:
        return None
    return run.expected_start_time + tools.clock.offset


def _state(message: str, *, is_well: bool = True, data: Any = None) -> State[Any]:
    """How a run or a task ends, under Prefect's own name of it."""
    return (Completed if is_well else Failed)(message=message, data=data)


def _name(tools: Tools, found: str, tagged: list[str] | None = None) -> None:
    """Give the run its lasting name: when it ended, and what was found in one line."""
    run_id = _run_id()
    if run_id is None:
        return
    local = tools.clock.now().astimezone(ZoneInfo(tools.settings.schedule.timezone))
    name = f"{local:%d %b %H:%M} {shorten(found, NAME_LIMIT, placeholder=' ...')}"
    with get_client(sync_client=True) as client:
        client.update_flow_run(run_id, name=name, tags=tagged)


def _show(written: Iterable[Artifact]) -> None:
    for each in written:
        create_markdown_artifact(markdown=each.markdown, key=each.key, description=each.description)
