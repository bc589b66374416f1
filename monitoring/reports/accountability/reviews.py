"""I. Follow-up and review: I1, whether it feeds the reviews."""

from datetime import UTC, datetime, time, timedelta

from monitoring.models import ContributionStatement
from monitoring.reports.accountability.measure import (
    Measure,
    Outcome,
    Subject,
    no_data,
    rows,
    share,
)
from partnerships.models import countries_at
from registry.models import FocalPoint, months_before

MONTHS = 24


def feeds_the_reviews(subject: Subject) -> Outcome:
    """I1: countries whose national focal point has seen the partnership's contribution
    (confirmed, commented, or cited it in a review) in the last 24 months / its countries.

    A country without a focal point is one of its countries like any other; they are named beside.

    Summary: "the main responsibility for the implementation of the 2030 Agenda lies with national
    governments"; Mr. Türk: the HLPF "as well as the Voluntary National Reviews (VNRs), have proven
    to be valuable vehicles in fostering impactful partnerships at all levels".
    """
    key = subject.partnership.pk
    countries = countries_at([key], subject.known_until).get(key, [])
    if not countries:
        return no_data("no country is named", "Name the countries in which the partnership works.")
    said = ContributionStatement.objects.filter(
        partnership=subject.partnership,
        country__in=countries,
        said_at__gte=_since(subject),
        said_at__lt=subject.known_until,
    )
    statements = list(said.order_by("pk"))
    seen = {statement.country_id for statement in statements}
    standing = FocalPoint.objects.standing_on(subject.reference_on, subject.cutoff_at)
    named = set(standing.filter(country__in=countries).values_list("country_id", flat=True))
    unseen = len(countries) - len(seen)
    return share(
        len(seen),
        len(countries),
        evidence=rows(statements),
        next_step=f"Ask the national focal points of {unseen} more of its countries to confirm or "
        "comment what their country's report says of the partnership.",
        countries_seen=sorted(seen),
        countries_without_focal_point=sorted(set(countries) - named),
    )


def _since(subject: Subject) -> datetime:
    """The first moment of the last 24 months: the day after the same day two years before."""
    first = months_before(subject.reference_on, MONTHS) + timedelta(days=1)
    return datetime.combine(first, time(), subject.zone).astimezone(UTC)


MEASURES = [
    Measure("I1", "Feeds the reviews", "the summary's own voice; Mr. Türk", feeds_the_reviews),
]
