"""The page of what is measured: for everybody what is agreed, for members what is under way."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import (
    CategoryFactory,
    FrameworkFactory,
    GlobalIndicatorFactory,
    IndicatorFactory,
    PartnershipFactory,
    PeriodTargetFactory,
    ResultFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def address(people, rest=""):
    return f"/partnerships/{people.partnership.reference}/framework/{rest}"


def text_of(client, people, rest=""):
    return client.get(address(people, rest)).content.decode()


def test_everybody_reads_the_framework_in_force_with_its_sheets(client, people):
    framework = FrameworkFactory(
        partnership=people.partnership, agreed=True, assumptions="The lake stays."
    )
    top = ResultFactory(framework=framework, level="outcome", title="People drink safe water")
    below = ResultFactory(framework=framework, parent=top, title="Wells work")
    category = CategoryFactory(label="Women")
    indicator = IndicatorFactory(
        result=below,
        title="Households with a tap",
        ratio=True,
        unit="households",
        definition="A tap that gives water.",
        baseline_numerator=Decimal(1),
        baseline_denominator=Decimal(4),
        baseline_year=2023,
        global_indicator=GlobalIndicatorFactory(code="6.1.1"),
        library_link="proxy",
    )
    indicator.dimensions.add(category.dimension)
    PeriodTargetFactory(indicator=indicator, value=Decimal("0.5"))

    text = text_of(client, people)

    for said in (
        "The lake stays.",
        "People drink safe water",
        "Wells work",
        "A tap that gives water.",
        "25\u00a0% (1 of 4), 2023",
        "50\u00a0%",
        "SDG indicator 6.1.1",
        "Proxy",
        "Women",
        "Agreed by its members",
        people.membership.partner.name,
    ):
        assert said in text, said
    assert text.index("People drink safe water") < text.index("Wells work")


def test_without_a_framework_it_says_so_and_the_lead_may_begin(client, people):
    assert "not agreed on a framework yet" in text_of(client, people)
    assert "/framework/begin/" not in text_of(client, people)
    client.force_login(people.lead_manager)
    assert "/framework/begin/" in text_of(client, people)


def test_a_zero_is_a_value_and_a_missing_baseline_is_none(client, people):
    framework = FrameworkFactory(partnership=people.partnership, agreed=True)
    zero = IndicatorFactory(result__framework=framework, baseline_value=Decimal(0), unit="wells")
    PeriodTargetFactory(indicator=zero, value=Decimal(0))
    IndicatorFactory(result__framework=framework)

    text = text_of(client, people)

    assert '<td data-l="Baseline"><span>0</span></td>' in text
    assert "<b>0</b>" in text
    assert text.count("not stated") == 1
    assert '<span class="nodata">none</span>' in text


@pytest.mark.parametrize("who", ["manager", "observer", "lead_manager", "admin"])
def test_members_read_what_is_proposed_and_from_whom_it_waits(client, people, who):
    framework = FrameworkFactory(partnership=people.partnership, proposed=True, title="Ours")
    framework.agreement.endorse(people.lead_membership, by=people.lead_manager)
    client.force_login(people[who])

    front, edition = text_of(client, people), text_of(client, people, "1/")

    assert "Ours, edition 1" in front
    assert "endorsed by 1 of 2 members" in front
    for text in (front, edition):
        assert f"It waits for {people.membership.partner}" in " ".join(text.split())
    assert f"/agreements/{framework.agreement.pk}/" in edition


def test_the_public_reads_no_draft_and_no_proposal(client, people):
    FrameworkFactory(partnership=people.partnership, title="Only ours")
    FrameworkFactory(partnership=people.partnership, title="Only ours", proposed=True)

    assert "Only ours" not in text_of(client, people)
    for edition in (1, 2):
        assert client.get(address(people, f"{edition}/")).status_code == 404


def test_former_editions_stay_readable(client, people):
    FrameworkFactory(partnership=people.partnership, superseded=True, title="The first")
    FrameworkFactory(partnership=people.partnership, agreed=True, title="The second")

    front = text_of(client, people)

    assert "The second</h2>" in front
    assert "The first, edition 1" in front
    assert "The first</h2>" in text_of(client, people, "1/")


@pytest.mark.parametrize("edition", [3, 40_000, 10**30])
def test_an_edition_that_is_not_there_is_not_found(client, people, edition):
    assert client.get(address(people, f"{edition}/")).status_code == 404


def test_what_somebody_typed_is_shown_as_text(client, people):
    framework = FrameworkFactory(partnership=people.partnership, agreed=True, title="<b>x</b>")
    IndicatorFactory(result__framework=framework, title="<script>1</script>", method="<i>m</i>")

    text = text_of(client, people)

    for tag in ("<b>x</b>", "<script>1", "<i>m</i>"):
        assert tag not in text


@pytest.mark.parametrize("many", [5, 60])
def test_it_costs_the_same_for_many_indicators(client, people, django_assert_num_queries, many):
    framework = FrameworkFactory(partnership=people.partnership, agreed=True)
    for _ in range(many):
        indicator = IndicatorFactory(result=ResultFactory(framework=framework))
        indicator.dimensions.add(CategoryFactory().dimension)
        PeriodTargetFactory(indicator=indicator, starts_on=date(2024, 1, 1))

    # partnership; in force; editions; edition before; breaks; results; indicators, dimensions,
    # categories, targets; members, endorsements, objections; tabs of a stranger
    with django_assert_num_queries(14):
        client.get(address(people))
