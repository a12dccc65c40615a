"""How work is split into steps: called directly here, as Prefect tasks in a flow."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar, runtime_checkable

T = TypeVar("T")
Error = TypeVar("Error", bound=Exception)


@runtime_checkable
class StepResult(Protocol):
    """A step's result that says how the step ended; any other result counts as success."""

    @property
    def has_failed(self) -> bool:
        """Whether the step is shown as failed."""

    def in_words(self) -> str:
        """The result in words, for people; no secret, no address."""


@dataclass(frozen=True, slots=True)
class StepFailed(Generic[Error]):
    """A step that failed by an error with which its caller goes on."""

    error: Error
    has_failed: ClassVar[bool] = True

    def in_words(self) -> str:
        """The error."""
        return str(self.error)


class Step(Protocol):
    """Calls a function and returns its result; the caller chooses how the step is shown."""

    def __call__(
        self, kind: str, do: Callable[[], T], *, about: str = "", tags: Collection[str] = ()
    ) -> T:
        """Do it.

        Args:
            kind: what is done, such as `check page`, `download`, `send`.
            do: the function; its exceptions are raised.
            about: what it is done to, or for whom: `Sutton`, `50283346`. No secret, no address.
            tags: for finding it, such as an authority's short name.
        """


def do_now(kind: str, do: Callable[[], T], *, about: str = "", tags: Collection[str] = ()) -> T:
    """A `Step` that only calls the function."""
    del kind, about, tags
    return do()
