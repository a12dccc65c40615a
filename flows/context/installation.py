"""Which installation this is: by an id in its database, on however many machines it runs."""

from __future__ import annotations

import os

from flows.context.context import AppContext
from flows.settings.load import CONFIG_VARIABLE, INSTALLATION_VARIABLE, SettingsError
from storage.database import Database
from storage.record import INSTALLATION, get_state

LONG = 12  # characters of the id, which tell installations apart


def installation_id(database: Database) -> str:
    """The id that its deployments carry in Prefect."""
    with database.read() as session:
        return (get_state(session, INSTALLATION) or "")[:LONG]


def refuse_run_of_another(context: AppContext) -> None:
    """Refuse a flow run whose deployment belongs to another installation.

    Its worker was started without our settings, and would check other pages than it should.

    Raises:
        SettingsError: it does.
    """
    wanted = os.environ.get(INSTALLATION_VARIABLE)
    if wanted and wanted != installation_id(context.database):
        found = context.settings.file or "no settings file"
        raise SettingsError(
            f"this run belongs to another installation than these settings ({found}); "
            f"start its worker with {CONFIG_VARIABLE} set to the settings file of the installation"
        )
