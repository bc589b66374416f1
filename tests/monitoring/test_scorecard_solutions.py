"""H1 and H2 against arithmetic done by hand, in the comments."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from monitoring.reports.accountability import solutions
from partnerships.models import Need
from partnerships.services.catalogue import edit_solution
from registry.models import Event
from tests.factories import (
    MatchFactory,
    MembershipFactory,
    NeedFactory,
    PartnershipFactory,
    SolutionFactory,
    UserFactory,
)
from tests.monitoring.subjects import at, ids, subject_of
from tests.moves import refused

pytestmark = pytest.mark.django_db
STATED = {"created_at": at(2025, 3, 1)}
AFTER = at(2026, 1, 5)


@pytest.fixture
def partnership():
    return PartnershipFactory(active=True)


def test_h1_and_h2_have_no_data_where_nothing_was_recorded(partnership):
    NeedFactory(**STATED)  # somebody else's
    SolutionFactory(**STATED)
    assert solutions.needs_met(subject_of(partnership)).state == "no_data"
    assert solutions.bottom_up(subject_of(partnership)).state == "no_data"


def test_h1_counts_needs_with_an_accepted_match(partnership):
    def need(**fields):
        return NeedFactory(partnership=partnership, **STATED | fields)

    accepted, proposed, declined, late, met, gone, new = (
        need(),
        need(),
        need(),
        need(),
        need(met=True, ended_on=date(2025, 9, 1)),
        need(status="withdrawn", ended_on=date(2025, 9, 1)),
        need(created_at=AFTER),
    )
    MatchFactory(need=accepted, accepted=True, answered_at=at(2025, 4, 1))
    MatchFactory(need=accepted, accepted=True, answered_at=at(2025, 5, 1))
    MatchFactory(need=proposed)
    MatchFactory(need=declined, declined=True)
    MatchFactory(need=late, accepted=True, answered_at=AFTER)

    outcome = solutions.needs_met(subject_of(partnership))

    # One of five: `gone` was taken back, `new` stated after the day.
    assert outcome.value == Decimal("0.2")
    assert outcome.beside == {
        "without_accepted_match": [proposed.pk, declined.pk, late.pk, met.pk],
        "met_otherwise": [met.pk],
    }
    assert not {("need", gone.pk), ("need", new.pk)} & set(ids(outcome))
    # On 31 August `gone` was still a need, and nobody had met `met`.
    before = solutions.needs_met(subject_of(partnership, on=date(2025, 8, 31)))
    assert (before.numerator, before.denominator) == (1, 6)
    assert before.beside["met_otherwise"] == []


def test_h2_counts_screened_solutions_of_local_members(partnership):
    village = MembershipFactory(partnership=partnership, partner__kind="community").partner
    town = MembershipFactory(partnership=partnership, partner__level="subnational").partner
    firm = MembershipFactory(partnership=partnership, partner__company=True).partner
    left = MembershipFactory(partnership=partnership, partner__kind="community", left=True).partner

    def brought(owner, **fields):
        return SolutionFactory(
            partnership=partnership, owner=owner,
            **STATED | {"screened_at": at(2025, 4, 1)} | fields,
        )  # fmt: skip

    counted = [brought(village), brought(town)]
    brought(firm)
    brought(left)
    sent_back = brought(village, proposed=True, screened_at=None, returned_reason="Where?")
    Event.log(sent_back, "returned", at=at(2025, 5, 1))
    brought(village, proposed=True, screened_at=None)  # waits for the secretariat
    brought(village, screened_at=AFTER)  # waited for it on the day
    brought(village, created_at=AFTER)

    outcome = solutions.bottom_up(subject_of(partnership))

    # Two of five; two more wait for their screening, one was not there yet.
    assert (outcome.numerator, outcome.denominator) == (2, 5)
    assert outcome.beside == {"from_local_members": 3, "waiting_for_reviewer": 2}
    assert ids(outcome)[:2] == [("solution", one.pk) for one in counted]


def test_h2_is_not_applicable_while_all_wait_for_the_secretariat(partnership):
    SolutionFactory(partnership=partnership, proposed=True, **STATED)
    assert solutions.bottom_up(subject_of(partnership)).state == "not_applicable"


def test_h2_reads_levels_and_who_brought_it_in_as_they_were(partnership):
    owner = MembershipFactory(partnership=partnership, partner__level="community").partner
    SolutionFactory(partnership=partnership, owner=owner, **STATED)
    later = SolutionFactory(owner=owner, **STATED)
    later.change(partnership=partnership)  # today
    owner.change(level="national")

    outcome = solutions.bottom_up(subject_of(partnership))

    assert (outcome.numerator, outcome.denominator) == (1, 1)


@pytest.mark.parametrize("is_given_to_another", [False, True])
def test_h2_counts_what_was_taken_off_after_the_cutoff(partnership, is_given_to_another):
    """Of a proposal, sent back by then, somebody says later that another brought it in, or none."""
    owner = MembershipFactory(partnership=partnership, partner__kind="community").partner
    sent_back = SolutionFactory(
        partnership=partnership, owner=owner, proposed=True, returned_reason="Where?", **STATED
    )
    Event.log(sent_back, "returned", at=at(2025, 5, 1))
    was = solutions.bottom_up(subject_of(partnership))
    other = PartnershipFactory(active=True)
    MembershipFactory(partnership=other, partner=owner)

    edit_solution(
        sent_back, by=UserFactory(admin=True), partnership=other if is_given_to_another else None
    )

    assert (was.numerator, was.denominator) == (0, 1)
    assert solutions.bottom_up(subject_of(partnership)) == was
    today = {"on": timezone.localdate(), "cutoff_at": timezone.now()}
    assert solutions.bottom_up(subject_of(partnership, **today)).state == "no_data"
    assert solutions.bottom_up(subject_of(other)).state == "no_data"


def test_who_brought_a_screened_solution_in_stays(partnership):
    admin = UserFactory(admin=True)
    lead = partnership.memberships.get().partner
    screened = SolutionFactory(partnership=partnership, owner=lead, **STATED)
    with refused("brought_in_settled"):
        edit_solution(screened, by=admin, partnership=None)
    edit_solution(screened, by=admin, partnership=partnership, title="Pumps by motorcycle")

    proposed = SolutionFactory(partnership=partnership, proposed=True)
    edit_solution(proposed, by=admin, partnership=None)
    assert proposed.partnership is None


@pytest.mark.parametrize("size", [2, 20])
def test_group_h_costs_the_same_at_any_size(partnership, size, django_assert_num_queries):
    for need in NeedFactory.create_batch(size, partnership=partnership, **STATED):
        MatchFactory(need=need, accepted=True)
    for owner in MembershipFactory.create_batch(size, partnership=partnership):
        SolutionFactory(partnership=partnership, owner=owner.partner, **STATED)
        SolutionFactory(partnership=partnership, owner=owner.partner, proposed=True, **STATED)
    subject = subject_of(partnership)
    assert subject.accepted
    assert subject.has(Need)

    with django_assert_num_queries(2):  # needs, needs with an accepted match
        solutions.needs_met(subject)
    with django_assert_num_queries(4):  # solutions, what they were, their events, owners' levels
        solutions.bottom_up(subject)
