"""Values are counted again at their source and data is assessed; no figure changes by it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from monitoring.models import Observation
from monitoring.services.checking import assess_quality, record_spot_check
from registry.errors import NotAllowed, StaleVersion
from tests.factories import (
    DataQualityAssessmentFactory,
    IndicatorFactory,
    MembershipFactory,
    ObservationFactory,
    SpotCheckFactory,
    UserFactory,
)
from tests.monitoring.sending import Sent, Unit
from tests.moves import People, read_twice, refused

pytestmark = pytest.mark.django_db
CHECK = {
    "checked_on": date(2024, 5, 2),
    "checked_by": "District office",
    "finding": "One name stood twice.",
}
ASSESSED = {"assessed_on": date(2024, 5, 2), "validity": "met"}


@pytest.fixture
def sent():
    return Sent("submitted")


# reported, found -> reported less found, and as a share of what was found
@pytest.mark.parametrize(
    ("reported", "found", "difference", "share"),
    [
        (5, 4, "1", "0.25"),
        (5, 5, "0", "0"),
        (5, 10, "-5", "-0.5"),
        (5, 0, "5", None),
        (0, 0, "0", "0"),
        (-5, -4, "-1", "-0.25"),
        (5, None, None, None),
    ],
)
def test_the_deviation_is_what_was_reported_less_what_was_found(reported, found, difference, share):
    check = SpotCheckFactory(
        reported_value=Decimal(reported),
        found_value=None if found is None else Decimal(found),
    )

    if difference is None:
        assert check.deviation is None
    else:
        assert check.deviation == (Decimal(difference), None if share is None else Decimal(share))


def test_a_ratio_is_compared_as_its_quotient():
    check = SpotCheckFactory(
        reported_value=None,
        reported_numerator=Decimal(3),
        reported_denominator=Decimal(4),
        found_value=None,
        found_numerator=Decimal(1),
        found_denominator=Decimal(2),
    )

    assert check.deviation == (Decimal("0.25"), Decimal("0.5"))


def test_it_keeps_what_was_reported_and_changes_no_figure():
    unit = Unit()
    value = unit.submission.observations.get(indicator=unit.first)
    check = record_spot_check(value, by=unit.people.lead_manager, found_value=Decimal(3), **CHECK)

    unit.correct({"indicator": unit.first.pk, "value": 3})

    check.refresh_from_db()
    assert (check.reported_value, check.found_value) == (5, 3)
    assert Observation.objects.get(pk=value.pk).value == 5
    assert unit.counting()[unit.first] == 3


@pytest.mark.parametrize("who", ["lead_manager", "lead_evaluator", "admin"])
def test_members_people_at_a_distance_check(sent, who):
    check = record_spot_check(sent.observation, by=sent.people[who], **CHECK)

    assert (check.found, check.by) == (None, sent.people[who])


@pytest.mark.parametrize(
    ("who", "code"),
    [("manager", "own_data"), ("evaluator", "own_submission"), ("lead_observer", "members_only"),
     ("outsider", "members_only")],
)  # fmt: skip
def test_nobody_else_does_and_nobody_their_own(sent, who, code):
    with refused(code, NotAllowed):
        record_spot_check(sent.observation, by=sent.people[who], **CHECK)
    with refused(code, NotAllowed):
        assess_quality(submission=sent.submission, by=sent.people[who], **ASSESSED)


@pytest.mark.parametrize("status", ["draft", "returned"])
def test_there_is_nothing_to_check_before_it_is_handed_in(status):
    sent = Sent(status)

    with refused("not_submitted"):
        record_spot_check(sent.observation, by=sent.people.admin, **CHECK)


@pytest.mark.parametrize(
    "wrong",
    [
        {"checked_on": date(2024, 3, 31)},  # the period's last day
        {"checked_on": timezone.localdate() + timedelta(days=2)},
        {"found_numerator": Decimal(1), "found_denominator": Decimal(2)},
        {"finding": ""},
        {"checked_by": ""},
        {"action": "Keep lists."},
        {"due_on": date(2024, 6, 1)},
    ],
    ids=str,
)
def test_wrong_input_is_refused(sent, wrong):
    with pytest.raises(ValidationError):
        record_spot_check(sent.observation, by=sent.people.admin, **CHECK | wrong)

    assert not sent.submission.spot_checks.exists()


def test_a_text_cannot_be_counted_again():
    value = ObservationFactory(indicator__narrative=True, value=None, text="Well.")
    value.submission.change(status="submitted")

    with pytest.raises(ValidationError):
        record_spot_check(value, by=UserFactory(admin=True), **CHECK)


def test_a_ratio_is_found_in_its_parts():
    value = ObservationFactory(
        indicator__ratio=True, value=None, numerator=Decimal(1), denominator=Decimal(2)
    )
    value.submission.change(status="submitted")

    with pytest.raises(ValidationError):
        record_spot_check(value, by=UserFactory(admin=True), found_value=Decimal(1), **CHECK)


def test_an_assessment_says_why_a_standard_was_not_met(sent):
    with pytest.raises(ValidationError) as refusal:
        assess_quality(
            submission=sent.submission, by=sent.people.admin, **ASSESSED, integrity="not_met"
        )

    assert list(refusal.value.message_dict) == ["integrity_findings"]


def test_an_assessment_rates_something_and_is_of_one_thing(sent):
    admin = sent.people.admin
    with pytest.raises(ValidationError):
        assess_quality(submission=sent.submission, by=admin, assessed_on=date(2024, 5, 2))
    with pytest.raises(ValidationError):
        assess_quality(by=admin, **ASSESSED)
    with pytest.raises(ValidationError):
        assess_quality(
            indicator=IndicatorFactory(), submission=sent.submission, by=admin, **ASSESSED
        )


def test_what_is_to_be_done_is_a_members_of_the_partnership(sent):
    to_do = {"action": "Keep lists.", "due_on": date(2024, 6, 1), "owner": MembershipFactory()}

    with pytest.raises(ValidationError) as refusal:
        assess_quality(submission=sent.submission, by=sent.people.admin, **ASSESSED, **to_do)

    assert "owner" in refusal.value.message_dict


@pytest.mark.parametrize("made_by", [SpotCheckFactory, DataQualityAssessmentFactory])
def test_the_owners_people_or_the_lead_say_what_was_done_once(made_by):
    record = made_by(to_do=True)
    people = People(record.of_partnership)
    owner = UserFactory(evaluates=record.owner.partner)
    for who in ("manager", "lead_evaluator", "outsider"):
        with refused("owner_only", NotAllowed):
            record.finish(by=people[who], note="Done.")
    with pytest.raises(ValidationError):
        record.finish(by=owner, note=" ")

    first, second = read_twice(record)
    first.finish(by=owner, note="Lists are kept.")
    with refused("done_already"):
        second.finish(by=people.lead_manager, note="Too.")

    record.refresh_from_db()
    assert (record.done_note, record.done_on) == ("Lists are kept.", timezone.localdate())


@pytest.mark.parametrize("made_by", [SpotCheckFactory, DataQualityAssessmentFactory])
def test_who_recorded_it_takes_a_slip_back_and_then_it_is_followed_up_no_more(made_by):
    record = made_by(to_do=True)
    with refused("author_only", NotAllowed):
        record.withdraw(by=UserFactory(), reason="No.")
    with pytest.raises(ValidationError):
        record.withdraw(by=record.by, reason="")

    stale = type(record).objects.get(pk=record.pk)
    record.withdraw(by=record.by, reason="Of another clinic.")

    assert not type(record).objects.to_follow_up().exists()
    with refused("withdrawn"):
        stale.withdraw(by=record.by, reason="Again.")
    with pytest.raises((StaleVersion, Exception)):
        stale.finish(by=UserFactory(admin=True), note="Done.")


@pytest.mark.parametrize("made_by", [SpotCheckFactory, DataQualityAssessmentFactory])
def test_nothing_is_done_where_nothing_was_asked_for(made_by):
    with refused("no_action"):
        made_by().finish(by=UserFactory(admin=True), note="Done.")


@pytest.mark.parametrize(
    ("url", "factory"),
    [
        ("spot-checks/", SpotCheckFactory),
        ("data-quality-assessments/", DataQualityAssessmentFactory),
    ],
)
def test_the_api_tells_what_is_open_from_the_rest(api, url, factory):
    is_open, other = factory(to_do=True), factory()
    api.force_authenticate(UserFactory(admin=True))

    def found(value):
        rows = api.get(f"/api/v1/{url}?open={value}").json()["results"]
        return [row["id"] for row in rows]

    assert (found("true"), found("false")) == ([is_open.pk], [other.pk])
