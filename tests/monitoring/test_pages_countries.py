"""A country's pages: for everybody, and for those who keep its list or speak for it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from monitoring.models import ContributionStatement, Report, ReportRun
from monitoring.reports.runs import compute
from partnerships.models.waiting import WORKSPACE
from registry.models import Event, NationalPriority, Notice
from registry.services.national_priorities import end_priority
from registry.telling import tell
from tests.factories import (
    ContributionStatementFactory,
    CountryFactory,
    FocalPointFactory,
    NationalPriorityFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    TargetFactory,
    UserFactory,
)
from tests.monitoring.reported import built

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_2026():
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        yield


@pytest.fixture
def kenya():
    return CountryFactory(alpha2="KE")


@pytest.fixture
def point(kenya):
    return FocalPointFactory(partner__country=kenya)


@pytest.fixture
def speaker(client, point):
    person = UserFactory(manages=point.partner)
    client.force_login(person)
    return person


def entry(country, **fields):
    made = PartnershipFactory(**(fields or {"active": True}))
    PartnershipCountryFactory(partnership=made, country=country)
    return made


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_reads_what_the_country_wants_and_who_works_there(client, kenya, point):
    NationalPriorityFactory(country=kenya, title="الماء للجميع", text="<b>نص</b>")
    made = entry(kenya)

    page = read(client, "/countries/ke/")

    assert "الماء للجميع" in page
    assert "&lt;b&gt;" in page
    assert made.title in page
    assert "0 of 1" in page
    assert "Not validated by the Government: 0 of 1 entries of 2025" in page
    assert "Kenya" in read(client, "/countries/")


def test_a_country_with_nothing_says_so(client):
    CountryFactory(alpha2="PE")

    page = read(client, "/countries/PE/")

    assert "the country has named no focal point" in page
    assert "The country has listed none." in page
    assert client.get("/countries/XX/").status_code == 404


def test_lists_rewords_orders_and_ends_without_a_script(client, kenya, speaker):
    target = TargetFactory()
    page = "/countries/KE/priorities/"
    wrong = client.post(page, {"title": "Water", "targets": "99.9"}).content.decode()
    assert "Not an SDG target: 99.9" in wrong
    client.post(page, {"title": "人人享有清洁饮水", "targets": target.code})
    client.post(page, {"title": "Health", "since_on": "2025-01-01"})
    first, second = NationalPriority.objects.in_order()
    assert list(first.targets.all()) == [target]

    client.post(f"{page}{second.pk}/place/", {"position": "1"})
    assert list(NationalPriority.objects.in_order()) == [second, first]
    client.post(f"{page}{first.pk}/reword/", {"title": "Safe water", "targets": ""})
    client.post(f"{page}{second.pk}/end/", {"reason": "Reached."})

    assert [one.title for one in NationalPriority.objects.filter(until_on=None)] == ["Safe water"]
    assert "Ended" in read(client, page)


@pytest.mark.parametrize("size", [2, 6])
def test_the_list_costs_the_same_at_any_size(
    client, kenya, speaker, django_assert_num_queries, size
):
    for ended in ({}, {"until_on": date(2026, 2, 1), "ended_at": timezone.now()}):
        for one in NationalPriorityFactory.create_batch(size, country=kenya, **ended):
            one.targets.add(TargetFactory())

    # session, user, country, its focal point, whether the caller speaks for it and asks for its
    # reports, unread notices; what stands with its targets and their goals, what ended with its
    # targets
    with django_assert_num_queries(12):
        read(client, "/countries/KE/priorities/")


def test_on_the_day_on_which_one_ended_the_next_does_not_go_up_from_the_first_place(
    client, kenya, speaker
):
    first, second = (NationalPriorityFactory(country=kenya, position=n) for n in (1, 2))
    page = "/countries/KE/priorities/"
    client.post(f"{page}{first.pk}/end/", {"reason": "Reached."})
    third = NationalPriorityFactory(country=kenya, position=3)

    shown = read(client, page)
    assert "Up<" in shown.split(f"{page}{third.pk}/place/")[1]
    assert "Up<" not in shown.split(f"{page}{second.pk}/place/")[1].split("</form>")[0]

    client.post(f"{page}{third.pk}/place/", {"position": "1"})
    assert list(NationalPriority.objects.filter(until_on=None).in_order()) == [third, second]


@pytest.mark.parametrize(
    ("act", "typed"),
    [("reword", {"title": "Safe water for all"}), ("end", {"reason": "All wells are dug."})],
)
def test_what_was_typed_stays_when_somebody_else_ended_it_meanwhile(
    client, kenya, speaker, act, typed
):
    one = NationalPriorityFactory(country=kenya)
    address = f"/countries/KE/priorities/{one.pk}/{act}/"
    read(client, address)
    end_priority(one, by=speaker, reason="Reached.")

    answer = client.post(address, typed)

    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "It ended on 2026-03-01." in shown
    assert next(iter(typed.values())) in shown
    assert client.get(address).status_code == 404


def test_confirms_several_after_a_check(client, kenya, speaker):
    one, two, left = entry(kenya), entry(kenya), entry(kenya)
    elsewhere = PartnershipFactory(active=True)
    chosen = {"year": "2025", "partnership": [one.pk, two.pk, elsewhere.pk, "x"]}

    check = client.post("/countries/KE/entries/confirm/", chosen).content.decode()
    assert "Confirm 2 entries of 2025?" in check
    assert not ContributionStatement.objects.exists()
    client.post("/countries/KE/entries/confirm/", chosen | {"confirmed": "1"})

    said = ContributionStatement.objects.all()
    assert {one.partnership_id for one in said} == {one.pk, two.pk}
    page = read(client, "/countries/KE/entries/?year=2025")
    assert "2 of 3 confirmed or commented." in page
    assert left.title in page
    nothing = client.post("/countries/KE/entries/confirm/", {"year": "2025"}).content.decode()
    assert "No entry was chosen" in nothing


def test_comments_and_cites_and_says_what_is_wrong_at_the_field(client, kenya, speaker):
    address = f"/countries/KE/entries/{entry(kenya).pk}/?year=2025"
    empty = client.post(address, {"kind": "commented"}).content.decode()
    assert "Write the comment." in empty
    halfway = client.post(address, {"kind": "cited", "review": "vnr"}).content.decode()
    assert "Say of which year the review is." in halfway
    cited = {"kind": "cited", "review": "hlpf", "review_year": "2025", "reference": "A/1"}
    assert client.post(address, cited).status_code == 302
    assert client.post(address, {"kind": "commented", "text": "نصفها"}).status_code == 302

    client.logout()
    page = read(client, "/countries/KE/entries/?year=2025")
    assert "نصفها" in page
    assert "High-level Political Forum 2025" in page
    assert "Confirm those chosen" not in page


def test_an_admin_keeps_the_list_and_does_not_speak(client, kenya, point):
    made = entry(kenya)
    client.force_login(UserFactory(admin=True))

    assert client.get("/countries/KE/priorities/").status_code == 200
    assert client.get(f"/countries/KE/entries/{made.pk}/").status_code == 403
    answer = client.post("/countries/KE/entries/confirm/", {"partnership": made.pk})
    assert answer.status_code == 403


def test_what_waits_is_told_in_the_workspace_until_it_is_answered(client, kenya, point, speaker):
    one = entry(kenya)
    words = "To confirm or comment: 1 entry of the report on Kenya for 2025"
    assert words in read(client, "/workspace/")

    ContributionStatementFactory(
        partnership=one, focal_point=point, year=2025, said_at=timezone.now()
    )
    assert words not in read(client, "/workspace/")
    assert len(WORKSPACE) == len(set(WORKSPACE))


def test_the_lead_is_told_what_a_government_says(client, kenya, speaker):
    made = entry(kenya)
    lead = UserFactory(manages=made.memberships.get().partner)
    client.post(f"/countries/KE/entries/{made.pk}/?year=2025", {"kind": "confirmed"})

    event = Event.objects.get(kind="contributionstatement.confirmed")
    tell(event)

    assert Notice.objects.get(user=lead).event == event


def test_a_draft_of_the_countrys_report_is_for_its_focal_point(client, kenya, speaker):
    days = (date(2025, 1, 1), date(2025, 12, 31))
    report = Report.objects.create(
        kind="country",
        country=kenya,
        starts_on=days[0],
        ends_on=days[1],
        reference_on=days[1],
        cutoff_at=timezone.now(),
        content=built("country", days, timezone.now(), country=kenya),
        sha256="0" * 64,
    )

    assert "Not validated by the Government" in read(client, f"/reports/{report.pk}/")
    assert f"/reports/{report.pk}/" in read(client, "/countries/KE/")
    client.force_login(UserFactory())
    assert client.get(f"/reports/{report.pk}/").status_code == 404


def test_its_focal_point_asks_for_the_report_of_the_last_year_and_then_for_a_revision(
    client, kenya, speaker
):
    client.post("/countries/KE/ask/")
    run = ReportRun.objects.get()
    assert (run.kind, run.country, run.starts_on, run.ends_on, run.revision) == (
        "country",
        kenya,
        date(2025, 1, 1),
        date(2025, 12, 31),
        1,
    )
    client.post("/countries/KE/ask/")  # not computed yet: the same run
    assert ReportRun.objects.get() == run
    report = compute(run)
    said = client.post("/countries/KE/ask/", follow=True).content.decode()
    assert "Nothing has changed that this report says" in said
    assert ReportRun.objects.count() == 1
    NationalPriorityFactory(country=kenya, created_at=report.cutoff_at + timedelta(seconds=1))
    client.post("/countries/KE/ask/")
    assert ReportRun.objects.count() == 2


@pytest.mark.parametrize(
    ("status", "words"),
    [("queued", "waits to be computed"), ("failed", "could not be computed")],
)
def test_how_far_its_report_is_stands_there_in_place_of_asking(
    client, kenya, speaker, status, words
):
    client.post("/countries/KE/ask/")
    ReportRun.objects.update(status=status)

    answer = client.post("/countries/KE/ask/", follow=True)

    assert words in " ".join(str(message) for message in answer.context["messages"])
    page = read(client, "/countries/KE/")
    assert words in page
    assert "/countries/KE/ask/" not in page
    client.logout()
    assert words not in read(client, "/countries/KE/")
