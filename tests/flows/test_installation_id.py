"""A flow run is made by the installation that its deployment belongs to, or not at all."""

import pytest

from flows.context.installation import installation_id, refuse_run_of_another
from flows.settings.load import INSTALLATION_VARIABLE, SettingsError


def test_a_run_of_this_installation_or_of_none_is_made(installation, monkeypatch):
    context = installation.context()
    monkeypatch.delenv(INSTALLATION_VARIABLE, raising=False)
    refuse_run_of_another(context)
    monkeypatch.setenv(INSTALLATION_VARIABLE, installation_id(context.database))
    refuse_run_of_another(context)


def test_a_worker_that_was_started_without_the_settings_is_told_what_it_lacks(
    installation, monkeypatch
):
    monkeypatch.setenv(INSTALLATION_VARIABLE, "another")
    with pytest.raises(SettingsError, match="start its worker with OFSTED_WATCH_CONFIG set to"):
        refuse_run_of_another(installation.context())
