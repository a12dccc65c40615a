"""The flow that sends the alerts that are due."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.alerting.sending import send_due
from flows.prefect_steps import HOOKS, ended, flow_context


@flow(name="send-alerts", flow_run_name="send alerts", **HOOKS)
def send_alerts() -> State[Any]:
    """Send the alerts that are due."""
    with flow_context() as context:
        sent = send_due(context).in_words()
        return ended(context, sent.capitalize(), sent)
