"""What Celery does for partnerships. Tasks may run twice, and are only hints."""

from celery import shared_task

from partnerships.aggregation.matching import expire_needs, find_matches


@shared_task
def match_needs() -> int:
    """Each night: end the needs whose day has passed, then find what fits the others."""
    expire_needs()
    return find_matches().new
