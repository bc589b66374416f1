"""What a partnership lacks to be SMART, section by section."""

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError

from partnerships.models import Partnership
from tests.factories import (
    CommitmentFactory,
    IndicatorFactory,
    MembershipFactory,
    ObjectiveFactory,
    PartnerFactory,
    PartnershipFactory,
    PeriodTargetFactory,
    PromiseFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
OUTSIDE = date(2027, 1, 1)  # a smart partnership lasts from 2024 to 2026


def found(partnership):
    """Section and code of each finding."""
    return [(one.section.value, one.code) for one in partnership.findings()]


def light(**facts):
    """All that the light track asks for, and nothing else."""
    partnership = PartnershipFactory(track="light", summary="", primary_goal=None, **facts)
    member = MembershipFactory(partnership=partnership)
    partnership.targets.add(TargetFactory())
    ObjectiveFactory(partnership=partnership, measure="", baseline=None, goal_value=None)
    CommitmentFactory(partnership=partnership, membership=member, amount=None, currency=None)
    return partnership


def test_one_that_has_everything_lacks_nothing():
    assert found(PartnershipFactory(smart=True)) == []


def test_a_bare_draft_is_told_everything_in_the_order_of_the_sections():
    partnership = PartnershipFactory(summary=" ", primary_goal=None, ends_on=None)

    assert found(partnership) == [
        ("about", "no_summary"),
        ("about", "no_end"),
        ("objectives", "no_objective"),
        ("targets", "no_primary_goal"),
        ("targets", "no_target"),
        ("members", "too_few_members"),
        ("commitments", "no_commitment"),
    ]


@pytest.mark.parametrize(
    ("take_away", "finding"),
    [
        (lambda p: p.amend(summary=""), ("about", "no_summary")),
        (lambda p: p.amend(ends_on=None), ("about", "no_end")),
        (lambda p: p.objectives.all().delete(), ("objectives", "no_objective")),
        (lambda p: p.objectives.update(text="  "), ("objectives", "no_objective")),
        (lambda p: p.objectives.update(measure=""), ("objectives", "not_measurable")),
        (lambda p: p.objectives.update(baseline=None), ("objectives", "not_measurable")),
        (lambda p: p.objectives.update(goal_value=None), ("objectives", "not_measurable")),
        (lambda p: p.objectives.update(reach_by=OUTSIDE), ("objectives", "reach_by_outside")),
        (lambda p: p.amend(primary_goal=None), ("targets", "no_primary_goal")),
        (lambda p: p.targets.clear(), ("targets", "no_target")),
        (lambda p: one(p).deliverables.all().delete(), ("commitments", "no_deliverable")),
        (lambda p: change(p, amount=None), ("commitments", "no_resources")),
        (lambda p: change(p, due_on=OUTSIDE), ("commitments", "due_outside")),
        (
            lambda p: one(p).deliverables.update(due_on=OUTSIDE),
            ("commitments", "deliverable_outside"),
        ),
        (
            lambda p: change(p, status="withdrawn", withdrawn_on=date(2025, 1, 1)),
            ("commitments", "one_promises"),
        ),
    ],
)
def test_each_thing_that_is_taken_away_is_named_and_nothing_else(take_away, finding):
    partnership = PartnershipFactory(smart=True)

    take_away(partnership)

    assert found(partnership) == [finding]


def one(partnership):
    return partnership.commitments.order_by("pk").first()


def change(partnership, **values):
    partnership.commitments.filter(pk=one(partnership).pk).update(**values)


def test_promises_of_somebody_who_left_are_named():
    partnership = PartnershipFactory(smart=True)
    promising = partnership.memberships.filter(pk=one(partnership).membership_id)
    promising.update(status="left", ended_on=date(2025, 1, 1))

    assert found(partnership) == [
        ("commitments", "not_by_a_member"),
        ("commitments", "one_promises"),
    ]


def test_zero_is_a_baseline():
    partnership = PartnershipFactory(smart=True)
    partnership.objectives.update(baseline=0, goal_value=0)

    assert found(partnership) == []


@pytest.mark.parametrize(
    ("baseline", "has_target", "lacks"), [(4, True, False), (None, True, True), (4, False, True)]
)
def test_an_indicator_with_baseline_and_target_measures_for_the_objectives(
    baseline, has_target, lacks
):
    partnership = PartnershipFactory(smart=True)
    partnership.objectives.update(measure="", baseline=None, goal_value=None)
    indicator = IndicatorFactory(
        result__framework__partnership=partnership, baseline_value=baseline
    )
    if has_target:
        PeriodTargetFactory(indicator=indicator)

    assert found(partnership) == ([("objectives", "not_measurable")] if lacks else [])


def test_names_three_and_counts_the_others():
    partnership = PartnershipFactory(smart=True)
    for number in range(1, 6):
        ObjectiveFactory(partnership=partnership, text=f"Aim {number}", measure="")

    (finding,) = partnership.findings()

    assert finding.text.endswith("of: “Aim 1”, “Aim 2”, “Aim 3” and 2 more.")


def test_the_light_track_is_content_with_less():
    partnership = light()

    assert found(partnership) == []
    partnership.amend(track="full")
    assert len(found(partnership)) == 6


def test_the_light_track_is_not_for_those_who_report_on_esg():
    company = PartnerFactory(company=True)
    partnership = light(lead=company)

    assert found(partnership) == [("about", "light_track_closed")]


def test_the_light_track_asks_for_twelve_fields_at_most(api):
    """Those of the creation, and one by one what else a bare draft is told that it lacks."""
    fields = {"lead", "title", "kind", "level", "starts_on"}
    bare = PartnershipFactory(track="light", summary="", primary_goal=None, ends_on=None)
    asked = {
        "no_end": {"ends_on"},
        "no_objective": {"objective text"},
        "no_target": {"target"},
        "too_few_members": {"second member"},
        "no_commitment": {"commitment title", "commitment kind", "commitment due_on"},
    }

    assert {code for _, code in found(bare)} == set(asked)
    assert len(fields.union(*asked.values())) == 12


def test_submitting_names_every_finding_under_its_section(api):
    partnership = PartnershipFactory(smart=True, summary="")
    partnership.targets.clear()
    lead = partnership.memberships.get(roles__contains=["lead"]).partner
    api.force_authenticate(UserFactory(manages=lead))

    answer = api.post(f"/api/v1/partnerships/{partnership.pk}/submit/")

    assert answer.status_code == 400
    told = [(error["attr"], error["code"]) for error in answer.json()["errors"]]
    assert told == [("about", "no_summary"), ("targets", "no_target")]
    assert not partnership.versions.exists()


def test_the_api_lists_what_is_lacking(api):
    partnership = PartnershipFactory(smart=True, ends_on=None)
    api.force_authenticate(UserFactory(admin=True))

    answer = api.get(f"/api/v1/partnerships/{partnership.pk}/findings/")

    text = "State the day on which it ends."
    assert answer.json() == [{"section": "about", "code": "no_end", "text": text}]


@pytest.mark.parametrize("size", [1, 6])
def test_findings_of_many_cost_nine_queries(django_assert_num_queries, size):
    for partnership in PartnershipFactory.create_batch(size, smart=True):
        PromiseFactory(partnership=partnership)

    # partnerships; objectives; targets; members, their partners; commitments, their deliverables
    # and members; what monitoring knows
    with django_assert_num_queries(9):
        lacking = Partnership.objects.filter(track="full").findings()

    assert len(lacking) >= size
    assert not any(lacking.values())


def test_the_command_says_what_each_lacks():
    PartnershipFactory(smart=True, registered=True, title="Wells", reference="P-2024-00001")
    PartnershipFactory(smart=True, title="Pumps", ends_on=None)
    out = StringIO()

    call_command("smart_check", "--all", stdout=out)

    assert out.getvalue().splitlines() == [
        "P-2024-00001 Wells (registered): lacks nothing",
        f"#{Partnership.objects.get(title='Pumps').pk} Pumps (draft)",
        "    About the partnership: State the day on which it ends. [no_end]",
        "     1 no_end",
        "2 checked, 1 lack nothing",
    ]


def test_the_command_refuses_a_reference_that_nobody_has():
    with pytest.raises(CommandError, match="P-2024-99999"):
        call_command("smart_check", "--reference", "P-2024-99999")


def test_a_refusal_saves_nothing():
    partnership = PartnershipFactory(smart=True, ends_on=None)

    with pytest.raises(ValidationError):
        partnership.submit(by=UserFactory(admin=True))

    assert Partnership.objects.get(pk=partnership.pk).version == 1
