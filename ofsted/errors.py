"""The errors of this library.

    OfstedError
        SiteError                   the site; carries the address asked for
            Unreachable             no answer, or one that says "not now" (network, 429, 5xx)
            Refused                 the site or our rules say no (403, 404, robots.txt, other host)
            UnexpectedResponse      an answer that is not proven to be what was asked for
        Unreadable                  a file that is not a report we can open

The text of a `SiteError` says what was received, from which address, and what a person can do.
"""

from __future__ import annotations


class OfstedError(Exception):
    """Every error that this library raises itself."""


class SiteError(OfstedError):
    """The site did not give what was asked for.

    Args:
        asked: the address that was asked for.
        came: what was received instead, in words, without a full stop.
        advice: what a person can do about it.
        retry_after: seconds to wait, where the site gave them.
    """

    def __init__(
        self, asked: str, came: str, advice: str = "", *, retry_after: float | None = None
    ) -> None:
        super().__init__(asked, came, advice)
        self.asked = asked
        self.came = came
        self.advice = advice
        self.retry_after = retry_after

    def __str__(self) -> str:
        advice = f"; {self.advice}" if self.advice else ""
        return f"{self.came} ({self.asked}){advice}"


class Unreachable(SiteError):  # noqa: N818  # the library's promised name
    """No answer, or one that says "not now"; trying again later may help."""


class Refused(SiteError):  # noqa: N818  # the library's promised name
    """The site, or a rule of ours, says no; trying again does not help by itself."""


class UnexpectedResponse(SiteError):  # noqa: N818  # the library's promised name
    """An answer without the proof that it is what was asked for."""


class Unreadable(OfstedError):  # noqa: N818  # the library's promised name
    """A file that cannot be read as a report; its text says why."""
