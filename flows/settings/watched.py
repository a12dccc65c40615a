"""What is watched: `[[watch]]` tables by name, region or URN, made into one list of authorities."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from flows.settings.fields import TEXT, TRUE_OR_FALSE, URN, is_urn, whole_number
from flows.settings.table import SettingsTable, UnfitError, list_of, setting, table_of
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
        """What distinguishes it from any other provider."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchTable(SettingsTable):
    """What one `[[watch]]` table says."""

    authority: str | None = setting(
        TEXT.then(_authority),
        'a name that `ofsted-watch authorities` lists, such as "Sutton"',
        None,
    )
    region: str | None = setting(
        TEXT.then(_region), 'a region that `ofsted-watch authorities` lists, such as "London"', None
    )
    everywhere: bool = setting(TRUE_OR_FALSE, "true for all of England", default=False)
    urn: str | None = setting(URN, "the URN in the address of its page, such as 80515", None)
    code: int = setting(
        whole_number(1, 999), "the number before the URN there, such as 44", int(AUTHORITY)
    )
    name: str = setting(TEXT, 'its name, such as "London Borough of Sutton"', "")

    def agree(self, given: Collection[str]) -> None:
        """Refuse other than one choice, and what can stand only beside a URN."""
        chosen = [
            name for name in ("authority", "region", "everywhere", "urn") if getattr(self, name)
        ]
        if len(chosen) != 1:
            found = f"has {' and '.join(chosen)}" if chosen else "says nothing to watch"
            raise ValueError(f"{found}; give {_EXACTLY_ONE}")
        if self.urn is None and (vain := {"code", "name"} & set(given)):
            raise ValueError(
                f"{' and '.join(sorted(vain))} can stand only beside urn; remove it, or give "
                f"urn instead of {chosen[0]}"
            )

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


def _some(tables: tuple[WatchTable, ...]) -> tuple[WatchTable, ...]:
    if not tables:
        raise UnfitError("input should be one table or more")
    return tables


WATCH = list_of(table_of(WatchTable)).then(_some).then(watched)
