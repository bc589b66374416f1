"""A partner's report on its promises: kept, late, in part, handed over, in any currency."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from monitoring.reports.documents import document_of
from monitoring.reports.kinds import membership
from monitoring.reports.kinds.annual import promises as annual_promises
from monitoring.reports.snapshot import digest
from partnerships.services.handovers import accept_commitment, offer_commitment
from tests.factories import (
    CommitmentFactory,
    CurrencyFactory,
    DeliverableFactory,
    DeliveryFactory,
    ExchangeRateFactory,
    ImportBatchFactory,
    MembershipFactory,
    PartnerFactory,
    UserFactory,
)
from tests.monitoring.reported import CUTOFF, built, partnership

pytestmark = pytest.mark.django_db
EARLY, LATER = datetime(2025, 5, 1, tzinfo=UTC), datetime(2025, 9, 2, tzinfo=UTC)


@pytest.fixture
def company():
    return PartnerFactory(kind="large_company")


def joined(partner, made=None, **fields):
    return MembershipFactory(partnership=made or partnership(), partner=partner, **fields)


def test_promises_are_kept_in_time_late_in_part_or_not(company):
    euro = CurrencyFactory(code="EUR")
    ExchangeRateFactory(currency=euro, usd=Decimal("1.25"))
    member = joined(company)

    def promise(due_on, *arrived, **fields):
        of = {"membership": member, "partnership": member.partnership, "currency": euro}
        made = CommitmentFactory(**of, amount=100, due_on=due_on, **fields)
        for day, amount in arrived:
            common = {"amount": amount, "currency": euro, "confirmed": True, "status": "confirmed"}
            DeliveryFactory(commitment=made, delivered_on=day, **common)
        return made

    promise(date(2025, 4, 30), (date(2025, 4, 1), 60), (date(2025, 4, 30), 40))
    promise(date(2025, 4, 30), (date(2025, 4, 1), 60), (date(2025, 5, 1), 40))
    promise(date(2025, 4, 30), (date(2025, 4, 1), 60))
    promise(date(2025, 4, 30))
    promise(date(2025, 12, 31))
    taken_back = {"withdrawn": True, "withdrawn_on": date(2025, 3, 1)}
    promise(date(2025, 4, 30), **taken_back)
    promise(date(2025, 12, 31), **taken_back)
    promise(date(2025, 4, 30), **taken_back, receiver_agreed=True)

    promises = built("partner", partner=company)["promises"]

    assert promises["states"] == {
        "kept_in_time": 1,
        "kept_late": 1,
        "partly": 1,
        "not_kept": 2,
        "not_due": 1,
        "taken_back": 1,
        "withdrawn": 1,
    }
    # all but the one that the receiver let go: 700 EUR; due 500; arrived 100 + 100 + 60; × 1.25
    assert promises["promises"] == 7
    sums = [promises[name] for name in ("promised_usd", "due_usd", "arrived_usd")]
    assert sums == ["875", "625", "325"]


def test_of_many_promises_the_newest_are_listed_and_the_rest_is_counted(company, monkeypatch):
    monkeypatch.setattr(membership, "LISTED", 2)
    member = joined(company)
    of = {"membership": member, "partnership": member.partnership}
    days = [date(2025, 1, 31), date(2024, 12, 31), date(2025, 9, 30), date(2025, 6, 30)]
    made = [CommitmentFactory(**of, due_on=day) for day in days]

    content = built("partner", partner=company)

    listed = [row["commitment"] for row in content["promises"]["rows"]]
    assert listed == [made[2].pk, made[3].pk]
    tables = {table.key: table for table in document_of("partner", content).tables()}
    assert tables["commitments"].notes == ["2 more are not listed."]


def test_a_promise_without_a_due_date_is_kept_and_never_late(company):
    member = joined(company)
    of = {"membership": member, "partnership": member.partnership, "due_on": None}
    brought = ImportBatchFactory()  # a published file need not say when it is due
    kept, open_one = (CommitmentFactory(**of, import_batch=brought) for _ in range(2))
    DeliveryFactory(
        commitment=kept, amount=kept.amount, currency=kept.currency,
        delivered_on=date(2025, 4, 1),
        confirmed=True, status="confirmed",
    )  # fmt: skip

    content = built("partner", partner=company)

    rows = {row["commitment"]: row["state"] for row in content["promises"]["rows"]}
    assert rows == {kept.pk: "kept", open_one.pk: "undated"}
    document = document_of("partner", content)
    (states,) = [t for t in document.tables() if t.key == "promises"]
    assert states.rows == [["Kept, without a due date", 1], ["Without a due date", 1]]
    summary = document.sections[0].blocks[0].text
    assert "Of 2 commitments it kept 0 in time and 0 late. It kept 1 more, which had no" in summary


def test_a_promise_in_parts_is_kept_once_each_part_came(company):
    member = joined(company)

    def promise(*days):
        of = {"membership": member, "partnership": member.partnership, "amount": None}
        made = CommitmentFactory(
            **of, kind="expertise", stage="", currency=None, due_on=date(2025, 4, 30)
        )
        for day in days:
            part = DeliverableFactory(
                commitment=made,
                due_on=date(2025, 4, 1),
                created_at=datetime(2025, 1, 1, tzinfo=UTC),
            )
            if day:
                came = DeliveryFactory(
                    commitment=made, delivered_on=day, amount=None, currency=None,
                    confirmed=True, status="confirmed",
                )  # fmt: skip
                came.deliverables.set([part])
        return made.pk

    in_time = promise(date(2025, 4, 1), date(2025, 4, 30))
    late = promise(date(2025, 4, 1), date(2025, 5, 1))
    partly = promise(date(2025, 4, 1), None)
    none = promise(None, None)

    rows = built("partner", partner=company)["promises"]["rows"]

    assert {row["commitment"]: row["state"] for row in rows} == {
        in_time: "kept_in_time",
        late: "kept_late",
        partly: "partly",
        none: "not_kept",
    }
    annual = annual_promises(member.partnership, date(2025, 6, 30), CUTOFF)
    assert (annual["due"], annual["kept"]) == (4, 2)


def test_a_promise_handed_over_later_stays_in_the_report_of_before(company):
    giver = joined(company)
    taker = joined(PartnerFactory(), giver.partnership)
    dollar = CurrencyFactory(code="USD")
    promise = CommitmentFactory(
        membership=giver, partnership=giver.partnership, amount=100, currency=dollar,
        due_on=date(2025, 4, 30),
    )  # fmt: skip
    before = built("partner", partner=company)
    assert before["promises"]["due_usd"] == "100"

    admin = UserFactory(admin=True)
    accept_commitment(offer_commitment(promise, to=taker, by=admin), by=admin)

    assert digest(built("partner", partner=company)) == digest(before)
    assert built("partner", partner=taker.partner)["promises"]["promises"] == 0
    now = datetime.now(UTC)
    assert built("partner", partner=company, cutoff_at=now)["promises"]["promises"] == 0
    later = built("partner", partner=taker.partner, cutoff_at=now)["promises"]
    assert later["due_usd"] == "100"


def test_a_currency_without_a_rate_is_named_and_in_no_sum(company):
    member = joined(company)
    yen = CurrencyFactory(code="JPY")
    CommitmentFactory(membership=member, partnership=member.partnership, currency=yen)

    content = built("partner", partner=company)

    assert content["promises"]["without_rate"] == ["JPY"]
    assert content["promises"]["promised_usd"] == "0"
    assert "JPY" in document_of("partner", content).notices[0]
