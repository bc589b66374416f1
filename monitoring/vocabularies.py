"""Loads the dimensions of disaggregation that every framework may use."""

from operator import attrgetter
from pathlib import Path

from django.db import transaction

from monitoring.models import Category, Dimension
from registry.tables import shipped_rows, synchronise

SHIPPED = Path(__file__).parent / "data"


@transaction.atomic
def load_dimensions(*, dry_run: bool = False) -> dict[str, int]:
    """Make the shared dimensions and their categories equal the shipped ones, as
    `registry.vocabularies.load_vocabularies` does; dimensions of a framework stay untouched.
    """
    rows = shipped_rows(SHIPPED / "dimensions.csv")
    changes = {"dimensions": _load_dimensions(rows), "categories": _load_categories(rows)}
    if dry_run:
        transaction.set_rollback(True)
    return changes


def load_with_the_other_vocabularies(**signal: object) -> dict[str, int]:
    """Receives `registry.vocabularies.vocabularies_loaded`."""
    return load_dimensions()


def _load_dimensions(rows: list[dict[str, str]]) -> int:
    labels = {row["dimension"]: row["dimension_label"] for row in rows}
    concepts = {row["dimension"]: row["sdmx_concept"] for row in rows}
    wanted = [
        Dimension(code=code, label=label, sdmx_concept=concepts[code])
        for code, label in labels.items()
    ]
    stored = Dimension.objects.filter(framework=None)
    return len(
        synchronise(stored, wanted, key=attrgetter("code"), fields=["label", "sdmx_concept"])
    )


def _load_categories(rows: list[dict[str, str]]) -> int:
    dimensions = dict(Dimension.objects.filter(framework=None).values_list("code", "pk"))
    wanted = [
        Category(
            dimension_id=dimensions[row["dimension"]],
            code=row["category"],
            label=row["category_label"],
            sort=int(row["order"]),
            sdmx_code=row["sdmx_code"],
        )
        for row in rows
    ]
    stored = Category.objects.filter(dimension__framework=None)
    key = attrgetter("dimension_id", "code")
    return len(synchronise(stored, wanted, key=key, fields=["label", "sort", "sdmx_code"]))
