"""What a webhook's answer means for a card.

Power Automate answers 202 with an empty body when it has accepted a card. An answer from something
else (a proxy's block page, a log-in page) is no acceptance, whatever its status. What is known of
the answers, and how certain it is: docs/email-and-teams.md.
"""

from __future__ import annotations

import json
import re
from typing import Any

import requests

from notifications import redaction
from notifications.http_body import beginning, is_web_page, title_of, visible_text
from notifications.send_results import SendResultKind

ACCEPTED = frozenset({200, 202})
OF_THE_CARD = frozenset({400, 413, 415, 422})  # a plainer card may be accepted
_NOT_NOW_CODES = frozenset({408, 425, 429})
_CHANNEL_CODES = frozenset({401, 402, 403, 404, 405, 407, 409, 410, 421, 423, 451})
_TOO_LARGE = 413

_NOT_NOW = re.compile(
    r"too many|throttl|rate.?limit|quota.?exceeded|try (it )?(again|later)|later\b|temporar"
    r"|unavailable|time[d ]?.?out|\bbusy\b|overload|maintenance"
    r"|http(/[\d.]+)?( error| status)?:? ?(408|425|429|5\d\d)\b"
    r"|\"?(status.?code|status|code)\"?: ?\"?(408|425|429|5\d\d)\b"
)
_ERROR = re.compile(
    r"\berror|\bfail|\bexception\b|\bfault\b|denied|forbidden|unauthori[sz]ed|refused|reject"
    r"|\b(not|isn't) (found|allowed|enabled|authori[sz]ed|valid)|invalid|\bblocked|disabled|deleted"
    r"|expired|suspended|" + _NOT_NOW.pattern
)
_OF_THE_CARD = re.compile(
    r"invalidrequestcontent|triggerinputschemamismatch|input body|\bschema\b|content.?type"
    r"|payload|\bcards?\b|attachment|too large|entity.?too|deseriali|pars(e|ing)\b"
    r"|http(/[\d.]+)?( error| status)?:? ?413\b"
)
_OF_THE_FLOW = re.compile(
    r"work.?flow|\bflows?\b|trigger|not enabled|disabled|deleted|suspended|(turned|switched) off"
    r"|owner|licen[cs]|signature|authori[sz]|authenticat|api.?version|environment|tenant"
    r"|subscription|connection|expired|\bblocked|denied|\bproxy\b"
)
_ANSWERS_WHETHER = re.compile(r"^(is)?(success|succeeded|ok|successstatuscode)$")
_SPEAKS = frozenset(
    {"code", "message", "status", "state", "result", "title", "detail", "reason", "description"}
)
_STATUSES = frozenset({"status", "statuscode", "code"})
_LEAST_ERROR = 400  # RFC 9110


def judge(answer: requests.Response) -> tuple[SendResultKind, str]:
    """The result of an attempt that was answered so, and the answer's text without secrets."""
    code, body = answer.status_code, beginning(answer)
    is_page = is_web_page(answer, body or "")
    said = (visible_text(body or "") if is_page else body or "").casefold()
    return _result(code, body, said, is_page=is_page), _words(answer, body or "", is_page=is_page)


def _result(code: int, body: str | None, said: str, *, is_page: bool) -> SendResultKind:
    if 200 <= code < 300:  # noqa: PLR2004 - RFC 9110
        return _of_2xx(code, body, said, is_page=is_page)
    if code in _NOT_NOW_CODES or code >= 500:  # noqa: PLR2004 - RFC 9110
        return "later"
    if code in _CHANNEL_CODES or code < _LEAST_ERROR:  # a redirect leads to a log-in page
        return "channel_down"
    if code == _TOO_LARGE:
        return "refused"
    return "channel_down" if is_page else _of_4xx(body or "", said)


def _of_2xx(code: int, body: str | None, said: str, *, is_page: bool) -> SendResultKind:
    if body is None:
        return "unknown"
    is_json, value = _json(body)
    if is_page or (_names_error(value) if is_json else _ERROR.search(said)):
        if not is_page and _OF_THE_CARD.search(said):
            return "refused"
        return "later" if _NOT_NOW.search(said) else "channel_down"
    accepts = code in ACCEPTED and (is_json or not body.strip())
    return "sent" if accepts else "unknown"


def _of_4xx(body: str, said: str) -> SendResultKind:
    """`refused`, unless the answer names the flow, or an error that is not about the card."""
    if _OF_THE_CARD.search(said):
        return "refused"
    is_json, value = _json(body)
    of_flow = _OF_THE_FLOW.search(said) or (is_json and _names_error(value))
    return "channel_down" if of_flow else "refused"


def _json(body: str) -> tuple[bool, Any]:
    try:
        return True, json.loads(body)
    except (ValueError, RecursionError):
        return False, None


def _names_error(value: Any) -> bool:
    match value:
        case str():
            return bool(_ERROR.search(value.casefold()))
        case list():
            return any(map(_names_error, value))
        case dict():
            return any(_says_error(str(key).casefold(), each) for key, each in value.items())
    return False


def _says_error(key: str, value: Any) -> bool:
    if _ANSWERS_WHETHER.match(key) and isinstance(value, bool):
        return not value
    if key in _STATUSES and str(value).isdecimal():
        return _LEAST_ERROR <= int(value) < 600  # noqa: PLR2004 - RFC 9110
    if re.match(r"errors?\b|error(code|message|s)?$|exception$|fault$", key):
        return bool(value) and str(value).casefold() not in {"none", "null", "0", "false"}
    if isinstance(value, str):
        return key in _SPEAKS and _names_error(value)
    return _names_error(value)


def _words(answer: requests.Response, body: str, *, is_page: bool) -> str:
    if is_page:
        title = title_of(body)
        named = f' titled "{title}"' if title else ""
        return redaction.words(
            f"{answer.status_code}, a web page{named}, not Power Automate's answer"
        )
    return redaction.words(f"{answer.reason} {body}")
