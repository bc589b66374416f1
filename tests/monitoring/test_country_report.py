"""The country report against figures by hand, in the comments. As of 30 June 2025."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.reports.documents import document_of
from monitoring.reports.documents.parts import Missing
from monitoring.reports.kinds import country_rows
from monitoring.reports.snapshot import canonical
from registry.models import NationalPriority
from tests.factories import (
    NOON,
    CommitmentFactory,
    ContributionStatementFactory,
    CountryFactory,
    CurrencyFactory,
    DeliveryFactory,
    ExchangeRateFactory,
    FocalPointFactory,
    GlobalIndicatorFactory,
    IndicatorFactory,
    MembershipFactory,
    NationalPriorityFactory,
    PartnerFactory,
    PartnershipCountryFactory,
    TargetFactory,
)
from tests.monitoring.reported import built, indicator, partnership, report

pytestmark = pytest.mark.django_db
SAID = datetime(2025, 8, 1, tzinfo=UTC)


@pytest.fixture
def kenya():
    return CountryFactory(alpha2="KE")


@pytest.fixture
def peru():
    return CountryFactory(alpha2="PE")


def at_work_in(*countries, **fields):
    made = partnership(**fields)
    for country in countries:
        PartnershipCountryFactory(partnership=made, country=country)
    return made


def of(made, library, **fields):
    return IndicatorFactory(
        result__framework=made.frameworks.get(),
        global_indicator=library,
        library_link="identical",
        unit="people",
        **fields,
    )


def place(country, row, value):
    said = indicator(row, value)
    return {"country": country.pk, "indicators": [{"id": row.pk, **_spans(said)}]}


def _spans(said):
    return {name: said[name] for name in ("year", "to_date")}


def words(content):
    document = document_of("country", content)
    tables = {table.key: table for table in document.tables()}
    return document, tables


def test_nothing_is_said_right(kenya):
    content = built("country", country=kenya)

    assert content["counts"]["public"] == 0
    assert content["validation"]["is_validated"] is False
    document, tables = words(content)
    assert document.notices[0] == (
        "Not validated by the Government: 0 of 0 entries are confirmed or commented."
        " The country had named no national focal point."
    )
    assert "No partnership is known to have worked in the country by then." in document.notices
    assert "The country had listed no priorities." in document.notices
    assert tables["partnerships"].rows == []


def test_counts_who_works_here_alone_or_elsewhere_too(kenya, peru):
    at_work_in(kenya, level="national")
    at_work_in(kenya, peru, level="regional")
    at_work_in(kenya, level="national", active=False, terminated=True)
    at_work_in(peru)

    content = built("country", country=kenya)

    assert content["counts"] == {
        "public": 3,
        "running": 2,
        "closed": 1,
        "only_here": 1,
        "current": 0,
        "never": 2,
    }
    assert content["levels"] == [
        {"level": "national", "partnerships": 1},
        {"level": "regional", "partnerships": 1},
    ]
    _, tables = words(content)
    assert len(tables["partnerships"].rows) == 3


def test_members_by_sector_and_from_the_country_those_that_left_are_none(kenya):
    made = at_work_in(kenya, lead=PartnerFactory(kind="civil_society", country=None))
    ministry = PartnerFactory(kind="national_government", country=kenya)
    gone = PartnerFactory(kind="academic", country=kenya)
    MembershipFactory(partnership=made, partner=ministry)
    MembershipFactory(partnership=made, partner=gone, status="left", ended_on=date(2025, 6, 29))

    content = built("country", country=kenya)

    sectors = {row["sector"]: row["partners"] for row in content["sectors"]}
    assert sectors == {"civil_society": 1, "public": 1}
    assert content["members"] == {"n": 1, "listed": [{"partner": ministry.pk, "partnerships": 1}]}


def test_promises_of_those_that_work_elsewhere_are_apart_and_what_has_no_rate_is_named(kenya, peru):
    """Only here: 1,000 USD + 200 EUR at 1.1 = 1,220; confirmed 500. Elsewhere too: 7,000."""
    usd, euro, shilling = (CurrencyFactory(code=code) for code in ("USD", "EUR", "KES"))
    ExchangeRateFactory(currency=euro, on=date(2023, 12, 29), usd=Decimal("1.1"))
    here, both = at_work_in(kenya), at_work_in(kenya, peru)
    kept = CommitmentFactory(partnership=here, amount=1000, currency=usd)
    CommitmentFactory(partnership=here, amount=200, currency=euro)
    CommitmentFactory(partnership=here, amount=90, currency=shilling)
    CommitmentFactory(partnership=both, amount=7000, currency=usd)
    given = {"commitment": kept, "currency": usd, "created_at": NOON}
    DeliveryFactory(amount=500, confirmed=True, **given)
    DeliveryFactory(amount=100, **given)

    content = built("country", country=kenya)

    usd_of = content["commitments"]["usd"]
    assert usd_of["only_here"] == {
        "partnerships": 1,
        "promised": "1220",
        "delivered": "600",
        "confirmed": "500",
    }
    assert usd_of["several"]["promised"] == "7000"
    assert content["commitments"]["without_rate"] == ["KES"]
    document, tables = words(content)
    assert any("KES" in notice for notice in document.notices)
    (row,) = [row for row in tables["currencies"].rows if row[1] == "KES"]
    assert row[-1] == Decimal(90)


def test_results_in_the_country_and_of_partnerships_that_work_nowhere_else(kenya, peru):
    """By place 12 in Kenya (30 in all), only here 5: 12 + 5 = 17; 100 of both is left out."""
    library = GlobalIndicatorFactory()
    placed, only, both = at_work_in(kenya, peru), at_work_in(kenya), at_work_in(kenya, peru)
    by_place = of(placed, library, by_place=True)
    report(placed, indicators=[indicator(by_place, "30")], places=[place(kenya, by_place, "12")])
    report(only, indicators=[indicator(of(only, library), "5")])
    report(both, indicators=[indicator(of(both, library), "100")])

    content = built("country", country=kenya)

    (found,) = content["results"]
    (line,) = found["lines"]
    assert (line["to_date"]["value"], line["partnerships"]) == ("17", 2)
    assert line["may_count_twice"] is True
    assert found["left_out"] == {"several_countries": 1}
    said = {row["partnership"]: row["value"] for row in content["figures"]}
    assert said == {placed.pk: "12", only.pk: "5"}
    _, tables = words(content)
    assert tables["results"].rows[0][-1] == "May count twice"
    assert tables["left_out"].rows[0][1] == "is not split by country"


def test_of_many_results_those_of_the_most_promised_are_listed_and_the_rest_is_counted(
    kenya, monkeypatch
):
    monkeypatch.setattr(country_rows, "LISTED", 2)
    library = GlobalIndicatorFactory()
    made = [at_work_in(kenya) for _ in range(4)]
    for one in made:
        report(one, indicators=[indicator(of(one, library), "5")])
    for one, amount in zip(made[2:], (10, 20), strict=True):
        CommitmentFactory(partnership=one, amount=amount, currency=CurrencyFactory(code="USD"))

    content = built("country", country=kenya)

    assert [row["partnership"] for row in content["figures"]] == [made[3].pk, made[2].pk]
    assert words(content)[1]["figures"].notes == ["2 more are not listed."]
    del content["figures_in_all"]  # a content of before did not count them
    assert words(content)[1]["figures"].notes == []


def test_a_report_of_the_year_before_says_nothing_of_the_year(kenya):
    """The latest report, of 2024's last quarter, is current: its year was another one."""
    made = at_work_in(kenya)
    row = of(made, GlobalIndicatorFactory())
    days = (date(2024, 10, 1), date(2024, 12, 31))
    report(made, days, indicators=[indicator(row, "900", year="400")])

    content = built("country", country=kenya)

    (said,) = content["figures"]
    assert (said["year_value"], said["year_reason"], said["value"]) == (None, "no_report", "900")
    _, tables = words(content)
    assert tables["figures"].rows[0][4:6] == [Missing("no report in the year"), Decimal(900)]


def test_against_what_the_country_wants(kenya):
    """Water is served by one with 1,000 USD and a result, health by nobody; one serves none."""
    water, health = TargetFactory(code="6.1"), TargetFactory(code="3.8")
    serving, other = at_work_in(kenya), at_work_in(kenya)
    serving.targets.add(water)
    CommitmentFactory(partnership=serving, amount=1000, currency=CurrencyFactory(code="USD"))
    library = GlobalIndicatorFactory(target=water)
    report(serving, indicators=[indicator(of(serving, library), "5")])
    first = NationalPriorityFactory(country=kenya, title="الماء للجميع", targets=[water])
    second = NationalPriorityFactory(
        country=kenya, title="全民健康", targets=[health], text="二〇三〇"
    )
    vague = NationalPriorityFactory(country=kenya, title="Prosperity")
    ended = NationalPriorityFactory(country=kenya, targets=[water])
    NationalPriority.objects.filter(pk=ended.pk).update(
        until_on=date(2025, 6, 29), ended_at=datetime(2025, 6, 29, tzinfo=UTC)
    )

    content = built("country", country=kenya)

    of_water = next(one for one in content["priorities"]["listed"] if one["id"] == first.pk)
    assert of_water["partnerships"] == [serving.pk]
    assert of_water["promised_usd"] == "1000"
    assert of_water["results"] == [library.pk]
    assert content["priorities"]["unserved"] == [second.pk]
    assert content["priorities"]["without_targets"] == [vague.pk]
    assert content["priorities"]["serving_none"] == [other.pk]
    assert len(content["priorities"]["listed"]) == 3
    document, tables = words(content)
    assert tables["priorities"].rows[0][0] == "الماء للجميع"
    texts = [block.text for block in document.blocks() if hasattr(block, "text")]
    assert "No partnership serves “全民健康”." in texts
    assert "二〇三〇" in texts


def test_validated_when_every_entry_is_confirmed_or_commented(kenya):
    point = FocalPointFactory(partner__country=kenya, created_at=datetime(2023, 1, 2, tzinfo=UTC))
    one, two = at_work_in(kenya), at_work_in(kenya)

    def say(about, at=SAID, **fields):
        return ContributionStatementFactory(
            partnership=about, focal_point=point, year=2025, said_at=at, **fields
        )

    say(one)
    say(two, cited=True)  # a citation is no answer
    content = built("country", country=kenya)
    assert content["validation"]["focal_point"] == point.partner_id
    assert (content["validation"]["answered"], content["validation"]["due"]) == (1, 2)
    assert words(content)[0].notices[0] == (
        "Not validated by the Government: 1 of 2 entries are confirmed or commented."
    )

    say(two, at=datetime(2025, 8, 2, tzinfo=UTC), commented=True, text="Half of it.")
    say(two, at=datetime(2025, 9, 2, tzinfo=UTC))  # after the cut-off
    content = built("country", country=kenya)
    assert content["validation"]["is_validated"] is True
    document, tables = words(content)
    assert document.notices[0] == (
        "Validated by the Government: 2 entries, all of them, are confirmed or commented."
    )
    assert "Half of it." in [block.text for block in document.blocks() if hasattr(block, "text")]
    cited = {row[0].text: row[3] for row in tables["entries"].rows}
    assert cited[str(two)] == "Voluntary National Review 2024, page 41"


def test_of_another_year_or_country_is_no_answer(kenya, peru):
    made = at_work_in(kenya, peru)
    point = FocalPointFactory(partner__country=kenya)
    other = FocalPointFactory(partner__country=peru)
    ContributionStatementFactory(partnership=made, focal_point=point, year=2024, said_at=SAID)
    ContributionStatementFactory(partnership=made, focal_point=other, year=2025, said_at=SAID)

    assert built("country", country=kenya)["validation"]["answered"] == 0


def test_the_scorecard_is_of_those_that_work_here(kenya, peru):
    report(at_work_in(kenya), measures={"A1": "0.2"}, score="0.2")
    report(at_work_in(kenya, peru), measures={"A1": "0.6"}, score="0.6")
    report(at_work_in(peru), measures={"A1": "1"}, score="1")

    content = built("country", country=kenya)

    (measure,) = content["measures"]
    assert (measure["measured"], measure["mean"]) == (2, "0.4")
    assert content["scores"]["mean"] == "0.4"


def test_the_same_dates_give_the_same_content_whatever_came_later(kenya):
    point = FocalPointFactory(partner__country=kenya, created_at=datetime(2023, 1, 2, tzinfo=UTC))
    made = at_work_in(kenya)
    report(made, measures={"A1": "0.2"}, score="0.2")
    NationalPriorityFactory(country=kenya)
    before = canonical(built("country", country=kenya))

    later = datetime(2025, 9, 2, tzinfo=UTC)
    ContributionStatementFactory(partnership=made, focal_point=point, year=2025, said_at=later)
    NationalPriorityFactory(country=kenya, created_at=later)
    report(made, published=later, measures={"A1": "0.9"}, score="0.9")
    CommitmentFactory(membership=made.memberships.get(), created_at=later)

    assert canonical(built("country", country=kenya)) == before
    assert (
        canonical(built("country", country=kenya, cutoff_at=datetime(2025, 9, 3, tzinfo=UTC)))
        != before
    )


def test_one_number_of_queries_for_one_partnership_and_for_twelve(kenya):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            built("country", country=kenya)
        return len(captured)

    report(at_work_in(kenya), measures={"A1": "0.2"})
    NationalPriorityFactory(country=kenya, targets=[TargetFactory()])
    few = queries()
    for _ in range(11):
        report(at_work_in(kenya), measures={"A1": "0.2"})
        NationalPriorityFactory(country=kenya, targets=[TargetFactory()])

    assert queries() == few
