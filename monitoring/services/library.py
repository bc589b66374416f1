"""Indicators that are taken from a library."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.models import Dimension, Indicator, Result
from monitoring.models.framework_templates import templates
from monitoring.models.library import offer_of
from monitoring.services.frameworks import add_indicator
from registry.models import Disclosure, GlobalIndicator, User

LINKS = (
    Indicator.LibraryLink.IDENTICAL,
    Indicator.LibraryLink.PROXY,
    Indicator.LibraryLink.CONTRIBUTES,
)


@transaction.atomic
def indicator_from_library(
    result: Result,
    record: Disclosure | GlobalIndicator,
    *,
    by: User,
    library_link: str = "",
    **fields: Any,
) -> Indicator:
    """Add an indicator with the unit, measure and direction of the library's own; what is given
    besides is written over them. `library_link` says how the two stand to each other."""
    if library_link and library_link not in LINKS:
        named = ", ".join(LINKS)
        raise ValidationError({"library_link": f"One of: {named}."})
    facts = offer_of(record).facts
    if library_link:
        facts["library_link"] = library_link
    return add_indicator(result, by=by, **(facts | fields))


@transaction.atomic
def indicator_from_template(result: Result, code: str, *, by: User, **fields: Any) -> Indicator:
    """Add one indicator of a template, such as `water/WAT-4`."""
    name, _, wanted = code.partition("/")
    template = templates().get(name)
    rows = template.indicators if template else []
    values = next((dict(row) for row in rows if row["code"] == wanted), None)
    if values is None:
        raise ValidationError({"template": "No such indicator of a template."})
    shared = Dimension.objects.filter(framework=None, code__in=values.pop("dimensions", ()))
    values["global_indicator"] = GlobalIndicator.objects.filter(
        code=values.pop("global_indicator", "")
    ).first()
    return add_indicator(result, by=by, dimensions=list(shared), **(values | fields))
