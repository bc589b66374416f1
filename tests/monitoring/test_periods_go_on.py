"""Periods of a superseded edition open until the next one begins; closing keeps its reason."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from monitoring.models import Evidence, Framework, Period
from monitoring.services.periods import open_periods
from monitoring.tasks import request_due_reports
from registry.models import AuditEntry, Event
from tests.factories import (
    EvidenceFactory,
    FrameworkFactory,
    PartnershipFactory,
    PeriodFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.monitoring.locked import refused_by
from tests.monitoring.ways_to_write import sql
from tests.moves import People, race, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def editions():
    """The first edition was superseded by one that begins in July 2024."""
    partnership = PartnershipFactory(active=True)
    first = FrameworkFactory(partnership=partnership, superseded=True)
    second = FrameworkFactory(partnership=partnership, agreed=True, starts_on=date(2024, 7, 1))
    return first, second


def test_the_former_edition_opens_its_periods_up_to_the_day_before(editions):
    first, second = editions
    admin = UserFactory(admin=True)

    opened = open_periods(first, by=admin, through=date(2024, 12, 31))

    assert [p.label for p in opened] == ["2024 Q1", "2024 Q2"]
    assert [p.label for p in open_periods(second, by=admin, through=date(2024, 12, 31))] == [
        "2024 Q3",
        "2024 Q4",
    ]


def test_each_night_both_open_theirs(editions, monkeypatch):
    monkeypatch.setattr(Framework, "today", lambda self: date(2024, 8, 1))

    request_due_reports()

    assert sorted(Period.objects.values_list("label", flat=True)) == [
        "2024 Q1",
        "2024 Q2",
        "2024 Q3",
    ]


def test_one_whose_successor_began_the_same_day_opens_none():
    partnership = PartnershipFactory(active=True)
    first = FrameworkFactory(partnership=partnership, superseded=True)
    FrameworkFactory(partnership=partnership, agreed=True)

    assert open_periods(first, by=UserFactory(admin=True)) == []
    assert not Framework.objects.running().filter(pk=first.pk).exists()


@pytest.mark.parametrize("state", [{}, {"proposed": True}, {"status": "withdrawn"}])
def test_one_that_never_held_opens_none(state):
    with refused("framework_not_agreed"):
        open_periods(FrameworkFactory(**state), by=UserFactory(admin=True))


@pytest.mark.parametrize("grace", [0, 30, 45])
def test_data_is_due_as_many_days_after_the_end_as_agreed(grace):
    framework = FrameworkFactory(agreed=True, grace_days=grace)

    (period,) = open_periods(framework, by=UserFactory(admin=True), through=date(2024, 2, 1))

    assert (period.due_on - period.ends_on).days == grace


def test_closing_and_reopening_keep_their_reasons_in_the_history_and_the_audit_log():
    period, admin = PeriodFactory(), UserFactory(admin=True)

    period.close(by=admin, reason="All is in.")
    period.reopen(by=admin, reason="A late correction.")

    reasons = Event.objects.about(period).order_by("pk").values_list("reason", "by")
    assert list(reasons) == [("All is in.", admin.pk), ("A late correction.", admin.pk)]
    changes = AuditEntry.objects.filter(
        table_name="monitoring_period", operation="update", row_id=period.pk
    )
    assert changes.count() == 2


def test_over_the_api_closing_may_and_reopening_must_give_its_reason(api):
    period = PeriodFactory()
    api.force_authenticate(People(period.framework.partnership).lead_manager)
    url = f"/api/v1/periods/{period.pk}/"

    assert api.post(f"{url}close/", {"reason": "All is in."}, format="json").status_code == 200
    assert api.post(f"{url}reopen/", {}, format="json").status_code == 400
    assert api.post(f"{url}reopen/", {"reason": "Late."}, format="json").status_code == 200
    assert api.post(f"{url}close/", {}, format="json").status_code == 200
    assert api.post(f"{url}close/", {}, format="json").status_code == 409


@pytest.mark.django_db(transaction=True)
def test_of_closings_at_once_one_is_logged():
    period, admin = PeriodFactory(), UserFactory(admin=True)
    copies = [Period.objects.get(pk=period.pk) for _ in range(3)]

    outcomes = race(*[lambda one=one: one.close(by=admin) for one in copies])

    assert sum(outcome is None for outcome in outcomes) == 1
    assert Event.objects.about(period).filter(kind="period.closed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_reopenings_at_once_one_is_logged():
    period, admin = PeriodFactory(closed=True), UserFactory(admin=True)
    copies = [Period.objects.get(pk=period.pk) for _ in range(3)]

    outcomes = race(*[lambda one=one: one.reopen(by=admin, reason="Late.") for one in copies])

    assert sum(outcome is None for outcome in outcomes) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"starts_on": date(2023, 12, 1)},
        {"ends_on": date(2024, 4, 15), "due_on": date(2024, 6, 1)},
        {"kind": "irregular"},
    ],
    ids=str,
)
def test_a_period_keeps_its_days_whoever_writes(change):
    period = PeriodFactory()

    with refused_by("keeps its days"):
        Period.objects.filter(pk=period.pk).update(**change)


def test_a_closed_period_is_not_deleted():
    PeriodFactory(closed=True)

    with refused_by("is closed"):
        sql("DELETE FROM monitoring_period")


@pytest.mark.parametrize(
    "write",
    [
        lambda e: EvidenceFactory(submission=e.submission),
        lambda e: Evidence.objects.update(url="https://example.org/other"),
        lambda e: sql("UPDATE monitoring_evidence SET title = 'x'"),
        lambda e: e.delete(),
        lambda e: sql("DELETE FROM monitoring_evidence"),
    ],
    ids=["add", "update", "raw update", "delete", "raw delete"],
)
def test_a_closed_period_lets_no_evidence_come_change_or_go(write):
    evidence = EvidenceFactory(submission=SubmissionFactory())
    evidence.submission.period.close(by=UserFactory(admin=True))

    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        write(evidence)

    assert Evidence.objects.get().url == evidence.url


def test_a_reviewers_word_on_evidence_comes_after_closing_too():
    evidence = EvidenceFactory(submission=SubmissionFactory())
    evidence.submission.period.close(by=UserFactory(admin=True))

    Evidence.objects.update(accepted=True)

    assert Evidence.objects.get().accepted
