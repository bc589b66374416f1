"""A partnership is begun like an earlier one, with what the copier may see of it."""

from datetime import date
from decimal import Decimal

import pytest

from partnerships.models import Partnership
from partnerships.services.copying import copy_partnership
from partnerships.services.members import invite
from registry.errors import NotAllowed
from registry.models import Event
from registry.services.merging import merge_partners
from tests.factories import (
    BudgetLineFactory,
    DeliveryFactory,
    ImportBatchFactory,
    LocationFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import refused

pytestmark = pytest.mark.django_db
NEXT = date(2027, 1, 1)  # 1,096 days after 1 January 2024


@pytest.fixture
def lead():
    return PartnerFactory()


@pytest.fixture
def by(lead):
    return UserFactory(manages=lead)


@pytest.fixture
def source():
    """Public, from 2024 to 2026, with everything."""
    source = PartnershipFactory(smart=True, active=True, title="Wells", website="https://a.example")
    PartnershipCountryFactory(partnership=source, percentage=Decimal(60))
    LocationFactory(partnership=source, name="Nyando")
    BudgetLineFactory(partnership=source, title="Pumps", membership=source.memberships.first())
    DeliveryFactory(commitment=source.commitments.first())
    return source


def test_facts_goals_targets_and_places_come_along(source, lead, by):
    copy = copy_partnership(source, lead=lead, by=by, starts_on=NEXT)

    copy = Partnership.objects.get(pk=copy.pk)
    assert (copy.title, copy.summary, copy.website) == ("Wells", source.summary, source.website)
    assert (copy.status, copy.reference, copy.copied_from) == ("draft", None, source)
    assert copy.primary_goal == source.primary_goal
    assert list(copy.targets.all()) == list(source.targets.all())
    (place,) = copy.places.all()
    assert (place.country.alpha2, place.percentage) == ("KE", 60)
    assert copy.locations.get().name == "Nyando"


def test_all_days_move_by_as_much(source, lead, by):
    copy = copy_partnership(source, lead=lead, by=by, starts_on=NEXT)

    assert (copy.starts_on, copy.ends_on) == (NEXT, date(2029, 12, 31))
    assert copy.objectives.get().reach_by == date(2029, 12, 31)
    line = copy.budget_lines.get()
    assert (line.title, line.amount) == ("Pumps", 50_000)
    # 1 January to 31 December 2024 were 366 days.
    assert (line.starts_on, line.ends_on) == (NEXT, date(2028, 1, 1))
    assert line.membership is None


def test_objectives_come_without_figures_and_promises_not_at_all(source, lead, by):
    copy = copy_partnership(source, lead=lead, by=by, starts_on=NEXT)

    objective = copy.objectives.get()
    assert objective.text == source.objectives.get().text
    assert objective.measure == "villages with safe water"
    assert (objective.baseline, objective.goal_value, objective.baseline_year) == (None,) * 3
    assert not copy.commitments.exists()
    assert not copy.deliveries.exists()
    assert [finding.code for finding in copy.findings()] == [
        "not_measurable",
        "too_few_members",
        "no_commitment",
    ]


def test_members_are_suggested_and_not_asked(source, lead, by):
    MembershipFactory(partnership=source, partner__suspended=True)
    MembershipFactory(partnership=source, left=True)
    MembershipFactory(partnership=source, invited=True)

    copy = copy_partnership(source, lead=lead, by=by, starts_on=NEXT)

    assert copy.memberships.get().partner == lead
    suggested = {one.partner_id: one.roles for one in copy.suggested_members.all()}
    members = source.memberships.accepted().exclude(partner__status="suspended")
    assert set(suggested) == set(members.values_list("partner_id", flat=True))
    former = source.memberships.get(roles__contains=["lead"])
    assert suggested[former.partner_id] == ["implementing"]
    assert not Event.objects.filter(kind="membership.invited").exists()


def test_a_suggestion_goes_once_the_partner_is_invited(source, lead, by):
    copy = copy_partnership(source, lead=lead, by=by, starts_on=NEXT)
    first, *others = copy.suggested_members.all()

    invite(copy, partner=first.partner, roles=first.roles, by=by)

    assert list(copy.suggested_members.all()) == others


def test_the_budget_can_be_left_behind_and_facts_be_others(source, lead, by):
    copy = copy_partnership(
        source, lead=lead, by=by, starts_on=NEXT, with_budget=False, title="New wells"
    )

    assert copy.title == "New wells"
    assert not copy.budget_lines.exists()


def test_what_would_lie_outside_of_shorter_days_is_cut_or_left_out(source, lead, by):
    end = date(2027, 6, 30)
    copy = copy_partnership(source, lead=lead, by=by, starts_on=NEXT, ends_on=end)

    assert copy.objectives.get().reach_by == end
    assert not copy.budget_lines.exists()


def test_without_a_day_it_begins_after_the_earlier_one(lead, by):
    source = PartnershipFactory(active=True, ends_on=date(2090, 6, 30))

    copy = copy_partnership(source, lead=lead, by=by)

    assert copy.starts_on == date(2090, 7, 1)


def test_the_light_track_is_kept_only_by_whom_may_take_it(lead, by):
    source = PartnershipFactory(active=True, track="light")
    small = PartnerFactory(kind="start_up", size="start_up")

    assert copy_partnership(source, lead=lead, by=by, starts_on=NEXT).track == "full"
    by = UserFactory(manages=small)
    assert copy_partnership(source, lead=small, by=by, starts_on=NEXT).track == "light"


def test_records_where_it_was_copied_from(source, lead, by):
    copy = copy_partnership(source, lead=lead, by=by, starts_on=NEXT)

    event = Event.objects.about(copy).get(kind="partnership.copied")
    assert (event.by, event.facts) == (by, {"from": source.pk})


def test_nobody_copies_what_they_do_not_see(lead, by):
    with refused("not_visible", NotAllowed):
        copy_partnership(PartnershipFactory(), lead=lead, by=by, starts_on=NEXT)

    assert Partnership.objects.count() == 1


def test_nobody_copies_in_the_name_of_others(source, lead):
    with refused("own_partner_only", NotAllowed):
        copy_partnership(source, lead=lead, by=UserFactory(), starts_on=NEXT)


def test_the_copy_is_no_near_duplicate_of_its_source(source, lead, by):
    copy = copy_partnership(source, lead=lead, by=by, starts_on=date(2025, 1, 1))

    (found,) = copy.similar(by)

    assert (found.partnership, found.is_near) == (source, False)


def test_over_the_api(api, source, lead, by):
    api.force_authenticate(by)
    body = {"lead": lead.pk, "title": "Wells, the second", "starts_on": "2027-01-01"}

    answer = api.post(f"/api/v1/partnerships/{source.pk}/copy/", body)

    made = answer.json()
    assert (answer.status_code, made["title"], made["ends_on"]) == (
        201,
        "Wells, the second",
        "2029-12-31",
    )
    assert answer["Location"] == f"/api/v1/partnerships/{made['id']}/"
    suggested = api.get(f"/api/v1/partnerships/{made['id']}/suggested-members/").json()
    assert len(suggested) == 3


@pytest.mark.parametrize("body", [{"starts_on": "2300-01-01"}, {"ends_on": "2026-01-01"}])
def test_refuses_days_that_do_not_fit(api, source, lead, by, body):
    api.force_authenticate(by)
    sent = {"lead": lead.pk, "starts_on": "2027-01-01", **body}

    answer = api.post(f"/api/v1/partnerships/{source.pk}/copy/", sent)

    assert answer.status_code == 400
    assert Partnership.objects.count() == 1


def test_of_a_partner_that_was_merged_the_other_one_is_suggested(source, lead, by):
    copy = copy_partnership(source, lead=lead, by=by, starts_on=NEXT)
    suggested = copy.suggested_members.last().partner
    into = PartnerFactory()

    merge_partners(
        suggested, into=into, by=UserFactory(admin=True), reason="The same organisation twice."
    )

    assert copy.suggested_members.last().partner == into


def test_lines_that_only_a_published_file_states_do_not_come_along(lead, by):
    earlier = PartnershipFactory(active=True)
    for fields in ({"starts_on": date(2023, 1, 1)}, {"amount": Decimal(-4)}):
        BudgetLineFactory(partnership=earlier, import_batch=ImportBatchFactory(), **fields)
    BudgetLineFactory(partnership=earlier, title="Pumps")
    copy = copy_partnership(earlier, lead=lead, by=by, title="Wells")
    assert [line.title for line in copy.budget_lines.all()] == ["Pumps"]
