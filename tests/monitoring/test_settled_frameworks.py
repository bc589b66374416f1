"""What was proposed never changes, whoever writes: ORM, bulk and raw SQL."""

from copy import copy
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models.base import ModelState

from monitoring.models import Category, Dimension, Framework, Indicator, PeriodTarget, Result
from monitoring.services.frameworks import (
    edit_indicator,
    edit_target,
    remove_indicator,
    set_targets,
)
from tests.factories import (
    CategoryBaselineFactory,
    CategoryFactory,
    DimensionFactory,
    FrameworkFactory,
    ImportBatchFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodTargetFactory,
    UserFactory,
)
from tests.monitoring.locked import locked, refused_by
from tests.monitoring.ways_to_write import sql
from tests.moves import refused

pytestmark = pytest.mark.django_db
SETTLED = ["proposed", "agreed", "superseded"]
NEVER = "was proposed"


class Content:
    """A framework with a result, an indicator, its target, dimension and category baseline."""

    def __init__(self, **state):
        self.framework = FrameworkFactory(**state)
        self.indicator = IndicatorFactory(
            result__framework=self.framework, baseline_value=Decimal(3), unit="wells"
        )
        self.result = self.indicator.result
        self.target = PeriodTargetFactory(indicator=self.indicator)
        self.dimension = DimensionFactory()
        self.indicator.dimensions.add(self.dimension)
        self.of_category = CategoryBaselineFactory(
            indicator=self.indicator, category=CategoryFactory(dimension=self.dimension)
        )
        self.own = DimensionFactory(framework=self.framework, code="RIVER", label="River")
        self.category = CategoryFactory(dimension=self.own, code="U", label="Upstream")

    def said(self):
        """Everything that it says, as stored."""
        rows = [Framework, Result, Indicator, PeriodTarget, type(self.of_category)]
        rows += [Dimension, Category]
        stored = [list(model.objects.order_by("pk").values()) for model in rows]
        return stored, list(self.indicator.dimensions.values_list("pk", flat=True))


def changed(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    return row


def another(row):
    made = copy(row)
    made._state, made.pk = ModelState(), None
    return made


OTHER = {"starts_on": "2025-01-01", "ends_on": "2025-12-31"}
THROUGH = "monitoring_indicator_dimensions"
WAYS = {
    "save a baseline": lambda c: changed(c.indicator, baseline_value=Decimal(0)).save(),
    "update a baseline": lambda c: Indicator.objects.update(baseline_value=None),
    "bulk_update a baseline": lambda c: Indicator.objects.bulk_update(
        [changed(c.indicator, baseline_value=Decimal(9))], ["baseline_value"]
    ),
    "raw baseline": lambda c: sql("UPDATE monitoring_indicator SET baseline_value = 9"),
    "raw definition": lambda c: sql("UPDATE monitoring_indicator SET definition = 'x'"),
    "raw series": lambda c: sql("UPDATE monitoring_indicator SET series = gen_random_uuid()"),
    "save a target": lambda c: changed(c.target, value=Decimal(1)).save(),
    "update a target": lambda c: PeriodTarget.objects.update(value=Decimal(1)),
    "bulk_update a target": lambda c: PeriodTarget.objects.bulk_update(
        [changed(c.target, value=Decimal(1))], ["value"]
    ),
    "raw target": lambda c: sql("UPDATE monitoring_periodtarget SET value = value * 0.5"),
    "one more target": lambda c: changed(another(c.target), **OTHER).save(),
    "one more target in bulk": lambda c: PeriodTarget.objects.bulk_create(
        [changed(another(c.target), **OTHER)]
    ),
    "delete a target": lambda c: c.target.delete(),
    "raw delete of a target": lambda c: sql("DELETE FROM monitoring_periodtarget"),
    "one more indicator": lambda c: another(c.indicator).save(),
    "delete an indicator": lambda c: c.indicator.delete(),
    "one more result": lambda c: another(c.result).save(),
    "raw result": lambda c: sql("UPDATE monitoring_result SET title = 'x'"),
    "delete a result": lambda c: c.result.delete(),
    "one more dimension": lambda c: c.indicator.dimensions.add(DimensionFactory(code="AGE")),
    "one dimension less": lambda c: c.indicator.dimensions.clear(),
    "raw dimension": lambda c: sql(f"DELETE FROM {THROUGH}"),
    "raw baseline of a category": lambda c: sql("UPDATE monitoring_categorybaseline SET value = 9"),
    "delete the baseline of a category": lambda c: c.of_category.delete(),
    "raw label of an own category": lambda c: sql(
        "UPDATE monitoring_category SET label = 'x' WHERE id = %s", c.category.pk
    ),
    "one more own category": lambda c: changed(another(c.category), code="D").save(),
    "delete an own category": lambda c: c.category.delete(),
    "update an own dimension": lambda c: Dimension.objects.filter(pk=c.own.pk).update(label="x"),
    "an own dimension becomes shared": lambda c: Dimension.objects.filter(pk=c.own.pk).update(
        framework=None
    ),
    "one more own dimension": lambda c: changed(another(c.own), code="LAKE").save(),
    "its own days": lambda c: Framework.objects.update(ends_on="2030-12-31"),
    "raw title": lambda c: sql("UPDATE monitoring_framework SET title = 'x'"),
    "raw import": lambda c: sql(
        "UPDATE monitoring_framework SET import_batch_id = %s", ImportBatchFactory().pk
    ),
    "delete it all": lambda c: c.framework.delete(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", SETTLED)
def test_nothing_of_it_changes(state, way):
    content = Content(**{state: True})
    before = content.said()

    with refused_by(NEVER):
        WAYS[way](content)

    assert content.said() == before


def test_raw_moves_do_not_open_it_again():
    content = Content(agreed=True)

    for status in ("draft", "proposed", "withdrawn", "imported"):
        with refused_by("does not go from agreed"):
            sql("UPDATE monitoring_framework SET status = %s", status)

    assert Framework.objects.get(pk=content.framework.pk).status == "agreed"


@pytest.mark.parametrize("way", [w for w in WAYS if w not in ("raw import",)])
def test_a_draft_changes_every_way(way):
    content = Content()

    with locked():
        WAYS[way](content)


@pytest.mark.parametrize("way", ["raw baseline", "raw target", "one more result"])
def test_an_imported_one_follows_its_file(way):
    content = Content(imported=True)

    with locked():
        WAYS[way](content)


def test_one_of_a_file_stays_open_after_it_was_superseded():
    content = Content(superseded=True, import_batch=ImportBatchFactory())

    with locked():
        WAYS["raw target"](content)


def test_no_service_changes_a_target_or_baseline_that_was_agreed():
    content = Content(agreed=True)
    target, by = content.target, UserFactory(admin=True)
    cell = (target.indicator_id, None, target.starts_on, target.ends_on)

    for attempt in (
        lambda: edit_target(target, by=by, value=Decimal(1)),
        lambda: edit_indicator(content.indicator, by=by, baseline_value=Decimal(1)),
        lambda: remove_indicator(content.indicator, by=by),
        lambda: set_targets(content.framework, {cell: Decimal(1)}, by=by),
    ):
        with refused("framework_settled"), locked(), transaction.atomic():
            attempt()

    assert PeriodTarget.objects.get().value == 100


def test_who_is_responsible_changes_only_when_members_are_merged():
    content = Content(agreed=True)
    partnership = content.framework.partnership
    own, other = MembershipFactory.create_batch(2, partnership=partnership)
    Indicator.objects.update(responsible=own)

    with refused_by(NEVER):
        Indicator.objects.update(responsible=other)
    own.partner.merged_into, own.partner.status = other.partner, "merged"
    own.partner.save()
    with locked():
        Indicator.objects.update(responsible=other)

    assert Indicator.objects.get().responsible == other


def test_the_applications_role_does_not_lift_the_locks():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role('pg_monitor', relowner, 'USAGE') FROM pg_class"
            " WHERE oid = 'monitoring_framework'::regclass"
        )
        assert cursor.fetchone() == (False,)  # only an owner alters a table


def light_framework():
    partnership = PartnershipFactory(active=True, track="light")
    framework = FrameworkFactory(partnership=partnership)
    indicators = [IndicatorFactory(result__framework=framework) for _ in range(5)]
    return framework, indicators


def test_a_light_framework_has_five_indicators_at_most_in_the_database_too():
    framework, indicators = light_framework()

    with refused_by("at most five"):
        another(indicators[0]).save()
    with refused_by("at most five"):
        Indicator.objects.bulk_create([another(indicators[0])])
    with locked():
        indicators[0].delete()
        another(indicators[1]).save()

    assert Indicator.objects.filter(result__framework=framework).count() == 5
