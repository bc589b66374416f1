"""The stakeholder map, and the groups for whom a partnership works."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from partnerships.models import AffectedGroup, BeneficiaryGroup, PeopleGroup
from partnerships.models.beneficiaries import SPOKEN_FOR_BY
from partnerships.services.dialogue import edit_group, map_group
from partnerships.services.principles import edit_beneficiaries, name_beneficiaries
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import (
    AffectedGroupFactory,
    BeneficiaryGroupFactory,
    ConsultationFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import People, race, refused

pytestmark = pytest.mark.django_db
GROUP = {
    "name": "Water carriers",
    "level": "community",
    "effect": "both",
    "how": "They lose a trade and gain clean water.",
    "influence": "low",
    "size": 60,
    "reach": "Through their association.",
}
REACHED = {"people": "women", "how_reached": "By the committees."}
WAYS = {
    "group": lambda people, who: map_group(people.partnership, by=people[who], **GROUP),
    "beneficiaries": lambda people, who: name_beneficiaries(
        people.partnership, by=people[who], **REACHED
    ),
}
EDITS = {
    "group": lambda row, by: edit_group(row, by=by, size=70),
    "beneficiaries": lambda row, by: edit_beneficiaries(row, by=by, how_reached="By radio."),
}
ONCE = {"group": "group_mapped", "beneficiaries": "beneficiaries_named"}


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


@pytest.mark.parametrize("what", WAYS)
def test_the_lead_names_edits_and_withdraws(people, what):
    row = WAYS[what](people, "lead_manager")
    EDITS[what](row, people.admin)
    row.withdraw(by=people.lead_manager, reason="Named by mistake.")

    verbs = [kind.partition(".")[2] for kind in kinds_of(row)]
    assert verbs == [{"group": "mapped", "beneficiaries": "named"}[what], "edited", "withdrawn"]
    with refused("withdrawn"):
        EDITS[what](row, people.admin)


def test_since_when_a_group_is_on_the_map_does_not_change(people):
    row = WAYS["group"](people, "admin")
    since = row.mapped_on

    with pytest.raises(ValidationError) as error:
        edit_group(row, by=people.admin, mapped_on=date(2025, 3, 1))

    assert "mapped_on" in error.value.message_dict
    row.refresh_from_db()
    assert row.mapped_on == since
    edit_group(row, by=people.admin, mapped_on=since, size=70)


def kinds_of(row):
    return list(Event.objects.about(row).order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("who", ["manager", "lead_evaluator", "observer", "outsider"])
@pytest.mark.parametrize("what", WAYS)
def test_nobody_else_does(people, what, who):
    row = WAYS[what](people, "admin")
    row_again = type(row).objects.get()

    with refused("lead_only", NotAllowed):
        WAYS[what](people, who)
    with refused("lead_only", NotAllowed):
        EDITS[what](row, people[who])
    with refused("lead_only", NotAllowed):
        row.withdraw(by=people[who], reason="No.")
    assert type(row).objects.get().version == row_again.version


@pytest.mark.parametrize("what", WAYS)
def test_is_named_once_until_it_is_withdrawn(people, what):
    row = WAYS[what](people, "admin")

    with refused(ONCE[what]):
        WAYS[what](people, "admin")
    row.withdraw(by=people.admin, reason="A slip.")
    WAYS[what](people, "admin")
    assert type(row).objects.standing().count() == 1


@pytest.mark.parametrize("what", WAYS)
def test_not_while_the_partnership_is_closed(what):
    people = People(PartnershipFactory(completed=True))
    with refused("partnership_closed"):
        WAYS[what](people, "admin")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("level", "galactic"),
        ("effect", ""),
        ("how", "x" * 1_000_000),
        ("influence", "none"),
        ("size", -1),
        ("size", 9_000_000_001),
        ("reach", ""),
        ("people", "everybody"),
    ],
)
def test_refuses_a_group_that_is_not_described(people, field, value):
    with pytest.raises(ValidationError) as refusal:
        map_group(people.partnership, by=people.admin, **{**GROUP, field: value})
    assert list(refusal.value.error_dict) == [field]
    assert not AffectedGroup.objects.exists()


def test_the_words_for_people_lead_to_the_stakeholder_groups_that_speak_for_them():
    assert set(SPOKEN_FOR_BY) <= set(PeopleGroup)
    assert BeneficiaryGroup(people="older").stakeholder_group == "MGOS-11"
    assert BeneficiaryGroup(people="poorest").stakeholder_group == ""


def test_the_database_holds_one_of_a_name():
    first = AffectedGroupFactory()
    with pytest.raises(IntegrityError, match="affected_group_once"):
        AffectedGroupFactory(partnership=first.partnership, name=first.name)


def test_hides_groups_of_drafts_and_withdrawn_ones():
    public = AffectedGroupFactory()
    AffectedGroupFactory(withdrawn=True)
    draft = AffectedGroupFactory(partnership=PartnershipFactory())
    BeneficiaryGroupFactory(partnership=draft.partnership)

    assert list(AffectedGroup.objects.visible_to(UserFactory())) == [public]
    assert not BeneficiaryGroup.objects.visible_to(UserFactory()).exists()
    lead = draft.partnership.memberships.get().partner
    assert draft in AffectedGroup.objects.visible_to(UserFactory(observes=lead))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_map_one_group_at_the_same_time_one_does():
    people = People(PartnershipFactory(active=True))
    people.admin  # noqa: B018 - made before the race

    outcomes = race(*(lambda: WAYS["group"](people, "admin") for _ in range(2)))

    assert sorted(getattr(one, "code", "done") for one in outcomes) == ["done", "group_mapped"]


ON, AT = date(2025, 3, 1), datetime(2025, 3, 10, tzinfo=UTC)


def measured(on=ON, at=AT):
    groups = AffectedGroup.objects
    return groups.heard_and_told(on, at).count(), groups.mapped(on, at).count()


def test_counts_groups_consulted_in_the_last_12_months_and_told():
    partnership = PartnershipFactory(active=True)
    made = {"partnership": partnership}
    heard, only_heard, long_ago, told_later, nobody = (
        AffectedGroupFactory(**made) for _ in range(5)
    )
    AffectedGroupFactory(**made, mapped_on=date(2025, 3, 2))  # mapped after the day
    AffectedGroupFactory(**made, withdrawn_at=datetime(2025, 3, 9, tzinfo=UTC))
    held = {**made, "told": True, "told_on": date(2024, 5, 1)}
    turnouts = [{"group": heard, "people": 12}]
    ConsultationFactory(**held, held_on=date(2024, 3, 2), turnouts=turnouts)
    ConsultationFactory(**held, held_on=date(2024, 3, 1), turnouts=[{"group": long_ago}])
    ConsultationFactory(**made, held_on=date(2025, 2, 1), turnouts=[{"group": only_heard}])
    later = {"told_on": date(2025, 3, 2), "turnouts": [{"group": told_later}]}
    ConsultationFactory(**{**held, "held_on": date(2025, 2, 1), **later})

    # of five on the map, one was heard within the year and told by the day
    assert measured() == (1, 5)
    assert nobody not in AffectedGroup.objects.heard_and_told(ON, AT)


def test_what_was_recorded_or_withdrawn_after_the_cutoff_does_not_count():
    group = AffectedGroupFactory()
    values = {"partnership": group.partnership, "told": True, "turnouts": [{"group": group}]}
    consultation = ConsultationFactory(**values, told_at=datetime(2024, 6, 1, tzinfo=UTC))

    on = date(2024, 4, 10)
    assert measured(on, datetime(2024, 5, 31, tzinfo=UTC)) == (0, 1)
    assert measured(on, datetime(2024, 6, 2, tzinfo=UTC)) == (1, 1)
    withdrawn_at = datetime(2024, 7, 1, tzinfo=UTC)
    type(consultation).objects.update(withdrawn_at=withdrawn_at)
    assert measured(on, datetime(2024, 6, 30, tzinfo=UTC)) == (1, 1)
    assert measured(on, datetime(2024, 7, 2, tzinfo=UTC)) == (0, 1)
