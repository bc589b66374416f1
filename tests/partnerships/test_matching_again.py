"""What becomes of matches when their sides change, and who is told of new ones."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partnerships.aggregation import expire_needs, find_for, find_matches
from partnerships.models import Match, Need, Solution
from partnerships.tasks import match_needs
from registry.models import Event
from tests.factories import (
    MatchFactory,
    NeedFactory,
    PartnerFactory,
    SolutionFactory,
    TargetFactory,
)

pytestmark = pytest.mark.django_db


def test_at_most_ten_of_a_need_stand_proposed():
    NeedFactory()
    SolutionFactory.create_batch(13)
    better = SolutionFactory(status="scaling")

    assert find_matches().new == 10
    assert Match.objects.for_display()[0].solution == better


def test_both_sides_are_told_once_however_many_there_are():
    need = NeedFactory()
    owner = PartnerFactory()
    SolutionFactory.create_batch(4, owner=owner)
    find_matches()

    told = Event.objects.filter(kind="match.found").order_by("pk")
    assert [event.facts for event in told] == [
        {"partner": need.partner_id, "for_its_needs": 4, "for_its_offers": 0},
        {"partner": owner.pk, "for_its_needs": 0, "for_its_offers": 4},
    ]
    assert find_matches() == (0, 0, 0)
    assert told.count() == 2, "nothing new: nobody is told"


def test_what_was_declined_or_refused_is_not_proposed_again():
    need = NeedFactory()
    for match in (
        MatchFactory(need=need, declined=True),
        MatchFactory(
            need=need, status="ended", offer_answer="refused", offer_answered_at=timezone.now()
        ),
        MatchFactory(need=need, accepted=True),
    ):
        was = (match.status, match.version)
        assert find_matches().new == 0
        match.refresh_from_db()
        assert (match.status, match.version) == was


def test_changed_sides_are_scored_anew_and_what_fits_no_longer_ends():
    need = NeedFactory()
    solution = SolutionFactory()
    find_matches()
    before = Match.objects.get()

    Solution.objects.filter(pk=solution.pk).update(status="scaling")
    assert find_matches() == (0, 1, 0)
    assert Match.objects.get().score == before.score + Decimal("0.025")
    assert Match.objects.get().facts["stage"] == "scaling"

    solution.targets.set([TargetFactory(code="3.1")])
    assert find_matches() == (0, 0, 1)
    assert Match.objects.get().status == "ended"

    solution.targets.set([TargetFactory()])
    assert find_matches() == (1, 0, 0), "it fits again"
    assert (Match.objects.get().status, need.matches.count()) == ("proposed", 1)


def test_one_need_is_matched_on_demand_and_no_other():
    need, other = NeedFactory.create_batch(2)
    SolutionFactory()
    MatchFactory(need=other, solution=SolutionFactory(targets=["3.1"]))

    assert find_for(need) == (1, 0, 0)
    assert list(Match.objects.filter(need=other).values_list("status", flat=True)) == ["proposed"]


def test_the_nightly_job_ends_what_is_overdue_with_its_matches():
    overdue = NeedFactory(needed_by=date(2024, 2, 1))
    MatchFactory(need=overdue)
    kept = MatchFactory(need=overdue, accepted=True)
    assert match_needs() == 0

    overdue.refresh_from_db()
    assert (overdue.status, overdue.ended_on) == ("expired", timezone.localdate())
    states = Match.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == ["ended", "accepted"], kept
    assert expire_needs() == 0


def test_a_need_that_is_changed_meanwhile_keeps_none_of_the_others(monkeypatch):
    changed, other = NeedFactory.create_batch(2, needed_by=date(2024, 2, 1))
    Need.objects.filter(pk=changed.pk).update(version=2)
    rows = type(Need.objects.all())
    monkeypatch.setattr(rows, "overdue", lambda self, day: [changed, other])

    assert expire_needs() == 1

    assert [Need.objects.get(pk=one.pk).status for one in (changed, other)] == ["open", "expired"]


def test_costs_as_many_statements_for_many_needs_as_for_few():
    NeedFactory()
    SolutionFactory()
    counts = []
    for more in (1, 30):
        NeedFactory.create_batch(more)
        SolutionFactory.create_batch(more)
        with CaptureQueriesContext(connection) as queries:
            find_matches()
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert Need.objects.count() == 32
