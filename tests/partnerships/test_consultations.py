"""Dialogues held: recorded once, corrected by another record, and told to those who came."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.models import Consultation, Turnout
from partnerships.services.dialogue import correct_consultation, record_consultation, tell_back
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import (
    AffectedGroupFactory,
    ConsultationFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import People, race, read_twice, refused

pytestmark = pytest.mark.django_db
HELD = {
    "held_on": date(2024, 3, 1),
    "level": "community",
    "place": "Kibanda ward",
    "method": "meeting",
    "people": 60,
    "heard": "The carriers fear for their income.",
}
TOLD = {
    "changed": "Carriers are trained as operators.",
    "told_how": "At the second meeting.",
    "told_on": date(2024, 4, 2),
}


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


@pytest.fixture
def group(people):
    return AffectedGroupFactory(partnership=people.partnership)


def record(people, group, who="lead_manager", /, turnouts=None, **fields):
    turnouts = turnouts if turnouts is not None else [{"group": group, "people": 40, "women": 25}]
    return record_consultation(
        people.partnership, by=people[who], turnouts=turnouts, **{**HELD, **fields}
    )


@pytest.mark.parametrize("who", ["lead_manager", "admin"])
def test_records_who_came_and_what_was_heard(people, group, who):
    consultation = record(people, group, who)

    row = consultation.turnouts.get()
    assert (row.group, row.people, row.women, row.men) == (group, 40, 25, None)
    assert (consultation.told_on, consultation.told_at) == (None, None)
    assert Event.objects.about(consultation).get().kind == "consultation.recorded"


@pytest.mark.parametrize("who", ["manager", "lead_evaluator", "observer", "outsider"])
def test_nobody_else_records_corrects_tells_or_withdraws(people, group, who):
    consultation = record(people, group)
    by = people[who]
    again = {"turnouts": [{"group": group}], **HELD}

    for act in (
        lambda: record(people, group, who),
        lambda: correct_consultation(consultation, by=by, reason="No.", **again),
        lambda: tell_back(consultation, by=by, **TOLD),
        lambda: consultation.withdraw(by=by, reason="No."),
    ):
        with refused("lead_only", NotAllowed):
            act()
    assert Consultation.objects.get().version == 1


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("held_on", {"held_on": date(2199, 1, 1)}),
        ("held_on", {"held_on": date(1, 1, 1)}),
        ("level", {"level": ""}),
        ("place", {"place": ""}),
        ("method", {"method": "seance"}),
        ("people", {"people": -1}),
        ("people", {"people": 39}),
        ("people", {"people": 0}),
        ("heard", {"heard": "x" * 1_000_000}),
        ("told_on", {**TOLD, "told_on": date(2024, 2, 28)}),
        ("told_on", {**TOLD, "told_on": None}),
        ("changed", {**TOLD, "changed": " "}),
        ("told_how", {**TOLD, "told_how": ""}),
        ("turnouts", {"turnouts": []}),
    ],
)
def test_refuses_what_cannot_have_been_and_names_the_field(people, group, field, fields):
    with pytest.raises(ValidationError) as refusal:
        record(people, group, **fields)

    assert list(refusal.value.error_dict) == [field]
    assert not Consultation.objects.exists()
    assert not Turnout.objects.exists()


@pytest.mark.parametrize(
    "heads",
    [
        {"people": -1},
        {"people": 20_000_000},
        {"people": 5, "women": -1},
        {"people": 5, "women": 3, "men": 2, "others": 1},
        {"women": 3},
    ],
)
def test_refuses_head_counts_that_do_not_fit(people, group, heads):
    with pytest.raises(ValidationError) as refusal:
        record(people, group, turnouts=[{"group": group, **heads}], people=None)
    assert list(refusal.value.error_dict) == ["turnouts"]
    assert not Turnout.objects.exists()


def test_refuses_a_group_twice_of_another_partnership_or_not_on_the_map_any_more(people, group):
    other = AffectedGroupFactory()
    gone = AffectedGroupFactory(partnership=people.partnership, withdrawn=True)

    for groups in ([group, group], [other], [gone]):
        with pytest.raises(ValidationError) as refusal:
            record(people, group, turnouts=[{"group": one} for one in groups])
        assert list(refusal.value.error_dict) == ["turnouts"]


def test_the_database_refuses_parts_that_are_more_than_their_sum():
    row = ConsultationFactory().turnouts.get()
    for values in ({"women": 41}, {"people": None, "men": 1}, {"women": 20, "others": 21}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Turnout.objects.filter(pk=row.pk).update(**values)


def test_those_who_came_are_told_once(people, group):
    consultation = record(people, group)

    with time_machine.travel("2024-04-03"):
        tell_back(consultation, by=people.lead_manager, **TOLD)

    stored = Consultation.objects.get()
    assert (stored.told_on, stored.told_at.date()) == (date(2024, 4, 2), date(2024, 4, 3))
    with refused("told_already"):
        tell_back(consultation, by=people.lead_manager, **TOLD)
    assert Event.objects.filter(kind="consultation.told").count() == 1


def test_telling_is_refused_half_and_in_the_future(people, group):
    record(people, group)
    for values in ({"told_on": date(2199, 1, 1)}, {"changed": " "}, {"told_how": ""}):
        with pytest.raises(ValidationError) as refusal:
            tell_back(Consultation.objects.get(), by=people.admin, **{**TOLD, **values})
        assert list(refusal.value.error_dict) == list(values)
    assert Consultation.objects.get().told_on is None


def test_a_correction_stands_in_the_place_of_what_was_wrong(people, group):
    wrong = record(people, group, **TOLD)
    group.withdraw(by=people.admin, reason="Merged with another group.")

    right = correct_consultation(
        wrong,
        by=people.lead_manager,
        reason="The men were left out.",
        turnouts=[{"group": group, "people": 55, "women": 25, "men": 30}],
        **{**HELD, **TOLD},
    )

    wrong.refresh_from_db()
    assert (wrong.withdrawal_reason, right.corrects) == ("The men were left out.", wrong)
    assert wrong.turnouts.get().people == 40, "past reports keep what they read"
    assert list(Consultation.objects.standing()) == [right]
    assert list(Consultation.objects.visible_to(people.outsider)) == [right]
    with refused("withdrawn"):
        tell_back(wrong, by=people.admin, **TOLD)


def test_a_correction_that_is_refused_leaves_what_stood(people, group):
    stood = record(people, group)
    with pytest.raises(ValidationError):
        correct_consultation(stood, by=people.admin, reason="So.", turnouts=[], **HELD)
    assert list(Consultation.objects.standing()) == [stood]


def test_a_draft_partnerships_consultations_are_its_members_own():
    consultation = ConsultationFactory(partnership=PartnershipFactory())
    people = People(consultation.partnership)

    assert not Consultation.objects.visible_to(people.outsider).exists()
    assert consultation in Consultation.objects.visible_to(people.observer)


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_the_same_time_one_stands():
    consultation, admin = ConsultationFactory(), UserFactory(admin=True)
    group = consultation.turnouts.get().group

    def correct(one):
        return correct_consultation(
            one, by=admin, reason="Counted anew.", turnouts=[{"group": group}], **HELD
        )

    outcomes = race(*(lambda one=one: correct(one) for one in read_twice(consultation)))

    assert sorted(getattr(one, "code", "done") for one in outcomes) == ["done", "withdrawn"]
    assert Consultation.objects.standing().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_tell_at_the_same_time_one_does():
    consultation, admin = ConsultationFactory(), UserFactory(admin=True)

    outcomes = race(
        *(lambda one=one: tell_back(one, by=admin, **TOLD) for one in read_twice(consultation))
    )

    assert sorted(getattr(one, "code", "done") for one in outcomes) == ["done", "told_already"]
