"""The report of one organisation: its memberships, data and own figures."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.models import ReportKind
from monitoring.reports.documents import document_of
from monitoring.reports.snapshot import digest
from registry.models import Event
from registry.services.merging import merge_partners
from registry.services.unmerging import undo_merge
from tests.factories import (
    CommitmentFactory,
    CurrencyFactory,
    DeliveryFactory,
    DisclosureFactory,
    ExchangeRateFactory,
    GlobalIndicatorFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.monitoring.reported import Q2, built, end, indicator, partnership, report

pytestmark = pytest.mark.django_db
EARLY, LATER = datetime(2025, 5, 1, tzinfo=UTC), datetime(2025, 9, 2, tzinfo=UTC)


@pytest.fixture
def company():
    return PartnerFactory(kind="large_company")


def joined(partner, made=None, **fields):
    return MembershipFactory(partnership=made or partnership(), partner=partner, **fields)


def own(member, value, *, days=Q2, year=None, **fields):
    """A published report with a figure that the member alone is responsible for."""
    row = fields.pop("row", None) or IndicatorFactory(
        result__framework=member.partnership.frameworks.get(), responsible=member, **fields
    )
    return row, report(member.partnership, days, indicators=[indicator(row, value, year=year)])


def test_without_any_partnership_it_says_so(company):
    content = built("partner", partner=company)

    assert content["memberships"] == []
    assert content["promises"]["promises"] == content["data"]["due"] == 0
    text = document_of("partner", content).sections[0].blocks[0].text
    assert "took part in no public partnership" in text


def test_memberships_are_those_of_public_partnerships_on_the_day(company):
    here = joined(company, roles=["funding"])
    left = joined(company, left=True, ended_on=date(2025, 3, 31))
    joined(company, accepted_on=date(2025, 7, 1))
    joined(company, invited=True)
    joined(company, PartnershipFactory())  # a draft

    content = built("partner", partner=company)

    rows = {row["partnership"]: row for row in content["memberships"]}
    assert set(rows) == {here.partnership_id, left.partnership_id}
    assert rows[here.partnership_id]["roles"] == ["funding"]
    assert rows[left.partnership_id]["ended_on"] == "2025-03-31"
    assert (content["current"], content["former"]) == (1, 1)


def test_a_partnership_that_ended_is_none_that_it_takes_part_in(company):
    joined(company)
    for state in ("completed", "terminated"):
        joined(company, partnership(active=False, **{state: True}))

    content = built("partner", partner=company)

    assert [content[name] for name in ("current", "closed", "former")] == [1, 2, 0]
    text = document_of("partner", content).sections[0].blocks[0].text
    assert "It takes part in 1 public partnership on 30 June 2025. 2 other ones have ended." in text


def test_data_is_due_sent_and_in_time_by_its_own_units(company):
    member, other = joined(company), PartnerFactory()
    framework = member.partnership.frameworks.get()
    IndicatorFactory(result__framework=framework, by_place=False)
    theirs = MembershipFactory(partnership=member.partnership, partner=other)
    units = [ReportingUnitFactory(membership=one) for one in (member, theirs)]
    for number, day in enumerate((1, 90)):
        period = PeriodFactory(
            framework=framework,
            starts_on=date(2024, 1 + 3 * number, 1),
            ends_on=date(2024, 3 + 3 * number, 31 - number),
        )
        sent = SubmissionFactory(unit=units[0], period=period)
        Event.objects.create(
            kind="submission.submitted",
            subject_type="monitoring.submission",
            subject_id=sent.pk,
            became="submitted",
            at=datetime.combine(period.due_on, time(12), UTC).replace(year=2024)
            if day == 1
            else datetime(2025, 1, 1, tzinfo=UTC),
        )

    data = built("partner", partner=company)["data"]

    assert (data["due"], data["sent"], data["in_time"]) == (2, 2, 1)
    assert data["rows"][0]["partnership"] == member.partnership_id


def test_a_large_company_shows_disclosures_with_the_year_before(company):
    member = joined(company)
    tonnes = DisclosureFactory(unit="tonnes")
    row, _ = own(member, "900", days=(date(2024, 1, 1), date(2024, 12, 31)), disclosure=tonnes,
                 unit="Tonnes")  # fmt: skip
    own(member, "1000", year="100", row=row)
    own(joined(company), "7")  # of no standard

    content = built("partner", partner=company)

    assert content["basis"] == "esg"
    (figure,) = content["figures"]
    assert figure["disclosure"] == tonnes.pk
    assert (figure["year"]["value"], figure["previous"]["value"]) == ("100", "900")
    assert figure["in_standard_unit"] is True
    assert len(content["other_figures"]) == 1


def test_without_a_report_of_the_year_before_that_is_missing_and_not_zero(company):
    own(joined(company), "5", disclosure=DisclosureFactory())

    (figure,) = built("partner", partner=company)["figures"]

    assert figure["previous"]["value"] is None
    assert figure["previous"]["reason"] == "no_report"


def test_a_small_firm_shows_sdg_targets():
    firm = PartnerFactory(kind="msme")
    library = GlobalIndicatorFactory(code="6.1.1")
    member = joined(firm)
    member.partnership.targets.add(library.target)
    own(member, "5", global_indicator=library)

    content = built("partner", partner=firm)

    assert content["basis"] == "sdg_targets"
    assert [row["target"] for row in content["figures"]] == [library.target_id]
    assert content["targets"] == [{"target": library.target_id, "partnerships": 1}]


def test_what_members_report_together_is_told_of_the_partnership():
    organisation = PartnerFactory(kind="civil_society")
    member = joined(organisation)
    row = IndicatorFactory(result__framework=member.partnership.frameworks.get())
    report(member.partnership, indicators=[indicator(row, "40")])

    content = built("partner", partner=organisation)

    assert content["basis"] == "results"
    assert content["figures"] == []
    assert [one["to_date"]["value"] for one in content["together"]] == ["40"]


def test_nothing_is_shown_that_is_not_published(company):
    member = joined(company)
    row, published = own(member, "5", disclosure=DisclosureFactory())
    end(published, "withdrawn", EARLY)

    assert built("partner", partner=company)["figures"] == []
    assert row.responsible == member


def test_the_basis_is_the_one_that_was_set_by_the_cutoff(company):
    admin = UserFactory(admin=True)
    company.override_basis("results", reason="A cooperative.", by=admin)
    Event.objects.filter(kind="partner.basis_overridden").update(at=LATER)

    assert built("partner", partner=company)["basis"] == "esg"
    late = datetime(2025, 9, 3, tzinfo=UTC)
    assert built("partner", partner=company, cutoff_at=late)["basis"] == "results"


def test_a_merge_is_told_and_changes_no_report_of_before(company):
    admin, twin = UserFactory(admin=True), PartnerFactory(kind="large_company")
    joined(company)
    theirs = joined(twin)
    before = digest(built("partner", partner=company))
    merge_partners(twin, into=company, reason="The same organisation twice.", by=admin)
    now = datetime.now(UTC)

    assert digest(built("partner", partner=company)) == before
    assert len(built("partner", partner=twin)["memberships"]) == 1
    content = built("partner", partner=company, cutoff_at=now)
    assert content["took_over"] == [twin.pk]
    assert theirs.partnership_id in [row["partnership"] for row in content["memberships"]]
    old = built("partner", partner=twin, cutoff_at=now)
    assert old["merged_into"] == company.pk
    assert company.name in document_of("partner", old).notices[0]


def test_taking_a_merge_back_changes_no_report_of_before(company):
    admin, twin = UserFactory(admin=True), PartnerFactory(kind="large_company")
    theirs = joined(twin)
    with time_machine.travel(datetime(2025, 8, 1, tzinfo=UTC), tick=False):
        merge = merge_partners(twin, into=company, reason="The same twice.", by=admin)
    before = built("partner", partner=company)
    assert [row["partnership"] for row in before["memberships"]] == [theirs.partnership_id]

    with time_machine.travel(datetime(2025, 10, 1, tzinfo=UTC), tick=False):
        undo_merge(merge, by=admin, reason="Two after all.")

    assert digest(built("partner", partner=company)) == digest(before)
    assert built("partner", partner=twin)["memberships"] == []
    late = datetime(2025, 10, 2, tzinfo=UTC)
    assert len(built("partner", partner=twin, cutoff_at=late)["memberships"]) == 1
    assert built("partner", partner=company, cutoff_at=late)["memberships"] == []


def test_the_same_two_dates_give_the_same_hash_after_newer_data(company):
    member = joined(company)
    _, published = own(member, "5", disclosure=DisclosureFactory())
    euro = CurrencyFactory(code="EUR")
    of = {"membership": member, "partnership": member.partnership, "currency": euro}
    promise = CommitmentFactory(**of)
    before = digest(built("partner", partner=company))

    end(published, "superseded", LATER)
    CommitmentFactory(**of, created_at=LATER)
    DeliveryFactory(commitment=promise, currency=euro, confirmed=True, confirmed_at=LATER)
    ExchangeRateFactory(currency=euro, loaded_at=LATER)
    joined(company, created_at=LATER)
    member.change(status="left", ended_on=date(2025, 8, 1))

    assert digest(built("partner", partner=company)) == before


def cost(partner, count):
    for _ in range(count):
        member = joined(partner)
        own(member, "5", disclosure=DisclosureFactory())
        CommitmentFactory(membership=member, partnership=member.partnership)
    with CaptureQueriesContext(connection) as queries:
        built(ReportKind.PARTNER, partner=partner)
    return len(queries)


def test_asks_as_many_queries_for_ten_partnerships_as_for_two(company):
    assert cost(company, 2) == cost(company, 8)
