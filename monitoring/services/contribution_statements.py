"""A Government's word on the entries of its country's report, entry by entry."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from monitoring.models import ContributionStatement
from partnerships.models import Partnership
from registry.errors import NotAllowed
from registry.models import Country, Event, FocalPoint, User

MOST = 500  # at once


@transaction.atomic
def state_contribution_of(
    partnership: Partnership, *, country: Country, by: User, year: int, kind: str, **fields: Any
) -> ContributionStatement:
    """Confirm, comment or cite one entry; saying the same again changes nothing."""
    point = _speaking_for(country, by)
    statement = ContributionStatement(
        country=country,
        partnership=partnership,
        focal_point=point,
        year=year,
        kind=kind,
        by=by,
        **fields,
    )
    statement.check_values()
    _require_entry(partnership, country, year)
    partnership.hold()
    statement.said_at = timezone.now()
    of_entry = ContributionStatement.objects.of_entry(country, partnership, year)
    if former := _former(of_entry, statement):
        return former
    statement.save(force_insert=True)
    Event.log(statement, kind, by=by)
    return statement


@transaction.atomic
def confirm_all(
    partnerships: Iterable[Partnership], *, country: Country, by: User, year: int
) -> list[ContributionStatement]:
    """Confirm the chosen entries: all of them, or none."""
    chosen = sorted(partnerships, key=lambda one: one.pk)[:MOST]
    kind = ContributionStatement.Kind.CONFIRMED
    return [
        state_contribution_of(one, country=country, by=by, year=year, kind=kind) for one in chosen
    ]


def require_speaker(country: Country, by: User) -> FocalPoint:
    """The country's standing focal point, where the user, a person, is its manager.

    An admin keeps lists, but never speaks for a Government.
    """
    point = FocalPoint.objects.spoken_for_by(by).filter(country=country).first()
    if point is None or by.is_service:
        text = "Only people who manage the country's focal point speak for its Government."
        raise NotAllowed("focal_point_only", text)
    return point


def _speaking_for(country: Country, by: User) -> FocalPoint:
    """The same, and it does not end before this transaction has."""
    FocalPoint.objects.select_for_update(no_key=True).filter(
        country=country, ended_on=None
    ).values_list("pk").first()
    return require_speaker(country, by)


def _former(of_entry: Any, statement: ContributionStatement) -> ContributionStatement | None:
    """The newest answer, or citation, of the entry if it says what is said now."""
    kinds = ContributionStatement.ANSWERS if statement.kind != "cited" else ("cited",)
    former: ContributionStatement | None = of_entry.filter(kind__in=kinds).newest_first().first()
    return former if former and former.says_the_same(statement) else None


def _require_entry(partnership: Partnership, country: Country, year: int) -> None:
    if not partnership.is_public():
        text = "The partnership is not registered."
        raise ValidationError({"partnership": ValidationError(text, code="not_registered")})
    if not partnership.places.filter(country=country).exists():
        text = f"It does not work in {country}."
        raise ValidationError({"partnership": ValidationError(text, code="not_in_country")})
    if year < partnership.starts_on.year:
        text = f"It began in {partnership.starts_on.year}."
        raise ValidationError({"year": ValidationError(text, code="before_start")})
