"""What the five flows share: steps as Prefect tasks, run names, tags, Prefect events.

Prefect shows and schedules, and is not relied on for correctness: runs may be late, repeated
or killed. States keep Prefect's own names, by which the UI filters and automations match; what
was found is in the run's name and the state's message.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from textwrap import shorten
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from prefect import Flow, Task, get_client
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.events import emit_event
from prefect.states import Completed, Failed

from flows.alerting.run_failures import record_failure, record_recovery
from flows.context.context import AppContext, open_context
from flows.context.installation import refuse_run_of_another
from flows.context.planned import SINCE
from flows.pipeline import STILL_CHECKING
from flows.presenting import prefect_events
from flows.settings import load
from flows.step import StepResult

T = TypeVar("T")

log = logging.getLogger(__name__)

SHOWN = ("flows", "notifications", "ofsted", "storage")  # loggers whose lines the UI shows
NAME_LIMIT = 160  # characters of what was found, in the name of a run
RETRIES = {"write pages": 2, "call heartbeat": 2}  # anything else is retried by our own code
RETRY_DELAY = 5.0  # seconds


def prefect_step(
    kind: str, do: Callable[[], T], *, about: str = "", tags: Collection[str] = ()
) -> T:
    """A `flows.step.Step` as a Prefect task: `kind` is its name, `about` distinguishes its runs.

    Only these strings reach Prefect: no parameters, no results, no cache. If Prefect fails before
    the step was called, it is called without Prefect.
    """
    given: list[T] = []
    raised: list[BaseException] = []

    def call() -> State[Any]:
        try:
            value = do()
        except BaseException as error:
            raised.append(error)
            raise
        given.append(value)
        return _state_of(value)

    name = f"{kind}{':' if ' ' in kind else ''} {about}" if about else kind
    shown: Task[[], State[Any]] = Task(
        call,
        name=kind,
        task_run_name=name.replace("{", "(").replace("}", ")"),  # Prefect fills braces in
        tags=sorted(tags),
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=RETRIES.get(kind, 0),
        retry_delay_seconds=RETRY_DELAY,
    )
    try:
        shown(return_state=True)
    except Exception:  # of Prefect's own; what the step raised is below
        log.warning("Prefect could not show the step %s", name, exc_info=True)
    if given:
        return given[-1]
    if raised:
        raise raised[-1]
    return do()


def _state_of(value: object) -> State[Any]:
    if isinstance(value, StepResult):
        return (Failed if value.has_failed else Completed)(message=value.in_words())
    return Completed()


@contextmanager
def flow_context() -> Iterator[AppContext]:
    """The context of a flow; at its end, new events are passed on as Prefect events."""
    for name in SHOWN:
        logging.getLogger(name).setLevel(logging.INFO)
    context = replace(_opened(), step=prefect_step)
    try:
        yield context
    finally:
        _emit_new_events(context)


def _opened() -> AppContext:
    """The context of the settings, if the run is this installation's."""
    context = open_context(load.load())
    refuse_run_of_another(context)
    return context


def ended(
    context: AppContext,
    found: str,
    message: str,
    *,
    is_well: bool = True,
    tags: list[str] | None = None,
) -> State[Any]:
    """End a run: give it its final name (when it ended, what was found), and its state."""
    local = context.clock.now().astimezone(ZoneInfo(context.settings.schedule.timezone))
    rename(f"{local:%d %b %H:%M} {shorten(found, NAME_LIMIT, placeholder=' ...')}", tags)
    return (Completed if is_well else Failed)(message=message)


def rename(name: str, tags: list[str] | None = None) -> None:
    """Rename the current run; replace its tags if some are given."""
    run = flow_run()
    if run is not None:
        with get_client(sync_client=True) as client:
            client.update_flow_run(run.id, name=name, tags=tags)


def flow_run() -> FlowRun | None:
    """The current run; None: the flow's function was called without Prefect."""
    context = FlowRunContext.get()
    return context.flow_run if context else None


def scheduled_for(context: AppContext) -> datetime | None:
    """When this run was due by our clock; None: a person asked for it.

    `up` starts runs too, such as the first check and rounds that Prefect has missed: they carry
    the time in a label, which the form of the UI does not show.
    """
    run = flow_run()
    since = run.labels.get(SINCE) if run else None
    if since:
        due = datetime.fromisoformat(str(since))
        return due if due.tzinfo else due.replace(tzinfo=UTC)
    if run is None or not run.auto_scheduled or run.expected_start_time is None:
        return None
    return run.expected_start_time + context.clock.offset


def _emit_new_events(context: AppContext) -> None:
    """Pass on every event that was not passed on yet, whichever process recorded it.

    Prefect's client sends them in the background: if the server stops meanwhile, an event may be
    lost; alerts do not depend on it. Each has the event's own id, so that Prefect recognises a
    copy that is sent again after a kill.
    """
    try:
        for event in prefect_events.unsent(context):
            emit_event(
                event.name,
                resource={"prefect.resource.id": event.resource, **event.labels},
                related=event.related,
                occurred=event.occurred,
                payload=event.payload,
                id=event.id,
            )
            prefect_events.record_sent(context, event)
    except Exception:
        log.exception("events could not be passed on to Prefect; the next run tries again")


def _failed(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:  # by keyword
    """Notify operators of an exception or a crash; a run that returned Failed has worked."""
    context, raised = _opened(), _raised(state)
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
    if state.message != STILL_CHECKING:  # such a run did nothing, so it proves no recovery
        record_recovery(_opened(), flow.name)


HOOKS: dict[str, Any] = {
    "on_failure": [_failed],
    "on_crashed": [_failed],
    "on_completion": [_completed],
}
