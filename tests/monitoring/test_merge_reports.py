"""Reports, runs and replies of two partners that turn out to be one."""

from datetime import date

import pytest

from monitoring import tasks
from monitoring.models import Report, ReportReply, ReportRun
from monitoring.models.report_replies import reply
from monitoring.services.reports import request_report
from registry.services.unmerging import undo_merge
from tests.factories import (
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    ReportFactory,
    ReportReplyFactory,
    UserFactory,
)
from tests.merging import dump, merge
from tests.moves import made

pytestmark = pytest.mark.django_db
YEAR = (date(2024, 1, 1), date(2024, 12, 31))


@pytest.fixture
def pair():
    return PartnerFactory.create_batch(2)


def reported(partner):
    run = request_report(partner, YEAR, by=UserFactory(admin=True), kind="partner")
    tasks.compute_report(run.pk)
    return Report.objects.get(partner=partner)


def test_reports_and_runs_stay_with_the_partner_that_they_are_about(pair):
    one, other = pair
    reports = [reported(one), reported(other)]
    waiting = ReportRun.objects.ask("partner", {"partner": one}, (YEAR[0], date(2024, 3, 31)))
    admin = UserFactory(admin=True)
    before = dump()

    made_one = merge(one, other, admin)

    for report, partner in zip(reports, (one, other), strict=True):
        assert Report.objects.get(pk=report.pk).partner_id == partner.pk
        assert report.run.partner_id == partner.pk
    stayed = {(row["model"], row["id"]) for row in made_one.stayed}
    assert {
        ("monitoring.report", reports[0].pk),
        ("monitoring.reportrun", reports[0].run.pk),
        ("monitoring.reportrun", waiting.pk),
    } <= stayed
    undo_merge(made_one, by=admin, reason="They are two after all.")
    assert dump() == before


def test_what_was_public_of_a_merged_partner_stays_public_and_genuine(pair, client, api):
    one, other = pair
    report = reported(one)
    made(report, "published")

    merge(one, other)

    assert client.get(f"/reports/{report.pk}/").status_code == 200
    checked = api.post("/api/v1/report-checks/", {"sha256": report.sha256}).json()
    assert (checked["verdict"], checked["standing"]) == ("genuine", "current")


def test_the_survivors_managers_read_and_reply_to_drafts_about_the_duplicate(pair):
    one, other = pair
    manager = UserFactory(manages=other)
    report = reported(one)
    assert report not in Report.objects.visible_to(manager)

    merge(one, other)

    held = Report.objects.visible_to(manager).get(pk=report.pk)
    assert reply(held, by=manager, text="It is ours.").report == report
    assert held not in Report.objects.visible_to(UserFactory(manages=PartnerFactory()))


def test_a_run_on_a_merged_partner_says_so_and_computes_nothing(pair):
    one, other = pair
    run = ReportRun.objects.ask("partner", {"partner": one}, YEAR)
    merge(one, other)

    tasks.compute_report(run.pk)

    run.refresh_from_db()
    assert run.status == "failed"
    assert run.error == f"{one} was merged into {other}: ask for its report."
    assert not Report.objects.exists()


@pytest.mark.parametrize("is_public", [False, True])
@pytest.mark.parametrize("both_replied", [False, True])
def test_replies_stay_as_they_were_said(pair, is_public, both_replied):
    partnership = PartnershipFactory(active=True)
    members = [MembershipFactory(partnership=partnership, partner=partner) for partner in pair]
    report = ReportFactory(in_reply=True, period__framework__partnership=partnership)
    for member in members if both_replied else members[:1]:
        ReportReplyFactory(report=report, membership=member)
    if is_public:
        made(report, "published")
    said = set(ReportReply.objects.values_list("pk", "membership"))
    admin = UserFactory(admin=True)
    before = dump()

    made_one = merge(*pair, admin)

    assert set(ReportReply.objects.values_list("pk", "membership")) == said
    assert {reply.speaker for reply in ReportReply.objects.with_names()} == {pair[1]}
    undo_merge(made_one, by=admin, reason="They are two after all.")
    assert dump() == before
