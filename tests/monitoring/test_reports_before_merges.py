"""Two records of one organisation are made one: reports as of a day before stay as they were."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from monitoring.reports.kinds.annual import annual_report
from monitoring.reports.snapshot import canonical
from registry.models import Event, PartnerMerge
from registry.services.partners import edit_partner
from registry.services.unmerging import undo_merge
from tests.factories import (
    AgreementFactory,
    BenefitFactory,
    ConflictOfInterestFactory,
    CountryFactory,
    DeclarationFactory,
    DueDiligenceFactory,
    GoalFactory,
    ImportBatchFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnerFactory,
    PartnerIdentifierFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    ReportingUnitFactory,
    RiskFactory,
    SolutionFactory,
    TenPrinciplesCommitmentFactory,
    UserFactory,
)
from tests.merging import AFTER, merge, merged, two_records
from tests.monitoring.reported import built, partnership
from tests.monitoring.scored import CUTOFF, ON, outcome_of, subject_of
from tests.monitoring.test_scorecard_bases import BEFORE, Scene

pytestmark = pytest.mark.django_db
CODES = ("A1", "A2", "A4", "B1", "B2", "D1", "D2", "E1", "G1", "H2")


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def twins():
    return two_records()


def measured(scene, **dates):
    """The measures that read whose a membership or a unit is, and who owes what."""
    subject = subject_of(scene.partnership, scene.framework, **dates)
    found = {code: outcome_of(code, subject) for code in CODES}
    return found | {"due": subject.figures.due_items, "lights": subject.figures.timeliness}


def reviewed(partner, on=date(2025, 2, 1)):
    return DueDiligenceFactory(
        partner=partner,
        status="decided",
        decided_on=on,
        updated_at=datetime.combine(on, time(), UTC),
        expires_on=date(2027, 2, 1),
        outcome="cleared",
    )


def test_a_scorecard_knows_a_member_by_the_record_of_then(scene, twins):
    company, association = twins
    unit = scene.member("large_company", partner=company)
    scene.send(unit, 7, scene.esg)
    reviewed(company)
    PartnerIdentifierFactory(partner=company, scheme="UNGC", value="123")
    SolutionFactory(owner=company, partnership=scene.partnership)
    was = measured(scene)

    merged(company, association)
    is_now = measured(scene)

    # public and private of five sectors
    assert (is_now["E1"].numerator, is_now["E1"].beside["sectors"]) == (2, ["private", "public"])
    # one company, and it reported on ESG; it is reviewed and has a number: 2 of 2 checks
    assert (is_now["B1"].value, is_now["B1"].beside["bases"]) == (1, {str(company.pk): "esg"})
    assert (is_now["G1"].numerator, is_now["G1"].denominator) == (2, 2)
    assert is_now == was


def test_of_two_that_were_members_each_kept_what_was_its_own(scene, twins):
    company, association = twins
    units = [scene.member(one.kind, partner=one) for one in twins]
    scene.send(units[0], 7, scene.esg)
    reviewed(company)
    TenPrinciplesCommitmentFactory(membership=units[0].membership)
    lately = datetime(2025, 6, 1, tzinfo=UTC)
    for unit in units:
        DeclarationFactory(membership=unit.membership, declared_at=datetime(2023, 1, 2, tzinfo=UTC))
        DeclarationFactory(membership=unit.membership, declared_at=lately)
        ConflictOfInterestFactory(membership=unit.membership, none=True, declared_at=lately)
    scene.framework.agreement.endorsements.filter(membership=units[0].membership).delete()
    was, whole = measured(scene), canonical(annual(scene.partnership))

    merged(company, association)
    is_now = measured(scene)

    # public, private, civil society; the one company reported, is reviewed, and has committed;
    # two of three declared their interests, and two said that there is no conflict
    assert is_now["E1"].numerator == 3
    assert (is_now["B1"].numerator, is_now["B1"].denominator) == (1, 1)
    assert (is_now["G1"].numerator, is_now["G1"].denominator) == (2, 2)
    assert [is_now[code].numerator for code in ("D1", "D2")] == [2, 2]
    # two units × eight quarters, of the last year × four
    assert (len(is_now["due"]), is_now["A4"].denominator) == (16, 8)
    assert is_now == was
    assert canonical(annual(scene.partnership)) == whole


def test_what_came_of_a_merge_before_the_cutoff_counts_also_once_it_is_taken_back(scene, twins):
    company, association = twins
    scene.member("large_company", partner=company)
    made = merged(company, association, at=datetime(2025, 6, 1, tzinfo=UTC))
    was = measured(scene)
    assert was["E1"].beside["sectors"] == ["civil_society", "public"]

    made.refresh_from_db()
    with time_machine.travel(AFTER, tick=False):
        undo_merge(made, by=UserFactory(admin=True), reason="Two after all.")

    assert measured(scene) == was


def test_a_review_that_a_merge_took_the_place_of_stood_before(scene):
    bank, twin = PartnerFactory(kind="financial"), PartnerFactory(kind="financial")
    MembershipFactory(partnership=scene.partnership, partner=bank)
    reviewed(bank)
    reviewed(twin, on=date(2025, 3, 1))
    was = measured(scene)["G1"]

    merged(twin, bank)  # of the two reviews the later one stands

    # reviewed, and not committed: 1 of 2
    assert (was.numerator, was.denominator) == (1, 2)
    assert measured(scene)["G1"] == was


def test_the_ledger_and_the_principles_name_the_members_of_then(twins):
    made = PartnershipFactory(active=True, kind="ppp")
    one, other = (MembershipFactory(partnership=made, partner=partner) for partner in twins)
    RiskFactory(partnership=made, shares={one: 50, other: 50})
    BenefitFactory(partnership=made, shares={one: 60, None: 40})
    for kind in ("ledger", "engagement"):
        agreement = AgreementFactory(partnership=made, kind=kind, binding=True)
        agreement.endorsements.filter(membership=other).delete()
    codes = ("C1", "C2", "C3", "C4")
    was = {code: outcome_of(code, subject_of(made)) for code in codes}

    merged(*twins)
    is_now = {code: outcome_of(code, subject_of(made)) for code in codes}

    # The association bears half of the one risk and has not endorsed that; the benefit is the
    # company's, which has, and the public's. Carried 50 : 50, gained 60 : 0 and 40 for the public:
    # 1 − ½ (10 + 50 + 40) %. The lead and the company endorsed the principles.
    assert [was[code].value for code in codes] == [0, 1, Decimal("0.5"), Decimal(2) / 3]
    assert is_now == was


def test_goal_and_country_reports_count_members_by_the_record_of_then():
    kenya, water = CountryFactory(alpha2="KE"), GoalFactory(number=6)
    company = PartnerFactory(kind="large_company", country=kenya)
    association = PartnerFactory(kind="civil_society", country=CountryFactory(alpha2="PE"))
    made = partnership(primary_goal=water, lead__partner__kind="national_government")
    PartnershipCountryFactory(partnership=made, country=kenya)
    MembershipFactory(partnership=made, partner=company)

    merged(company, association)

    kinds = {row["kind"]: row["partners"] for row in built("goal", goal=water)["kinds"]}
    assert kinds == {"large_company": 1, "national_government": 1}
    country = built("country", country=kenya)
    sectors = {row["sector"]: row["partners"] for row in country["sectors"]}
    assert sectors == {"private": 1, "public": 1}
    assert company.pk in [row["partner"] for row in country["members"]["listed"]]


def annual(of):
    return annual_report(of, 2025, reference_on=ON, cutoff_at=CUTOFF)


def test_an_annual_report_names_the_members_of_then(scene, twins):
    company, association = twins
    scene.member("large_company", partner=company)
    was = annual(scene.partnership)

    merged(company, association)

    assert company.pk in was["members"]
    assert annual(scene.partnership) == was


def test_of_two_members_made_one_by_the_cutoff_there_is_one_also_once_it_is_taken_back(
    scene, twins
):
    for quarter, one in enumerate(twins):
        sent = scene.send(scene.member(one.kind, partner=one), quarter, scene.own)
        Event.log(sent, "submitted", became="submitted", at=BEFORE)
    made = merged(*twins, at=datetime(2025, 6, 1, tzinfo=UTC))
    was, scored = annual(scene.partnership), measured(scene)
    assert twins[0].pk not in was["members"]

    made.refresh_from_db()
    with time_machine.travel(AFTER, tick=False):
        undo_merge(made, by=UserFactory(admin=True), reason="Two after all.")

    # of the two units one line: eight quarters, and what either sent
    assert (len(scored["due"]), sum(item.sent_at is not None for item in scored["due"])) == (8, 2)
    assert measured(scene) == scored
    assert annual(scene.partnership) == was


def test_figures_are_of_the_units_and_of_the_responsible_of_then(scene, twins):
    """A state that one reported for Q3 and the other for Q4; one is asked for it alone."""
    units = [scene.member(one.kind, partner=one) for one in twins]
    state = IndicatorFactory(result=scene.own.result, accumulation="point_in_time", combine="sum")
    for one in (scene.esg, scene.sdg, scene.own):
        one.change(responsible=units[0].membership)
    state.change(responsible=units[1].membership)
    for unit, quarter in zip(units, (6, 7), strict=True):
        scene.send(unit, quarter, state)
    was = annual(scene.partnership)

    merged(*twins)

    # 3 carried from Q3, and 3 of Q4
    (said,) = [one for one in was["indicators"] if one["id"] == state.pk]
    assert said["to_date"]["value"] == "6"
    assert was["completeness"]["due"] == 16
    assert canonical(annual(scene.partnership)) == canonical(was)


def test_a_unit_is_as_old_as_it_was_then(scene, twins):
    """B2 asks no value of the year before of a unit in its first year."""
    company, association = twins
    scene.member("civil_society", partner=association, accepted_on=date(2024, 1, 2))
    member = MembershipFactory(
        partnership=scene.partnership, partner=company, accepted_on=date(2024, 1, 1)
    )
    scene.send(ReportingUnitFactory(membership=member, since_on=date(2025, 1, 1)), 7, scene.esg)
    was = measured(scene)

    merged(company, association)

    assert was["B2"].value == 1
    assert measured(scene) == was


def test_without_a_merge_one_question_is_asked_and_no_more(scene, django_assert_num_queries):
    subject = subject_of(scene.partnership, scene.framework)

    with django_assert_num_queries(2):  # members with their partners; whether any merged since
        assert len(subject.accepted) == 1
    with django_assert_num_queries(0):
        assert subject.before_merges.partner_of_unit == {}


BETWEEN = datetime(2026, 1, 10, tzinfo=UTC)  # after the reference date, before the cut-off


def test_two_members_made_one_before_the_cutoff_count_once_on_the_reference_date(scene, twins):
    """The membership that ended by the merge was there on the day, and is the other's too."""
    company, association = twins
    for one in twins:
        member = MembershipFactory(partnership=scene.partnership, partner=one)
        ReportingUnitFactory(membership=member)
    kept = scene.partnership.memberships.get(partner=company)
    DeclarationFactory(membership=kept, declared_at=datetime(2023, 1, 2, tzinfo=UTC))
    DeclarationFactory(membership=kept, declared_at=datetime(2025, 6, 1, tzinfo=UTC))
    ConflictOfInterestFactory(
        membership=kept, none=True, declared_at=datetime(2025, 6, 1, tzinfo=UTC)
    )
    reviewed(company)
    with time_machine.travel(BETWEEN, tick=False):
        made = merge(association, company)

    known = measured(scene)

    # the lead and the company; the lead declared nothing
    assert [(known[code].numerator, known[code].denominator) for code in ("D1", "D2")] == [
        (1, 2),
        (1, 2),
    ]
    # one company: reviewed, not committed
    assert (known["G1"].numerator, known["G1"].denominator) == (1, 2)
    assert [row["type"] for row in known["E1"].evidence] == ["partnerships.membership"] * 2
    with time_machine.travel(AFTER, tick=False):
        undo_merge(PartnerMerge.objects.get(pk=made.pk), by=UserFactory(admin=True), reason="Two.")
    assert measured(scene) == known


def test_what_a_file_left_open_of_a_partner_stays_open_in_reports_of_before(scene):
    """An admin states kind and country after the cut-off."""
    kenya, cities = CountryFactory(alpha2="KE"), GoalFactory(number=11)
    open_one = PartnerFactory(kind="", country=None, import_batch=ImportBatchFactory())
    MembershipFactory(partnership=scene.partnership, partner=open_one)
    brought = datetime(2025, 3, 1, tzinfo=UTC)
    SolutionFactory(owner=open_one, partnership=scene.partnership, created_at=brought)
    made = partnership(primary_goal=cities, lead__partner__kind="national_government")
    PartnershipCountryFactory(partnership=made, country=kenya)
    MembershipFactory(partnership=made, partner=open_one)

    def told():
        country = built("country", country=kenya)
        return (
            measured(scene),
            built("goal", goal=cities)["kinds"],
            country["sectors"],
            country["members"],
            built("partner", partner=open_one)["basis"],
        )

    was = told()
    edit_partner(open_one, by=UserFactory(admin=True), kind="community", country=kenya)
    scores, kinds, sectors, members, _ = is_now = told()

    assert scores["E1"].beside["sectors"] == ["public"]
    assert scores["H2"].numerator == 0
    assert {row["kind"]: row["partners"] for row in kinds} == {"": 1, "national_government": 1}
    assert [row["sector"] for row in sectors] == ["public"]
    assert open_one.pk not in [row["partner"] for row in members["listed"]]
    assert is_now == was
    later = subject_of(
        scene.partnership, scene.framework, cutoff_at=timezone.now() + timedelta(days=1)
    )
    assert outcome_of("E1", later).beside["sectors"] == ["civil_society", "public"]
