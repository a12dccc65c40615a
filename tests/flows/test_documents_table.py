"""The table of documents says what its view says, typed and in order, of the areas shown."""

from datetime import date, datetime

import pytest

from ofsted.provider_key import ProviderKey
from storage.listed_documents import ShownArea
from storage.tables import rows
from tests.borough import HOME, NAMES, NURSERY, SUTTON, publish_all, watch_borough
from tests.flows import test_views
from tests.flows.test_table_rows import TYPES, as_view
from website.tables import TABLES

COLUMNS = """authority dfe_code provider_type kind code urn name published title inspected grade
listed baseline file_id link sha256 first_seen"""


@pytest.fixture
def borough(installation):
    """Sutton's borough, with a new document on each of four pages."""
    watch_borough(installation)
    publish_all(installation)
    return installation


def documents(installation, **areas):
    with installation.context().database.read() as session:
        found = rows(session, "documents", areas=areas or {SUTTON: ShownArea()})
    heads = [column.name for column in TABLES["documents"].columns]
    return [dict(zip(heads, row, strict=True)) for row in found]


@pytest.mark.both_databases
def test_the_rows_are_those_of_the_view_and_each_value_is_of_its_kind(borough):
    kinds = {column.name: column.kind for column in TABLES["documents"].columns}
    ours, views = documents(borough), test_views.lines(borough, "documents")
    assert [*ours[0]] == [*views[0]] == COLUMNS.split()
    for line in ours:
        for name, value in line.items():
            assert value is None or type(value) is TYPES[kinds[name]], name
    if not borough.database:
        ours = [as_view("documents", line) for line in ours]
    assert sorted(ours, key=repr) == sorted(views, key=repr)
    assert len(ours) == 2 * len(NAMES)


def test_they_are_the_newest_first_with_what_a_collection_of_a_kind_needs(borough):
    found = documents(borough)
    assert [line["published"] for line in found] == [date(2025, 7, 28)] * 4 + [date(2023, 3, 1)] * 4
    [home] = [line for line in found if line["file_id"] == "50290103"]
    assert (home["authority"], home["dfe_code"]) == ("Sutton", SUTTON)
    assert (home["provider_type"], home["kind"]) == ("children's homes", "Children's Home")
    assert ProviderKey(home["code"], home["urn"]) == HOME
    assert home["name"] == "Children's Home, name withheld by Ofsted (URN SC123456)"
    assert (home["title"], home["grade"], home["listed"]) == ("Monitoring visit", None, True)
    assert isinstance(home["first_seen"], datetime)
    archived = borough.context().archive.path(home["sha256"], "application/pdf")
    assert archived.read_bytes().startswith(b"%PDF-")


def test_what_is_left_out_and_what_is_not_watched_has_no_row(borough):
    left = documents(borough, **{SUTTON: ShownArea({"nurseries"})})
    assert NURSERY not in {ProviderKey(line["code"], line["urn"]) for line in left}
    assert len(left) == 6
    assert documents(borough, **{"314": ShownArea()}) == []
    with borough.context().database.read() as session:
        assert rows(session, "documents") == []


def test_a_provider_of_two_boroughs_has_its_documents_in_both(borough):
    both = {SUTTON: ShownArea(), "315": ShownArea()}
    borough.sql("INSERT INTO area (dfe_code) VALUES ('315')")
    borough.sql(
        "INSERT INTO area_provider (dfe_code, code, urn, is_withheld, kind, provider_type, "
        "is_extra, first_seen, tries) SELECT '315', code, urn, is_withheld, kind, provider_type, "
        "is_extra, first_seen, tries FROM area_provider WHERE urn = 'SC123456'"
    )
    found = [line["authority"] for line in documents(borough, **both)]
    assert found == ["Merton"] * 2 + ["Sutton"] * 8


def test_it_takes_one_statement(borough):
    with borough.context().database.read() as session, borough.statements() as asked:
        rows(session, "documents", areas={SUTTON: ShownArea()})
    assert len(asked) == 1
