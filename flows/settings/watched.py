"""What is watched: `[[watch]]` tables by name, region or URN, made into one list of authorities.

With an authority, all the other providers of its area may be watched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from flows.settings.fields import (
    PROVIDER_PAGE,
    TEXT,
    TRUE_OR_FALSE,
    URN,
    ProviderPage,
    is_urn,
    one_type_of,
    whole_number,
)
from flows.settings.table import SettingsTable, UnfitError, list_of, setting, table_of
from ofsted import UnknownName, authorities, authority
from ofsted.authorities import Authority
from ofsted.authority_names import in_region, one_or_region, region
from ofsted.provider_key import AREA, AUTHORITY, ProviderKey
from ofsted.provider_types import AUTHORITIES, TYPES
from ofsted.short_names import short_name
from ofsted.text import fold

_EXACTLY_ONE = "exactly one of authority, region, everywhere = true, urn, area"
_TYPES = tuple(each.name for each in TYPES if each is not AUTHORITIES)


@dataclass(frozen=True, slots=True)
class AreaScope:
    """What is watched beside an authority: every other provider in its area."""

    dfe_code: str
    extra_providers: tuple[ProviderPage, ...] = ()  # registered elsewhere
    exclude: frozenset[str] = frozenset()  # provider types that are left out altogether

    def has(self, key: ProviderKey, provider_type: str, *, is_extra: bool) -> bool:
        """Whether a provider that was found here before is to be watched by the settings now."""
        is_named = not is_extra or any(each.key == key for each in self.extra_providers)
        return is_named and provider_type not in self.exclude


@dataclass(frozen=True, slots=True)
class WatchedAuthority:
    """An authority that is watched, by whichever table."""

    urn: str
    name: str
    code: int = int(AUTHORITY)
    is_named: bool = True  # by the settings or by its page; else `name` stands in until one has
    area: AreaScope | None = None  # None: it is watched alone

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


@dataclass(frozen=True, slots=True)
class WatchedArea:
    """All the other providers in the area of a watched authority: a page of its own."""

    authority: WatchedAuthority
    scope: AreaScope

    @property
    def key(self) -> ProviderKey:
        """What its checks and their state are kept by."""
        return ProviderKey(AREA, self.authority.urn)

    @property
    def urn(self) -> str:
        """Of the authority."""
        return self.authority.urn

    @property
    def dfe_code(self) -> str:
        """What the site's search calls the area."""
        return self.scope.dfe_code

    @property
    def name(self) -> str:
        """`all providers in Sutton`."""
        return f"all providers in {short_name(self.authority.name)}"

    @property
    def short_name(self) -> str:
        """`Sutton`."""
        return short_name(self.authority.name)


Watched = WatchedAuthority | WatchedArea


def _authority(written: str) -> str:
    try:
        return authority(written).urn
    except UnknownName as error:
        raise ValueError(_in_other_field("region", written, region) or str(error)) from None


def _area(written: str) -> str:
    try:
        return authority(written).urn
    except UnknownName as error:
        is_region = _in_other_field("region", written, region)
        raise ValueError(
            f"{written!r} is a region, and area takes one authority" if is_region else str(error)
        ) from None


def _not_authorities(written: str) -> str:
    if written == AUTHORITIES.name:
        raise ValueError(
            "authorities cannot be left out: the authority's own page is always checked"
        )
    return written


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


def _only_beside(field: str, vain: Collection[str], chosen: str) -> str:
    them = "it" if len(vain) == 1 else "them"
    return (
        f"{' and '.join(sorted(vain))} can stand only beside {field}; remove {them}, or give "
        f"{field} instead of {chosen}"
    )


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
    area: str | None = setting(
        TEXT.then(_area),
        'the name of an authority whose whole area is to be watched, such as "Sutton"',
        None,
    )
    extra_providers: tuple[ProviderPage, ...] = setting(
        list_of(PROVIDER_PAGE), "a list of addresses of providers' pages on Ofsted's site", ()
    )
    exclude: tuple[str, ...] = setting(
        list_of(TEXT.then(_not_authorities).then(one_type_of(*_TYPES).read)),
        'a list of provider types, such as ["childminders"]',
        (),
    )
    urn: str | None = setting(URN, "the URN in the address of its page, such as 80515", None)
    code: int = setting(
        whole_number(1, 999), "the number before the URN there, such as 44", int(AUTHORITY)
    )
    name: str = setting(TEXT, 'its name, such as "London Borough of Sutton"', "")

    def agree(self, given: Collection[str]) -> None:
        """Refuse other than one choice, and what can stand only beside a URN."""
        chosen = [
            name
            for name in ("authority", "region", "everywhere", "urn", "area")
            if getattr(self, name)
        ]
        if len(chosen) != 1:
            found = f"has {' and '.join(chosen)}" if chosen else "says nothing to watch"
            raise ValueError(f"{found}; give {_EXACTLY_ONE}")
        if self.urn is None and (vain := {"code", "name"} & set(given)):
            raise ValueError(_only_beside("urn", vain, chosen[0]))
        if self.area is None and (vain := {"extra_providers", "exclude"} & set(given)):
            raise ValueError(_only_beside("area", vain, chosen[0]))

    def chosen(self) -> Iterator[WatchedAuthority]:
        """The authorities that it chooses, by name."""
        if self.urn and self.name:
            yield WatchedAuthority(self.urn, self.name, self.code)
        elif self.urn:
            yield WatchedAuthority.unnamed(self.urn, self.code)
        elif self.area:
            of = authority(self.area)
            extra = {page.key: page for page in self.extra_providers}
            scope = AreaScope(of.dfe_code, tuple(extra.values()), frozenset(self.exclude))
            yield replace(WatchedAuthority.unnamed(of.urn, int(of.code), of.name), area=scope)
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
        ValueError: two give it different names, or watch its area in different ways.
    """
    found: dict[ProviderKey, WatchedAuthority] = {}
    for each in (one for table in tables for one in table.chosen()):
        known = found.setdefault(each.key, each)
        if each.area and known.area not in {None, each.area}:
            raise ValueError(
                f"the area of {each.name} is given twice, with different exclude or "
                "extra_providers; give it once"
            )
        if each.area:
            known = found[each.key] = replace(known, area=each.area)
        if not each.is_named or each == known:
            continue
        if known.is_named:
            raise ValueError(
                f"urn {each.urn} has two names, {known.name} and {each.name}; give one"
            )
        found[each.key] = replace(each, area=known.area)
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
