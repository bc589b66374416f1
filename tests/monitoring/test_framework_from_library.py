"""Indicators from the libraries, fit for who reports them."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from monitoring.models.library import mark_used, offers_for
from monitoring.reports.framework_text import framework_text
from monitoring.services.library import indicator_from_library, indicator_from_template
from registry.models import GlobalIndicator, Target
from tests.factories import (
    CurrencyFactory,
    DisclosureFactory,
    FrameworkFactory,
    GlobalIndicatorFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    ResultFactory,
    StandardFactory,
    TargetFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db
SPAN = {"starts_on": date(2027, 1, 1), "ends_on": date(2028, 12, 31)}
NUMBER = {"title": "Pumps", "measure": "number", "accumulation": "flow", "combine": "sum"}
NAMES = ["education", "energy", "governance", "health", "jobs", "water"]


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


@pytest.fixture
def vocabularies():
    call_command("load_vocabularies", verbosity=0)


def member_of(people, kind):
    return MembershipFactory(partnership=people.partnership, partner=PartnerFactory(kind=kind))


@pytest.fixture
def libraries(people):
    """A core and another disclosure, one of a superseded standard; SDG 6.1 and another target."""
    old = StandardFactory(code="OLD")
    new = StandardFactory(code="NEW")
    old.superseded_by = new
    old.save()
    target = TargetFactory()
    people.partnership.targets.add(target)
    return {
        "old": DisclosureFactory(standard=old, code="O.1"),
        "core": DisclosureFactory(standard=new, code="N.2", is_core=True, unit="t"),
        "other": DisclosureFactory(standard=new, code="N.1", is_core=False),
        "of_target": GlobalIndicatorFactory(target=target),
        "elsewhere": GlobalIndicatorFactory(),
    }


@pytest.mark.parametrize("kind", ["large_company", "financial"])
def test_large_firms_are_offered_esg_disclosures_in_force_core_ones_first(people, libraries, kind):
    offers = offers_for(member_of(people, kind))

    assert [(o.library, o.code) for o in offers] == [("disclosure", "N.2"), ("disclosure", "N.1")]


@pytest.mark.parametrize("kind", ["msme", "start_up"])
def test_small_firms_are_offered_indicators_of_the_partnerships_targets(people, libraries, kind):
    offers = offers_for(member_of(people, kind))

    assert [o.record for o in offers] == [libraries["of_target"]]


def test_others_are_offered_results_of_templates_and_the_targets_indicators(people, vocabularies):
    partnership = people.partnership
    partnership.goals.set([6])
    partnership.targets.set(Target.objects.filter(code="6.1"))

    offers = offers_for(member_of(people, "civil_society"))

    assert {o.code for o in offers if o.library == "template"} == {
        f"water/WAT-{n}" for n in range(1, 9)
    }
    assert [o.code for o in offers if o.library != "template"] == ["6.1.1"]


def test_what_the_framework_has_is_marked(people, libraries):
    framework = FrameworkFactory(partnership=people.partnership)
    IndicatorFactory(result__framework=framework, disclosure=libraries["core"])

    offers = mark_used(offers_for(member_of(people, "large_company")), framework)

    assert [o.is_used for o in offers] == [True, False]


MEASURES = [
    ("number", {"accumulation": "flow", "combine": "sum"}),
    ("percent", {"accumulation": "point_in_time", "combine": "none"}),
    ("ratio", {"accumulation": "point_in_time", "combine": "ratio"}),
    ("rating", {"accumulation": "point_in_time", "combine": "mean"}),
    ("yes_no", {"accumulation": "point_in_time", "combine": "sum"}),
    ("narrative", {"accumulation": "flow", "combine": "none"}),
    ("currency", {"accumulation": "flow", "combine": "sum"}),
]


@pytest.mark.parametrize(("measure", "facts"), MEASURES)
def test_a_disclosure_makes_an_indicator_with_its_unit_measure_and_direction(
    people, measure, facts
):
    result = ResultFactory(framework=FrameworkFactory(partnership=people.partnership))
    disclosure = DisclosureFactory(measure=measure, unit="t", direction="decrease", label="Waste")
    money = {"currency": CurrencyFactory()} if measure == "currency" else {}

    made = indicator_from_library(result, disclosure, by=people.lead_manager, **money)

    assert (made.title, made.measure, made.unit) == ("Waste", measure, "t")
    assert (made.direction, made.disclosure) == ("decrease", disclosure)
    assert {name: getattr(made, name) for name in facts} == facts
    assert made.library_link == "identical"


@pytest.mark.parametrize("link", ["identical", "proxy", "contributes"])
def test_the_link_is_said(people, link):
    result = ResultFactory(framework=FrameworkFactory(partnership=people.partnership))

    made = indicator_from_library(
        result, GlobalIndicatorFactory(), by=people.lead_manager, library_link=link
    )

    assert made.library_link == link


def test_a_link_that_is_none_is_refused(people):
    result = ResultFactory(framework=FrameworkFactory(partnership=people.partnership))

    with pytest.raises(ValidationError) as refusal:
        indicator_from_library(
            result, GlobalIndicatorFactory(), by=people.lead_manager, library_link="none"
        )

    assert "library_link" in refusal.value.message_dict


@pytest.mark.parametrize(
    ("code", "measure", "direction"),
    [
        ("6.1.1", "ratio", "increase"),
        ("3.2.1", "ratio", "decrease"),
        ("8.5.2", "ratio", "decrease"),
        ("16.10.2", "number", "increase"),
        ("1.2.1", "ratio", "decrease"),
    ],
)
def test_a_global_indicator_is_measured_as_its_words_say(
    people, vocabularies, code, measure, direction
):
    result = ResultFactory(framework=FrameworkFactory(partnership=people.partnership))
    record = GlobalIndicator.objects.get(code=code)

    made = indicator_from_library(result, record, by=people.lead_manager)

    assert (made.measure, made.direction, made.code) == (measure, direction, code)
    assert made.unit == ("" if measure == "ratio" else "number")


def test_one_indicator_of_a_template(people, vocabularies):
    result = ResultFactory(framework=FrameworkFactory(partnership=people.partnership))

    made = indicator_from_template(
        result, "water/WAT-4", by=people.lead_manager, responsible=people.membership
    )

    assert (made.counts_new_people, made.units_overlap) == (True, False)
    assert sorted(d.code for d in made.dimensions.all()) == ["AGE_BROAD", "SEX"]
    with pytest.raises(ValidationError):
        indicator_from_template(result, "water/NONE", by=people.lead_manager)


def test_the_document_holds_the_whole_sheet(people):
    framework = FrameworkFactory(
        partnership=people.partnership, theory_of_change="If wells, then health."
    )
    IndicatorFactory(
        result=ResultFactory(framework=framework, assumptions="Rain falls."),
        definition="Wells that give water.",
        method="Counted.",
        source="Registers.",
        frequency="Each quarter.",
        means_of_verification="Photographs.",
        responsible=people.membership,
        global_indicator=GlobalIndicatorFactory(code="6.1.1"),
        library_link="proxy",
        baseline_unavailable=True,
        baseline_plan="A survey.",
        baseline_plan_on=date(2025, 3, 1),
    )

    text = framework_text(framework)

    for said in (
        "Theory of change: If wells, then health.",
        "Assumptions: Rain falls.",
        "Definition: Wells that give water.",
        "Method: Counted.",
        "Source: Registers.",
        "Frequency: Each quarter.",
        "Means of verification: Photographs.",
        f"Responsible: {people.membership.partner}",
        ", proxy",
        "Baseline: not available; by 1 Mar 2025: A survey.",
    ):
        assert said in text
