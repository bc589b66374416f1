"""Members write a year together: who may, what is refused, and that nobody's words are lost."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from monitoring.models import NarrativeEdit, NarrativeSection
from monitoring.models.annual_narratives import LONGEST, Topic
from monitoring.services.annual import write_section
from registry.errors import DomainError, NotAllowed, StaleVersion
from registry.models import Event
from tests.factories import (
    AffiliationFactory,
    MembershipFactory,
    NarrativeEditFactory,
    PartnershipFactory,
)
from tests.moves import People, race, refused

pytestmark = pytest.mark.django_db
MARKUP = "<script>alert('x')</script> & <b>bold</b>"


@pytest.fixture
def partnership():
    return PartnershipFactory(active=True)


@pytest.fixture
def people(partnership):
    return People(partnership)


def write(partnership, by, text, version=0, topic="achievements", year=2024, **more):
    return write_section(partnership, year, topic, by=by, text=text, version=version, **more)


def history(section):
    return list(section.edits.order_by("number").values_list("number", "text", "partner_key"))


@pytest.mark.parametrize("who", ["lead_manager", "lead_evaluator", "manager", "evaluator"])
def test_managers_and_evaluators_of_members_write(partnership, people, who):
    section = write(partnership, people[who], "Forty wells.")

    assert (section.text, section.version) == ("Forty wells.", 1)


@pytest.mark.parametrize("who", ["observer", "lead_observer", "outsider", "admin"])
def test_nobody_else_writes_not_even_an_admin(partnership, people, who):
    with refused("members_only", NotAllowed):
        write(partnership, people[who], "Not mine to say.")

    assert not NarrativeSection.objects.exists()


def test_who_is_only_invited_does_not_write(partnership):
    invited = MembershipFactory(partnership=partnership, invited=True)
    manager = AffiliationFactory(partner=invited.partner, role="manager").user
    with refused("members_only", NotAllowed):
        write(partnership, manager, "Too early.")


def test_each_edit_is_kept_with_the_member_that_made_it(partnership, people):
    lead, member = people.lead_membership.partner_id, people.membership.partner_id
    write(partnership, people.lead_manager, "Forty wells.")
    section = write(partnership, people.evaluator, "Forty wells, two dry.", version=1)

    assert history(section) == [(1, "Forty wells.", lead), (2, "Forty wells, two dry.", member)]
    assert section.membership == people.membership
    assert Event.objects.about(section).filter(kind="narrativesection.written").count() == 2


def test_the_same_text_again_changes_nothing(partnership, people):
    write(partnership, people.manager, "Forty wells.\r\n")

    again = write(partnership, people.lead_manager, "Forty wells.", version=1)

    assert again.version == 1
    assert NarrativeEdit.objects.count() == 1


@pytest.mark.parametrize("version", [0, 2, 7])
def test_what_somebody_else_wrote_is_not_overwritten_unseen(partnership, people, version):
    write(partnership, people.manager, "Forty wells.")

    with pytest.raises(StaleVersion):
        write(partnership, people.lead_manager, "Fifty.", version=version)

    assert NarrativeSection.objects.get().text == "Forty wells."


def test_a_version_of_what_is_not_there_is_refused(partnership, people):
    with pytest.raises(StaleVersion):
        write(partnership, people.manager, "Forty wells.", version=3)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"text": "x" * (LONGEST + 1)}, "text"),
        ({"text": "x" * 10_000_000}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "Next.", "year": 2999}, "year"),
        ({"text": "Long ago.", "year": 1989}, "year"),
        ({"text": "What?", "topic": "poems"}, "topic"),
    ],
)
def test_wrong_input_names_its_field(partnership, people, said, field):
    with pytest.raises(ValidationError) as refusal:
        write(partnership, people.manager, **said)

    assert list(refusal.value.message_dict) == [field]


def test_scripts_are_kept_as_text(partnership, people):
    assert write(partnership, people.manager, MARKUP).text == MARKUP


def test_who_acts_for_two_members_says_for_which(partnership, people):
    other = MembershipFactory(partnership=partnership)
    AffiliationFactory(user=people.manager, partner=other.partner, role="manager")

    with pytest.raises(ValidationError) as refusal:
        write(partnership, people.manager, "Ours.")
    section = write(partnership, people.manager, "Ours.", membership=other)

    assert list(refusal.value.message_dict) == ["membership"]
    assert section.membership == other


def test_nobody_writes_in_anothers_name(partnership, people):
    with refused("members_only", NotAllowed):
        write(partnership, people.manager, "Ours.", membership=people.lead_membership)


def test_a_draft_partnership_has_no_annual_report():
    draft = PartnershipFactory()
    people = People(draft)
    with refused("not_registered"):
        write(draft, people.lead_manager, "Soon.")


def test_the_database_refuses_to_change_an_edit():
    edit = NarrativeEditFactory()
    for act in (lambda rows: rows.update(text="Never said."), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="stands as it was"), transaction.atomic():
            act(NarrativeEdit.objects.filter(pk=edit.pk))


def test_the_text_of_a_moment_is_what_stood_then(partnership, people):
    moments = [datetime(2025, 1, day, tzinfo=UTC) for day in (10, 20, 30)]
    for version, moment in enumerate(moments):
        with time_machine.travel(moment, tick=False):
            write(partnership, people.manager, f"Text {version}", version=version)

    def at(moment):
        rows = NarrativeEdit.objects.standing_at(partnership, 2024, moment)
        return [row.text for row in rows]

    assert at(datetime(2025, 1, 9, tzinfo=UTC)) == []
    assert at(moments[0]) == ["Text 0"]
    assert at(datetime(2025, 1, 25, tzinfo=UTC)) == ["Text 1"]
    assert at(datetime(2026, 1, 1, tzinfo=UTC)) == ["Text 2"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begun", [False, True])
def test_of_two_who_write_at_once_one_is_told(begun):
    partnership = PartnershipFactory(active=True)
    people = People(partnership)
    version = 0
    if begun:
        version = write(partnership, people.manager, "Begun.").version
    writers = [people.manager, people.lead_manager, people.evaluator]

    outcomes = race(
        *[lambda by=by: write(partnership, by, f"By {by.pk}", version=version) for by in writers]
    )

    refusals = [one for one in outcomes if isinstance(one, DomainError)]
    assert [one.code for one in refusals] == ["stale_version"] * 2
    (section,) = NarrativeSection.objects.all()
    assert [row[0] for row in history(section)] == list(range(1, version + 2))
    assert section.text == history(section)[-1][1]


def test_every_topic_has_its_words():
    assert [topic.label for topic in Topic] == [
        "Achievements",
        "Reasons for variance",
        "Lessons",
        "Unintended consequences",
        "Next year",
    ]
