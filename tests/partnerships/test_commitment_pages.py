"""Pages of commitments and money: what members do there, and what is refused and kept."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from partnerships.models import BudgetLine, Commitment, Deliverable, Delivery, Expenditure
from partnerships.models.waiting import tasks_of
from tests.factories import (
    BudgetLineFactory,
    CommitmentFactory,
    CurrencyFactory,
    DeliverableFactory,
    DeliveryEvidenceFactory,
    DeliveryFactory,
    DueDateFactory,
    ExchangeRateFactory,
    ExpenditureFactory,
    MembershipFactory,
    PartnershipFactory,
    PlannedDisbursementFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def commitment():
    return CommitmentFactory()


@pytest.fixture
def giver(client, commitment):
    user = UserFactory(manages=commitment.membership.partner)
    client.force_login(user)
    return user


def address(record, act="", kind="commitments"):
    partnership = record.partnership if hasattr(record, "partnership") else None
    partnership = partnership or record.commitment.partnership
    return f"/partnerships/{partnership.reference}/{kind}/{record.pk}/{act}{'/' if act else ''}"


def receiver_of(commitment):
    lead = commitment.partnership.memberships.get(roles__contains=["lead"])
    return UserFactory(manages=lead.partner)


def test_a_member_promises_on_a_page(client):
    membership = MembershipFactory(partnership=PartnershipFactory(active=True))
    usd = CurrencyFactory()
    client.force_login(UserFactory(manages=membership.partner))
    url = f"/partnerships/{membership.partnership.reference}/commitments/new/"
    typed = {
        "membership": membership.pk,
        "title": "Two wells",
        "kind": "finance",
        "amount": "1000",
        "currency": usd.pk,
        "committed_on": "2024-02-01",
        "due_on": "2031-01-01",
    }

    refused = client.post(url, typed)
    assert "The due date is outside the partnership" in refused.content.decode()
    assert 'value="Two wells"' in refused.content.decode()
    assert not Commitment.objects.exists()

    made = client.post(url, typed | {"due_on": "2025-01-01"})
    assert (made.status_code, Commitment.objects.get().stage) == (302, "commitment")


def test_a_delivery_is_recorded_with_its_evidence_or_not_at_all(client, commitment, giver):
    part = DeliverableFactory(commitment=commitment)
    typed = {"delivered_on": "2024-06-30", "amount": "10", "deliverables": part.pk,
             "title": "Receipt", "version": 1}  # fmt: skip
    wrong = SimpleUploadedFile("receipt.pdf", b"MZ\x00")

    refused = client.post(address(commitment, "deliver"), {**typed, "file": wrong})
    assert "A PDF, a picture" in refused.content.decode()
    assert not Delivery.objects.exists()

    good = SimpleUploadedFile("receipt.pdf", b"%PDF-1.7")
    assert client.post(address(commitment, "deliver"), {**typed, "file": good}).status_code == 302
    delivery = Delivery.objects.get()
    assert list(delivery.deliverables.all()) == [part]
    evidence = delivery.evidence.get()
    page = f"/partnerships/{commitment.partnership.reference}/delivery-evidence/{evidence.pk}/"
    assert b"".join(client.get(page).streaming_content) == b"%PDF-1.7"


def test_the_receiver_confirms_with_one_click_and_it_waits_until_then(client, commitment):
    delivery = DeliveryFactory(commitment=commitment)
    by = receiver_of(commitment)
    client.force_login(by)
    lead = commitment.partnership.memberships.get(roles__contains=["lead"]).partner
    page = f"/partnerships/{commitment.partnership.reference}/commitments/"
    assert "Waiting for your word" in client.get(page).content.decode()
    assert [task.url for task in tasks_of(by, lead) if task.kind == "delivery"] == [page]

    url = address(delivery, "confirm", "deliveries")
    assert client.post(url, {"version": delivery.version}).status_code == 302

    assert Delivery.objects.get().status == "confirmed"
    assert "Waiting for your word" not in client.get(page).content.decode()
    again = client.post(url, {"version": delivery.version})
    assert "was confirmed already" in again.content.decode()


def test_the_giver_is_not_asked_to_confirm_its_own(client, commitment, giver):
    DeliveryFactory(commitment=commitment)

    assert tasks_of(giver, commitment.membership.partner) == []
    page = client.get(f"/partnerships/{commitment.partnership.reference}/commitments/")
    assert "Waiting for your word" not in page.content.decode()


def test_a_stale_page_is_told_so_and_what_was_typed_stays(client, commitment, giver):
    Commitment.objects.get(pk=commitment.pk).change()  # version 2
    typed = {"due_on": "2026-06-30", "reason": "Customs took longer.", "version": 1}

    answer = client.post(address(commitment, "postpone"), typed)

    assert answer.status_code == 409
    assert "Customs took longer." in answer.content.decode()
    assert 'name="version" value="2"' in answer.content.decode(), "so that it can be sent again"
    assert not commitment.due_dates.exists()


@pytest.mark.parametrize(
    ("act", "typed", "check"),
    [
        ("postpone", {"due_on": "2026-06-30", "reason": "Customs."},
         lambda c: c.due_dates.exists()),
        ("withdraw", {"reason": "Budget cut."}, lambda c: c.status == "withdrawn"),
        ("deliverable", {"title": "Pumps", "due_on": "2025-01-01"},
         lambda c: Deliverable.objects.exists()),
        ("plan", {"starts_on": "2025-01-01", "ends_on": "2025-02-01", "amount": 5},
         lambda c: c.planned_disbursements.exists()),
        ("edit", {"title": "Better words", "reason": "A slip."},
         lambda c: c.title == "Better words" and c.corrections.exists()),
    ],
)  # fmt: skip
def test_the_member_does_the_rest(client, commitment, giver, act, typed, check):
    assert client.get(address(commitment, act)).status_code == 200
    answer = client.post(address(commitment, act), {**typed, "version": 1})

    assert answer.status_code == 302, answer.content.decode()
    assert check(Commitment.objects.get())


def test_pages_show_what_is_late_postponed_and_disputed_and_hide_the_reason(client):
    commitment = CommitmentFactory(title="<b>Wells</b>", due_on=date(2024, 12, 31))
    DueDateFactory(commitment=commitment, due_on=date(2026, 12, 31))
    DeliverableFactory(commitment=commitment)
    PlannedDisbursementFactory(commitment=commitment)
    disputed = DeliveryFactory(commitment=commitment, disputed=True)
    DeliveryEvidenceFactory(delivery=disputed, title="Bank statement")

    listed = client.get(f"/partnerships/{commitment.partnership.reference}/commitments/")
    shown = client.get(address(commitment)).content.decode()

    assert "&lt;b&gt;Wells" in listed.content.decode()
    assert "postponed to 31 Dec 2026" in listed.content.decode()
    for text in ("Disputed", "Planned disbursements", "Customs took longer than planned."):
        assert text in shown
    assert "Half of it is missing" not in shown
    assert "Bank statement" not in shown
    client.force_login(UserFactory(admin=True))
    shown = client.get(address(commitment)).content.decode()
    assert "Half of it is missing" in shown
    assert "Bank statement" in shown


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_costs_the_same_at_any_length(client, django_assert_max_num_queries, count):
    partnership = PartnershipFactory(active=True)
    for _ in range(count):
        DeliveryFactory(commitment=CommitmentFactory(partnership=partnership))

    with django_assert_max_num_queries(20):
        client.get(f"/partnerships/{partnership.reference}/commitments/")


def test_money_is_drawn_summed_and_a_missing_rate_is_named(client):
    partnership = PartnershipFactory(active=True)
    eur = CurrencyFactory(code="EUR")
    line = BudgetLineFactory(partnership=partnership, amount=100)
    ExpenditureFactory(line=line, amount=150, note="Paid to Ana.")
    CommitmentFactory(partnership=partnership, currency=eur)

    page = client.get(f"/partnerships/{partnership.reference}/budget/").content.decode()

    assert "More than budgeted" in page
    assert "no total: no rate for EUR on 1 Jan 2024" in page
    assert (
        'aria-label="USD: Budget 100; Committed none recorded; Disbursed none recorded; Spent 150"'
        in page
    )
    assert "Paid to Ana." not in page
    ExchangeRateFactory(currency=eur, on=date(2023, 12, 31), usd="1.10")
    assert "USD 110,000" in client.get(
        f"/partnerships/{partnership.reference}/budget/"
    ).content.decode()  # fmt: skip


def test_budget_lines_of_a_draft_and_spending_are_entered_on_pages(client):
    draft, usd = PartnershipFactory(), CurrencyFactory()
    client.force_login(UserFactory(manages=draft.memberships.get().partner))
    base = f"/partnerships/{draft.pk}/budget/"
    typed = {"title": "Wells", "amount": "10", "currency": usd.pk,
             "starts_on": "2024-01-01", "ends_on": "2024-12-31"}  # fmt: skip

    refused = client.post(f"{base}new/", typed | {"amount": "-1"}).content.decode()
    assert "An amount of 0 or more." in refused
    assert client.post(f"{base}new/", typed).status_code == 302
    line = BudgetLine.objects.get()
    spent = {"starts_on": "2024-01-01", "ends_on": "2024-03-31", "amount": "4", "version": 1}
    late = {**spent, "ends_on": str(timezone.localdate().replace(year=2099))}
    assert "has not come yet" in client.post(f"{base}{line.pk}/spent/", late).content.decode()
    assert client.post(f"{base}{line.pk}/spent/", spent).status_code == 302
    row = Expenditure.objects.get()
    remove = f"/partnerships/{draft.pk}/expenditures/{row.pk}/remove/"
    assert client.post(remove, {"version": 1}).status_code == 302
    assert client.post(f"{base}{line.pk}/remove/", {"version": 1}).status_code == 302
    assert not BudgetLine.objects.exists()


def test_unknown_acts_and_other_partnerships_rows_are_not_there(client, commitment, giver):
    other = CommitmentFactory()

    assert client.get(address(commitment, "explode")).status_code == 404
    url = f"/partnerships/{commitment.partnership.reference}/commitments/{other.pk}/"
    assert client.get(url).status_code == 404
