"""The settings that a running service goes by: one view, taken anew when their file changed.

Flow runs read a copy of the view in use and not the file itself. So a file that is wrong
stops nothing, and nobody acts on settings that the service has not taken over.
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
from flows.context.planned import REFUSED
from flows.settings import load
from flows.settings.load import SettingsError
from flows.settings.model import Settings
from storage.record import set_state

log = logging.getLogger(__name__)

SETTLED = timedelta(seconds=2)  # a file that was written just now may be half there
AT_START_ONLY = {
    "data_dir": "data",
    "database": "database_address",
    "[ui]": "ui",
    "allow_private": "allow_private",
}


class SettingsView:
    """What a service goes by.

    Args:
        context: made from the settings as they are at the start.
    """

    def __init__(self, context: AppContext) -> None:
        self.context = context
        self.since: datetime = context.clock.now()  # when this view was taken
        self._seen = _fingerprint(context.settings.file, settled=timedelta())
        self._hand_down()
        self._note("")

    @property
    def copy(self) -> Path:
        """The file that flow runs read."""
        return copy_of(self.context.settings)

    def refresh(self) -> bool:
        """Take the settings over if their file changed; says whether they were.

        What is wrong with a changed file is logged once and kept for `status`; the view stays.
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
        """Whole or not at all, and readable by its owner alone: it may hold secrets."""
        file, copy = self.context.settings.file, self.copy
        copy.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(copy, file.read_bytes() if file else b"")

    def _note(self, refused: str) -> None:
        with self.context.database.write() as session:
            set_state(session, REFUSED, refused)


def copy_of(settings: Settings) -> Path:
    """Where the copy of the settings in use lies."""
    return settings.data / "prefect" / "settings-in-use.toml"


def _fingerprint(file: Path | None, settled: timedelta = SETTLED) -> str | None:
    """Of a file that has come to rest; None: there is none, or it was written just now."""
    if file is None:
        return None
    try:
        if time() - os.stat(file).st_mtime < settled.total_seconds():  # noqa: PTH116 - one call
            return None
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None
