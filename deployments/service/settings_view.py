"""The settings that a running service uses, replaced when their file has changed.

Flow runs read a copy of the settings in use, not the file itself. So a mistake in the file stops
nothing, and no run uses settings that the service has not accepted.
"""

from __future__ import annotations

import hashlib
import logging
import os
from datetime import datetime, timedelta
from pathlib import Path
from time import time

from basics.atomic_write import write_atomically
from flows.context.context import AppContext, with_settings
from flows.context.planned import record_refused
from flows.settings import load
from flows.settings.load import SettingsError
from flows.settings.model import Settings

log = logging.getLogger(__name__)

SETTLED = timedelta(seconds=2)  # a file changed more recently may be incomplete
AT_START_ONLY = {
    "data_dir": "data",
    "database": "database_address",
    "[prefect]": "prefect",
    "[ui]": "ui",
    "allow_private": "allow_private",
}


class SettingsView:
    """The settings in use by a service.

    Args:
        context: made from the settings at the start.
    """

    def __init__(self, context: AppContext) -> None:
        self.context = context
        self.since: datetime = context.clock.now()  # when these settings came into use
        self._seen = _fingerprint(context.settings.file, settled=timedelta())
        self._hand_down()
        self._note("")

    @property
    def copy(self) -> Path:
        """The file that flow runs read."""
        return copy_of(self.context.settings)

    def refresh(self) -> bool:
        """Use the changed settings, if their file changed; returns whether it did.

        A mistake is logged once and shown by `status`; the earlier settings stay in use.
        """
        file = self.context.settings.file
        found = _fingerprint(file)
        if file is None or found is None or found == self._seen:
            return False
        self._seen = found
        try:
            changed = with_settings(self.context, self._load(file))
        except SettingsError as error:
            log.warning("the changed settings are not in use: %s", error)
            self._note(str(error))
            return False
        self.context, self.since = changed, changed.clock.now()
        self._hand_down()
        self._note("")
        return True

    def _load(self, file: Path) -> Settings:
        changed, now = load.load(str(file)), self.context.settings
        for name, field in AT_START_ONLY.items():
            if getattr(changed, field) != getattr(now, field):
                raise SettingsError(
                    f"{file}: {name}: takes effect only after a restart; restart the service"
                )
        return changed

    def _hand_down(self) -> None:
        """Write the copy atomically, readable by its owner only, as it may contain secrets."""
        file, copy = self.context.settings.file, self.copy
        copy.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(copy, file.read_bytes() if file else b"")

    def _note(self, refused: str) -> None:
        with self.context.database.write() as session:
            record_refused(session, self.context.settings, refused)


def copy_of(settings: Settings) -> Path:
    """The path of the copy of the settings in use."""
    return settings.data / "prefect" / "settings-in-use.toml"


def _fingerprint(file: Path | None, settled: timedelta = SETTLED) -> str | None:
    """The file's SHA-256; None: there is no file, or it was changed just now."""
    if file is None:
        return None
    try:
        if time() - os.stat(file).st_mtime < settled.total_seconds():  # noqa: PTH116 - one call
            return None
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None
