"""One scheduled round without Prefect: `python -m deployments.service.round_alone TIME`.

`up` starts it if Prefect has not begun a round that was due.
"""

from __future__ import annotations

import logging
import sys
from datetime import datetime

from flows.checking.one_check import CheckRequest
from flows.context.context import open_context
from flows.pipeline import StillCheckingError, run_round
from flows.settings import load

log = logging.getLogger(__name__)


def main(due: str) -> None:
    """Make the round that was due then; authorities checked since are skipped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    context = open_context(load.load())
    ask = CheckRequest(scheduled=datetime.fromisoformat(due))
    try:
        done = run_round(context, context.settings.watch, ask)
    except StillCheckingError as error:
        log.info("%s", error)
        return
    for checked in done.checks:
        log.info("%s: %s", checked.name, checked.message)


if __name__ == "__main__":
    main(sys.argv[1])
