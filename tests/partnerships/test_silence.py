"""Partnerships without a report for two years: warned 90 and 30 days before, then inactive."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from partnerships.models import Partnership
from partnerships.models.silence import steps_due, take_steps
from partnerships.tasks import watch_silent_partnerships
from registry.models import Event, Notice
from registry.telling import tell
from tests.factories import (
    EventFactory,
    PartnershipFactory,
    ReportFactory,
    SubmissionFactory,
    approve,
)
from tests.moves import People, moves_of, race, refused

pytestmark = pytest.mark.django_db


def at(days):
    """Noon of a day, so many days from today."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(12)))


def two_years_before(days):
    """The moment after which two years end so many days from today."""
    ends = at(days)
    return ends.replace(year=ends.year - 2)


def silent(days, **facts):
    """Two years without a report end in so many days."""
    return PartnershipFactory(active=True, activated_at=two_years_before(days), **facts)


def warned(partnership, days, ago):
    EventFactory(
        kind=f"partnership.inactive_in_{days}_days",
        subject_type="partnerships.partnership",
        subject_id=partnership.pk,
        at=at(-ago),
    )


def run():
    return take_steps(timezone.localdate())


def told(partnership):
    events = Event.objects.about(partnership).order_by("pk")
    return [kind.removeprefix("partnership.") for kind in events.values_list("kind", flat=True)]


@pytest.mark.parametrize(
    ("days", "verb"),
    [
        (91, None),
        (90, "inactive_in_90_days"),
        (31, "inactive_in_90_days"),
        (30, "inactive_in_30_days"),
        (0, "inactive_in_30_days"),
        (-400, "inactive_in_30_days"),
    ],
)
def test_warns_once_and_of_missed_warnings_gives_the_nearer_one(days, verb):
    partnership = silent(days)

    assert run() == ({verb: 1} if verb else {})
    assert run() == {}
    assert told(partnership) == ([verb] if verb else [])


def test_goes_from_warning_to_warning_to_inactive():
    partnership = silent(30)
    warned(partnership, 90, ago=60)
    assert run() == {"inactive_in_30_days": 1}

    Event.objects.filter(kind="partnership.inactive_in_30_days").update(at=at(-30))
    Partnership.objects.filter(pk=partnership.pk).update(activated_at=two_years_before(0))
    assert run() == {"inactive": 1}

    partnership.refresh_from_db()
    assert partnership.status == "inactive"
    event = Event.objects.about(partnership).get(became="inactive")
    assert (event.was, event.by, event.reason) == ("active", None, "No report for two years.")
    assert event.facts["inactive_on"] == timezone.localdate().isoformat()
    assert run() == {}


def test_nobody_becomes_inactive_within_thirty_days_of_the_last_warning():
    partnership = silent(-10)
    warned(partnership, 30, ago=29)

    assert run() == {}


@pytest.mark.parametrize("state", ["draft", "registered", "completed", "suspended", "terminated"])
def test_leaves_alone_what_is_not_active(state):
    old = {"activated_at": two_years_before(-40), "created_at": two_years_before(-40)}
    PartnershipFactory(**({} if state == "draft" else {state: True}), **old)

    assert run() == {}


@pytest.mark.parametrize("days", [91, 90])
def test_the_two_years_count_from_the_last_approved_data(days):
    partnership = silent(-40)
    SubmissionFactory(
        unit__membership__partnership=partnership,
        approved__at=two_years_before(days),
    )

    assert run() == ({} if days > 90 else {"inactive_in_90_days": 1})


@pytest.mark.parametrize("has_data", [True, False])
def test_a_published_report_counts_as_well_if_there_is_data_in_it(has_data):
    partnership = silent(-40)
    sent = SubmissionFactory(unit__membership__partnership=partnership)
    if has_data:
        approve(sent, two_years_before(-30))
    ReportFactory(period=sent.period, published=True, published_at=at(-1))

    assert run() == ({} if has_data else {"inactive_in_30_days": 1})


def test_what_was_warned_before_the_last_report_is_warned_again():
    partnership = PartnershipFactory(active=True, activated_at=two_years_before(-1000))
    warned(partnership, 90, ago=800)
    warned(partnership, 30, ago=740)
    SubmissionFactory(unit__membership__partnership=partnership, approved__at=two_years_before(20))

    assert run() == {"inactive_in_30_days": 1}


def test_is_active_again_once_data_was_approved():
    partnership = PartnershipFactory(inactive=True)
    EventFactory(
        kind="partnership.inactive",
        subject_type="partnerships.partnership",
        subject_id=partnership.pk,
        was="active",
        became="inactive",
        at=at(-20),
    )
    assert run() == {}
    SubmissionFactory(unit__membership__partnership=partnership, approved__at=at(-1))

    assert run() == {"active": 1}
    partnership.refresh_from_db()
    assert partnership.status == "active"
    assert partnership.resumed_at is not None
    assert moves_of(partnership) == [("active", "inactive"), ("inactive", "active")]


def test_the_lead_makes_it_active_with_a_reason_and_the_two_years_begin_anew():
    partnership = PartnershipFactory(inactive=True)

    partnership.activate(by=People(partnership).lead_manager, reason="We found a new evaluator.")

    assert run() == {}
    with refused("invalid_transition"):
        partnership.activate(by=People(partnership).lead_manager, reason="Again.")


def test_tells_the_leads_managers():
    partnership = silent(80)
    people = People(partnership)
    lead, other = people.lead_manager, people.manager

    watch_silent_partnerships()
    tell(Event.objects.about(partnership).get())

    notice = Notice.objects.get()
    assert notice.user == lead != other


def test_a_dry_run_writes_nothing():
    partnership = silent(80)

    (step,) = steps_due(timezone.localdate())

    assert (step.partnership_id, step.verb) == (partnership.pk, "inactive_in_90_days")
    assert not Event.objects.about(partnership).exists()


@pytest.mark.parametrize("size", [1, 5])
def test_looking_costs_four_queries_for_any_number(django_assert_num_queries, size):
    for _ in range(size):
        silent(80)

    # partnerships; approved data; published reports; earlier warnings
    with django_assert_num_queries(4):
        assert len(list(steps_due(timezone.localdate()))) == size


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_warn_once_and_move_once():
    warn, move = silent(80), silent(0)
    warned(move, 30, ago=30)

    outcomes = race(run, run, run)

    assert sum(taken.get("inactive_in_90_days", 0) for taken in outcomes) == 1
    assert sum(taken.get("inactive", 0) for taken in outcomes) == 1
    assert told(warn) == ["inactive_in_90_days"]
    assert moves_of(move) == [("active", "inactive")]
