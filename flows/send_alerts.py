"""The flow that sends the alerts that are due."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.prefect_steps import HOOKS, ended, flow_context
from flows.publishing.website import publish_and_send


@flow(name="send-alerts", flow_run_name="send alerts", **HOOKS)
def send_alerts() -> State[Any]:
    """Write the website where it has changed, and send the alerts that are due."""
    with flow_context() as context:
        sent = publish_and_send(context).in_words()
        return ended(context, sent.capitalize(), sent)
