"""One scheduled round without Prefect: `python -m deployments.round_alone 2026-11-27T08:00Z`.

`up` starts it where Prefect has not begun a round that was due.
"""

from __future__ import annotations

import logging
import sys
from datetime import datetime

from flows import configuration
from flows.look import Ask
from flows.round import StillCheckingError, go_round
from flows.tools import open_tools

log = logging.getLogger(__name__)


def main(due: str) -> None:
    """Make the round that was due then; authorities checked since are skipped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    tools = open_tools(configuration.load())
    ask = Ask(scheduled=datetime.fromisoformat(due))
    try:
        done = go_round(tools, tools.settings.watch, ask)
    except StillCheckingError as error:
        log.info("%s", error)
        return
    for looked in done.looked:
        log.info("%s: %s", looked.name, looked.message)


if __name__ == "__main__":
    main(sys.argv[1])
