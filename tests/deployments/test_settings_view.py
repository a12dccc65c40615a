"""The settings that a service uses, and when they change."""

import os
import time

import pytest

from deployments.service.settings_view import SettingsView, copy_of
from flows.context.planned import service_by_state


@pytest.fixture
def changed(installation):
    """Write the settings file as it is now, as if it had been at rest for a while."""

    def write(text=None):
        file = installation.config
        if text is not None:
            file.write_text(text)
        past = time.time() - 10
        os.utime(file, (past, past))

    return write


def refused(installation):
    return refused_now(installation.context())


def test_the_copy_in_use_is_its_owners_alone(installation):
    view = SettingsView(installation.context())
    assert view.copy.stat().st_mode & 0o777 == 0o600
    assert view.copy.read_text() == installation.config.read_text()


def test_a_changed_file_is_taken_over_once(installation, changed):
    view = SettingsView(installation.context())
    assert not view.refresh()
    installation.settings["contact"] = "it@example.gov.uk"
    changed()
    assert view.refresh()
    assert view.context.settings.contact == "it@example.gov.uk"
    assert "it@example.gov.uk" in view.copy.read_text()
    assert not view.refresh()


def test_a_file_that_is_being_written_is_left_until_it_rests(installation):
    view = SettingsView(installation.context())
    installation.settings["contact"] = "it@example.gov.uk"
    assert installation.config.exists()  # written this very moment
    assert not view.refresh()


@pytest.mark.parametrize(
    "wrong",
    [
        "recipients = 1",
        "[schedule]\nlooks = ['often']",
        "not toml",
        "unknown_field = 1",
        "allow_private = true\n[[recipients]]\nname = 'x'\nteams_env = 'NOT_SET'",
        "allow_private = true\ndata_dir = 'elsewhere'",
    ],
)
def test_a_wrong_file_is_refused_and_the_earlier_view_and_its_copy_stay(
    installation, changed, wrong
):
    view = SettingsView(installation.context())
    before, copy = view.context, view.copy.read_text()
    changed(wrong)
    assert not view.refresh()
    assert view.context is before
    assert copy_of(before.settings).read_text() == copy
    assert refused_now(before)
    changed()
    assert view.refresh()
    assert refused(installation) is None


def refused_now(context):
    """What is noted, read by the tools at hand: the file is wrong."""
    with context.database.read() as session:
        return service_by_state(session, context.settings, context.clock.now()).settings_refused


def test_a_file_that_is_gone_changes_nothing(installation):
    context = installation.context()
    view = SettingsView(context)
    context.settings.file.unlink()
    assert not view.refresh()
    assert view.context is context
