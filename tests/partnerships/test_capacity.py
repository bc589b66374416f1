"""Assessments of local institutions: dated, kept, by the lead."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from partnerships.models import CapacityAssessment
from partnerships.services.capacity import assess_capacity
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import (
    CapacityAssessmentFactory,
    MembershipFactory,
    PartnershipFactory,
)
from tests.moves import People, race, read_twice, refused

pytestmark = pytest.mark.django_db
OFFICE = {"institution": "Water office", "strengths": "Keeps the register of wells."}


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def assess(people, who="lead_manager", **fields):
    return assess_capacity(people.partnership, by=people[who], **{**OFFICE, **fields})


def test_records_what_an_institution_can_do_and_who_said_so(people):
    made = assess(people, membership=people.membership, gaps="Two technicians.", action="Trained.")

    assert made.assessed_on == timezone.localdate()
    assert Event.objects.about(made).get().kind == "capacityassessment.recorded"


@pytest.mark.parametrize("who", ["manager", "lead_evaluator", "observer", "outsider"])
def test_nobody_but_the_lead_writes(people, who):
    with refused("lead_only", NotAllowed):
        assess(people, who)
    assert not CapacityAssessment.objects.exists()


def test_not_once_the_partnership_is_closed(people):
    people.partnership.change(status="completed")
    with refused("partnership_closed"):
        assess(people)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"institution": ""}, "institution"),
        ({"strengths": ""}, "strengths"),
        ({"strengths": "x" * 5001}, "strengths"),
        ({"assessed_on": date(1800, 1, 1)}, "assessed_on"),
        ({"action": "Trained."}, "gaps"),
    ],
)
def test_wrong_input_is_refused_by_field(people, fields, named):
    with pytest.raises(ValidationError) as refusal:
        assess(people, **fields)
    assert named in refusal.value.message_dict


def test_neither_in_the_future_nor_of_a_stranger(people):
    with pytest.raises(ValidationError) as refusal:
        assess(people, assessed_on=timezone.localdate() + timedelta(days=1))
    assert "assessed_on" in refusal.value.message_dict
    for member in (MembershipFactory(), MembershipFactory(partnership=people.partnership,
                                                           invited=True)):  # fmt: skip
        with pytest.raises(ValidationError) as refusal:
            assess(people, membership=member)
        assert "membership" in refusal.value.message_dict


def test_a_past_report_reads_what_was_withdrawn_since(people):
    made = CapacityAssessmentFactory(partnership=people.partnership)
    day, before = date(2024, 6, 30), timezone.now()
    made.withdraw(by=people.lead_manager, reason="Another office.")

    assert list(CapacityAssessment.objects.made_by(day, before)) == [made]
    assert not CapacityAssessment.objects.made_by(day, timezone.now()).exists()
    assert not CapacityAssessment.objects.made_by(date(2024, 1, 9), before).exists()


@pytest.mark.django_db(transaction=True)
def test_two_that_withdraw_it_at_once_do_it_once(people):
    first, second = read_twice(CapacityAssessmentFactory(partnership=people.partnership))
    by = people.lead_manager
    outcomes = race(
        lambda: first.withdraw(by=by, reason="A slip."),
        lambda: second.withdraw(by=by, reason="A slip."),
    )
    assert sorted(getattr(one, "code", "done") for one in outcomes) == ["done", "withdrawn"]
    assert Event.objects.filter(kind="capacityassessment.withdrawn").count() == 1


def test_the_page_shows_and_records_it(client, people):
    CapacityAssessmentFactory(partnership=people.partnership, gaps="No boat.")
    url = f"/partnerships/{people.partnership.reference}/dialogue/"
    assert "No boat." in client.get(url).content.decode()

    client.force_login(people.lead_manager)
    form = {**OFFICE, "assessed_on": "2024-03-01", "membership": ""}
    assert client.post(f"{url}capacity/new/", form).status_code == 302
    wrong = client.post(f"{url}capacity/new/", {**form, "strengths": ""})
    assert wrong.status_code == 200
    assert CapacityAssessment.objects.filter(institution="Water office").count() == 1
