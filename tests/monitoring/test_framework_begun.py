"""Frameworks begun from templates, other partnerships and libraries."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction

from monitoring.models import Framework, Indicator
from monitoring.models.framework_templates import templates
from monitoring.models.smart import findings_of
from monitoring.reports.sheets import missing_of
from monitoring.services.editions import copy_framework, framework_from_template
from monitoring.services.frameworks import add_indicator, create_framework
from registry.errors import NotAllowed
from registry.models import Target
from tests.factories import (
    CurrencyFactory,
    DimensionFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    PeriodTargetFactory,
    ResultFactory,
)
from tests.moves import People, race, refused

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


def test_there_are_six():
    assert sorted(templates()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_whole_and_its_indicators_lack_targets_and_baselines_only(
    name, people, vocabularies
):
    template = templates()[name]

    framework = framework_from_template(
        people.partnership, template, by=people.lead_manager, currency=CurrencyFactory(), **SPAN
    )

    indicators = Indicator.objects.filter(result__framework=framework)
    assert indicators.count() == len(template.indicators) >= 7
    assert {r.level for r in framework.results.all()} == {"impact", "outcome", "output"}
    assert {r.level for r in framework.results.filter(parent=None)} == {"impact"}
    assert (framework.template, framework.status) == (name, "draft")
    for indicator in indicators:
        assert missing_of(indicator) == []
    named = {one["global_indicator"] for one in template.indicators if "global_indicator" in one}
    stored = indicators.filter(global_indicator__isnull=False)
    assert set(stored.values_list("global_indicator__code", flat=True)) == named
    wanted = {code for one in template.indicators for code in one.get("dimensions", ())}
    assert set(indicators.values_list("dimensions__code", flat=True)) - {None} == wanted
    assert set(Target.objects.filter(code__in=template.targets).values_list("code", flat=True)) == (
        set(template.targets)
    )
    errors = {f.code for f in findings_of(framework) if f.is_error}
    assert errors <= {"no_target", "no_baseline"}


def test_money_needs_its_currency(people):
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        framework_from_template(
            people.partnership, templates()["jobs"], by=people.lead_manager, **SPAN
        )

    assert "currency" in refusal.value.message_dict
    assert not Framework.objects.exists()


@pytest.mark.parametrize("who", ["lead_evaluator", "manager", "outsider"])
def test_only_the_lead_begins_from_a_template(people, who):
    with refused("lead_only", NotAllowed):
        framework_from_template(people.partnership, templates()["water"], by=people[who], **SPAN)


class Light:
    """A partnership on the light track, with a draft framework."""

    def __init__(self):
        firm = PartnerFactory(kind="start_up")
        self.partnership = PartnershipFactory(active=True, lead=firm, track="light")
        self.by = People(self.partnership).lead_manager

    def draft(self):
        framework = create_framework(self.partnership, by=self.by, title="Ours", **SPAN)
        return ResultFactory(framework=framework)


def test_the_light_track_takes_five_of_a_template_those_of_the_sdgs_first(vocabularies):
    light = Light()

    framework = framework_from_template(
        light.partnership, templates()["water"], by=light.by, **SPAN
    )

    made = Indicator.objects.filter(result__framework=framework)
    assert made.count() == 5
    assert not made.filter(global_indicator=None).exists()


def test_the_light_track_has_room_for_five_indicators():
    light = Light()
    result = light.draft()
    for _ in range(5):
        add_indicator(result, by=light.by, **NUMBER)

    with refused("light_at_most_five"):
        add_indicator(result, by=light.by, **NUMBER)

    assert result.indicators.count() == 5


@pytest.mark.django_db(transaction=True)
def test_the_fifth_and_sixth_added_at_once_are_five():
    light = Light()
    result = light.draft()
    for _ in range(4):
        add_indicator(result, by=light.by, **NUMBER)

    outcomes = race(*[lambda: add_indicator(result, by=light.by, **NUMBER)] * 3)

    assert result.indicators.count() == 5
    assert (
        sorted(getattr(o, "code", "") for o in outcomes if isinstance(o, Exception))
        == ["light_at_most_five"] * 2
    )


class Elsewhere:
    """Another partnership's agreed framework, one of whose members is a member here too."""

    def __init__(self, people):
        self.framework = FrameworkFactory(agreed=True, title="Theirs")
        partnership = self.framework.partnership
        shared = people.membership.partner
        self.known = MembershipFactory(partnership=partnership, partner=shared)
        self.stranger = MembershipFactory(partnership=partnership)
        result = ResultFactory(framework=self.framework)
        self.indicators = [
            IndicatorFactory(
                result=result,
                responsible=member,
                accumulation="cumulative",
                baseline_value=Decimal(7),
                baseline_on=date(2023, 12, 31),
            )
            for member in (self.known, self.stranger, None)
        ]
        for indicator in self.indicators:
            indicator.dimensions.add(DimensionFactory(framework=self.framework, code="ward"))
            PeriodTargetFactory(
                indicator=indicator, starts_on=date(2024, 1, 1), ends_on=date(2024, 3, 31)
            )

    def copy(self, people, who="lead_manager", **fields):
        return copy_framework(self.framework, people.partnership, by=people[who], **(SPAN | fields))


@pytest.fixture
def elsewhere(people):
    return Elsewhere(people)


def made_of(copied):
    return list(Indicator.objects.filter(result__framework=copied.framework).order_by("pk"))


def test_a_copy_names_the_same_partner_where_it_is_a_member_here(people, elsewhere):
    made = made_of(elsewhere.copy(people))

    assert [i.responsible for i in made] == [people.membership, None, None]


def test_a_copy_begins_its_own_series_and_drops_figures(people, elsewhere):
    made = made_of(elsewhere.copy(people))

    assert {i.series for i in made}.isdisjoint({i.series for i in elsewhere.indicators})
    assert {i.continues for i in made} == {None}
    assert {i.baseline_value for i in made} == {None}
    assert not any(i.targets.exists() for i in made)
    assert made[0].dimensions.get().framework == made[0].framework


def test_figures_come_along_by_choice_and_targets_move_with_the_start(people, elsewhere):
    made = made_of(elsewhere.copy(people, keep_baselines=True, keep_targets=True))

    assert {i.baseline_value for i in made} == {7}
    spans = {(t.starts_on, t.ends_on) for i in made for t in i.targets.all()}
    assert spans == {(date(2027, 1, 1), date(2027, 3, 31))}


def test_what_one_does_not_see_is_not_copied(people):
    hidden = FrameworkFactory(title="Draft")

    with refused("not_visible", NotAllowed):
        copy_framework(hidden, people.partnership, by=people.lead_manager, **SPAN)


@pytest.mark.parametrize("who", ["lead_evaluator", "manager", "outsider"])
def test_only_the_lead_copies(people, elsewhere, who):
    with refused("lead_only", NotAllowed):
        elsewhere.copy(people, who)


def test_ones_own_framework_is_not_copied_but_continued(people):
    own = FrameworkFactory(partnership=people.partnership, agreed=True)

    with pytest.raises(ValidationError) as refusal:
        copy_framework(own, people.partnership, by=people.lead_manager, **SPAN)

    assert "partnership" in refusal.value.message_dict


MEASURES = [
    ("number", {"accumulation": "flow", "combine": "sum"}),
    ("percent", {"accumulation": "point_in_time", "combine": "none"}),
    ("ratio", {"accumulation": "point_in_time", "combine": "ratio"}),
    ("rating", {"accumulation": "point_in_time", "combine": "mean"}),
    ("yes_no", {"accumulation": "point_in_time", "combine": "sum"}),
    ("narrative", {"accumulation": "flow", "combine": "none"}),
    ("currency", {"accumulation": "flow", "combine": "sum"}),
]
