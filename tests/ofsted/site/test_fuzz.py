"""Whatever a page holds, reading it ends in a listing or in a refusal, never in a crash."""

from contextlib import suppress
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deployments.demo.fake_ofsted import Listed, ProviderPage
from deployments.demo.fake_ofsted_pages import REAL_FILES, Card, provider_page, search_page
from ofsted.errors import SiteError
from ofsted.site.addresses import Addresses
from ofsted.site.answers import Page, name_of
from ofsted.site.pages import Expected, read_listing
from ofsted.site.search import read_results

from .conftest import SUTTON

REAL = Addresses()
ADDRESS = REAL.provider("80515", 44)
NURSERYS_ADDRESS = REAL.provider("80515", 16)
PROVIDER = ProviderPage("80515", "London Borough of Sutton", reports=SUTTON)
BODY = provider_page(PROVIDER, REAL_FILES)
NURSERY = ProviderPage(
    "80515",
    "Nursery",
    16,
    [*SUTTON, Listed("Full inspection", variant="V1b", file_id="1", grade="Met")],
    card=Card(date(2026, 6, 3), {"Inclusion": "Needs attention"}),
    kind="Childcare",
)
NURSERYS = provider_page(NURSERY, REAL_FILES)
RESULTS = search_page([PROVIDER], {})
TAGS = b"""
<a class='publication-link' href='
https://files.ofsted.gov.uk/v1/file/
'>
</a>
<li class='timeline__day'>
</li>
<time pubdate>
</time>
<span class=nonvisual>
, pdf - 29 July 2025
<main id=main>
</main>
<!--
-->
&#x202e;
http://[::1
//
<svg>
<table><tr>
<![CDATA[
URN: 80515
<title>
<h1>
<script>
<template>
<p class='timeline__date'>
99 Foo 2025
<base href=x>
"""
SCRAPS = (*TAGS.split(b"\n"), b"\0", b"\xff\xfe", b"\xe2\x80\x99")

scraps = st.lists(st.sampled_from(SCRAPS) | st.binary(max_size=12), max_size=12).map(b"".join)


@st.composite
def bodies(draw: st.DrawFn, body: bytes) -> bytes:
    """A true page in which some parts were taken out and scraps put in."""
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(body)))
        end = start + draw(st.integers(0, 40))
        body = body[:start] + draw(scraps) + body[end:]
    return body


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bodies(BODY))
def test_a_mangled_page_is_read_or_refused(body):
    page = Page(ADDRESS, ADDRESS, body)
    with suppress(SiteError):
        listing = read_listing(page, Expected("80515", 44), REAL, date(2026, 11, 22))
        assert listing.entries
        assert len({entry.key for entry in listing.entries}) == len(listing.entries)
        assert all(entry.title for entry in listing.entries)
    assert len(name_of(body)) <= 81


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bodies(NURSERYS))
def test_a_mangled_page_of_another_provider_is_read_or_refused(body):
    page = Page(NURSERYS_ADDRESS, NURSERYS_ADDRESS, body)
    with suppress(SiteError):
        listing = read_listing(page, Expected("80515", 16), REAL, date(2026, 11, 22))
        assert all(entry.title and entry.grade != "" for entry in listing.entries)
        assert listing.kind != ""


@settings(max_examples=60, deadline=None)
@given(bodies(RESULTS))
def test_a_mangled_page_of_results_is_read_or_refused(body):
    with suppress(SiteError):
        assert read_results(Page(ADDRESS, ADDRESS, body), REAL).total >= 0


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", ADDRESS, "http://127.0.0.1"]))
def test_any_link_is_understood_or_passed_over(href, page):
    absolute = REAL.absolute(href, page)
    if absolute is not None:
        assert absolute.startswith(("https://", "http://"))
        REAL.file_id(absolute)
        REAL.provider_key(absolute)
