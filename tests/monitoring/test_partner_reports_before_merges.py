"""Two records of one organisation are made one: partners' and countries' reports of before."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine

from monitoring.reports.snapshot import canonical
from partnerships.services.handovers import accept_commitment, offer_commitment
from registry.models import Event, PartnerMerge
from registry.services.unmerging import undo_merge
from tests.factories import (
    CommitmentFactory,
    CountryFactory,
    CurrencyFactory,
    FocalPointFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnerFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    TargetFactory,
    UserFactory,
)
from tests.merging import AFTER, merge, merged, two_records
from tests.monitoring.reported import built, indicator, partnership, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def twins():
    return two_records()


def test_the_report_of_each_of_two_members_has_what_was_its_own(twins):
    """Data that each owed and sent, and a figure for which one alone was responsible."""
    made = partnership()
    units = [
        ReportingUnitFactory(membership=MembershipFactory(partnership=made, partner=one))
        for one in twins
    ]
    row = IndicatorFactory(result__framework=made.frameworks.get(), responsible=units[0].membership)
    period = report(made, indicators=[indicator(row, 5)]).period
    sent = SubmissionFactory(unit=units[0], period=period)
    Event.log(sent, "submitted", became="submitted", at=datetime(2025, 7, 10, tzinfo=UTC))
    was = [built("partner", partner=one) for one in twins]

    merged(*twins)

    assert [len(one["figures"] + one["other_figures"]) for one in was] == [1, 0]
    # of the one indicator, which is the company's to report
    assert [[one["data"][name] for name in ("due", "sent")] for one in was] == [[1, 1], [0, 0]]
    assert [canonical(built("partner", partner=one)) for one in twins] == [
        canonical(one) for one in was
    ]


@pytest.mark.parametrize("at", [date(2025, 7, 10), date(2025, 6, 10)])
def test_the_report_of_one_made_of_two_members_names_each_partnership_once(at):
    """Merged after the reference date, or before it; and taken back after the cut-off."""
    start_up, twin = (PartnerFactory(kind="start_up", size="start_up") for _ in range(2))
    target = TargetFactory()
    made = partnership(primary_goal=target.goal)
    made.targets.add(target)
    for one in (start_up, twin):
        MembershipFactory(partnership=made, partner=one)
    with time_machine.travel(datetime.combine(at, time(12), UTC), tick=False):
        merging = merge(twin, start_up)

    known = built("partner", partner=start_up)

    assert [row["partnership"] for row in known["memberships"]] == [made.pk]
    assert [known[name] for name in ("current", "closed", "former")] == [1, 0, 0]
    assert known["targets"] == [{"target": target.pk, "partnerships": 1}]
    with time_machine.travel(AFTER, tick=False):
        undo_merge(
            PartnerMerge.objects.get(pk=merging.pk), by=UserFactory(admin=True), reason="Two."
        )
    assert canonical(built("partner", partner=start_up)) == canonical(known)


@pytest.mark.parametrize("is_undone", [False, True])
@pytest.mark.parametrize("into", [0, 1])
def test_the_report_of_each_of_two_members_has_its_own_promises_and_roles(twins, into, is_undone):
    """The older membership goes on, with the roles and the promises of both; what one handed over
    to a third member before the merge, and after the cut-off, was its own too."""
    made = partnership()
    third = MembershipFactory(partnership=made)
    days = (date(2024, 1, 1), date(2024, 2, 1))
    members = [
        MembershipFactory(partnership=made, partner=one, roles=[role], accepted_on=on)
        for one, role, on in zip(twins, ("funding", "implementing"), days, strict=True)
    ]
    early = {"committed_on": date(2025, 1, 1), "due_on": date(2025, 3, 1)}
    early["created_at"] = datetime(2025, 1, 1, tzinfo=UTC)
    usd = CurrencyFactory(code="USD")
    amounts = ((100, members[0]), (50, members[1]), (7, members[1]), (3, third))
    promised = [
        CommitmentFactory(partnership=made, membership=one, amount=amount, currency=usd, **early)
        for amount, one in amounts
    ]
    admin = UserFactory(admin=True)
    for commitment, taker in ((promised[2], third), (promised[3], members[0])):
        with time_machine.travel(datetime(2026, 2, 1, tzinfo=UTC), tick=False):
            accept_commitment(offer_commitment(commitment, by=admin, to=taker), by=admin)
    was = [built("partner", partner=one) for one in (*twins, third.partner)]

    merging = merged(twins[1 - into], twins[into])
    if is_undone:
        with time_machine.travel(datetime(2026, 4, 1, tzinfo=UTC), tick=False):
            undo_merge(PartnerMerge.objects.get(pk=merging.pk), by=admin, reason="Two.")

    told = [(one["promises"]["promises"], one["promises"]["promised_usd"]) for one in was]
    assert told == [(1, "100"), (2, "57"), (1, "3")]
    assert [one["memberships"][0]["roles"] for one in was[:2]] == [["funding"], ["implementing"]]
    assert [canonical(built("partner", partner=one)) for one in (*twins, third.partner)] == [
        canonical(one) for one in was
    ]


def june(day):
    return time_machine.travel(datetime(2025, 6, day, 12, tzinfo=UTC), tick=False)


def test_a_row_that_an_undone_merge_left_as_it_was_is_no_membership_that_ended(twins):
    """After the merge the membership that goes on was changed: both rows stay with the survivor."""
    made, admin = partnership(), UserFactory(admin=True)
    for one, role in zip(twins, ("funding", "implementing"), strict=True):
        MembershipFactory(partnership=made, partner=one, roles=[role])
    with june(10):
        merging = merge(*twins, admin)
    with june(15):
        made.memberships.get(partner=twins[1], ended_on=None).change(roles=["technical"])
    with june(20):
        undone = undo_merge(PartnerMerge.objects.get(pk=merging.pk), by=admin, reason="Two.")
    assert undone.kept

    known = built("partner", partner=twins[1])

    assert [known[name] for name in ("current", "closed", "former")] == [1, 0, 0]
    assert len(known["memberships"]) == 1


def test_who_leaves_on_the_day_of_a_merge_has_left(twins):
    """Of the survivor, which was only invited, the row steps aside for a moment in the merge."""
    made, admin = partnership(), UserFactory(admin=True)
    MembershipFactory(partnership=made, partner=twins[0])
    MembershipFactory(partnership=made, partner=twins[1], invited=True)
    with june(10):
        merge(*twins, admin)
        made.memberships.get(partner=twins[1], ended_on=None).leave(by=admin, reason="Done.")

    known = built("partner", partner=twins[1])

    assert [known[name] for name in ("current", "closed", "former")] == [0, 0, 1]
    assert known["memberships"][0]["ended_on"] == "2025-06-10"


def test_a_country_report_names_the_focal_point_by_the_record_of_then():
    kenya = CountryFactory(alpha2="KE")
    ministry, twin = (PartnerFactory(kind="national_government", country=kenya) for _ in range(2))
    FocalPointFactory(partner=ministry, created_at=datetime(2024, 1, 1, tzinfo=UTC))
    was = built("country", country=kenya)
    assert was["validation"]["focal_point"] == ministry.pk

    merged(ministry, twin)

    assert canonical(built("country", country=kenya)) == canonical(was)
