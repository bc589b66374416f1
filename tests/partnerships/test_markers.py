"""Assessments of principles: with evidence or the reason for a 0; none overwrites another."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.models import Marker
from partnerships.models.marker_guidance import GUIDANCE, meaning
from partnerships.services.principles import assess_marker, withdraw_marker
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import MarkerFactory, MembershipFactory, PartnershipFactory, UserFactory
from tests.moves import People, race, read_twice, refused

pytestmark = pytest.mark.django_db
GOOD = {
    "kind": "gender",
    "significance": 1,
    "evidence": "Half of the operators are women.",
    "assessed_on": date(2024, 2, 1),
    "review_on": date(2025, 2, 1),
}


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def assess(people, who="lead_manager", **fields):
    return assess_marker(people.partnership, by=people[who], **{**GOOD, **fields})


@pytest.mark.parametrize("who", ["lead_manager", "admin"])
def test_the_leads_managers_and_admins_assess(people, who):
    member = people.membership

    marker = assess(people, who, membership=member)

    assert (marker.level, marker.assessed_by) == ("pursued among other aims", people[who])
    assert marker.meaning == GUIDANCE["gender"][1]
    event = Event.objects.about(marker).get()
    assert (event.kind, event.by) == ("marker.assessed", people[who])


@pytest.mark.parametrize("who", ["manager", "lead_evaluator", "lead_observer", "outsider"])
def test_nobody_else_assesses_or_withdraws(people, who):
    marker = assess(people)

    with refused("lead_only", NotAllowed):
        assess(people, who)
    with refused("lead_only", NotAllowed):
        withdraw_marker(marker, by=people[who], reason="Wrong.")
    assert Marker.objects.count() == 1


@pytest.mark.parametrize("state", ["completed", "terminated"])
def test_a_closed_partnership_is_not_assessed_but_a_slip_is_withdrawn(state):
    people = People(PartnershipFactory(**{state: True}))
    marker = MarkerFactory(partnership=people.partnership, assessed=True)

    with refused("partnership_closed"):
        assess(people)
    withdraw_marker(marker, by=people.admin, reason="Another partnership was meant.")
    assert not Marker.objects.standing().exists()


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("kind", {"kind": "trade"}),
        ("kind", {"kind": "unheard-of"}),
        ("significance", {"significance": 3}),
        ("significance", {"significance": -1}),
        ("evidence", {"evidence": " \n"}),
        ("evidence", {"evidence": "x" * 5001}),
        ("reason", {"significance": 0, "reason": " "}),
        ("assessed_on", {"assessed_on": date(2199, 1, 1), "review_on": date(2199, 2, 1)}),
        ("assessed_on", {"assessed_on": date(1, 1, 1)}),
        ("review_on", {"review_on": date(2024, 2, 1)}),
        ("review_on", {"review_on": None}),
    ],
)
def test_refuses_what_is_no_assessment_and_names_the_field(people, field, fields):
    with pytest.raises(ValidationError) as refusal:
        assess(people, **fields)

    assert list(refusal.value.error_dict) == [field]
    assert not Marker.objects.exists()
    assert not Event.objects.filter(kind="marker.assessed").exists()


def test_refuses_a_member_of_another_partnership_as_assessor(people):
    with pytest.raises(ValidationError, match="Not a member"):
        assess(people, membership=MembershipFactory())


def test_a_later_assessment_stands_beside_the_earlier_one(people):
    first = assess(people)
    later = assess(people, significance=2, assessed_on=date(2024, 6, 1))
    entered_late = assess(people, significance=0, reason="No.", assessed_on=date(2024, 3, 1))

    assert set(Marker.objects.all()) == {first, later, entered_late}
    assert list(people.partnership.markers.all().current()) == [later]
    withdraw_marker(later, by=people.admin, reason="Counted twice.")
    assert list(people.partnership.markers.all().current()) == [entered_late]


def test_of_one_day_the_last_that_was_entered_stands(people):
    assess(people)
    second = assess(people, significance=2)
    assert list(Marker.objects.current()) == [second]


def test_what_is_published_elsewhere_stands_until_it_is_assessed_here(people):
    published = MarkerFactory(partnership=people.partnership, significance=2)
    trade = MarkerFactory(partnership=people.partnership, kind="trade")
    assert set(Marker.objects.current()) == {published, trade}

    assessed = assess(people)

    assert set(Marker.objects.current()) == {assessed, trade}
    assert set(Marker.objects.published()) == {published, trade}
    with refused("published_elsewhere"):
        withdraw_marker(published, by=people.admin, reason="No.")
    assert (published.meaning, trade.meaning) == (meaning("gender", 2), "")


def test_one_that_was_withdrawn_is_seen_by_insiders_only(people):
    marker = assess(people)
    withdraw_marker(marker, by=people.lead_manager, reason="A slip.")

    assert not Marker.objects.visible_to(people.outsider).exists()
    assert Marker.objects.visible_to(people.observer).get().withdrawal_reason == "A slip."


@pytest.mark.parametrize("state", ["draft", "active"])
def test_is_public_once_the_partnership_is(state):
    partnership = PartnershipFactory(**{} if state == "draft" else {state: True})
    people = People(partnership)
    MarkerFactory(partnership=partnership, assessed=True)

    seen = {
        who: Marker.objects.visible_to(people[who]).exists()
        for who in ("manager", "observer", "outsider", "admin")
    }
    public = state == "active"
    assert seen == {"manager": True, "observer": True, "outsider": public, "admin": True}


def test_withdrawing_needs_a_reason_and_happens_once(people):
    marker = assess(people)

    with pytest.raises(ValidationError, match="Give the reason"):
        withdraw_marker(marker, by=people.admin, reason=" ")
    withdraw_marker(marker, by=people.admin, reason="A slip.")
    with refused("withdrawn"):
        withdraw_marker(marker, by=people.admin, reason="Once more.")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_withdraw_one_at_the_same_time_one_does():
    admin = UserFactory(admin=True)
    marker = MarkerFactory(partnership__active=True, assessed=True)

    outcomes = race(
        *(
            lambda one=one: withdraw_marker(one, by=admin, reason="A slip.")
            for one in read_twice(marker)
        )
    )

    assert sorted(getattr(outcome, "code", "done") for outcome in outcomes) == ["done", "withdrawn"]
    assert Event.objects.filter(kind="marker.withdrawn").count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"significance": 1, "evidence": ""},
        {"significance": 0, "reason": ""},
        {"significance": 3},
        {"review_on": date(2024, 1, 15)},
        {"review_on": None},
        {"assessed_on": None},
    ],
)
def test_the_database_takes_no_half_assessment(values):
    marker = MarkerFactory(assessed=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Marker.objects.filter(pk=marker.pk).update(**values)


AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


def lately(partnership, on=date(2025, 12, 31), at=AT):
    found = Marker.objects.filter(partnership=partnership).assessed_lately(on, at)
    return [(marker.kind, marker.significance) for marker in found]


def test_counts_principles_assessed_in_the_last_24_months():
    partnership = PartnershipFactory(active=True)
    made = {"partnership": partnership, "assessed": True, "review_on": date(2030, 1, 1)}
    MarkerFactory(**made, kind="climate", assessed_on=date(2023, 12, 31))  # a day too early
    MarkerFactory(**made, kind="gender", assessed_on=date(2024, 1, 1))
    MarkerFactory(**made, kind="gender", assessed_on=date(2025, 12, 31), significance=2)
    MarkerFactory(**made, kind="human_rights", assessed_on=date(2026, 1, 1))  # a day too late
    MarkerFactory(partnership=partnership, kind="leave_no_one_behind")  # published elsewhere

    assert lately(partnership) == [("gender", 2)]


def test_a_past_cutoff_does_not_see_what_was_entered_or_withdrawn_later(people):
    with time_machine.travel(datetime(2025, 3, 1, tzinfo=UTC)):
        marker = assess(people)
    with time_machine.travel(datetime(2025, 5, 1, tzinfo=UTC)):
        withdraw_marker(marker, by=people.admin, reason="A slip.")

    on = date(2025, 12, 31)
    seen = [
        len(lately(people.partnership, on, datetime(2025, month, 1, tzinfo=UTC)))
        for month in (2, 4, 6)
    ]
    assert seen == [0, 1, 0]


def test_a_partnership_is_found_by_what_was_assessed_last(people, api):
    def found():
        rows = api.get("/api/v1/partnerships/?marker=gender").json()["results"]
        return [row["id"] for row in rows] == [people.partnership.pk]

    MarkerFactory(partnership=people.partnership, significance=0)
    assert not found()
    first = assess(people)
    assert found()
    last = assess(people, significance=0, reason="Others do.", assessed_on=date(2024, 6, 1))
    assert not found()
    withdraw_marker(last, by=people.admin, reason="A slip.")
    assert found()
    withdraw_marker(first, by=people.admin, reason="A slip.")
    assert not found()
