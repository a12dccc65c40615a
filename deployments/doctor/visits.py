"""The requests of the live checks: the authority's page, fetched once, and other addresses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bs4 import BeautifulSoup, Tag

from flows.context.context import AppContext
from flows.settings.model import SUTTON
from flows.settings.watched import WatchedAuthority
from ofsted.authorities import authorities
from ofsted.errors import SiteError, UnexpectedResponse
from ofsted.site.addresses import Addresses
from ofsted.site.answers import Page
from ofsted.site.model import Answered, Entry, Found
from ofsted.site.pages import Expected, read_listing
from ofsted.site.shell import after_end, main_of, soup


@dataclass(frozen=True, slots=True)
class Sight:
    """A provider's page as it came, and what the parser makes of it."""

    tree: BeautifulSoup
    main: Tag
    entries: tuple[Entry, ...]
    refusal: UnexpectedResponse | None  # why the parser does not accept it
    behind: str  # what follows the end of the page, in words; empty: nothing


@dataclass(frozen=True, slots=True)
class Sample:
    """A provider of the area other than the authority: its row in the search, and its page."""

    found: Found
    sight: Sight

    @property
    def kind(self) -> str:
        """Its type code and category: `16 Childminder`."""
        return kind_of(self.found)


def kind_of(found: Found) -> str:
    """A provider's type code and category, as the search has them."""
    return f"{found.code} {found.category or 'without a category'}"


class Visits:
    """Makes requests as the checks do, and keeps the answers.

    Args:
        context: its site is used; the page is Sutton's if watched, else the first authority's.
    """

    def __init__(self, context: AppContext) -> None:
        self.context = context
        site = context.settings.ofsted
        self.addresses = Addresses(site.reports, site.files, context.settings.allow_private)
        watched = context.settings.watch
        self.authority: WatchedAuthority = next(
            (one for one in watched if one.urn == SUTTON.urn), watched[0]
        )
        self.answers: list[Answered] = []
        self.refusals: list[SiteError] = []
        self.newest_in_area: tuple[Found, ...] = ()  # once U1 has asked for them
        self.samples: list[Sample] = []  # once U8 has asked for their pages

    def visit(self, address: str, headers: dict[str, str] | None = None) -> Answered:
        """One request, redirects followed.

        Raises:
            SiteError: no answer that could be examined.
        """
        answered = self.context.site.visit(address, headers)
        self.answers.append(answered)
        return answered

    @cached_property
    def page(self) -> Answered | SiteError:
        """What the provider's address answers, asked once."""
        try:
            return self.visit(self.addresses.provider(self.authority.urn, self.authority.code))
        except SiteError as error:
            return error

    @cached_property
    def sight(self) -> Sight | None:
        """The provider's page; None where nothing came that could be examined."""
        answered = self.page
        if isinstance(answered, SiteError):
            return None
        return self._sight(
            answered, Expected(self.authority.urn, self.authority.code, self.authority.name)
        )

    @cached_property
    def dfe_code(self) -> str | None:
        """By which the search knows the authority's area; None: it is none of the authorities."""
        ours = (one.dfe_code for one in authorities() if one.urn == self.authority.urn)
        return next(ours, None)

    def sample(self, found: Found) -> Sight | None:
        """Ask for a provider's page and keep it; None: nothing came that could be examined.

        Raises:
            SiteError: no answer.
        """
        answered = self.visit(self.addresses.provider(found.urn, found.code))
        sight = self._sight(answered, Expected(found.urn, found.code, found.name))
        if sight is not None:
            self.samples.append(Sample(found, sight))
        return sight

    def _sight(self, answered: Answered, expected: Expected) -> Sight | None:
        page = Page(answered.asked, answered.address, answered.body)
        try:
            tree, main = soup(page), main_of(soup(page))
        except UnexpectedResponse:
            return None
        today = self.context.clock.now().date()
        try:
            entries = read_listing(page, expected, self.addresses, today).entries
        except UnexpectedResponse as refusal:
            return Sight(tree, main, (), refusal, after_end(page))
        return Sight(tree, main, entries, None, after_end(page))
