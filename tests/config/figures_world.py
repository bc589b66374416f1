"""What figures of that partnership are explained and broken down by."""

from tests import factories as f


def figures(rows):
    """Baselines of categories: of a draft, and of people, which are for insiders."""
    draft = rows["draft_indicator"]
    draft.dimensions.add(rows["dimension"])
    other = f.CategoryFactory(dimension=rows["dimension"], code="M")
    return {
        "draft_baseline": f.CategoryBaselineFactory(indicator=draft, category=rows["category"]),
        "people_baseline": f.CategoryBaselineFactory(
            indicator=rows["indicator"], category=rows["category"]
        ),
        "other_category": other,
        "wealth": f.DimensionFactory(code="WEALTH"),
        "poorest": f.CategoryFactory(dimension__code="WEALTH", code="Q1"),
    }
