"""Technology assessments: dated, by whom, with mitigations that are due on a day."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.models import TechnologyAssessment, TechnologyMitigation
from partnerships.services.dialogue import assess_technology, plan_mitigation
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import (
    AffectedGroupFactory,
    CommitmentFactory,
    PartnershipFactory,
    TechnologyAssessmentFactory,
    TechnologyMitigationFactory,
    UserFactory,
)
from tests.moves import People, race, read_twice, refused

pytestmark = pytest.mark.django_db
GOOD = {
    "technology": "Solar pumps",
    "intended": "Water without diesel.",
    "unintended": "More water is drawn than flows back.",
    "assessors": ["msme", "community", "academia"],
    "assessed_on": date(2024, 2, 1),
    "review_on": date(2026, 2, 1),
}
METER = {"text": "A meter at each well.", "due_on": date(2024, 6, 30)}


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def assess(people, who="lead_manager", **fields):
    return assess_technology(people.partnership, by=people[who], **{**GOOD, **fields})


def test_records_an_assessment_with_groups_and_mitigations(people):
    group = AffectedGroupFactory(partnership=people.partnership)
    commitment = CommitmentFactory(
        partnership=people.partnership, membership=people.membership, kind="technology"
    )

    made = assess(people, groups=[group], mitigations=[METER], commitment=commitment)

    assert list(made.groups.all()) == [group]
    assert made.mitigations.get().due_on == date(2024, 6, 30)
    assert made.sectors == ["private", "civil_society", "knowledge"]
    assert Event.objects.about(made).get().kind == "technologyassessment.recorded"


@pytest.mark.parametrize("who", ["manager", "lead_evaluator", "observer", "outsider"])
def test_nobody_but_the_lead_writes(people, who):
    made = assess(people, mitigations=[METER])
    meter, by = made.mitigations.get(), people[who]

    for act in (
        lambda: assess(people, who),
        lambda: plan_mitigation(made, by=by, **METER),
        lambda: meter.finish(date(2024, 5, 1), by=by),
        lambda: made.withdraw(by=by, reason="No."),
    ):
        with refused("lead_only", NotAllowed):
            act()
    assert TechnologyAssessment.objects.count() == TechnologyMitigation.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("technology", {"technology": ""}),
        ("intended", {"intended": "x" * 1_000_000}),
        ("unintended", {"unintended": ""}),
        ("assessors", {"assessors": []}),
        ("assessors", {"assessors": ["wizard"]}),
        ("assessors", {"assessors": ["msme", "msme"]}),
        ("assessed_on", {"assessed_on": date(2199, 1, 1), "review_on": date(2199, 2, 1)}),
        ("review_on", {"review_on": date(2024, 2, 1)}),
        ("due_on", {"mitigations": [{**METER, "due_on": date(2024, 1, 31)}]}),
        ("text", {"mitigations": [{**METER, "text": ""}]}),
    ],
)
def test_refuses_what_is_no_assessment_and_names_the_field(people, field, fields):
    with pytest.raises(ValidationError) as refusal:
        assess(people, **fields)
    assert list(refusal.value.error_dict) == [field]
    assert not TechnologyAssessment.objects.exists()


def test_refuses_promises_and_groups_of_others(people):
    finance = CommitmentFactory(partnership=people.partnership, membership=people.membership)
    for field, fields in (
        ("commitment", {"commitment": CommitmentFactory(kind="technology")}),
        ("commitment", {"commitment": finance}),
        ("groups", {"groups": [AffectedGroupFactory()]}),
    ):
        with pytest.raises(ValidationError) as refusal:
            assess(people, **fields)
        assert list(refusal.value.error_dict) == [field]


def test_a_mitigation_is_done_once_on_a_day_that_has_come(people):
    meter = assess(people, mitigations=[METER]).mitigations.get()

    for day in (date(2024, 1, 31), date(2199, 1, 1)):
        with pytest.raises(ValidationError) as refusal:
            meter.finish(day, by=people.lead_manager)
        assert list(refusal.value.error_dict) == ["done_on"]
    meter.finish(date(2024, 5, 1), by=people.lead_manager)
    with refused("done_already"):
        meter.finish(date(2024, 5, 2), by=people.lead_manager)
    assert TechnologyMitigation.objects.get().done_on == date(2024, 5, 1)


def test_what_was_withdrawn_is_not_worked_on(people):
    made = assess(people, mitigations=[METER])
    made.withdraw(by=people.admin, reason="Another pump was meant.")

    with refused("withdrawn"):
        plan_mitigation(made, by=people.admin, **METER)
    with refused("withdrawn"):
        made.mitigations.get().finish(date(2024, 5, 1), by=people.admin)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_finish_one_at_the_same_time_one_does():
    meter, admin = TechnologyMitigationFactory(), UserFactory(admin=True)

    outcomes = race(*(lambda m=m: m.finish(date(2024, 5, 1), by=admin) for m in read_twice(meter)))
    assert sorted(getattr(one, "code", "done") for one in outcomes) == ["done", "done_already"]


def test_is_public_with_its_partnership():
    public = TechnologyMitigationFactory()
    hidden = TechnologyMitigationFactory(assessment__partnership=PartnershipFactory())
    withdrawn = TechnologyMitigationFactory(assessment__withdrawn=True)

    assert list(TechnologyMitigation.objects.visible_to(UserFactory())) == [public]
    seen = set(TechnologyMitigation.objects.visible_to(UserFactory(admin=True)))
    assert seen == {public, hidden, withdrawn}


@pytest.mark.parametrize(
    "values", [{"review_on": date(2024, 1, 20)}, {"assessors": []}, {"assessed_on": date(1, 1, 1)}]
)
def test_the_database_takes_no_half_assessment(values):
    TechnologyAssessmentFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        TechnologyAssessment.objects.update(**values)


@pytest.mark.parametrize(
    ("assessors", "broad"),
    [
        (["msme", "community", "academia"], True),
        (["large_company", "start_up", "financial", "community"], False),  # two sectors
        (["msme", "national_government", "un_entity"], False),  # nobody from outside
        (["msme", "national_government", "foundation"], True),
        (["community", "union", "civil_society"], False),  # one sector
    ],
)
def test_is_broad_by_three_sectors_with_civil_society_or_knowledge(assessors, broad):
    made = TechnologyAssessmentFactory(assessors=assessors)
    assert made.is_broad == broad
    assert TechnologyAssessment.objects.broad().exists() == broad


ON, AT = date(2025, 1, 20), datetime(2026, 1, 1, tzinfo=UTC)


def holds(on=ON, at=AT):
    return TechnologyAssessment.objects.holding(on, at).exists()


@pytest.mark.parametrize(
    ("assessed_on", "counts"),
    [
        (date(2023, 1, 20), False),
        (date(2023, 1, 21), True),
        (date(2025, 1, 20), True),
        (date(2025, 1, 21), False),
    ],
)
def test_holds_for_24_months(assessed_on, counts):
    TechnologyAssessmentFactory(assessed_on=assessed_on, review_on=date(2030, 1, 1))
    assert holds() == counts


def test_holds_only_while_no_mitigation_is_overdue():
    meter = TechnologyMitigationFactory(due_on=ON)
    assert holds(), "due today is in time"
    assert not holds(date(2025, 1, 21))

    with time_machine.travel(datetime(2025, 3, 1, tzinfo=UTC)):
        meter.finish(date(2025, 1, 21), by=UserFactory(admin=True))
    assert holds(date(2025, 1, 21))
    assert not holds(date(2025, 1, 21), datetime(2025, 2, 1, tzinfo=UTC)), "not known by then"
