"""What follows when Ofsted withholds a name that it gave before: we give it no longer either.

Of what is kept, the events and the digests that tell of the provider name it. Emails that were
sent and backups cannot be changed.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from notifications import events as ev
from ofsted.provider_key import ProviderKey
from ofsted.provider_types import withheld_name
from storage import models
from storage.areas import withdraw_name

DOCUMENT_LISTED = "document_listed"


def withhold(session: Session, key: ProviderKey) -> None:
    """Forget the name of a provider, and put the words that stand for it where it was given."""
    withdraw_name(session, key)
    told = session.scalars(
        select(models.Event).where(
            models.Event.code == key.code,
            models.Event.urn == key.urn,
            models.Event.type == DOCUMENT_LISTED,
        )
    ).all()
    entries = select(models.DigestEntry.digest_id).where(
        models.DigestEntry.event_id.in_([event.id for event in told])
    )
    digests = session.scalars(select(models.Event).where(models.Event.id.in_(entries))).all()
    for row in (*told, *digests):
        _rewrite(row, key)
    # A message that was made and not sent is made anew, without the name.
    session.execute(
        update(models.Delivery)
        .where(
            models.Delivery.event_id.in_([row.id for row in (*told, *digests)]),
            models.Delivery.state == "pending",
        )
        .values(content=None)
        .execution_options(synchronize_session=False)
    )


def _rewrite(row: models.Event, key: ProviderKey) -> None:
    from notifications.words.of_events import summary

    event = ev.from_json(row.payload)
    if isinstance(event, ev.Digest):
        event = replace(event, items=tuple(_without_name(item, key) for item in event.items))
    elif isinstance(event, ev.DocumentListed):
        event = _nameless(event)
    row.payload, row.summary = ev.to_json(event), summary(event)


def _without_name(item: ev.DigestItem, key: ProviderKey) -> ev.DigestItem:
    event = item.event
    if not isinstance(event, ev.DocumentListed) or (event.provider.code, event.provider.urn) != key:
        return item
    return replace(item, event=_nameless(event))


def _nameless(event: ev.DocumentListed) -> ev.DocumentListed:
    return replace(event, provider=nameless(event.provider, event.kind), is_withheld=True)


def nameless(provider: ev.Provider, kind: str) -> ev.Provider:
    """A provider as it is told of without its name."""
    name = withheld_name(kind, provider.urn)
    return replace(provider, name=name, short_name=name)
