"""Who reviews what was submitted, many at once."""

from collections.abc import Iterable

from django.db import transaction

from partnerships.models import PartnershipReview
from registry.errors import DomainError
from registry.models import User

Refused = list[tuple[PartnershipReview, str]]


def assign_all(
    reviews: Iterable[PartnershipReview], reviewer: User, *, by: User
) -> tuple[list[PartnershipReview], Refused]:
    """Give each to the reviewer; those refused come back with the reason, the others stand."""
    done, refused = [], []
    for review in reviews:
        try:
            with transaction.atomic():
                review.assign(reviewer, by=by)
        except DomainError as error:
            refused.append((review, error.detail))
        else:
            done.append(review)
    return done, refused
