"""A step of the work, as it is handed in: done at once here, shown as a task in a flow."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol, TypeVar, runtime_checkable

T = TypeVar("T")


@runtime_checkable
class StepResult(Protocol):
    """What a step gave, where it can say itself how it ended. Whatever else it gives is well."""

    @property
    def has_failed(self) -> bool:
        """Whether it is to be shown as failed."""

    def in_words(self) -> str:
        """What it came to, for people; no secret, no address."""


class Step(Protocol):
    """Does one thing and gives what it gives; how it is shown is the affair of who hands it in."""

    def __call__(
        self, kind: str, do: Callable[[], T], *, about: str = "", tags: Collection[str] = ()
    ) -> T:
        """Do it.

        Args:
            kind: what is done, of a short list: `check page`, `download`, `send`.
            do: does it; what it raises is raised.
            about: to what or for whom: `Sutton`, `50283346`. No secret, no address.
            tags: by which it is found, such as an authority's short name.
        """


def do_now(kind: str, do: Callable[[], T], *, about: str = "", tags: Collection[str] = ()) -> T:
    """A `Step` that is shown nowhere."""
    del kind, about, tags
    return do()
