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

from flows.alerting import sending
from flows.alerting.run_failures import record_failure, record_recovery
from flows.checking.check import CheckRequest, CheckResult, check_page
from flows.context.context import AppContext, named, open_context
from flows.pipeline import (
    STILL_CHECKING,
    StillCheckingError,
    audit_after,
    call_heartbeat,
    in_order,
    round_under_way,
)
from flows.presenting import artifacts
from flows.presenting.artifacts import Artifact
from flows.presenting.round_headline import headline, tags, under_way
from flows.settings import load
from flows.upkeep import nightly, seeds
from flows.upkeep import reparse_archive as rereading
from flows.upkeep.audit_alerts import AuditResult
from notifications.words.plain import several
from ofsted.short_names import short_name, slug

SHOWN = ("flows", "notifications", "ofsted", "storage")  # loggers whose lines the UI shows
NAME_LIMIT = 160  # characters of what was found, in the name of a run


def _context() -> AppContext:
    for name in SHOWN:
        logging.getLogger(name).setLevel(logging.INFO)
    return open_context(load.load())


def _failed(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:  # by keyword
    """By an exception or a crash operators are notified; a run that says "failed" has worked."""
    context, raised = _context(), _raised(state)
    if state.is_failed() and raised is None:
        record_recovery(context, flow.name)
        return
    why = (state.message or "the cause is unknown").splitlines()[0]
    kind = type(raised).__name__ if raised else str(state.name)
    record_failure(context, flow.name, flow_run.name, why, kind=kind)


def _raised(state: State[Any]) -> BaseException | None:
    """The exception that ended a run; None: none did, or the run was cut off from outside."""
    found = getattr(state.data, "result", state.data)  # Prefect keeps it in a record
    return found if isinstance(found, BaseException) else None


def _completed(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    del flow_run
    if state.message != STILL_CHECKING:  # that one has done nothing that could fail
        record_recovery(_context(), flow.name)


NOTIFY: dict[str, Any] = {
    "on_failure": [_failed],
    "on_crashed": [_failed],
    "on_completion": [_completed],
}


@flow(name="check-for-reports", flow_run_name="checking", **NOTIFY)
def check_for_reports(urns: list[str] | None = None, since: datetime | None = None) -> State[Any]:
    """Check each authority's page in turn, then send the alerts that are due.

    Args:
        urns: URNs to check; leave empty for all.
        since: skip authorities already checked since this time; leave empty.
    """
    context = _context()
    ask = CheckRequest(scheduled=_scheduled(context, since), run=str(_run_id()))
    try:
        with round_under_way(context, ask) as ours:
            return _round(ours, urns, ask)
    except StillCheckingError as error:
        _name(context, "Still checking")
        return _state(str(error))


def _round(context: AppContext, urns: list[str] | None, ask: CheckRequest) -> State[Any]:
    seeds.import_when_due(context)
    rereading.reread_when_due(context)
    chosen = [
        context.authority(urn) for urn in urns or [each.urn for each in context.settings.watch]
    ]
    _rename(under_way(chosen))
    checked = [_check(context, each.urn, ask) for each in in_order(context, chosen)]
    context = named(context)
    send = _send.with_options(task_run_name="send alerts")
    send(context)
    audited = _audit(context, checked)
    _show(artifacts.after_checks(context, checked))
    message = "\n".join(f"{each.name}: {each.message}" for each in checked)
    well = all(each.is_well or each.result in {"busy", "skipped"} for each in checked)
    if audited is not None and not audited.is_well:
        well, message = False, f"{message}\n{audited.in_words()}"
    _name(context, headline(checked), tags(checked))
    return _state(message, is_well=well)


def _check(context: AppContext, urn: str, ask: CheckRequest) -> CheckResult:
    where = short_name(context.authority(urn).name)
    named = _check_task.with_options(task_run_name=f"check page: {where}", tags=[slug(where)])
    state = named(context, urn, ask, return_state=True)
    checked = state.result(raise_on_failure=False)
    if isinstance(checked, CheckResult):
        return checked
    raise RuntimeError(f"the check did not finish: {checked}")


@task(name="check", persist_result=False, cache_policy=NO_CACHE)
def _check_task(context: AppContext, urn: str, ask: CheckRequest) -> State[Any]:
    checked = check_page(context.authority(urn), context, ask)
    context.progress()
    call_heartbeat(context, checked)
    fine = checked.is_well or checked.result in {"busy", "skipped"}
    return _state(checked.message, is_well=fine, data=checked)


@task(name="send", persist_result=False, cache_policy=NO_CACHE)
def _send(context: AppContext) -> State[Any]:
    return _state(sending.send_due(context).in_words())


def _audit(context: AppContext, checked: Sequence[CheckResult]) -> AuditResult | None:
    state = _audit_task.with_options(task_run_name="audit")(context, checked, return_state=True)
    audited = state.result(raise_on_failure=False)
    return audited if isinstance(audited, AuditResult) else None


@task(name="audit", persist_result=False, cache_policy=NO_CACHE)
def _audit_task(context: AppContext, checked: Sequence[CheckResult]) -> State[Any]:
    audited = audit_after(context, checked)
    if audited is None:
        return _state("no audit: no check was successful")
    return _state(audited.in_words(), is_well=audited.is_well, data=audited)


@flow(name="send-alerts", flow_run_name="send alerts", **NOTIFY)
def send_alerts() -> State[Any]:
    """Send the alerts that are due."""
    context = _context()
    sent = sending.send_due(context).in_words()
    _name(context, sent.capitalize())
    return _state(sent)


@flow(name="nightly-maintenance", flow_run_name="nightly maintenance", **NOTIFY)
def nightly_maintenance() -> State[Any]:
    """Audit what was recorded and sent, rewrite the feed and delete what is no longer needed."""
    context = _context()
    night = nightly.nightly(context)
    _show(artifacts.everything(context))
    _name(context, night.headline)
    return _state(night.in_words(), is_well=night.is_well)


@flow(name="import-seeds", flow_run_name="import seeds", **NOTIFY)
def import_seeds() -> State[Any]:
    """Import the reports that come with Ofsted Watch as history, without sending alerts."""
    context = _context()
    imported = seeds.import_seeds(seeds.packaged(), context)
    message = "\n".join(f"{each.name}: {each.result} ({each.status})" for each in imported)
    new = sum(1 for each in imported if each.result != "known")
    _name(context, f"{several(new, 'seed')} imported" if new else "Nothing new")
    return _state(message)


@flow(name="reread-archive", flow_run_name="reread archive", **NOTIFY)
def reread_archive() -> State[Any]:
    """Read archived reports again with this version's parser, then send what follows."""
    context = _context()
    found = rereading.reread(context)
    sending.send_due(context)
    message = "\n".join([found.in_words(), *(each.in_words() for each in found.changes)])
    _name(context, found.in_words())
    return _state(message, is_well=not found.lost)


def _run_id() -> UUID | None:
    run_context = FlowRunContext.get()
    return run_context.flow_run.id if run_context and run_context.flow_run else None


def _scheduled(context: AppContext, since: datetime | None) -> datetime | None:
    """When this run was scheduled by our clock; None for a run that a person asked for."""
    if since is not None:
        return since if since.tzinfo else since.replace(tzinfo=UTC)
    run_context = FlowRunContext.get()
    run = run_context.flow_run if run_context else None
    if run is None or not run.auto_scheduled or run.expected_start_time is None:
        return None
    return run.expected_start_time + context.clock.offset


def _state(message: str, *, is_well: bool = True, data: Any = None) -> State[Any]:
    """How a run or a task ends, under Prefect's own name of it."""
    return (Completed if is_well else Failed)(message=message, data=data)


def _name(context: AppContext, found: str, tagged: list[str] | None = None) -> None:
    """Give the run its lasting name: when it ended, and what was found in one line."""
    local = context.clock.now().astimezone(ZoneInfo(context.settings.schedule.timezone))
    name = f"{local:%d %b %H:%M} {shorten(found, NAME_LIMIT, placeholder=' ...')}"
    _rename(name, tagged)


def _rename(name: str, tagged: list[str] | None = None) -> None:
    run_id = _run_id()
    if run_id is not None:
        with get_client(sync_client=True) as client:
            client.update_flow_run(run_id, name=name, tags=tagged)


def _show(written: Iterable[Artifact]) -> None:
    for each in written:
        create_markdown_artifact(markdown=each.markdown, key=each.key, description=each.description)
