"""Calls the address of an outside service, which notices when the calls stop."""

from __future__ import annotations

import requests

from basics.safe_http import PrivateAddressError, session
from flows.context.context import AppContext
from notifications.http_body import beginning, is_web_page

SECONDS = 10  # for the whole call


class HeartbeatError(Exception):
    """The call failed; says why, and never the address, which may hold a secret."""


def call(context: AppContext) -> None:
    """Call the heartbeat's address. Success is any 2xx, except a web page, as proxies send.

    Redirects are not followed, as they may lead to someone else.

    Raises:
        HeartbeatError: there was no answer, or the answer was not a success.
    """
    settings = context.settings
    try:
        with (
            session(
                settings.authority_file, allow_private=settings.allow_private, seconds=SECONDS
            ) as ours,
            ours.get(
                settings.heartbeat, timeout=SECONDS, allow_redirects=False, stream=True
            ) as answer,
        ):
            _refuse_others(answer)
    except PrivateAddressError:
        raise HeartbeatError("its address is private (`allow_private`)") from None
    except (requests.RequestException, OSError) as error:
        raise HeartbeatError(type(error).__name__) from None


def _refuse_others(answer: requests.Response) -> None:
    if not 200 <= answer.status_code < 300:  # noqa: PLR2004 - RFC 9110
        raise HeartbeatError(f"status {answer.status_code}")
    if is_web_page(answer, beginning(answer) or ""):
        raise HeartbeatError(
            f"status {answer.status_code} with a web page, so something else answered"
        )
