"""What follows when Ofsted withholds a name that it gave before: we give it no longer either.

The events about the provider and the digests with them name it, and what a page showed when it
could not be read may; operators may have been told of a message by its subject, which had the
name. Emails that were sent and backups cannot be changed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from notifications import events as ev
from ofsted.provider_key import AREA, ProviderKey
from ofsted.provider_types import withheld_name
from storage import models
from storage.areas import namesakes, withdraw_name

QUOTING = ("delivery_failed", "delivery_delayed", "audit_failed", "digest")
INSTEAD = "(name withheld by Ofsted)"  # in what a page showed


def withhold(session: Session, key: ProviderKey, kind: str) -> None:
    """Forget the name of a provider, and put the words that stand for it where it was given.

    Under another type code that the provider had before, too.

    Args:
        key: which provider.
        kind: what it is, such as `Children's Home`.
    """
    withheld = _Withheld(key, kind, withdraw_name(session, key))
    event, entry = models.Event, models.DigestEntry
    about_it = select(event.id).where(event.code == key.code, event.urn == key.urn)
    in_digests = select(entry.digest_id).where(entry.event_id.in_(about_it))
    of_lists = select(event.id).where(event.code == AREA)
    told = event.id.in_(about_it) | event.id.in_(in_digests) | event.id.in_(of_lists)
    subjects = {}
    for row in session.scalars(select(event).where(told)):
        before = row.summary
        _rewrite(session, row, withheld)
        subjects[before] = row.summary
    _rewrite_quotes(session, {old: new for old, new in subjects.items() if old != new})
    check = models.PageCheck
    for name in withheld.names:
        session.execute(
            update(check)
            .where(check.code == AREA, check.message.contains(name, autoescape=True))
            .values(message=func.replace(check.message, name, INSTEAD))
            .execution_options(synchronize_session=False)
        )
    for other, kind_of_other in namesakes(session, key.urn, withheld.names).items():
        withhold(session, other, kind_of_other)


@dataclass(frozen=True, slots=True)
class _Withheld:
    """A provider and what it was called until now."""

    key: ProviderKey
    kind: str
    names: Collection[str]

    def in_event(self, event: ev.Happened) -> ev.Happened:
        """The event without the name."""
        match event:
            case ev.DocumentListed(provider=provider) if self._is(provider):
                return replace(event, provider=nameless(provider, self.kind), is_withheld=True)
            case ev.FileUnavailable(provider=provider) if self._is(provider):
                return replace(event, provider=nameless(provider, self.kind))
            case ev.PageCheckFailed(failure=failure):
                for name in self.names:
                    failure = failure.replace(name, INSTEAD)
                return replace(event, failure=failure)
        return event

    def _is(self, provider: ev.Provider) -> bool:
        return (provider.code, provider.urn) == self.key


def _rewrite(session: Session, row: models.Event, withheld: _Withheld) -> None:
    event = ev.from_json(row.payload)
    if isinstance(event, ev.Digest):
        items = [replace(item, event=withheld.in_event(item.event)) for item in event.items]
        event = replace(event, items=tuple(items))
    elif not isinstance(event, ev.Personal):
        event = withheld.in_event(event)
    _put(session, row, event)


def _rewrite_quotes(session: Session, subjects: Mapping[str, str]) -> None:
    """Put the subjects of messages as they are now, where events give them as they were."""
    event = models.Event
    for before, now in ((_in_json(old), _in_json(new)) for old, new in subjects.items()):
        quotes = event.payload.contains(before, autoescape=True)
        for row in session.scalars(select(event).where(event.type.in_(QUOTING), quotes)):
            _put(session, row, ev.from_json(row.payload.replace(before, now)))


def _in_json(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)[1:-1]


def _put(session: Session, row: models.Event, event: ev.Event) -> None:
    from notifications.words.of_events import summary

    if event == ev.from_json(row.payload):
        return
    row.payload, row.summary = ev.to_json(event), summary(event)
    # A message that was made and not sent is made anew, without the name.
    session.execute(
        update(models.Delivery)
        .where(models.Delivery.event_id == row.id, models.Delivery.state == "pending")
        .values(content=None)
        .execution_options(synchronize_session=False)
    )


def nameless(provider: ev.Provider, kind: str) -> ev.Provider:
    """A provider with the words that stand for its name."""
    name = withheld_name(kind, provider.urn)
    return replace(provider, name=name, short_name=name)
