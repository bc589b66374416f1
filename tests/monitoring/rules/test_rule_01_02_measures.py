"""RULES 1 and 2: which measure goes with which accumulation and combine rule; held by the
database, whoever writes."""

import itertools

import pytest
from django.db import IntegrityError, transaction

from monitoring.models import Indicator
from tests import factories as f

pytestmark = pytest.mark.django_db
ANY = {"flow", "cumulative", "point_in_time", "as_published"}
STATE = {"point_in_time", "as_published"}
ADDED = {"sum", "mean", "min", "max"}
# As the rules have them.
ALLOWED = {
    "number": (ANY, ADDED),
    "currency": (ANY, ADDED),
    "ratio": (ANY, {"ratio"}),
    "percent": (STATE, {"none"}),
    "rating": (STATE, {"mean", "min", "max"}),
    "yes_no": (STATE, ADDED),
    "narrative": (ANY, {"none"}),
}


def test_the_database_takes_exactly_what_fits():
    result, currency = f.ResultFactory(), f.CurrencyFactory()
    for measure, accumulation, combine in itertools.product(
        Indicator.Measure.values, Indicator.Accumulation.values, Indicator.Combine.values
    ):
        row = Indicator(result=result, title="x", measure=measure, accumulation=accumulation,
                        combine=combine,
                        currency=currency if measure == "currency" else None)  # fmt: skip
        accumulations, combines = ALLOWED[measure]
        fits = accumulation in accumulations and combine in combines
        try:
            with transaction.atomic():
                row.save()
            taken = True
        except IntegrityError:
            taken = False
        assert taken == fits, (measure, accumulation, combine)
