"""When the clock asks for reports stands in the database, and is an admin's to change."""

import pytest
from django.core.exceptions import ValidationError
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from config.celery import app
from monitoring.models import report_schedules as schedules
from registry.errors import NotAllowed
from registry.models import AuditEntry, Event
from tests import factories as f
from tests.moves import field_of, refused

pytestmark = pytest.mark.django_db
NIGHT = ["30", "1", "*", "*", "*"]


@pytest.fixture
def portfolio():
    schedules.load()
    return PeriodicTask.objects.get(name="reports: portfolio, quarter")


@pytest.fixture
def admin():
    return f.UserFactory(admin=True)


def change(schedule, admin, **values):
    given = {"is_on": True, "fields": NIGHT, "read": schedules.as_read(schedule)}
    return schedules.change(schedule, by=admin, **given | values)


def test_each_kind_has_its_schedule_and_a_worker_knows_the_task():
    assert schedules.load() == len(schedules.SCHEDULES) == 8
    assert schedules.load() == 0

    app.loader.import_default_modules()
    rows = {row.name: row for row in schedules.listed()}
    assert {row.task for row in rows.values()} <= set(app.tasks)
    nightly = rows["reports: partnership"]
    assert str(nightly.crontab).startswith("10 2 * * *")
    assert rows["reports: hlpf, year"].kwargs == '{"kind": "hlpf", "span": "year"}'


@pytest.mark.django_db(transaction=True)
def test_a_beat_that_starts_leaves_what_an_admin_changed(portfolio, admin):
    change(portfolio, admin, is_on=False)

    for _ in range(2):  # two beats
        assert DatabaseScheduler(app=app).schedule  # what stands in the settings is there
    schedules.load()

    portfolio.refresh_from_db()
    assert (portfolio.enabled, portfolio.crontab.minute) == (False, "30")


@pytest.mark.django_db(transaction=True)
def test_a_running_beat_notices(portfolio, admin):
    beat = DatabaseScheduler(app=app)
    assert not beat.schedule_changed()
    change(portfolio, admin, is_on=False)

    assert beat.schedule_changed()


def test_a_change_is_logged_and_audited(portfolio, admin):
    change(portfolio, admin)

    event = Event.objects.get(kind="periodictask.changed")
    assert (event.by, event.facts["became"]) == (admin, "on 30 1 * * *")
    audited = AuditEntry.objects.filter(table_name="django_celery_beat_periodictask")
    assert audited.filter(row_id=str(portfolio.pk), operation="update").exists()


def test_saving_the_same_changes_nothing(portfolio, admin):
    fields = [getattr(portfolio.crontab, name) for name in schedules.FIELDS]

    change(portfolio, admin, fields=fields)

    assert not Event.objects.filter(kind="periodictask.changed").exists()


def test_schedules_at_the_same_times_share_a_row_that_no_change_touches(portfolio, admin):
    before = CrontabSchedule.objects.count()
    other = PeriodicTask.objects.get(name="reports: partner, year")
    change(portfolio, admin)
    change(other, admin)

    assert CrontabSchedule.objects.count() == before + 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (["*", "1", "*", "*", "*"], "minute"),
        (["0,30", "1", "*", "*", "*"], "minute"),
        (["60", "1", "*", "*", "*"], "minute"),
        (["0", "*", "*", "*", "*"], "hour"),
        (["0", "24", "*", "*", "*"], "hour"),
        (["0", "1", "0", "*", "*"], "day_of_month"),
        (["0", "1", "*", "13", "*"], "month_of_year"),
        (["0", "1", "*", "*", "someday"], "day_of_week"),
        (["0", "1", "", "*", "*"], "day_of_month"),
        (["0", "1", "31", "2", "*"], "day_of_month"),
        (["0", "1", "1,30-31", "2", "*"], "day_of_month"),
        (["0", "1", "31", "4,6,9,11", "*"], "day_of_month"),
    ],
)
def test_times_that_are_none_are_refused_at_their_field(portfolio, admin, fields, field):
    with pytest.raises(ValidationError) as error:
        change(portfolio, admin, fields=fields)
    assert field_of(error.value) == field


@pytest.mark.parametrize(
    ("days", "months"), [("29", "2"), ("31", "2,3"), ("*", "2"), ("15-31", "feb"), ("*/10", "2")]
)
def test_days_that_one_of_the_months_has_in_some_year_are_taken(portfolio, admin, days, months):
    changed = change(portfolio, admin, fields=["0", "1", days, months, "*"])

    assert changed.crontab.day_of_month == days


def test_a_day_that_never_comes_is_refused_at_its_field_on_the_page(client, portfolio, admin):
    client.force_login(admin)
    typed = dict(zip(schedules.FIELDS, ["0", "1", "31", "2", "*"], strict=True))

    page = client.post(
        f"/secretariat/report-schedules/{portfolio.pk}/",
        typed | {"is_on": "on", "read": schedules.as_read(portfolio)},
    ).content.decode()

    assert 'href="#id_day_of_month"' in page
    assert "None of the chosen months has the day 31." in page


def test_only_admins_and_only_schedules_of_reports(portfolio, admin):
    with refused("admins_only", NotAllowed):
        change(portfolio, f.UserFactory())
    other = PeriodicTask.objects.create(
        name="sweep", task="monitoring.tasks.sweep_jobs", crontab=portfolio.crontab
    )
    with pytest.raises(PeriodicTask.DoesNotExist):
        change(other, admin)


def test_what_somebody_else_changed_is_not_overwritten(portfolio, admin):
    read = schedules.as_read(portfolio)
    change(portfolio, admin, is_on=False)

    with refused("changed_meanwhile"):
        change(portfolio, admin, read=read)


def test_the_row_that_older_editions_let_beat_write_goes():
    row = schedules.crontab(["0", "0", "*", "*", "*"])
    task = "monitoring.tasks.request_due_reports"
    PeriodicTask.objects.create(name="nightly reports", task=task, crontab=row)

    schedules.load()

    assert [one.name for one in PeriodicTask.objects.filter(task=task)] == ["reports: partnership"]


def test_the_back_office_deletes_and_changes_no_schedule(client, portfolio, admin):
    """What is off stays off: a deleted one would come back turned on."""
    change(portfolio, admin, is_on=False)
    client.force_login(admin)
    of_beat = "/admin/django_celery_beat"

    shown = client.get(f"{of_beat}/periodictask/{portfolio.pk}/change/")
    deleted = client.post(f"{of_beat}/periodictask/{portfolio.pk}/delete/", {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [portfolio.pk], "post": "yes"}
    client.post(f"{of_beat}/periodictask/", chosen)
    times = client.get(f"{of_beat}/crontabschedule/{portfolio.crontab_id}/delete/")

    assert (shown.status_code, deleted.status_code, times.status_code) == (200, 403, 404)
    assert schedules.load() == 0
    portfolio.refresh_from_db()
    assert not portfolio.enabled
