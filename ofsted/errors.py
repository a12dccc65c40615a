"""The errors of this library.

    OfstedError
        SiteError                   the site; carries the address asked for
            Unreachable             no answer, or one that says "not now" (network, 429, 5xx)
            Refused                 the site or our rules say no (403, 404, robots.txt, other host)
            UnexpectedResponse      an answer that is not proven to be what was asked for
        Unreadable                  a file that is not a report we can open
        UnknownName                 a name that is not one authority's, or no region's

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


class UnknownName(OfstedError):  # noqa: N818  # as the library's other errors
    """A name by which no single authority, or no region, can be told.

    Args:
        given: the name, as it was written.
        why: what is wrong with it, as the end of a sentence.
        candidates: the nearest names, or those that it may stand for; may be empty.
        are_exact: whether it stands for the candidates, and is not merely like them.
    """

    def __init__(
        self, given: str, why: str, *, candidates: tuple[str, ...] = (), are_exact: bool = False
    ) -> None:
        super().__init__(given, why, candidates)
        self.given = given
        self.why = why
        self.candidates = candidates
        self.are_exact = are_exact

    def __str__(self) -> str:
        *others, last = self.candidates or ("",)
        named = f"{', '.join(others)} or {last}" if others else last
        tail = f": name {named}" if self.are_exact else f" (did you mean {named}?)" if named else ""
        return f"{self.given!r} {self.why}{tail}"
