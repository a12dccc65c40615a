"""`preview`: the message for any event, as its recipients see it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.context.context import AppContext
from flows.context.message_context import message_context
from notifications import email, html, text
from notifications import events as ev
from notifications.message import Message
from notifications.senders import OUTBOX_SENDER, OUTBOX_TO, message_id
from notifications.teams.cards import payload
from notifications.words import of_events
from storage import queries


class NoSuchEventError(Exception):
    """No event has this id."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as people would get it."""

    name: str  # of its files, without an ending
    at: datetime
    message: Message
    sender: str = OUTBOX_SENDER
    to: str = OUTBOX_TO

    @property
    def text(self) -> str:
        """The text part of the email."""
        return text.render(self.message)

    def write(self, folder: Path) -> list[Path]:
        """`NAME.html`, `.txt`, `.eml` and `.json` (the Teams card); gives their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        letter = email.render(
            self.message,
            sender=self.sender,
            to=self.to,
            message_id=message_id(f"preview-{self.name}", "preview", "localhost"),
            date=self.at,
        )
        card = json.dumps(payload(self.message), ensure_ascii=False, indent=2)
        contents = {
            ".html": html.render(self.message).encode(),
            ".txt": self.text.encode(),
            ".eml": letter,
            ".json": card.encode(),
        }
        return [self._write(folder, ending, content) for ending, content in contents.items()]

    def _write(self, folder: Path, ending: str, content: bytes) -> Path:
        path = folder / f"{self.name}{ending}"
        path.write_bytes(content)
        return path


def preview(context: AppContext, event: int) -> Preview:
    """An event by its id, as its first recipient gets it.

    Raises:
        NoSuchEventError: there is none.
    """
    with context.database.read() as session:
        found = queries.events(session, ids=[event])
    if not found:
        raise NoSuchEventError(f"there is no event {event}; run `ofsted-watch events` to list them")
    happened = ev.from_json(found[0].payload)
    subscriber = next(iter(json.loads(found[0].recipients)), "nobody")
    audiences = {each.name: each.audience for each in context.recipients}
    audience = audiences.get(subscriber, happened.audience)
    addressed = message_context(context.settings, subscriber, audience=audience)
    return Preview(
        f"event-{event}",
        found[0].at,
        of_events.message(happened, addressed),
    )
