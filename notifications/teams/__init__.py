"""Microsoft Teams by a Workflows webhook: a message as a card, and the card posted."""

from notifications.teams.cards import card, payload

__all__ = ["card", "payload"]
