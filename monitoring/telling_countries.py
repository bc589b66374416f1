"""Whom it is told what a Government says: rows of the table in registry/telling.py."""

from collections.abc import Iterable

from monitoring.models import ContributionStatement
from partnerships.telling import LEAD, members_managers
from registry.models import Event, User
from registry.models.notices import add_models
from registry.telling import tells


def _leads(event: Event) -> Iterable[User]:
    about = ContributionStatement.objects.filter(pk=event.subject_id)
    return members_managers(about.values_list("partnership_id", flat=True), LEAD)


def register() -> None:
    """Called once, when the app is ready."""
    add_models("monitoring", "contributionstatement")
    kinds = ContributionStatement.Kind
    tells(f"contributionstatement.{kinds.CONFIRMED}", "A Government confirms: {}", _leads)
    tells(f"contributionstatement.{kinds.COMMENTED}", "A Government comments: {}", _leads)
    tells(f"contributionstatement.{kinds.CITED}", "Cited in a review: {}", _leads)
