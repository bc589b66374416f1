"""One file for many units and periods: each unit's data stays its own; bad rows are all named."""

from decimal import Decimal

import pytest

from monitoring.models import Observation, Submission
from partnerships.models import Membership
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import (
    IndicatorFactory,
    MembershipFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.monitoring.consolidating import Consolidating, as_csv, cells, row, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def many():
    return Consolidating()


def test_missing_submissions_are_begun_each_its_units_own(many):
    outcome = many.load(
        row(),
        row(period="2025 Q2", value="0"),
        row(unit="Green Land", value="12,5"),
        row(place="Kitui", indicator="P1", value="7"),
        row(category="F", value="3"),
        row(indicator="R1", value=None, numerator="2", denominator="5"),
        sent_for=many.ours,
    )

    assert said(outcome) == []
    assert (outcome.rows, outcome.new, outcome.changed, outcome.unchanged) == (6, 6, 0, 0)
    begun = Submission.objects.order_by("unit_id", "period_id")
    assert [(s.unit, s.period, s.status, s.sent_for) for s in begun] == [
        (many.unit, many.first, "draft", None),
        (many.unit, many.second, "draft", None),
        (many.place, many.first, "draft", None),
        (many.other, many.first, "draft", many.ours),
    ]
    assert sorted(outcome.submissions) == sorted(s.pk for s in begun)
    assert cells()[many.unit.pk, many.wells.pk, many.second.pk, None] == 0
    assert cells()[many.other.pk, many.wells.pk, many.first.pk, None] == Decimal("12.5")
    assert cells()[many.unit.pk, many.wells.pk, many.first.pk, many.female.pk] == 3
    events = Event.objects.filter(kind="submission.drafted", by=many.by)
    assert set(events.values_list("subject_id", flat=True)) == {s.pk for s in begun}


NAMES = [
    {"indicator": "w1"},
    {"indicator": " Wells "},
    {"indicator": "W1 Wells"},
    {"unit": "BLUE  WATER"},
    {"period": "2025-01-01/2025-03-31"},
    {"category": "Female"},
    {"category": "sex=f"},
    {"category": "total"},
]


@pytest.mark.parametrize("names", NAMES, ids=str)
def test_records_go_by_code_label_or_number(many, names):
    outcome = many.load(row(**names))

    assert said(outcome) == []
    assert Observation.objects.get().indicator == many.wells
    numbers = {
        "unit": f"#{many.unit.pk}",
        "indicator": f"#{many.wells.pk}",
        "period": f"#{many.first.pk}",
    }
    category = Observation.objects.get().category_id
    again = many.load(row(**numbers | ({"category": f"#{category}"} if category else {})))
    assert (again.unchanged, again.new) == (1, 0)


def test_a_unit_in_a_place_is_named_with_its_place_or_by_its_label(many):
    assert said(many.load(row(unit="Blue Water, Kitui", indicator="P1"))) == []
    assert said(many.load(row(unit=None, place="kitui", indicator="P1", value="6"))) == []
    assert Observation.objects.get().unit == many.place


WRONG = [
    ({"unit": None}, "unit", "unit_expected"),
    ({"unit": "Red Sand"}, "unit", "unknown_unit"),
    ({"unit": "#0"}, "unit", "unknown_unit"),
    ({"place": "Nairobi"}, "place", "unknown_place"),
    ({"unit": "Green Land"}, "unit", "unit_not_yours"),
    ({"period": None}, "period", "period_expected"),
    ({"period": "2031 Q1"}, "period", "unknown_period"),
    ({"indicator": None}, "indicator", "unknown_indicator"),
    ({"indicator": "W9"}, "indicator", "unknown_indicator"),
    ({"category": "Y0T4"}, "category", "unknown_category"),
    ({"place": "Kitui"}, "indicator", "place_refused"),
    ({"indicator": "P1"}, "indicator", "place_missing"),
    ({"indicator": "R1"}, "value", "ratio_parts_expected"),
    ({"indicator": "N1"}, "text", "text_expected"),
    ({"currency": "USD"}, "currency", "wrong_currency"),
    ({"value": "1,418"}, "value", "not_a_number"),
    ({"value": "N/A"}, "value", "not_a_number"),
    ({"value": None}, "value", "value_expected"),
    ({"withdraws": "yes", "value": None}, "withdraws", "nothing_to_withdraw"),
    ({"withdraws": "perhaps"}, "withdraws", "not_a_boolean"),
    ({"comment": "x" * 20_001}, "comment", "not_a_text"),
    ({"comment": "a\x00b"}, "comment", "not_a_text"),
    ({"unit": "\ud800"}, "unit", "unknown_unit"),
]


@pytest.mark.parametrize(("wrong", "field", "code"), WRONG, ids=lambda part: ascii(part)[:50])
def test_a_wrong_row_is_named_and_nothing_is_saved(many, wrong, field, code):
    outcome = many.load(row(unit="Blue Water", category="F"), row(**wrong))

    assert (3, field, code) in said(outcome)
    assert {e.row for e in outcome.errors} == {3}
    assert all(e.reason for e in outcome.errors)
    assert not Submission.objects.exists()
    found = next(e.found for e in outcome.errors if e.field == field)
    if wrong.get(field):
        said_so = wrong[field][:3].replace("\ud800", "\\ud800").replace("\x00", "\\x00")
        assert found.startswith(said_so)


def test_every_error_of_every_row_is_named_at_once(many):
    many.second.close(by=many.lead)

    outcome = many.load(
        row(unit="Nobody", period="Never", indicator="Nothing", value="few", comment="\x00"),
        row(),
        row(value="6"),
        row(period="2025 Q2", value="<5", currency="EUR"),
        row(unit="Green Land", indicator="P1"),
    )

    assert said(outcome) == [
        (2, "unit", "unknown_unit"),
        (2, "indicator", "unknown_indicator"),
        (2, "period", "unknown_period"),
        (2, "value", "not_a_number"),
        (2, "comment", "not_a_text"),
        (4, "indicator", "cell_repeated"),
        (5, "period", "period_closed"),
        (5, "value", "not_a_number"),
        (5, "currency", "wrong_currency"),
        (6, "unit", "unit_not_yours"),
        (6, "indicator", "place_missing"),
    ]
    by_place = {(e.row, e.field): e for e in outcome.errors}
    assert "row 3" in by_place[4, "indicator"].reason
    assert by_place[5, "value"].found == "<5"
    assert by_place[5, "period"].found == "2025 Q2"
    assert by_place[6, "unit"].found == "Green Land"
    assert not Submission.objects.exists()


def test_a_name_that_two_records_have_is_refused_with_their_numbers(many):
    twin = many.indicator(code="W1", title="Other wells")
    many.indicator(code=str(many.wells.pk), title="A code that is another's number")

    outcome = many.load(row(), row(indicator=str(many.wells.pk)), row(indicator=f"#{twin.pk}"))

    assert said(outcome) == [
        (2, "indicator", "ambiguous_indicator"),
        (3, "indicator", "ambiguous_indicator"),
    ]
    assert f"#{many.wells.pk}, #{twin.pk}" in outcome.errors[0].reason


def test_an_empty_cell_says_nothing_and_zero_is_a_value(many):
    many.load(row(comment="Counted twice.", is_provisional="yes"))

    outcome = many.load(row(value="0", comment=" ", is_provisional=None))

    stored = Observation.objects.get()
    assert (outcome.changed, stored.value) == (1, 0)
    assert (stored.comment, stored.is_provisional) == ("Counted twice.", True)


def test_estimates_are_kept_with_their_ends(many):
    ends = {"sample_size": "400", "interval_low": "4,5", "interval_high": "5.5", "method": "Survey"}
    assert said(many.load(row(**ends))) == []

    stored = Observation.objects.get()
    assert (stored.sample_size, stored.method) == (400, "Survey")
    assert (stored.interval_low, stored.interval_high) == (Decimal("4.5"), Decimal("5.5"))
    assert said(many.load(row(interval_low="6"))) == [(2, "interval_high", "interval_reversed")]


def test_only_who_may_send_sends(many):
    with pytest.raises(NotAllowed):
        many.load(row(), by=UserFactory(), sent_for=many.ours)
    with pytest.raises(NotAllowed):
        many.load(row(), by=many.their_own, sent_for=many.ours)
    assert said(many.load(row(), by=UserFactory())) == [(2, "unit", "unit_not_yours")]
    assert not Submission.objects.exists()


def test_what_the_units_own_people_have_begun_is_theirs(many):
    SubmissionFactory(unit=many.other, period=many.first)

    outcome = many.load(row(unit="Green Land"), sent_for=many.ours)
    assert said(outcome) == [(2, "unit", "submission_not_yours")]

    assert said(many.load(row(unit="Green Land"), by=many.their_own)) == []


def test_data_that_waits_for_review_does_not_change(many):
    many.load(row())
    submission = Submission.objects.get()
    submission.submit(by=many.by)

    assert said(many.load(row(value="6"))) == [(2, "period", "submission_locked")]
    assert many.load(row()).unchanged == 1


def test_approved_data_is_changed_by_a_correction_alone(many):
    many.load(row(), row(category="F", value="2"))
    first = Submission.objects.get()
    first.submit(by=many.by)
    first.approve(by=many.lead)

    assert said(many.load(row(value="6"))) == [(2, "period", "already_approved")]
    same = many.load(row(), row(category="F", value="2"), corrects=True)
    assert (same.unchanged, Submission.objects.count()) == (2, 1)

    outcome = many.load(row(value="6"), row(category="F", value="2"), corrects=True)

    assert (outcome.new, outcome.unchanged) == (1, 1)
    correction = Submission.objects.get(revision=2)
    assert correction.observations.get().value == 6
    assert outcome.submissions == [correction.pk]
    again = many.load(row(value="6"), row(category="F", value="2"), corrects=True)
    assert (again.unchanged, Submission.objects.count()) == (2, 2)


def test_a_withdrawal_takes_an_approved_value_away(many):
    many.load(row())
    first = Submission.objects.get()
    first.submit(by=many.by)
    first.approve(by=many.lead)

    outcome = many.load(row(value=None, withdraws="yes"), corrects=True)

    assert said(outcome) == []
    assert Observation.objects.get(submission__revision=2).withdraws


def test_a_member_that_left_has_no_data_of_later_periods(many):
    gone = {"status": "left", "ended_on": many.second.starts_on}
    Membership.objects.filter(pk=many.ours.pk).update(**gone)

    outcome = many.load(row(), row(period="2025 Q2"), by=many.lead)
    assert said(outcome) == [(3, "unit", "not_a_member_then")]


def test_units_and_indicators_of_other_partnerships_are_unknown(many):
    stranger = ReportingUnitFactory(membership=MembershipFactory())
    foreign = IndicatorFactory()

    outcome = many.load(row(unit=f"#{stranger.pk}"), row(indicator=f"#{foreign.pk}"))
    assert said(outcome) == [(2, "unit", "unknown_unit"), (3, "indicator", "unknown_indicator")]


def test_a_dry_run_says_what_would_happen_and_saves_nothing(many):
    many.load(row())

    outcome = many.load(
        row(value="6"), row(period="2025 Q2"), row(category="F", value="few"), dry_run=True
    )
    assert (outcome.new, outcome.changed) == (2, 1)
    assert said(outcome) == [(4, "value", "not_a_number")]
    assert list(cells().values()) == [5]
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("size", [4, 40])
def test_costs_as_many_queries_for_many_rows_as_for_few(many, size, django_assert_max_num_queries):
    rows = [row()]
    for number in range(size):
        many.indicator(code=f"C{number}", title=f"C {number}")
        rows += [row(indicator=f"C{number}"), row(indicator=f"C{number}", period="2025 Q2")]

    # savepoints 2, units that may be sent 2, names 6, staging 3, locks 3, targets 5, checks 2,
    # begun 4, loaded 2, cleared 1
    with django_assert_max_num_queries(34):
        assert said(many.load(*rows)) == []


def test_a_file_says_the_same_as_its_rows(many):
    rows = [row(comment="Two\nlines; and, more"), row(category="F", value="2")]

    outcome = many.load_csv(as_csv(rows, ";"))

    assert said(outcome) == []
    assert Observation.objects.get(category=None).comment == "Two\nlines; and, more"


def test_a_column_that_nobody_knows_stops_the_file(many):
    outcome = many.load_csv("unit,indicator,period,value,colour\nBlue Water,W1,2025 Q1,5,red\n")

    assert said(outcome) == [(1, "colour", "unknown_column")]
    assert not Submission.objects.exists()
