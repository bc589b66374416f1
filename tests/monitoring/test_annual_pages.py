"""The annual report on pages and over the API: long and hostile text, two writers, endorsing."""

import pytest

from monitoring.models import NarrativeSection, ReportEndorsement, ReportRun
from monitoring.models.annual_narratives import LONGEST
from monitoring.reports.runs import compute
from monitoring.templatetags.report_life import moves
from tests.factories import (
    AnnualReportFactory,
    NarrativeSectionFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import People, made

pytestmark = pytest.mark.django_db
MARKUP = "<script>alert('x')</script>"


@pytest.fixture
def partnership():
    return PartnershipFactory(active=True)


@pytest.fixture
def people(partnership):
    return People(partnership)


@pytest.fixture
def page(partnership):
    return f"/partnerships/{partnership.reference}/annual-report/2024/"


def test_a_section_is_written_and_shown_as_text(client, people, page):
    client.force_login(people.manager)

    answer = client.post(f"{page}lessons/", {"text": MARKUP, "version": "0"}, follow=True)

    shown = answer.content.decode()
    assert "&lt;script&gt;alert" in shown
    assert "<script>alert" not in shown
    assert NarrativeSection.objects.get().text == MARKUP


def test_who_saves_second_keeps_what_was_typed_and_sees_theirs(client, partnership, people, page):
    NarrativeSectionFactory(partnership=partnership, topic="lessons", text="Theirs.", version=2)
    client.force_login(people.manager)

    answer = client.post(f"{page}lessons/", {"text": "Mine.", "version": "1"})

    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Mine." in shown
    assert "Theirs." in shown
    assert 'name="version" value="2"' in shown
    assert client.post(f"{page}lessons/", {"text": "Mine.", "version": "2"}).status_code == 302
    assert NarrativeSection.objects.get().text == "Mine."


@pytest.mark.parametrize("size", [LONGEST + 1, 10_000_000])
def test_what_is_too_long_is_refused_on_the_page(client, people, page, size):
    client.force_login(people.manager)

    answer = client.post(f"{page}lessons/", {"text": "x" * size, "version": "0"})

    assert not NarrativeSection.objects.exists()
    shown = answer.content.decode()
    assert "There is a problem" in shown
    assert "At most 50,000 characters." in shown


@pytest.mark.parametrize("size", [LONGEST + 1, 10_000_000])
def test_what_is_too_long_is_refused_by_the_api(api, partnership, people, size):
    api.force_authenticate(people.manager)
    body = {"partnership": partnership.pk, "year": 2024, "topic": "lessons", "text": "x" * size}

    answer = api.post("/api/v1/narrative-sections/", body, format="json")

    assert answer.status_code == 400, answer.content[:300]
    assert not NarrativeSection.objects.exists()


def test_the_api_needs_the_version_and_refuses_an_old_one(api, partnership, people):
    section = NarrativeSectionFactory(partnership=partnership)
    url = f"/api/v1/narrative-sections/{section.pk}/"
    api.force_authenticate(people.manager)

    def patch(**headers):
        return api.patch(url, {"text": "New."}, format="json", headers=headers).status_code

    assert patch() == 428
    assert patch(**{"If-Match": '"7"'}) == 412
    assert patch(**{"If-Match": '"1"'}) == 200


def test_a_section_is_begun_once(api, partnership, people):
    section = NarrativeSectionFactory(partnership=partnership)
    body = {"partnership": partnership.pk, "year": 2024, "topic": section.topic, "text": "New."}
    api.force_authenticate(people.manager)

    answer = api.post("/api/v1/narrative-sections/", body, format="json")

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "section_exists"
    assert answer.json()["errors"][0]["about"] == {"section": section.pk}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("queued", "waits to be computed"),
        ("running", "is being computed"),
        ("failed", "could not be computed"),
    ],
)
def test_how_far_the_report_is_stands_on_the_page_in_place_of_asking(
    client, people, page, status, words
):
    client.force_login(people.manager)
    assert f"{page}ask/" in client.get(page).content.decode()
    client.post(f"{page}ask/")
    ReportRun.objects.update(status=status)

    shown = client.get(page).content.decode()
    asked = client.post(f"{page}ask/", follow=True)

    assert words in shown
    assert "Not asked for yet" not in shown
    assert f"{page}ask/" not in shown
    assert "Try again" not in shown
    (message,) = asked.context["messages"]
    assert words in str(message)
    assert message.level_tag == ("warning" if status == "failed" else "success")


def test_an_admin_has_a_failed_run_tried_again_from_there(client, people, page):
    client.force_login(people.admin)
    client.post(f"{page}ask/")
    ReportRun.objects.update(status="failed")
    again = f"/secretariat/engine/runs/{ReportRun.objects.get().pk}/again/"

    assert again in client.get(page).content.decode()
    client.post(again)

    assert ReportRun.objects.get().status == "queued"
    assert "waits to be computed" in client.get(page).content.decode()


def test_so_it_does_for_the_next_revision(client, partnership, people, page):
    client.force_login(people.manager)
    client.post(f"{page}lessons/", {"text": "First.", "version": "0"})
    client.post(f"{page}ask/")
    compute(ReportRun.objects.get())
    client.post(f"{page}lessons/", {"text": "Second.", "version": "1"})
    assert f"{page}ask/" in client.get(page).content.decode()
    client.post(f"{page}ask/")

    shown = client.get(page).content.decode()

    assert ReportRun.objects.count() == 2
    assert "waits to be computed" in shown
    assert f"{page}ask/" not in shown
    assert "Ask for the next revision" not in shown


def test_an_outsider_does_not_learn_whether_a_section_was_begun(api, partnership):
    section = NarrativeSectionFactory(partnership=partnership, topic="lessons")
    api.force_authenticate(UserFactory())
    body = {"partnership": partnership.pk, "year": section.year, "text": "New."}

    answers = [
        api.post("/api/v1/narrative-sections/", {**body, "topic": topic}, format="json")
        for topic in ("lessons", "variance")
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].content == answers[1].content


def test_endorsed_on_the_page_by_the_hash_that_was_read(client, partnership, people, page):
    report = AnnualReportFactory(partnership=partnership, in_reply=True)
    client.force_login(people.manager)
    form = client.get(f"/reports/{report.pk}/endorse/").content.decode()
    assert report.sha256 in form

    wrong = client.post(f"/reports/{report.pk}/endorse/", {"sha256": "0" * 64})
    right = client.post(f"/reports/{report.pk}/endorse/", {"sha256": report.sha256}, follow=True)

    assert wrong.status_code == 409
    assert people.membership.partner.name in right.content.decode()
    assert f"/reports/{report.pk}/endorse/" not in client.get(page).content.decode()
    assert "report-endorse" not in dict(moves(report, people.manager))
    assert "report-endorse" in dict(moves(report, people.lead_manager))
    assert ReportEndorsement.objects.count() == 1


def test_visitors_see_published_reports_and_no_drafts_of_the_text(client, partnership):
    NarrativeSectionFactory(partnership=partnership, text="Not yet public.")
    waiting = AnnualReportFactory(partnership=partnership, in_reply=True)
    home = f"/partnerships/{partnership.reference}/annual-report/"

    before = client.get(home).content.decode()
    made(waiting, "published")
    after = client.get(home).content.decode()

    assert f"/reports/{waiting.pk}/" not in before
    assert f"/reports/{waiting.pk}/" in after
    assert "Not yet public." not in after
    assert client.get(f"{home}2024/").status_code == 302
