"""What waits for the secretariat: who is in each queue, in which order, and what is done."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from monitoring.aggregation.overdue import overdue
from monitoring.models import Submission, SubmissionQuality
from monitoring.services.queues import QUEUES
from monitoring.services.report_runs import try_again
from registry.errors import DomainError, NotAllowed
from registry.models import DueDiligence, Event, Notice, Partner
from registry.telling import tell
from tests.factories import (
    AffiliationFactory,
    DueDiligenceFactory,
    FrameworkFactory,
    GoalFactory,
    IndicatorFactory,
    MembershipFactory,
    NeedFactory,
    PartnerFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportFactory,
    ReportFileFactory,
    ReportingUnitFactory,
    ReportRunFactory,
    SubmissionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TODAY = "2024-06-15 12:00"


@pytest.fixture
def admin():
    return UserFactory(is_staff=True)


def owing(periods=1, **partnership):
    """A partnership whose one unit has handed in nothing for these periods."""
    found = PartnershipFactory(active=True, **partnership)
    framework = FrameworkFactory(partnership=found, agreed=True)
    IndicatorFactory(result__framework=framework)
    membership = found.memberships.get()
    ReportingUnitFactory(membership=membership, since_on=date(2024, 1, 1))
    return found, [PeriodFactory(framework=framework) for _ in range(periods)]


def keys(queue, user, by="age"):
    return [one.pk for one in QUEUES[queue].sorted(user, by)]


@pytest.mark.parametrize("key", QUEUES)
def test_every_queue_is_for_admins_alone_and_may_be_empty(key, admin):
    assert QUEUES[key].sorted(admin) == []
    with pytest.raises(NotAllowed):
        QUEUES[key].sorted(UserFactory())


@time_machine.travel(TODAY)
def test_overdue_counts_units_and_periods_past_their_due_date(admin):
    one, (first, *_) = owing(periods=2)
    owing(periods=0)

    (found,) = overdue(date(2024, 6, 15))
    assert (found.partnership_id, found.oldest_due_on) == (one.pk, first.due_on)
    # of periods of a quarter, January to March is past due in the middle of June, April to June not
    assert found.missing == sum(due < date(2024, 6, 15) for due in one_due_on(one))
    assert keys("overdue", admin) == [one.pk]


def one_due_on(partnership):
    return list(partnership.frameworks.get().periods.values_list("due_on", flat=True))


@time_machine.travel(TODAY)
@pytest.mark.parametrize(
    ("what", "is_there"),
    [
        ("draft", True),
        ("returned", True),
        ("submitted", False),
        ("approved", False),
    ],
)
def test_what_was_handed_in_is_not_overdue_and_what_was_only_begun_is(what, is_there, admin):
    one, (period,) = owing()
    unit = one.memberships.get().reporting_units.get()
    submission = SubmissionFactory(unit=unit, period=period, approved=what == "approved")
    if what != "approved":
        handed_in = {"status": what, "submitted_at": datetime(2024, 4, 1, tzinfo=UTC)}
        Submission.objects.filter(pk=submission.pk).update(**handed_in)

    assert (keys("overdue", admin) == [one.pk]) is is_there


@time_machine.travel(TODAY)
def test_a_member_that_left_a_closed_period_and_a_suspended_partner_owe_nothing(admin):
    left, _ = owing()
    left.memberships.update(status="left", ended_on=date(2024, 5, 1))
    _, (period,) = owing()
    type(period).objects.filter(pk=period.pk).update(status="closed")
    suspended, _ = owing()
    Partner.objects.filter(memberships__partnership=suspended).update(status="suspended")

    assert keys("overdue", admin) == []


@time_machine.travel(TODAY)
def test_sorted_by_age_and_by_weight(admin):
    heavy, _ = owing()
    ReportingUnitFactory(membership=MembershipFactory(partnership=heavy), since_on=date(2024, 1, 1))
    light, _ = owing()

    age = [(one.since, -one.weight, one.pk) for one in QUEUES["overdue"].sorted(admin)]
    assert age == sorted(age)
    assert keys("overdue", admin, "weight") == [heavy.pk, light.pk]


@time_machine.travel(TODAY)
def test_one_click_reminds_whoever_reports_and_the_lead_once_a_week(admin):
    one, _ = owing()
    member = one.memberships.get()
    evaluator = AffiliationFactory(partner=member.partner, role="evaluator").user
    manager = AffiliationFactory(partner=member.partner, role="manager").user
    observer = AffiliationFactory(partner=member.partner, role="observer").user

    assert QUEUES["overdue"].do([one.pk], by=admin).done == [str(one)]
    event = Event.objects.get(kind="partnership.reminded")
    tell(event)
    told = set(Notice.objects.filter(event=event).values_list("user", flat=True))
    assert {evaluator.pk, manager.pk} <= told
    assert observer.pk not in told

    again = QUEUES["overdue"].do([one.pk], by=admin)
    assert (again.done, len(again.refused)) == ([], 1)
    with time_machine.travel("2024-06-23 12:00"):
        assert QUEUES["overdue"].do([one.pk], by=admin).done == [str(one)]


@time_machine.travel(TODAY)
def test_what_waits_no_longer_is_not_acted_on(admin):
    one = PartnershipFactory(active=True)

    done = QUEUES["overdue"].do([one.pk], by=admin)

    assert (done.done, done.refused) == ([], [])
    assert not Event.objects.filter(kind="partnership.reminded").exists()


def test_at_most_a_hundred_at_once(admin):
    partners = PartnerFactory.create_batch(101, status="pending")

    with pytest.raises(ValidationError, match="At most 100"):
        QUEUES["partners"].do([one.pk for one in partners], by=admin)
    assert Partner.objects.filter(status="pending").count() == 101


def test_partners_are_verified_each_by_itself(admin):
    first, second = PartnerFactory.create_batch(2, status="pending")
    MembershipFactory(partner=second, status="invited", accepted_on=None)

    assert keys("partners", admin, "weight")[0] == second.pk
    done = QUEUES["partners"].do([first.pk, second.pk], by=admin)
    assert len(done.done) == 2
    assert keys("partners", admin) == []


def test_reviews_that_end_are_begun_anew_once(admin):
    today = date.today()
    soon = DueDiligenceFactory(decided=True, expires_on=today + timedelta(days=20))
    DueDiligenceFactory(decided=True, expires_on=today + timedelta(days=200))

    assert keys("due-diligence", admin) == [soon.pk]
    assert QUEUES["due-diligence"].do([soon.pk], by=admin).done == [str(soon)]
    draft = DueDiligence.objects.get(status="draft")
    assert (draft.partner_id, draft.reviewer_id) == (soon.partner_id, admin.pk)
    assert keys("due-diligence", admin) == []


def test_odd_values_wait_until_somebody_is_asked(admin):
    submission = SubmissionFactory(values={IndicatorFactory(): 5})
    Submission.objects.filter(pk=submission.pk).update(
        status="submitted", submitted_at=datetime.now(UTC)
    )
    SubmissionQuality.objects.create(
        submission=submission, score="0.5", warnings=3, checked_at=datetime.now(UTC)
    )

    assert [one.weight for one in QUEUES["outliers"].sorted(admin)] == [3]
    with pytest.raises(ValidationError, match="Say something"):
        QUEUES["outliers"].do([submission.pk], by=admin, words="  ")
    QUEUES["outliers"].do([submission.pk], by=admin, words="Why three times as many?")
    assert submission.comments.get().text == "Why three times as many?"
    assert keys("outliers", admin) == []


def test_needs_by_urgency_and_looked_at_again(admin):
    normal, critical = NeedFactory(urgency="normal"), NeedFactory(urgency="critical")

    assert keys("needs", admin, "weight") == [critical.pk, normal.pk]
    assert len(QUEUES["needs"].do([critical.pk], by=admin).done) == 1


def test_reports_in_review_are_published_each_by_itself(admin):
    since = datetime(2024, 5, 1, tzinfo=UTC)
    waiting = ReportFactory(status="in_review", review_since=since)
    ReportFactory(status="in_reply")
    ReportFactory(status="in_review", review_since=since, decided_at=since)

    assert keys("reports", admin) == [waiting.pk]
    assert len(QUEUES["reports"].do([waiting.pk], by=admin).done) == 1
    waiting.refresh_from_db()
    assert waiting.status == "published"
    assert keys("reports", admin) == []


def test_a_file_that_failed_is_queued_again(admin):
    failed = ReportFileFactory(
        status="failed", attempts=5, error="No space left", finished_at=datetime.now(UTC)
    )
    ReportFileFactory(report=failed.report, form="xlsx")

    assert keys("files", admin) == [failed.pk]
    assert "No space left" in QUEUES["files"].show([failed.pk])[failed.pk].facts
    assert len(QUEUES["files"].do([failed.pk], by=admin).done) == 1
    failed.refresh_from_db()
    assert (failed.status, failed.attempts) == ("queued", 0)


def test_drafts_to_which_nobody_replies_are_taken_up_at_once(admin):
    goal = ReportFactory(
        kind="goal", goal=GoalFactory(), partnership=None, period=None, starts_on=date(2025, 1, 1),
        ends_on=date(2025, 12, 31), reference_on=date(2025, 12, 31), cutoff_at=datetime.now(UTC),
    )  # fmt: skip

    assert keys("drafts", admin) == [goal.pk]
    assert len(QUEUES["drafts"].do([goal.pk], by=admin).done) == 1
    goal.refresh_from_db()
    assert goal.status == "in_review"
    assert (keys("drafts", admin), keys("reports", admin)) == ([], [goal.pk])


def test_a_failed_run_is_queued_again_with_all_its_attempts(admin):
    failed = ReportRunFactory(
        status="failed", attempts=5, error="ZeroDivisionError", finished_at=datetime.now(UTC)
    )
    ReportRunFactory(status="queued")

    assert keys("runs", admin) == [failed.pk]
    assert "ZeroDivisionError" in QUEUES["runs"].show([failed.pk])[failed.pk].facts
    assert len(QUEUES["runs"].do([failed.pk], by=admin).done) == 1
    failed.refresh_from_db()
    assert (failed.status, failed.attempts, failed.finished_at) == ("queued", 0, None)
    with pytest.raises(DomainError, match="not failed"):
        try_again(failed, by=admin)
    with pytest.raises(NotAllowed):
        try_again(failed, by=UserFactory())


@time_machine.travel(TODAY)
def test_pages_choose_check_and_do(client, admin):
    one, _ = owing(title="=HYPERLINK(1)")
    client.force_login(admin)

    assert "Overdue partnerships" in client.get("/secretariat/queues/").content.decode()
    page = client.get("/secretariat/queues/overdue/?choose=all").content.decode()
    assert f'value="{one.pk}"' in page
    check = client.post("/secretariat/queues/overdue/", {"chosen": [one.pk]}).content.decode()
    assert "Send a reminder: 1 chosen?" in check
    assert not Event.objects.filter(kind="partnership.reminded").exists()
    answer = client.post("/secretariat/queues/overdue/", {"chosen": [one.pk], "confirmed": "1"})
    assert "1 reminded" in answer.content.decode()
    assert Event.objects.filter(kind="partnership.reminded", by=admin).count() == 1

    text = client.get("/secretariat/queues/overdue.csv").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["name"] == "'=HYPERLINK(1)"
    assert (row["id"], row["since"]) == (str(one.pk), str(overdue(date.today())[0].oldest_due_on))


@time_machine.travel(TODAY)
def test_the_api_gives_the_same_rows(client, admin):
    one, _ = owing()
    client.force_login(admin)

    listed = {row["key"]: row for row in client.get("/api/v1/queues/").json()}
    assert (listed["overdue"]["count"], listed["needs"]["count"]) == (1, 0)
    found = client.get("/api/v1/queues/overdue/?sort=weight").json()
    assert [row["id"] for row in found["rows"]] == [one.pk]
    assert client.get("/api/v1/queues/nothing/").status_code == 404
    assert client.get("/api/v1/queues/overdue/?sort=colour").status_code == 400


def test_a_queue_costs_the_same_at_any_size(admin, django_assert_max_num_queries):
    PartnerFactory.create_batch(3, status="pending")
    with django_assert_max_num_queries(3):
        waiting = QUEUES["partners"].sorted(admin)
        QUEUES["partners"].show([one.pk for one in waiting])
    PartnerFactory.create_batch(20, status="pending")
    with django_assert_max_num_queries(3):
        waiting = QUEUES["partners"].sorted(admin)
        assert len(QUEUES["partners"].show([one.pk for one in waiting])) == 23
