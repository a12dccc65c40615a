"""Email: a message as bytes, and the bytes handed to a server in named steps."""

from notifications.email.letter import render
from notifications.email.server import EmailServer

__all__ = ["EmailServer", "render"]
