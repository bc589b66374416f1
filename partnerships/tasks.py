"""What Celery does for partnerships. Tasks may run twice, and are only hints."""

from celery import shared_task
from django.utils import timezone

from partnerships.aggregation.matching import expire_needs, find_matches
from partnerships.models.silence import take_steps


@shared_task
def match_needs() -> int:
    """Each night: end the needs whose day has passed, then find what fits the others."""
    expire_needs()
    return find_matches().new


@shared_task
def watch_silent_partnerships() -> dict[str, int]:
    """Each night: warn the leads of partnerships that do not report; after two years they are
    inactive, until data comes in again."""
    return take_steps(timezone.localdate())
