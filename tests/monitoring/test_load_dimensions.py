from datetime import date

import pytest
from django.core.management import call_command

from monitoring.models import Category, Dimension, Framework
from partnerships.models import Partnership

pytestmark = pytest.mark.django_db


def test_loading_the_vocabularies_loads_the_dimensions_too():
    assert call_command("load_vocabularies").endswith("11 dimensions, 60 categories)")

    assert call_command("load_dimensions") == "0 changes (0 dimensions, 0 categories)"


def test_categories_stand_in_their_own_order_and_end_with_not_known():
    call_command("load_dimensions")

    for dimension in Dimension.objects.all():
        assert dimension.categories.last().label == "Not known"
    ages = Category.objects.filter(dimension__code="AGE").values_list("code", flat=True)
    assert list(ages) == ["Y0T4", "Y5T17", "Y18T24", "Y25T64", "Y_GE65", "_U"]


def test_restores_what_was_changed():
    call_command("load_dimensions")
    Dimension.objects.filter(code="SEX").update(label="Gender")
    Category.objects.filter(dimension__code="SEX", code="_U").update(sort=0, label="?")

    assert call_command("load_dimensions") == "2 changes (1 dimensions, 1 categories)"
    assert Category.objects.get(dimension__code="SEX", code="_U").sort == 4


def test_dry_run_saves_nothing():
    line = call_command("load_dimensions", dry_run=True)

    assert line == "dry run, nothing saved: 71 changes (11 dimensions, 60 categories)"
    assert not Dimension.objects.exists()


def test_leaves_the_dimensions_of_a_framework_alone():
    framework = Framework.objects.create(
        partnership=Partnership.objects.create(title="Clean water", starts_on=date(2026, 1, 1)),
        title="How we measure",
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )
    own = Dimension.objects.create(framework=framework, code="SEX", label="Gender identity")
    own.categories.create(code="F", label="Women")

    call_command("load_dimensions")

    own.refresh_from_db()
    assert own.label == "Gender identity"
    assert [category.label for category in own.categories.all()] == ["Women"]
