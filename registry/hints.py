"""Hints to workers after a commit. They may be lost: a sweeper finds what they were about."""

import logging
import time

from kombu.exceptions import OperationalError

from registry import tasks

logger = logging.getLogger(__name__)
SILENT_SECONDS = 60.0  # a client of a queue that is away tries for seconds: not at every write


class Hinter:
    """Gives a hint, unless the queue was away a moment ago."""

    def __init__(self) -> None:
        self.silent_until = 0.0

    def events_committed(self) -> None:
        if time.monotonic() < self.silent_until:
            return
        try:
            tasks.tell_events.apply_async(retry=False)
        except OperationalError:
            self.silent_until = time.monotonic() + SILENT_SECONDS
            logger.warning("The queue is away: what happened is told by the sweeper.")


hinter = Hinter()
