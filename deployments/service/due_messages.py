"""Messages that are due between rounds: sent by a run of their own, or here if none takes them."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from time import monotonic

from deployments.service.prefect_api import UNDER_WAY, Api
from flows.alerting import sending
from flows.context.context import AppContext
from flows.publishing.website import publish_and_send

log = logging.getLogger(__name__)

TAKEN_WITHIN = timedelta(minutes=5)  # by a run; then we send them ourselves
DEPLOYMENT = "send-alerts"


class DueMessages:
    """Watches over the messages that are due."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._since: float | None = None  # when the first of them was seen to be due

    def check(self, context: AppContext) -> None:
        """Start a run of `send-alerts` if anything is due; send without Prefect if none does."""
        if not sending.is_due(context):
            self._since = None
            return
        self._since = self._since or monotonic()
        if monotonic() - self._since > TAKEN_WITHIN.total_seconds():
            log.warning("no flow run sent the messages that are due; sending them without Prefect")
            publish_and_send(context)
            self._since = None
        elif not self._is_taken():
            # What Prefect answers wrongly is logged by the caller: a name that it does not know
            # was once swallowed here, and nothing but the hourly run sent.
            self._api.start(DEPLOYMENT)

    def _is_taken(self) -> bool:
        """Whether a run is sending, or is waiting for the worker."""
        if self._api.runs(states=UNDER_WAY, deployment=DEPLOYMENT):
            return True
        now = datetime.now().astimezone()
        return any(
            datetime.fromisoformat(run["expected_start_time"]) <= now
            for run in self._api.runs(states=("SCHEDULED",), deployment=DEPLOYMENT)
        )
