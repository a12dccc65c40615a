"""The table of authorities is the program's list, whichever version filled it."""

from sqlalchemy import select, update

from ofsted.authorities import authorities
from storage import models
from storage.database import open_database
from tests.statements import statements


def kept(database):
    with database.read() as session:
        return {each.urn: each for each in session.scalars(select(models.Authority))}


def test_a_new_database_has_authorities_with_its_codes_and_region(database):
    found = kept(database)
    assert found.keys() == {each.urn for each in authorities()}
    assert len(found) == 153
    sutton = found["80515"]
    assert (sutton.code, sutton.name) == ("44", "Sutton")
    assert (sutton.dfe_code, sutton.ons_code, sutton.region) == ("319", "E09000029", "London")
    assert all(each.dfe_code and each.ons_code and each.region for each in found.values())


def test_what_another_version_filled_is_brought_up_to_date_once(database):
    with database.write() as session:
        session.execute(update(models.Authority).values(region="Elsewhere"))
        session.get_one(models.AppState, "authorities").value = "another list"
    open_database(database.address).close()
    assert kept(database)["80515"].region == "London"
    with statements() as sent:
        open_database(database.address).close()
    assert not [each for each in sent if each.startswith(("INSERT", "DELETE", "UPDATE"))]


def test_a_command_that_only_shows_writes_nothing(database):
    with database.write() as session:
        session.get_one(models.AppState, "authorities").value = "another list"
    open_database(database.address, make=False).close()
    with database.read() as session:
        assert session.get_one(models.AppState, "authorities").value == "another list"
