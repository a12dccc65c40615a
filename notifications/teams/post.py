"""Posts a card to a Workflows webhook.

202 means that the flow began, not that the card was posted. A redirect leads to a log-in page and
is never followed. The address is used unchanged: its `sig` is the only credential.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import requests
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError

from basics.safe_http import PrivateAddressError, session
from notifications import redaction
from notifications.send_results import SendResult, SendResultKind
from notifications.teams.answers import ACCEPTED, OF_THE_CARD, judge
from notifications.teams.cards import fallback

TIMEOUT = (10.0, 60.0)  # seconds: to connect, for the answer
STAGE = "post"
PLAINER = OF_THE_CARD | ACCEPTED  # answers to a refused card after which a plain one is tried
LONGEST_WAIT = 7 * 86_400.0  # seconds; then a delivery has expired anyway


def post(
    url: str, content: bytes, ca_file: Path | None, *, allow_private: bool = False
) -> SendResult:
    """Post a card; where its content is refused, post it once more as plain text."""
    redaction.quieten()
    try:
        with session(ca_file, allow_private=allow_private, seconds=TIMEOUT[1]) as ours:
            attempt = _post(ours, url, content)
            if attempt.result == "refused" and attempt.code in PLAINER:
                attempt = _post(ours, url, fallback(content))
            return attempt
    except OSError as trouble:  # the certificate authority's file
        return SendResult("channel_down", "ca_file", None, redaction.words(trouble))
    except PrivateAddressError:
        words = "its host is on a private network; `allow_private` is for test servers"
        return SendResult("channel_down", STAGE, None, words)


def _post(ours: requests.Session, url: str, content: bytes) -> SendResult:
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Ofsted Watch"}
    try:
        with ours.post(
            url,
            data=content,
            headers=headers,
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
        ) as answer:
            return _judge(answer)
    except (requests.RequestException, HTTPError, ValueError) as trouble:
        return SendResult(_ended(trouble), STAGE, None, _say(trouble))


def _judge(answer: requests.Response) -> SendResult:
    result, words = judge(answer)
    sent = result == "sent"
    return SendResult(
        result, STAGE, answer.status_code, "" if sent else words, None if sent else _wait(answer)
    )


def _wait(answer: requests.Response) -> float | None:
    """Seconds from `120` or an HTTP date; None for anything else, or for too long a time."""
    said = answer.headers.get("Retry-After", "").strip()
    try:
        wait = float(said) if said.isdecimal() else _seconds_until(parsedate_to_datetime(said))
    except (ValueError, OverflowError):
        return None
    return wait if 0 <= wait <= LONGEST_WAIT else None


def _seconds_until(at: datetime) -> float:
    return (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _ended(trouble: Exception) -> SendResultKind:
    """The result of a failed request: `unknown` where the body may have been sent."""
    match trouble:
        case requests.exceptions.SSLError():
            return "channel_down"
        case requests.ReadTimeout():
            return "unknown"
        case requests.ConnectTimeout():
            return "later"
        case requests.ConnectionError(args=(ProtocolError(), *_)):
            return "unknown"
        case requests.ConnectionError():
            return "later"
    return "channel_down"  # an address that cannot be called


def _say(trouble: Exception) -> str:
    """The types of the error and its cause; its text may contain the address."""
    cause = trouble.args[0] if trouble.args else trouble
    if isinstance(cause, MaxRetryError) and cause.reason:
        cause = cause.reason
    return redaction.words(f"{type(trouble).__name__}: {type(cause).__name__}")
