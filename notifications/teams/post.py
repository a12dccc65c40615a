"""A card posted to a Workflows webhook, and what the answers mean.

202 says that the flow began, not that the card was posted; a redirect leads to a log-in
page and is never followed. The address is kept whole: its `sig` is the only credential.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError

from notifications import quiet
from notifications.outcomes import Attempt, Outcome
from notifications.teams.cards import fallback
from notifications.tls import tls_context

TIMEOUT = (10.0, 60.0)  # seconds: to connect, for the answer
STAGE = "post"
_OUTCOMES = {
    **dict.fromkeys((408, 429), Outcome.LATER),
    **dict.fromkeys((401, 403, 404, 410), Outcome.BROKEN),
}
_OUR_CARD = frozenset({400, 413})


class _OwnAuthority(HTTPAdapter):
    """The usual authorities, and one more."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        return super().proxy_manager_for(proxy, **more, ssl_context=self._context)


def post(url: str, content: bytes, ca_file: Path | None) -> Attempt:
    """Post a card; where it is refused for what it is, once more as plain text."""
    quiet.hush()
    try:
        with requests.Session() as session:
            session.mount("https://", _OwnAuthority(tls_context(ca_file)))
            attempt = _post(session, url, content)
            if attempt.code in _OUR_CARD:
                attempt = _post(session, url, fallback(content))
            return attempt
    except OSError as trouble:  # the certificate authority's file
        return Attempt(Outcome.BROKEN, "ca_file", None, quiet.words(trouble))


def _post(session: requests.Session, url: str, content: bytes) -> Attempt:
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Ofsted watch"}
    try:
        with session.post(
            url,
            data=content,
            headers=headers,
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
        ) as answer:
            return _judge(answer)
    except requests.RequestException as trouble:
        return Attempt(_ended(trouble), STAGE, None, _say(trouble))


def _judge(answer: requests.Response) -> Attempt:
    code = answer.status_code
    if 200 <= code < 300:  # noqa: PLR2004 - RFC 9110
        return Attempt(Outcome.SENT, STAGE, code)
    words = quiet.words(f"{answer.reason} {_body(answer)}")
    return Attempt(_outcome(code), STAGE, code, words, _wait(answer))


def _outcome(code: int) -> Outcome:
    if code in _OUTCOMES:
        return _OUTCOMES[code]
    if code >= 500:  # noqa: PLR2004 - RFC 9110
        return Outcome.LATER
    return Outcome.BROKEN if code < 400 else Outcome.REFUSED  # noqa: PLR2004 - RFC 9110


def _body(answer: requests.Response) -> str:
    try:
        return (answer.raw.read(2000, decode_content=True) or b"").decode("utf-8", "replace")
    except (OSError, HTTPError):
        return ""


def _wait(answer: requests.Response) -> float | None:
    said = answer.headers.get("Retry-After", "").strip()
    return float(said) if said.isdecimal() and len(said) < 7 else None  # noqa: PLR2004


def _ended(trouble: requests.RequestException) -> Outcome:
    """Whether the body may have gone out before the connection failed."""
    match trouble:
        case requests.exceptions.SSLError():
            return Outcome.BROKEN
        case requests.ReadTimeout():
            return Outcome.UNKNOWN
        case requests.ConnectTimeout():
            return Outcome.LATER
        case requests.ConnectionError(args=(ProtocolError(), *_)):
            return Outcome.UNKNOWN
        case requests.ConnectionError():
            return Outcome.LATER
    return Outcome.BROKEN  # an address that cannot be asked


def _say(trouble: Exception) -> str:
    """The trouble's kind and cause, never the address that its text holds."""
    cause = trouble.args[0] if trouble.args else trouble
    if isinstance(cause, MaxRetryError) and cause.reason:
        cause = cause.reason
    return quiet.words(f"{type(trouble).__name__}: {type(cause).__name__}")
