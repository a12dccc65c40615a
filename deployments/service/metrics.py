"""The state of the service as figures, in the text form of Prometheus."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric

from deployments.cli.overview import AreaState, AuthorityState, Overview
from notifications.recipients import channel_key
from ofsted.short_names import short_name
from storage.deliveries import Delayed

PREFIX = "ofsted_watch_"
NO_CHANNEL = "none"  # of messages to a recipient that is no longer in the settings


@dataclass(frozen=True, slots=True)
class State:
    """The state of everything at one moment, with the messages that have not arrived."""

    overview: Overview
    pending: Mapping[str, int]  # by recipient
    delayed: Iterable[Delayed]


def exposition(state: State) -> bytes:
    """What `/metrics` answers: the figures of docs/monitoring.md."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(state))
    return generate_latest(registry)


class _Collector:
    def __init__(self, state: State) -> None:
        self._state, self._found = state, state.overview

    def collect(self) -> Iterator[Metric]:
        """Each figure, in a fixed order."""
        found = self._found
        versions = {"version": found.version, "parser_version": found.parser_version}
        yield InfoMetricFamily(PREFIX + "build", "This program's versions.", value=versions)
        yield _gauge("problems", "What needs attention; 0: all is well.", len(found.problems))
        planned = found.service.planned
        upcoming = planned.next_check if planned else None
        yield _gauge(
            "next_planned_check_timestamp_seconds",
            "When Prefect has the next check planned; NaN: it has none.",
            upcoming.timestamp() if upcoming else math.nan,
        )
        yield from self._pages()
        yield from self._channels()

    def _pages(self) -> Iterator[Metric]:
        named = ["code", "urn", "authority"]
        age = GaugeMetricFamily(
            PREFIX + "last_successful_check_age_seconds",
            "Age of the last successful check of the page; +Inf: there was none.",
            labels=named,
        )
        state = GaugeMetricFamily(
            PREFIX + "page_state",
            "1 for the state that the page is in.",
            labels=[*named, "state"],
        )
        pages: tuple[AuthorityState | AreaState, ...] = (
            *self._found.authorities,
            *self._found.areas,
        )
        for each in pages:
            labels = [*each.key, short_name(each.authority.name)]
            age.add_metric(labels, self._age(each))
            state.add_metric([*labels, each.state], 1)
        yield from (age, state)

    def _age(self, found: AuthorityState | AreaState) -> float:
        seen = found.page.last_successful_check if found.page else None
        return (self._found.at - seen).total_seconds() if seen else math.inf

    def _channels(self) -> Iterator[Metric]:
        down = GaugeMetricFamily(
            PREFIX + "channel_down", "1: nothing can be sent by the channel.", labels=["channel"]
        )
        for channel in self._found.channels:
            down.add_metric([channel.name], bool(channel.down_since))
        yield down
        delayed = Counter(each.recipient for each in self._state.delayed)
        for name, what, counted in (
            ("messages_pending", "Messages that are waiting to be sent.", self._state.pending),
            ("messages_delayed", "Messages that are two hours late or more.", delayed),
        ):
            yield self._by_channel(name, what, counted)

    def _by_channel(self, name: str, what: str, counted: Mapping[str, int]) -> Metric:
        channels = {each.name: channel_key(each) for each in self._found.recipients}
        totals = Counter(dict.fromkeys(channels.values(), 0))
        for recipient, number in counted.items():
            totals[channels.get(recipient, NO_CHANNEL)] += number
        family = GaugeMetricFamily(PREFIX + name, what, labels=["channel"])
        for channel, number in totals.items():
            family.add_metric([channel], number)
        return family


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(PREFIX + name, what, value=value)
