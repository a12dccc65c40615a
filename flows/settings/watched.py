"""What is watched: `[[watch]]` tables by name, region or URN, made into one list of authorities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, GetPydanticSchema, model_validator
from pydantic_core import core_schema

from flows.settings.fields import Part, Urn, is_urn
from ofsted import UnknownName, authorities, authority
from ofsted.authorities import Authority
from ofsted.authority_names import in_region, one_or_region, region
from ofsted.provider_key import AUTHORITY, ProviderKey
from ofsted.short_names import short_name
from ofsted.text import fold

_EXACTLY_ONE = "exactly one of authority, region, everywhere = true, urn"


@dataclass(frozen=True, slots=True)
class WatchedAuthority:
    """An authority that is watched, by whichever table."""

    urn: str
    name: str
    code: int = int(AUTHORITY)
    is_named: bool = True  # by the settings or by its page; else `name` stands in until one has

    @classmethod
    def unnamed(cls, urn: str, code: int = int(AUTHORITY), name: str = "") -> WatchedAuthority:
        """One that its page is yet to name; until then by this name, or by its number."""
        return cls(urn, name or f"provider {urn}", code, is_named=False)

    @property
    def key(self) -> ProviderKey:
        """What tells it from any other provider."""
        return ProviderKey(str(self.code), self.urn)

    def with_page_name(self, name: str | None) -> WatchedAuthority:
        """The same with the name that its page has, where the settings give none."""
        return self if self.is_named or not name else replace(self, name=name, is_named=True)

    @property
    def called(self) -> frozenset[str]:
        """All that it is called here, as `fold` writes it."""
        return frozenset(map(fold, (self.urn, self.name, short_name(self.name))))

    def is_called(self, written: str) -> bool:
        """Whether a person may mean it by its URN, its name here or its short name."""
        return fold(written) in self.called


def _authority(written: str) -> str:
    try:
        return authority(written).urn
    except UnknownName as error:
        raise ValueError(_in_other_field("region", written, region) or str(error)) from None


def _region(written: str) -> str:
    try:
        return region(written)
    except UnknownName as error:
        raise ValueError(_in_other_field("authority", written, authority) or str(error)) from None


def _in_other_field(field: str, written: str, find: Callable[[str], object]) -> str:
    """That it belongs into the other field, if it does."""
    try:
        find(written)
    except UnknownName:
        return ""
    return f"{written!r} is a{'n' * (field == 'authority')} {field}; write {field} = {written!r}"


class WatchTable(Part):
    """What one `[[watch]]` table says."""

    authority: Annotated[str, AfterValidator(_authority)] | None = Field(
        None, description='a name that `ofsted-watch authorities` lists, such as "Sutton"'
    )
    region: Annotated[str, AfterValidator(_region)] | None = Field(
        None, description='a region that `ofsted-watch authorities` lists, such as "London"'
    )
    everywhere: bool = Field(False, description="true for all of England")
    urn: Urn | None = Field(None, description="the URN in the address of its page, such as 80515")
    code: int = Field(
        int(AUTHORITY), ge=1, le=999, description="the number before the URN there, such as 44"
    )
    name: str = Field("", description='its name, such as "London Borough of Sutton"')

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        given = [
            name for name in ("authority", "region", "everywhere", "urn") if getattr(self, name)
        ]
        if len(given) != 1:
            found = f"has {' and '.join(given)}" if given else "says nothing to watch"
            raise ValueError(f"{found}; give {_EXACTLY_ONE}")
        if vain := self.model_fields_set & {"code", "name"} if self.urn is None else ():
            raise ValueError(
                f"{' and '.join(sorted(vain))} can stand only beside urn; remove it, or give "
                f"urn instead of {given[0]}"
            )
        return self

    def chosen(self) -> Iterator[WatchedAuthority]:
        """The authorities that it chooses, by name."""
        if self.urn and self.name:
            yield WatchedAuthority(self.urn, self.name, self.code)
        elif self.urn:
            yield WatchedAuthority.unnamed(self.urn, self.code)
        else:
            for each in self._listed():
                yield WatchedAuthority.unnamed(each.urn, int(each.code), each.name)

    def _listed(self) -> tuple[Authority, ...]:
        if self.authority:
            return (authority(self.authority),)
        return in_region(self.region) if self.region else authorities()


def watched(tables: Iterable[WatchTable]) -> tuple[WatchedAuthority, ...]:
    """All that the tables choose, each once, in their order.

    One that several choose stands where the first has it; the name that one of them gives counts.

    Raises:
        ValueError: two give it different names.
    """
    found: dict[ProviderKey, WatchedAuthority] = {}
    for each in (one for table in tables for one in table.chosen()):
        known = found.setdefault(each.key, each)
        if not each.is_named or each == known:
            continue
        if known.is_named:
            raise ValueError(
                f"urn {each.urn} has two names, {known.name} and {each.name}; give one"
            )
        found[each.key] = each
    return tuple(found.values())


def urns_of(written: str, among: Sequence[WatchedAuthority]) -> frozenset[str]:
    """What a recipient means by a name, a region or a URN, whether it is watched or not.

    Args:
        written: as it stands in the settings.
        among: what is watched, which may have names of its own.

    Raises:
        ValueError: it is no name of one authority, and no region.
    """
    own = frozenset(each.urn for each in among if each.is_called(written))
    if own or is_urn(written):
        return own or frozenset({written})
    try:
        return frozenset(each.urn for each in one_or_region(written))
    except UnknownName as error:
        raise ValueError(str(error)) from None


def _schema(_source: Any, handler: Any) -> core_schema.CoreSchema:
    """Of the tables as they are written; what comes of them is a list of authorities."""
    tables = handler(Annotated[tuple[WatchTable, ...], Field(min_length=1)])
    return core_schema.chain_schema([tables, core_schema.no_info_plain_validator_function(watched)])


Watch = Annotated[tuple[WatchedAuthority, ...], GetPydanticSchema(_schema)]
