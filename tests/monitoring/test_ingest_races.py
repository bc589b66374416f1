"""Files sent at once, and periods closed meanwhile: one order, nothing lost, nothing twice."""

import threading

import pytest
from django.db import connection

from monitoring.ingest import pipeline
from monitoring.models import Observation, Submission
from registry.errors import DomainError
from tests.monitoring.consolidating import Consolidating, cells, row, said
from tests.moves import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_file_sent_six_times_at_once_is_loaded_once():
    many = Consolidating()
    rows = [row(), row(period="2025 Q2"), row(category="F", value="2")]
    outcomes = []

    done = race(*[lambda: outcomes.append(many.load(*rows)) for _ in range(6)])

    assert done == [None] * 6
    assert sorted(o.new for o in outcomes) == [0, 0, 0, 0, 0, 3]
    assert sum(o.unchanged for o in outcomes) == 15
    assert Submission.objects.count() == 2
    assert Observation.objects.count() == 3


def test_two_files_with_units_in_another_order_do_not_block_each_other():
    many = Consolidating()
    one = [row(value="1"), row(unit="Green Land", value="1"), row(period="2025 Q2", value="1")]
    other = [{**one_row, "value": "2"} for one_row in reversed(one)]

    done = race(*[lambda rows=rows: many.load(*rows, by=many.lead) for rows in (one, other) * 3])

    assert [o for o in done if isinstance(o, Exception)] == []
    assert set(cells().values()) in ({1}, {2})


def test_a_period_closed_while_rows_are_read_takes_none_of_them():
    many = Consolidating()
    closed = threading.Event()

    def close():
        many.first.close(by=many.lead)
        closed.set()
        connection.close()

    def rows():
        yield 2, row()
        thread = threading.Thread(target=close)
        thread.start()
        thread.join(20)
        yield 3, row(category="F")

    outcome = pipeline.load(pipeline.Consolidated(many.framework), rows(), by=many.by)

    assert closed.is_set()
    assert said(outcome) == [(2, "period", "period_closed"), (3, "period", "period_closed")]
    assert not Observation.objects.exists()


def test_loading_and_closing_at_once_never_leaves_a_value_that_came_after():
    many = Consolidating()

    def load():
        outcome = many.load(row())
        assert said(outcome) in ([], [(2, "period", "period_closed")])

    done = race(load, lambda: many.first.close(by=many.lead), load)

    assert [o for o in done if o is not None and not isinstance(o, DomainError)] == []
    many.first.refresh_from_db()
    assert many.first.status == "closed"
    again = many.load(row(value="9"))
    assert said(again) == [(2, "period", "period_closed")]
