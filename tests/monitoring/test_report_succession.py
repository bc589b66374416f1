"""What a new revision takes over from one that was not public yet, and what ends instead."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from monitoring import tasks
from monitoring.models import PublicationRule, Report, ReportReply, ReportRun
from monitoring.models.report_replies import reply
from monitoring.reports import runs
from registry.models import Event, Notice
from registry.tasks import tell_events
from tests import factories as f
from tests.moves import People, made, moves_of, race

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _still():
    with time_machine.travel(NOW, tick=False):
        yield


def stored(report):
    return Report.objects.get(pk=report.pk)


def rule(**values):
    found = f.PublicationRuleFactory()
    PublicationRule.objects.filter(pk=found.pk).update(**values)


@pytest.fixture
def unit():
    return f.ReportingUnitFactory()


@pytest.fixture
def people(unit):
    return People(unit.membership.partnership)


@pytest.fixture
def first(unit, people):
    """Computed, with the value 5 in it."""
    framework = f.FrameworkFactory(partnership=unit.membership.partnership, agreed=True)
    indicator = f.IndicatorFactory(result__framework=framework)
    period = f.PeriodFactory(framework=framework)
    f.SubmissionFactory(unit=unit, period=period, values={indicator: Decimal(5)}, approved=True)
    return runs.compute(f.ReportRunFactory(period=period))


def next_revision(report, *, cutoff_at=None):
    last = report.run
    revision = ReportRun.objects.filter(**report.line).count() + 1
    run = ReportRun.objects.create(
        **{**last.line, "revision": revision},
        reference_on=last.reference_on,
        cutoff_at=cutoff_at or last.cutoff_at,
    )
    return runs.compute(run)


def corrected(report):
    """The next revision, after a correction of the value to 7."""
    sent = report.period.submissions.get()
    indicator = sent.observations.get().indicator
    at = report.cutoff_at + DAY
    f.SubmissionFactory(
        unit=sent.unit, period=sent.period, values={indicator: Decimal(7)}, approved__at=at
    )
    made = next_revision(report, cutoff_at=at + DAY)
    assert made.content["indicators"][0]["to_date"]["value"] == "7"
    return made


@pytest.mark.parametrize("revise", [corrected, next_revision])
def test_an_embargo_holds_for_the_next_revision_too(first, revise):
    rule(reply_days=0, review_days=0)
    until = NOW + 100 * DAY
    stored(first).embargo(by=f.UserFactory(admin=True), until=until)

    new = revise(first)

    assert (stored(first).status, stored(new).embargo_until) == ("withdrawn", until)
    event = Event.objects.about(new).get(kind="report.embargoed")
    assert event.facts == {"until": until.isoformat(), "from_revision": 1}
    tasks.move_reports_on()
    assert stored(new).status != "published"


def test_the_last_embargo_counts_and_one_that_was_lifted_or_is_over_does_not(first):
    admin = f.UserFactory(admin=True)
    stored(first).embargo(by=admin, until=NOW + 100 * DAY)
    second = next_revision(first)
    stored(second).embargo(by=admin, until=None)
    third = next_revision(first)
    assert stored(third).embargo_until is None

    stored(third).embargo(by=admin, until=NOW + DAY)
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        assert stored(next_revision(first)).embargo_until is None


def test_an_embargo_outlives_the_revision_that_an_admin_withdrew(first):
    admin = f.UserFactory(admin=True)
    stored(first).embargo(by=admin, until=NOW + 100 * DAY)
    stored(first).withdraw(by=admin, reason="A wrong table.")

    assert stored(next_revision(first)).embargo_until == NOW + 100 * DAY


def test_a_decision_lapses_when_the_figures_changed_and_admins_are_told(first):
    admin = f.UserFactory(admin=True)
    decided(first, admin)

    new = corrected(first)

    assert (stored(new).status, stored(new).decided_at) == ("in_reply", None)
    event = Event.objects.about(new).get(kind="report.decision_lapsed")
    assert event.reason == "It was decided to publish revision 1; its figures have changed since."
    tell_events()
    assert Notice.objects.filter(user=admin, event=event).exists()


def decided(report, admin):
    """In review since yesterday, under embargo, and decided."""
    stored(report).embargo(by=admin, until=NOW + 100 * DAY)
    with time_machine.travel(NOW + 15 * DAY, tick=False):
        stored(report).to_review(by=admin)
        stored(report).publish(by=admin)


def test_where_no_figure_changed_it_stands_where_the_former_one_stood(first, people):
    admin = f.UserFactory(admin=True)
    reply(stored(first), by=people.manager, membership=people.membership, has_no_comment=True)
    decided(first, admin)
    was = stored(first)

    new = stored(next_revision(first))

    assert stored(first).status == "withdrawn"
    kept = ("reply_until", "review_since", "decided_at", "embargo_until")
    assert [getattr(new, name) for name in kept] == [getattr(was, name) for name in kept]
    assert moves_of(new) == [("draft", "in_reply"), ("in_reply", "in_review")]
    assert new.replies.get().has_no_comment
    tell_events()
    told = Notice.objects.filter(user=people.manager, event__subject_id=new.pk)
    assert "report.in_reply" not in told.values_list("event__kind", flat=True)
    with time_machine.travel(NOW + 100 * DAY, tick=False):
        tasks.move_reports_on()
    assert stored(new).status == "published"


def test_the_days_of_reply_do_not_begin_anew_where_no_figure_changed(first):
    with time_machine.travel(NOW + 5 * DAY, tick=False):
        same = stored(next_revision(first))
    assert (same.status, same.reply_until) == ("in_reply", NOW + 14 * DAY)

    with time_machine.travel(NOW + 6 * DAY, tick=False):
        changed = stored(corrected(first))
    assert (changed.status, changed.reply_until) == ("in_reply", NOW + 20 * DAY)


def test_replies_in_words_go_on_with_the_next_revision_and_may_be_revised(first, people):
    lead = people.lead_membership
    reply(stored(first), by=people.manager, membership=people.membership, text="We disagree.")
    reply(stored(first), by=people.lead_manager, membership=lead, has_no_comment=True)

    with time_machine.travel(NOW + DAY, tick=False):
        new = corrected(first)

    # No comment on other figures is no comment on these.
    (kept,) = ReportReply.objects.filter(report=new)
    assert (kept.membership, kept.text, kept.author) == (
        people.membership,
        "We disagree.",
        people.manager,
    )
    assert (kept.said_at, kept.said_of_earlier) == (NOW, True)
    assert ReportReply.objects.filter(report=first).count() == 2
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        agreed = {"text": "Now we agree.", "version": kept.version}
        reply(stored(new), by=people.manager, membership=people.membership, **agreed)
    kept.refresh_from_db()
    assert (kept.text, kept.said_of_earlier) == ("Now we agree.", False)


def test_replies_are_kept_though_the_rule_asks_for_none_any_more(first, people):
    reply(stored(first), by=people.manager, membership=people.membership, text="We disagree.")
    rule(reply_days=0)

    new = stored(corrected(first))

    assert (new.status, new.reply_until) == ("in_reply", NOW + 14 * DAY)
    assert new.replies.get().text == "We disagree."


def test_the_page_says_that_a_reply_was_to_an_earlier_revision(client, first, people):
    reply(stored(first), by=people.manager, membership=people.membership, text="We disagree.")
    with time_machine.travel(NOW + DAY, tick=False):
        new = corrected(first)

    client.force_login(people.manager)

    assert "to an earlier revision" in client.get(f"/reports/{new.pk}/").content.decode()
    assert "to an earlier revision" not in client.get(f"/reports/{first.pk}/").content.decode()


def test_a_revision_after_a_public_one_begins_like_the_first(first):
    made(first, "published")

    new = stored(corrected(first))

    assert (stored(first).status, new.status) == ("published", "in_reply")
    assert new.reply_until == NOW + 14 * DAY
    assert new.embargo_until is None


def test_an_older_revision_that_comes_later_withdraws_itself():
    rule(review_days=0)
    run = f.ReportRunFactory()
    later = ReportRun.objects.create(
        **{**run.line, "revision": 2}, reference_on=run.reference_on, cutoff_at=run.cutoff_at
    )
    new = runs.compute(later)

    old = runs.compute(run)

    assert (stored(old).status, stored(new).status) == ("withdrawn", "in_reply")
    reason = Event.objects.about(old).get(kind="report.withdrawn").reason
    assert reason == "Revision 2 was computed before it."
    assert ReportRun.objects.get(pk=run.pk).status == "ready"


@pytest.mark.django_db(transaction=True)
def test_of_two_revisions_computed_at_once_the_newer_one_waits_and_the_older_one_is_withdrawn(
    monkeypatch,
):
    run = f.ReportRunFactory()
    later = ReportRun.objects.create(
        **{**run.line, "revision": 2}, reference_on=run.reference_on, cutoff_at=run.cutoff_at
    )

    outcomes = race(lambda: runs.compute(run), lambda: runs.compute(later))

    assert not [one for one in outcomes if isinstance(one, Exception)]
    found = Report.objects.order_by("revision").values_list("status", flat=True)
    assert list(found) == ["withdrawn", "in_reply"]
