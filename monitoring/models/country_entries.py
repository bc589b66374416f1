"""The entries of a country's report, with what its Government says of each."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from monitoring.models.contribution_statements import ContributionStatement
from partnerships.models import Partnership, PartnershipCountry
from registry.models import Country, FocalPoint, Task, User


class Entry(NamedTuple):
    """A partnership in a country in a year: the newest answer, and the citations in reviews."""

    partnership: Partnership
    answer: ContributionStatement | None
    citations: list[ContributionStatement]


def partnerships_in(country: Country, year: int) -> Any:
    """Public partnerships that work in the country and had begun by the end of the year."""
    public = Partnership.objects.public().filter(starts_on__year__lte=year)
    there = PartnershipCountry.objects.filter(country=country)
    return public.filter(pk__in=there.values("partnership_id"))


def entries_of(country: Country, year: int, partnerships: Iterable[Partnership]) -> list[Entry]:
    """Each partnership's entry; one query."""
    listed = list(partnerships)
    said = ContributionStatement.objects.filter(country=country, year=year, partnership__in=listed)
    answers: dict[int, ContributionStatement] = {}
    cited: dict[int, list[ContributionStatement]] = {}
    for one in said.newest_first():
        if one.kind in ContributionStatement.ANSWERS:
            answers.setdefault(one.partnership_id, one)
        else:
            cited.setdefault(one.partnership_id, []).append(one)
    return [Entry(one, answers.get(one.pk), cited.get(one.pk, [])) for one in listed]


def unanswered(countries: Any, year: int) -> dict[int, int]:
    """How many entries of each country were neither confirmed nor commented; none is left out."""
    said = ContributionStatement.objects.answers().filter(
        country=OuterRef("country"), partnership=OuterRef("partnership"), year=year
    )
    rows = PartnershipCountry.objects.filter(
        ~Exists(said),
        country__in=countries,
        partnership__status__in=Partnership.PUBLIC,
        partnership__starts_on__year__lte=year,
    )
    counted = rows.order_by().values("country").annotate(n=Count("pk"))
    return {row["country"]: row["n"] for row in counted}


def last_full_year() -> int:
    return timezone.localdate().year - 1


def to_answer(person: User, partners: Collection[int]) -> Iterator[Task]:
    """For whoever speaks for a country: the entries of the last full year that wait."""
    points = FocalPoint.objects.spoken_for_by(person).select_related("country")
    named = {point.country_id: point.country for point in points.order_by("country__name")}
    year = last_full_year()
    waiting = unanswered(list(named), year) if named else {}
    for key, country in named.items():
        if n := waiting.get(key):
            entries = "1 entry" if n == 1 else f"{n:,} entries"
            at = f"{reverse('country-entries', args=[country.alpha2])}?year={year}"
            label = f"To confirm or comment: {entries} of the report on {country} for {year}"
            yield Task("contribution_statement", label, at, is_own=False)


SOURCES = [to_answer]
