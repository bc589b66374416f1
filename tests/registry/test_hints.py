from kombu.exceptions import OperationalError

from registry import tasks
from registry.hints import Hinter


def test_a_queue_that_is_away_delays_one_write_and_not_each(monkeypatch):
    tried = []

    def away(**options):
        tried.append(options)
        raise OperationalError("away")

    monkeypatch.setattr(tasks.tell_events, "apply_async", away)
    hinter = Hinter()
    for _ in range(3):
        hinter.events_committed()
    assert tried == [{"retry": False}]

    hinter.silent_until = 0.0
    hinter.events_committed()
    assert len(tried) == 2
