"""Keeps addresses and secrets out of the logs of the libraries that carry our messages.

A webhook's `sig` is its only credential; Apprise prints whole addresses at DEBUG and
urllib3 puts them into warnings and exceptions.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator

from ofsted.text import clean, squeeze

LOGGERS = (
    "apprise",
    "urllib3",
    "urllib3.connection",
    "urllib3.connectionpool",
    "urllib3.poolmanager",
    "urllib3.util.retry",
)
WORDS_LIMIT = 300
_MASKED = 4000  # characters of a server's answer; masking more could take minutes

_QUERY = re.compile(r"(?i)([?&;](?:sig|sp|sv|token|key|password|pass|code)=)[^\s&\"'<>)]+")
_USER = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@\"'<>]*@")
_PATH = re.compile(r"(?i)\b(https?://[^\s/\"'<>]+)/[^\s\"'<>]*")
_SERVICE = re.compile(r"(?i)\b((?!https?:)[a-z][a-z0-9+.-]*://)[^\s\"'<>]+")


def mask(text: str) -> str:
    """Mask signatures, tokens, user names and passwords, and all of Apprise addresses."""
    text = _USER.sub(r"\1***@", _QUERY.sub(r"\1***", text))
    return _SERVICE.sub(r"\1***", text)


def words(text: object) -> str:
    """A server's answer as it may be stored: one line of at most 300 characters, masked."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return mask(squeeze(clean(said[:_MASKED])))[:WORDS_LIMIT]


@contextlib.contextmanager
def silence(name: str) -> Iterator[None]:
    """Disable a logger meanwhile, where all that it logs may contain an address."""
    logger = logging.getLogger(name)
    was, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = was


class _Mask(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _hosts(record.getMessage()), None
        if record.exc_info:
            record.exc_text = _hosts(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def _hosts(text: str) -> str:
    return _PATH.sub(r"\1/***", mask(text))


_MASK = _Mask()


def quieten() -> None:
    """Set the libraries' loggers to WARNING and mask what they log; safe to call again."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.addFilter(_MASK)
        if logger.getEffectiveLevel() < logging.WARNING:
            logger.setLevel(logging.WARNING)
