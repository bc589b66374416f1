"""B1 and B2 against arithmetic done by hand, in the comments."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from registry.models import Event
from tests.factories import (
    DisclosureFactory,
    FrameworkFactory,
    GlobalIndicatorFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
)
from tests.factories.monitoring import approve
from tests.monitoring.scored import CUTOFF, outcome_of, subject_of

pytestmark = pytest.mark.django_db
BEFORE, LATER = CUTOFF - timedelta(days=5), CUTOFF + timedelta(days=1)


class Scene:
    """A partnership led by a ministry, with eight quarters and an indicator of each kind."""

    def __init__(self):
        self.partnership = PartnershipFactory(
            active=True, lead__partner__kind="national_government"
        )
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        of = {"result__framework": self.framework}
        water = DisclosureFactory(unit="m3")
        self.esg = IndicatorFactory(disclosure=water, unit="M3 ", method="Meters.", **of)
        self.sdg = IndicatorFactory(global_indicator=GlobalIndicatorFactory(), **of)
        self.own = IndicatorFactory(**of)
        self.q = [PeriodFactory(framework=self.framework) for _ in range(8)]

    def member(self, kind, **fields):
        sizes = {"large_company": "large", "start_up": "start_up", "msme": "small"}
        fields = {"partner__kind": kind, "partner__size": sizes.get(kind, ""), **fields}
        member = MembershipFactory(partnership=self.partnership, **fields)
        return ReportingUnitFactory(membership=member)

    def send(self, unit, quarter, *indicators, at=BEFORE, **fields):
        values = dict.fromkeys(indicators, Decimal(3))
        made = SubmissionFactory(unit=unit, period=self.q[quarter], values=values)
        if fields:
            made.observations.update(**fields)
        if at:
            approve(made, at)
        return made

    def outcome(self, code, **dates):
        return outcome_of(code, subject_of(self.partnership, self.framework, **dates))


@pytest.fixture
def scene():
    return Scene()


def test_b1_counts_private_members_who_reported_on_their_basis(scene):
    large, bank, start_up, small = map(
        scene.member, ["large_company", "financial", "start_up", "msme"]
    )
    scene.send(scene.member("civil_society"), 7, scene.own)
    scene.send(large, 7, scene.esg)  # ESG: on its basis
    scene.send(bank, 7, scene.sdg)  # ESG is asked of it
    scene.send(start_up, 4, scene.sdg, scene.own)  # SDG: ended 2025-03-31, in the last 12 months
    scene.send(small, 3, scene.sdg)  # ended 2024-12-31: 12 months ago, no longer

    outcome = scene.outcome("B1")

    assert (outcome.numerator, outcome.denominator) == (2, 4)
    assert outcome.next_step == (
        "1 member(s) have no ESG disclosure reported in the last 12 months; "
        "1 member(s) have no SDG indicator reported in the last 12 months."
    )
    assert set(outcome.beside["bases"].values()) == {"esg", "sdg_targets"}


def test_b1_takes_the_basis_that_held_at_the_cutoff(scene):
    large, other = scene.member("large_company"), scene.member("large_company")
    scene.send(large, 7, scene.own)
    scene.send(other, 7, scene.own)

    def override(unit, at):
        partner = unit.membership.partner
        partner.change(basis_override="results", basis_reason="A cooperative.")
        Event.log(partner, "basis_overridden", reason="results: A cooperative.", at=at)

    override(large, BEFORE)
    override(other, LATER)

    outcome = scene.outcome("B1")

    assert (outcome.numerator, outcome.denominator) == (1, 2)  # `other` was still asked for ESG
    later = scene.outcome("B1", cutoff_at=LATER + timedelta(days=1))
    assert (later.numerator, later.denominator) == (2, 2)


def test_b1_leaves_out_whose_values_wait_for_a_reviewer(scene):
    waits, silent = scene.member("large_company"), scene.member("large_company")
    sent = scene.send(waits, 7, scene.esg, at=None)
    Event.log(
        sent, "submitted", became="submitted", at=BEFORE, facts={"indicators": [scene.esg.pk]}
    )

    outcome = scene.outcome("B1")

    assert (outcome.numerator, outcome.denominator) == (0, 1)
    assert outcome.beside["waiting_for_reviewer"] == 1
    assert silent.pk


def wait(sent, *indicators):
    facts = {"indicators": [one.pk for one in indicators]}
    Event.log(sent, "submitted", became="submitted", at=BEFORE, facts=facts)


def test_b1_sees_what_waits_of_an_earlier_edition(scene):
    waits = scene.member("large_company")
    wait(scene.send(waits, 5, scene.esg, at=None), scene.esg)
    assert scene.outcome("B1").state == "not_applicable"
    at = datetime(2025, 10, 1, tzinfo=UTC)
    for record in (scene.framework.agreement, scene.framework):
        record.change(status="superseded", superseded_at=at)
    scene.framework = FrameworkFactory(
        partnership=scene.partnership, edition=2, starts_on=at.date(), agreed=True
    )

    outcome = scene.outcome("B1")

    assert outcome.state == "not_applicable"
    assert outcome.beside["waiting_for_reviewer"] == 1


def test_b2_leaves_out_values_that_wait_for_a_reviewer(scene):
    waits = scene.member("large_company")
    wait(scene.send(waits, 7, scene.esg, at=None), scene.esg)

    outcome = scene.outcome("B2")

    assert outcome.state == "not_applicable"
    assert outcome.why == "what was sent waits for a reviewer"
    # sent five days before the cut-off
    assert outcome.beside == {"waiting_for_reviewer": 1, "longest_wait_days": 5}

    wait(scene.send(scene.member("start_up"), 7, scene.sdg, at=None), scene.sdg)  # no ESG
    scene.send(scene.member("financial"), 3, scene.esg)  # Q4 2024: not of the last 12 months
    scene.send(scene.member("financial"), 7, scene.esg)  # without that of Q4 2024: not comparable
    outcome = scene.outcome("B2")
    assert (outcome.numerator, outcome.denominator) == (0, 1)
    assert outcome.beside["waiting_for_reviewer"] == 1


def test_b1_is_not_changed_by_a_later_approval_nor_by_a_member_that_joined_later(scene):
    unit = scene.member("start_up")
    before = scene.outcome("B1")
    scene.send(unit, 7, scene.sdg, at=LATER)
    scene.member("start_up", accepted_on=date(2026, 1, 5))

    assert scene.outcome("B1") == before
    assert (before.numerator, before.denominator) == (0, 1)


def test_b1_is_not_applicable_without_private_members_and_no_data_without_any(scene):
    assert scene.outcome("B1").state == "not_applicable"
    empty = PartnershipFactory(active=True, lead=False)
    assert outcome_of("B1", subject_of(empty)).state == "no_data"


def test_b2_asks_for_unit_method_and_last_years_value(scene):
    unit = scene.member("large_company")
    for quarter in (0, 4, 5):  # Q1 2024, Q1 and Q2 2025
        scene.send(unit, quarter, scene.esg)
    litres = IndicatorFactory(
        disclosure=scene.esg.disclosure, unit="litres", method="Meters.", result=scene.esg.result
    )
    without = IndicatorFactory(disclosure=scene.esg.disclosure, unit="m3", result=scene.esg.result)
    joined = ReportingUnitFactory(membership=scene.member("financial").membership, place="Kitui",
                                  since_on=date(2025, 1, 1))  # fmt: skip
    scene.send(joined, 7, scene.esg, litres, without)

    outcome = scene.outcome("B2")

    # Values of 2025: Q1 (Q1 2024 is there): yes; Q2 (Q2 2024 is not): no; of the unit that began
    # in 2025, in its first year: in m3 yes; in litres no; without a method no.
    assert (outcome.numerator, outcome.denominator) == (2, 5)


def test_b2_takes_a_method_stated_with_the_value(scene):
    scene.esg.change(method="")
    unit = scene.member("large_company")
    scene.send(unit, 0, scene.esg)
    scene.send(unit, 4, scene.esg, method="Read from meters.")
    assert scene.outcome("B2").value == 1


def test_b2_has_no_data_where_a_member_reports_esg_else_it_is_not_applicable(scene):
    scene.member("start_up")
    assert scene.outcome("B2").state == "not_applicable"
    scene.send(scene.member("large_company"), 7, scene.esg, at=LATER)
    assert scene.outcome("B2").state == "no_data"


def test_b2_finds_the_value_of_a_year_before_a_leap_day(scene):
    scene.framework.change(starts_on=date(2022, 3, 1))
    member = scene.member("large_company").membership
    unit = ReportingUnitFactory(membership=member, place="Kitui", since_on=date(2022, 3, 1))
    ends = [date(2023, 2, 28), date(2024, 2, 29), date(2025, 2, 28)]
    scene.q = [
        PeriodFactory(framework=scene.framework, starts_on=end.replace(day=1), ends_on=end)
        for end in ends
    ]
    for year in range(3):
        scene.send(unit, year, scene.esg, at=datetime(2025, 3, 5, tzinfo=UTC))

    outcome = scene.outcome("B2", on=ends[-1], cutoff_at=datetime(2025, 3, 31, tzinfo=UTC))

    # The last 12 months are after 28 February 2024: 29 February 2024, and 28 February 2025. Of both
    # the value of a year before is there.
    assert (outcome.numerator, outcome.denominator) == (2, 2)


def test_b2_knows_no_edition_that_is_drafted_or_came_later(scene):
    """A draft that begins a year earlier makes no second year of a first one."""
    company = scene.member("large_company", accepted_on=date(2023, 1, 1))
    scene.send(company, 3, scene.esg)  # 2024 Q4: a year before, nothing was reported
    dates = {"on": date(2024, 12, 31), "cutoff_at": CUTOFF}
    was = outcome_of("B2", subject_of(scene.partnership, scene.framework, **dates))
    assert was.value == 1

    draft = FrameworkFactory(partnership=scene.partnership, edition=2, starts_on=date(2023, 1, 1))
    IndicatorFactory(result__framework=draft, series=scene.esg.series)

    assert outcome_of("B2", subject_of(scene.partnership, scene.framework, **dates)) == was
