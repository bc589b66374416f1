"""Sent again, a file changes nothing; what was taken reads back exactly; a bad row saves none."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring.models import Observation, Submission
from registry.models import AuditEntry, Event
from tests.monitoring.consolidating import Consolidating, as_csv, cells, row, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def many():
    return Consolidating()


def traces():
    return (
        AuditEntry.objects.count(),
        Event.objects.count(),
        sorted(Submission.objects.values_list("pk", "version", "updated_at")),
        sorted(Observation.objects.values_list("pk", "value", "comment")),
    )


def test_the_same_file_again_leaves_no_trace(many):
    text = as_csv([row(comment="First"), row(period="2025 Q2"), row(category="F", value="1 234,5")])
    first = many.load_csv(text)
    before = traces()

    again = many.load_csv(text)

    assert (first.new, again.new, again.changed, again.unchanged) == (3, 0, 0, 3)
    assert traces() == before


def test_another_spelling_of_the_same_number_is_no_change(many):
    many.load(row(value="1234.50"))
    before = traces()

    assert many.load(row(value="1 234,5")).unchanged == 1
    assert traces() == before


def test_only_the_rows_that_differ_are_written(many):
    many.load(row(), row(category="F", value="2"), row(period="2025 Q2"))
    entries = AuditEntry.objects.filter(table_name="monitoring_observation").count()
    versions = dict(Submission.objects.values_list("period", "version"))

    outcome = many.load(row(value="6"), row(category="F", value="2"), row(period="2025 Q2"))

    assert (outcome.changed, outcome.unchanged) == (1, 2)
    written = AuditEntry.objects.filter(table_name="monitoring_observation").count() - entries
    assert written == 1
    now = dict(Submission.objects.values_list("period", "version"))
    assert now[many.first.pk] == versions[many.first.pk] + 1
    assert now[many.second.pk] == versions[many.second.pk]


def test_without_replacing_another_value_is_an_error_and_the_same_is_none(many):
    many.load(row())

    assert many.load(row(), replace=False).unchanged == 1
    refused = many.load(row(value="6"), replace=False)
    assert said(refused) == [(2, "indicator", "cell_taken")]
    assert list(cells().values()) == [5]


PLACES = st.sampled_from(
    [(unit, category) for unit in ("Blue Water", "Green Land") for category in ("", "F", "M")]
)
NUMBERS = st.decimals(
    min_value=Decimal(-99999999999999999999),
    max_value=Decimal(99999999999999999999),
    places=10,
    allow_nan=False,
    allow_infinity=False,
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@given(
    values=st.dictionaries(PLACES, st.tuples(NUMBERS, TEXTS), min_size=1),
    bad=st.sampled_from(["", "N/A", "1,418", "<5", "1e99", "--"]),
)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_is_taken_reads_back_and_again_changes_nothing(many, values, bad):
    Submission.objects.all().delete()
    rows = [
        row(unit=unit, category=category, value=f"{value:f}", comment=comment)
        for (unit, category), (value, comment) in values.items()
    ]
    wrong = row(period="2025 Q2", value=bad or None)

    refused = many.load(*rows, wrong, by=many.lead)
    assert refused.errors
    assert not Submission.objects.exists()

    taken = many.load(*rows, by=many.lead)
    assert said(taken) == []
    units = {"Blue Water": many.unit, "Green Land": many.other}
    categories = {"": None, "F": many.female, "M": many.male}
    for (unit, category), (value, comment) in values.items():
        stored = Observation.objects.get(unit=units[unit], category=categories[category])
        assert (stored.value, stored.comment) == (value, comment.strip())
    before = traces()
    assert many.load(*rows, by=many.lead).unchanged == len(rows)
    assert traces() == before
