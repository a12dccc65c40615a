"""Tables of settings: dataclasses whose fields say what they take, read with all their faults.

A table is read strictly from what TOML or JSON gives: "587" is no port. All that is wrong with
it is found, each with its place, so that the error names the first and how many follow.

No library does this for us: pydantic and its schemas, here and elsewhere, made a quiet check a
third dearer, and msgspec stops at the first fault, in a program's words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")
D = TypeVar("D")
Made = TypeVar("Made", bound="SettingsTable")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in what a person wrote.

    Attributes:
        place: where, such as `("watch", 0, "urn")`.
        words: what is wrong and, but for what `Setting.read` is yet to add, what would be right.
        value: what stands there.
        is_unfit: whether the words need the value beside them.
    """

    place: tuple[int | str, ...]
    words: str
    value: object = None
    is_unfit: bool = False


class UnfitError(ValueError):
    """A value of another type or size than is taken; the words are yet to be joined by it."""


class RefusedError(ValueError):
    """A value with all that is wrong in it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(each.words for each in self.faults))


def faults_of(error: ValueError, value: object) -> tuple[Fault, ...]:
    """What is wrong in a value by the error that reading it ended in."""
    if isinstance(error, RefusedError):
        return error.faults
    return (Fault((), str(error), value, is_unfit=isinstance(error, UnfitError)),)


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What values a field takes.

    Attributes:
        read: makes of a value of TOML or JSON one that the program works with. Raises ValueError,
            which says what is wrong and holds no secret.
        of_text: what a text of the environment stands for, as TOML would give it; any other
            value, and a text that stands for none, as it is. Raises ValueError where it must be
            JSON and is not.
        table: the table that it reads, or reads a list of.
    """

    read: Callable[[Any], T]
    of_text: Callable[[Any], object] = lambda value: value
    table: type[SettingsTable] | None = None

    def then(self, check: Callable[[T], D]) -> Kind[D]:
        """The same, and what it gives goes through `check`, which may raise ValueError."""
        return replace(cast("Kind[D]", self), read=lambda value: check(self.read(value)))


@dataclass(frozen=True, slots=True)
class Setting:
    """A field: what it takes, what an error asks for, and whether it holds a secret."""

    kind: Kind[Any]
    description: str
    default: Any  # MISSING: it must be given
    is_secret: bool = False

    def read(self, value: Any) -> Any:
        """As `Kind.read`; what is wrong comes with advice, and with the value unless secret."""
        try:
            return self.kind.read(value)
        except ValueError as error:
            raise RefusedError(map(self._advised, faults_of(error, value))) from None

    def _advised(self, problem: Fault) -> Fault:
        if self.kind.table and not problem.is_unfit:  # the table's own fields have advised
            return problem
        may_show = not self.is_secret and not self.kind.table  # what stands for it may hold some
        is_shown = problem.is_unfit and may_show and isinstance(problem.value, str | int | float)
        found = f" (found {problem.value!r})" if is_shown else ""
        words = f"{problem.words}{found}; give {self.description}"
        return replace(problem, words=words, is_unfit=False)


class SettingsTable:
    """A table of the settings: a frozen dataclass with fields by `setting` and `needed`."""

    __slots__ = ()

    def agree(self, given: Collection[str]) -> None:
        """Refuse fields that do not go together; `given`: those that a person wrote.

        Raises:
            ValueError: what is wrong, and what would be right.
        """


def setting(kind: Kind[T], description: str, default: D, *, secret: bool = False) -> T | D:
    """A field with a default; a secret is not shown in errors, nor by `repr`."""
    metadata = {"setting": Setting(kind, description, default, secret)}
    return cast("T | D", field(default=default, repr=not secret, metadata=metadata))


def needed(kind: Kind[T], description: str) -> T:
    """A field that must be given."""
    return cast("T", field(metadata={"setting": Setting(kind, description, MISSING)}))


def settings_of(table: type[SettingsTable]) -> Mapping[str, Setting]:
    """The fields of a table that a person can set, in their order."""
    every = fields(cast("Any", table))
    return {each.name: each.metadata["setting"] for each in every if each.metadata}


def _of_json(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("is not JSON; give JSON for lists and tables") from None


def table_of(table: type[Made]) -> Kind[Made]:
    """A table; null, which JSON has and TOML has not, leaves a field out whose default is none."""

    def of_text(text: object) -> object:
        value, known = _of_json(text), settings_of(table)
        if not isinstance(value, Mapping):
            return value
        return {
            name: known[name].kind.of_text(each) if name in known else each
            for name, each in value.items()
        }

    def read(value: Any) -> Made:
        if not isinstance(value, Mapping):
            raise UnfitError("input should be a table")
        known, made, faults = settings_of(table), dict[str, Any](), list[Fault]()
        for name, each in known.items():
            given = value.get(name, each.default)
            if given is MISSING:
                faults.append(Fault((name,), f"missing; give {each.description}"))
            elif name in value and not (given is None and each.default is None):
                made[name] = _attempt(each.read, given, name, faults)
        faults += [
            Fault((name,), f"unknown field; {_near(name, known)}", each)
            for name, each in value.items()
            if name not in known
        ]
        if faults:
            raise RefusedError(faults)
        whole = table(**made)
        whole.agree(made.keys())
        return whole

    return Kind(read, of_text, table)


def _near(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, sorted(known), 1)
    return f"did you mean {near[0]!r}?" if near else f"known fields: {', '.join(sorted(known))}"


def list_of(item: Kind[T]) -> Kind[tuple[T, ...]]:
    """A list of such values."""

    def of_text(text: object) -> object:
        value = _of_json(text)
        return [item.of_text(each) for each in value] if isinstance(value, list) else value

    def read(value: Any) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise UnfitError("input should be a list")
        faults = list[Fault]()
        made = [_attempt(item.read, each, place, faults) for place, each in enumerate(value)]
        if faults:
            raise RefusedError(faults)
        return tuple(made)

    return Kind(read, of_text, item.table)


def _attempt(read: Callable[[Any], T], value: object, place: int | str, faults: list[Fault]) -> T:
    """What stands at a place; faults are added, and then nobody uses what comes back."""
    try:
        return read(value)
    except ValueError as error:
        faults += [replace(each, place=(place, *each.place)) for each in faults_of(error, value)]
        return cast("T", None)
