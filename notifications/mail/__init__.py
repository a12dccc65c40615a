"""Mail: a message as bytes, and the bytes handed to a server in named steps."""

from notifications.mail.letter import render
from notifications.mail.server import MailServer

__all__ = ["MailServer", "render"]
