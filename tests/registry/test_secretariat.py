"""The secretariat's queue and its review of one partner."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from registry.models import FocalPoint, Partner
from tests.factories import FocalPointFactory, ImportBatchFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db
QUEUE = "/secretariat/partners/"


@pytest.fixture
def admin(client):
    admin = UserFactory(admin=True)
    client.force_login(admin)
    return admin


def waiting(**fields):
    days = fields.pop("days", 0)
    at = timezone.now() - timedelta(days=days)
    return PartnerFactory(pending=True, created_at=at, **fields)


def test_the_oldest_comes_first_with_its_age_and_who_may_be_the_same(client, admin):
    young = waiting(name="Alpha Wells", days=1)
    old = waiting(name="Tumaini Water Trust", days=40)
    twin = PartnerFactory(name="Tumaini Water Trusts")
    waiting(name="From a file", import_batch=ImportBatchFactory())

    answer = client.get(QUEUE)

    assert [row["partner"] for row in answer.context["rows"]] == [old, young]
    page = answer.content.decode()
    assert "40 days" in page
    assert f'href="/partners/{twin.pk}/">Tumaini Water Trusts' in page
    assert "2 partners to verify" in page
    files = client.get(QUEUE, {"source": "files"}).context["rows"]
    assert [row["partner"].name for row in files] == ["From a file"]


@pytest.mark.parametrize("size", [3, 60])
def test_the_queue_costs_the_same_at_any_size(client, admin, django_assert_num_queries, size):
    PartnerFactory.create_batch(size, pending=True)

    # session; user; page with those that may be the same; count; countries; unread notices
    with django_assert_num_queries(6):
        client.get(QUEUE)


def test_two_hundred_are_paged_without_gap_or_repeat(client, admin):
    partners = [waiting(name=f"{number} waits", days=number % 7) for number in range(203)]
    seen, after = [], ""

    while True:
        page = client.get(QUEUE, {"after": after} if after else {}).context["page"]
        seen += [row.pk for row in page.rows]
        after = page.next
        if not after:
            break

    assert sorted(seen) == sorted(partner.pk for partner in partners)
    assert seen[0] in {partner.pk for partner in partners[6::7]}


def test_those_chosen_are_verified_after_a_confirmation(client, admin):
    first, second, other = waiting(), waiting(), waiting()
    chosen = {"partner": [first.pk, second.pk]}

    page = client.post(QUEUE, chosen).content.decode()
    assert "Verify 2 partners?" in page
    assert Partner.objects.filter(status="verified").count() == 0
    client.post(QUEUE, {**chosen, "confirmed": "1"})

    verified = set(Partner.objects.filter(status="verified"))
    assert verified == {first, second}
    assert Partner.objects.get(pk=other.pk).status == "pending"


def test_who_is_refused_does_not_stop_the_others(client, admin):
    good, gone = waiting(), PartnerFactory(suspended=True, name="Suspended Ltd")

    chosen = {"partner": [gone.pk, good.pk, "x", "9" * 30], "confirmed": "1"}
    page = client.post(QUEUE, chosen).content.decode()

    assert "1 partner is verified." in page
    assert "Suspended Ltd</a>: Cannot go from suspended" in page
    assert Partner.objects.get(pk=good.pk).status == "verified"


def test_nobody_chosen_is_said(client, admin):
    assert "Nobody was chosen" in client.post(QUEUE, {}).content.decode()


def test_all_on_a_page_are_chosen_without_a_script(client, admin):
    waiting(), waiting()

    assert client.get(QUEUE, {"choose": "all"}).content.decode().count(" checked") == 2


def test_the_queue_as_csv_runs_nothing_in_a_spreadsheet(client, admin):
    row = waiting(name="=HYPERLINK(1)", days=3)
    waiting(name="Plain")

    text = client.get("/secretariat/partners.csv").content.decode("utf-8-sig")

    [first, second] = csv.DictReader(io.StringIO(text))
    assert (first["id"], first["name"], first["days"]) == (str(row.pk), "'=HYPERLINK(1)", "3")
    assert second["name"] == "Plain"


def test_a_partner_is_suspended_and_reinstated_with_reasons(client, admin):
    partner = PartnerFactory()
    address = f"/partners/{partner.pk}/review/"

    assert "There is a problem" in client.post(address, {"move": "suspend"}).content.decode()
    client.post(address, {"move": "suspend", "reason": "Exclusion criteria."})
    assert Partner.objects.get().status == "suspended"
    client.post(address, {"move": "reinstate", "reason": "Mended."})
    assert Partner.objects.get().status == "verified"
    page = client.post(address, {"move": "verify"}).content.decode()
    assert "Cannot go from verified" in page


def test_the_basis_is_overridden_and_taken_back(client, admin):
    partner = PartnerFactory(company=True)
    address = f"/partners/{partner.pk}/review/"

    client.post(address, {"move": "basis", "basis": "results", "reason": "State programme."})
    assert Partner.objects.get().reporting_basis == "results"
    client.post(address, {"move": "basis", "basis": "", "reason": "It has ended."})
    assert Partner.objects.get().reporting_basis == "esg"


def test_a_focal_point_is_named_and_ended(client, admin):
    partner = PartnerFactory(kind="national_government")
    address = f"/partners/{partner.pk}/review/"

    client.post(address, {"move": "name", "named_on": "2024-01-01"})
    assert partner.name in client.get("/focal-points/").content.decode()
    client.post(address, {"move": "end", "reason": "Elections."})

    assert FocalPoint.objects.get().ended_on == timezone.localdate()
    assert client.post(address, {"move": "end", "reason": "x"}).status_code == 404


def test_the_hub_counts_what_waits(client, admin):
    waiting(), waiting(import_batch=ImportBatchFactory())
    PartnerFactory(suspended=True)
    FocalPointFactory()

    context = client.get("/secretariat/").context

    counts = [context[name] for name in ("by_people", "by_files", "suspended", "focal_points")]
    assert counts == [1, 1, 1, 1]
