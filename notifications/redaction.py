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
_LOOKED_AT = 4000  # signs of what a server says; masking more of it could take minutes

_QUERY = re.compile(r"(?i)([?&;](?:sig|sp|sv|token|key|password|pass|code)=)[^\s&\"'<>)]+")
_USER = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@\"'<>]*@")
_PATH = re.compile(r"(?i)\b(https?://[^\s/\"'<>]+)/[^\s\"'<>]*")
_SERVICE = re.compile(r"(?i)\b((?!https?:)[a-z][a-z0-9+.-]*://)[^\s\"'<>]+")


def mask(text: str) -> str:
    """Without signatures, tokens, user names and passwords; Apprise addresses not at all."""
    text = _USER.sub(r"\1***@", _QUERY.sub(r"\1***", text))
    return _SERVICE.sub(r"\1***", text)


def words(text: object) -> str:
    """What a server said, as it may be stored: one line of 300 characters without secrets."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return mask(squeeze(clean(said[:_LOOKED_AT])))[:WORDS_LIMIT]


@contextlib.contextmanager
def silence(name: str) -> Iterator[None]:
    """No word of a logger, where its every word may be an address."""
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
    """Set these loggers to WARNING, masked; safe to call again."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.addFilter(_MASK)
        if logger.getEffectiveLevel() < logging.WARNING:
            logger.setLevel(logging.WARNING)
