"""Nothing of a report is public before its embargo ends, whatever was decided."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from monitoring import tasks
from monitoring.models import Report
from monitoring.models.reported import last_reported
from monitoring.models.waiting_reports import to_publish
from partnerships.models import Facets
from registry.models import Event, Notice
from registry.tasks import tell_events
from tests.factories import (
    AnnualReportFactory,
    ReportEndorsementFactory,
    ReportFactory,
    ReportReplyFactory,
    UserFactory,
)
from tests.monitoring.entering import fields_of
from tests.monitoring.reported import rule, stored
from tests.moves import refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def reachable(client, report, partnership):
    """Where somebody without an account learns of a report."""
    row = f"/api/v1/reports/{report.pk}/"
    listed = client.get("/api/v1/reports/").json()["results"]
    replies = client.get("/api/v1/report-replies/").json()["results"]
    return {
        "api": client.get(row).status_code == 200,
        "list": report.pk in [one["id"] for one in listed],
        "page": client.get(f"/reports/{report.pk}/").status_code == 200,
        "pages": f"/reports/{report.pk}/" in client.get("/reports/").content.decode(),
        "partnership": f"/reports/{report.pk}/"
        in client.get(f"/partnerships/{partnership.pk}/").content.decode(),
        "replies": bool(replies),
        "lights": Facets.objects.get(pk=partnership.pk).achievement != "",
        "last_reported": bool(last_reported([partnership.pk])),
    }


def test_nothing_is_public_before_the_embargo_ends_though_it_is_decided(client):
    with time_machine.travel(NOW, tick=False):
        report = ReportFactory(in_reply=True, achievement="off_track", timeliness="late")
        partnership = report.partnership
        ReportReplyFactory(report=report)
        Report.objects.filter(pk=report.pk).update(status="in_review", review_since=NOW)
        report = stored(report)
        admin = UserFactory(admin=True)
        report.embargo(by=admin, until=NOW + 2 * DAY)
        report.publish(by=admin)
        assert (stored(report).status, stored(report).decided_at) == ("in_review", NOW)
        with refused("decided_already"):
            stored(report).publish(by=admin)
    with time_machine.travel(NOW + 2 * DAY - timedelta(seconds=1), tick=False):
        assert tasks.move_reports_on() == 0
        assert not any(reachable(client, report, partnership).values())
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        assert tasks.move_reports_on() == 1
        found = reachable(client, report, partnership)
        # Reports alone tell nothing from a partnership: only with approved data.
        assert {name for name, seen in found.items() if not seen} == {"last_reported"}


def test_a_rule_does_not_publish_under_an_embargo():
    rule(review_days=0)
    until = timezone.now() + DAY
    report = ReportFactory(in_review=True, embargo_until=until)

    assert tasks.move_reports_on() == 0
    with time_machine.travel(until + timedelta(seconds=1)):
        assert tasks.move_reports_on() == 1
    assert stored(report).status == "published"


def test_the_embargo_holds_in_the_moment_of_publishing_too():
    report = ReportFactory(in_review=True, embargo_until=timezone.now() + DAY)

    with refused("under_embargo"):
        report.make_public(by=None)

    assert stored(report).status == "in_review"


def test_lifting_the_embargo_of_a_decided_report_publishes_it():
    admin = UserFactory(admin=True)
    report = ReportFactory(in_review=True, embargo_until=timezone.now() + DAY)
    report.publish(by=admin)

    report.embargo(by=admin, until=None)

    assert stored(report).status == "published"


def page(client, report, act="", values=None):
    """The report's page, or that of an act, for an admin; or the answer to a form sent there."""
    client.force_login(UserFactory(admin=True))
    address = f"/reports/{report.pk}/" + (f"{act}/" if act else "")
    return client.get(address) if values is None else client.post(address, values)


def under_embargo(*, decided=False):
    report = ReportFactory(in_review=True, embargo_until=timezone.now() + 5 * DAY)
    if decided:
        report.publish(by=UserFactory(admin=True))
    return stored(report)


def test_an_empty_day_is_an_error_and_lifts_nothing(client):
    report = under_embargo(decided=True)

    answer = page(client, report, "embargo", {"until": "", "version": report.version})

    assert answer.context["form"].errors["until"] == ["This field is required."]
    assert (stored(report).status, stored(report).embargo_until) == (
        "in_review",
        report.embargo_until,
    )


def test_the_page_begins_with_the_embargo_that_stands_and_keeps_its_moment(client):
    report = under_embargo()
    day = report.embargo_until.date().isoformat()

    shown = page(client, report, "embargo")
    assert f'value="{day}"' in shown.content.decode()

    page(client, report, "embargo", {"until": day, "version": report.version})
    assert stored(report).embargo_until == report.embargo_until


@pytest.mark.parametrize(
    ("decided", "words", "became"),
    [(True, "it is public at once", "published"), (False, "at any time", "in_review")],
)
def test_lifting_is_an_act_of_its_own_that_says_what_follows(client, decided, words, became):
    report = under_embargo(decided=decided)
    assert f"/reports/{report.pk}/lift-embargo/" in page(client, report).content.decode()
    assert words in page(client, report, "lift-embargo").content.decode()

    assert page(client, report, "lift-embargo", {"version": report.version}).status_code == 302

    assert (stored(report).status, stored(report).embargo_until) == (became, None)


def test_without_an_embargo_no_lifting_is_offered(client):
    assert "lift-embargo" not in page(client, ReportFactory(in_review=True)).content.decode()


def decided_and_no_longer_endorsed(admin):
    """An annual report that waits for its embargo's end, whose endorsement was ended meanwhile."""
    report = AnnualReportFactory(status="in_review", embargo_until=timezone.now() + DAY)
    yes = ReportEndorsementFactory(report=report)
    report.publish(by=admin)
    type(yes).objects.filter(pk=yes.pk).update(invalidated_at=timezone.now())
    return stored(report)


def lapsed(report):
    return list(Event.objects.about(report).filter(kind="report.decision_lapsed"))


def test_a_decision_that_is_refused_when_the_embargo_ends_lapses_and_is_to_be_made_again():
    admin = UserFactory(admin=True)
    report = decided_and_no_longer_endorsed(admin)
    assert not to_publish().exists()

    with time_machine.travel(report.embargo_until + timedelta(minutes=1)):
        tasks.move_reports_on()
        tasks.move_reports_on()

        assert list(to_publish()) == [report]
        (event,) = lapsed(report)
        assert event.reason == "Endorsed by 0 of 1 members that are needed."
        tell_events()
        assert Notice.objects.filter(user=admin, event=event).exists()


def test_an_embargo_is_lifted_though_what_was_decided_may_not_be_published_any_more():
    admin = UserFactory(admin=True)
    report = decided_and_no_longer_endorsed(admin)

    report.embargo(by=admin, until=None)

    kept = stored(report)
    assert (kept.status, kept.embargo_until, kept.decided_at) == ("in_review", None, None)
    assert list(to_publish()) == [report]
    assert [event.by for event in lapsed(report)] == [admin]


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_an_embargo_ends_within_a_year(days):
    with pytest.raises(ValidationError) as refusal:
        ReportFactory().embargo(
            by=UserFactory(admin=True), until=timezone.now() + timedelta(days=days)
        )
    assert list(refusal.value.message_dict) == ["until"]


def test_an_act_on_a_report_that_another_admin_changed_can_be_done_having_seen_that(client):
    report = ReportFactory(in_review=True)
    client.force_login(UserFactory(admin=True))
    page = f"/reports/{report.pk}/embargo/"
    first, second = (timezone.localdate() + n * DAY for n in (3, 9))
    old = fields_of(client.get(page)) | {"until": f"{second}"}
    client.post(page, old | {"until": f"{first}"})

    stale = client.post(page, old)

    assert stale.status_code == 409
    assert stored(report).embargo_until.date() == first
    again = fields_of(stale)
    assert again["until"] == f"{second}"
    assert client.post(page, again).status_code == 302
    assert stored(report).embargo_until.date() == second
