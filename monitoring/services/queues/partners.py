"""Queues about organisations: partners to verify, and reviews of them that soon hold no longer."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from monitoring.services.queues.queue import Act, Done, Queue, Shown, Waiting, each, waiting_of
from partnerships.models import Membership, Partnership
from registry.errors import DomainError
from registry.models import DueDiligence, Partner, User
from registry.services.due_diligence import begin_review
from registry.services.partners import verify_all

SOON = timedelta(days=60)
STANDING = [Membership.Status.INVITED, Membership.Status.ACCEPTED]


def _to_verify(user: User) -> list[Waiting]:
    awaited = Count("memberships", filter=Q(memberships__status__in=STANDING))
    return waiting_of(
        Partner.objects.to_verify().annotate(awaited=awaited), "created_at", "awaited"
    )


def _partners(keys: Collection[int]) -> dict[int, Shown]:
    rows: Any = Partner.objects.filter(pk__in=keys).select_related("country").with_similar()
    return {
        one.pk: Shown(
            one.name,
            reverse("review-partner", args=[one.pk]),
            [
                str(one.get_kind_display() if one.kind else "not stated"),
                one.country.name if one.country else "not stated",
                ", ".join(other["name"] for other in one.similar_ones or []) or "none",
            ],
        )
        for one in rows
    }


def _verify(keys: Collection[int], by: User, words: str) -> Done:
    done, refused = verify_all(Partner.objects.filter(pk__in=keys).order_by("pk"), by=by)
    return Done([one.name for one in done], [(one.name, why) for one, why in refused])


def _expiring(user: User) -> list[Waiting]:
    """The last word on each partner, where it ends soon or has ended, and no new one is begun."""
    begun = DueDiligence.objects.filter(status=DueDiligence.Status.DRAFT).values("partner")
    rows = DueDiligence.objects.current().filter(
        expires_on__lte=timezone.localdate() + SOON, outcome__in=["cleared", "conditional"]
    )
    bound = Count(
        "partner__memberships",
        filter=Q(
            partner__memberships__status=Membership.Status.ACCEPTED,
            partner__memberships__ended_on=None,
            partner__memberships__partnership__kind__in=Partnership.REVIEWED,
        ),
    )
    return waiting_of(rows.exclude(partner__in=begun).annotate(bound=bound), "expires_on", "bound")


def _reviews(keys: Collection[int]) -> dict[int, Shown]:
    today = timezone.localdate()
    return {
        one.pk: Shown(
            one.partner.name,
            reverse("review", args=[one.pk]),
            [_ends(one, today), one.get_outcome_display()],
        )
        for one in DueDiligence.objects.filter(pk__in=keys).select_related("partner")
    }


def _ends(review: DueDiligence, today: date) -> str:
    days = (review.expires_on - today).days if review.expires_on else 0
    if days < 0:
        return f"ended {-days} day{'' if days == -1 else 's'} ago"
    return f"ends in {days} day{'' if days == 1 else 's'}"


def _begin_again(keys: Collection[int], by: User, words: str) -> Done:
    rows = DueDiligence.objects.filter(pk__in=keys).select_related("partner").order_by("pk")

    def begin(review: DueDiligence) -> None:
        partner = Partner.objects.select_for_update(no_key=True).get(pk=review.partner_id)
        if partner.due_diligence.filter(status=DueDiligence.Status.DRAFT).exists():
            raise DomainError("review_begun", "A new review was begun meanwhile.")
        begin_review(partner, by=by)

    return each(rows, begin)


QUEUES = [
    Queue(
        key="partners",
        title="Partners to verify",
        lede="Organisations that people registered and nobody has verified.",
        weighs="partnerships that wait for it",
        waiting=_to_verify,
        show=_partners,
        columns=("Kind", "Country", "Possibly the same"),
        act=Act(
            "Verify",
            "They become public, and their people may join, promise and report.",
            _verify,
            "verified",
        ),
        page="queue",
    ),
    Queue(
        key="due-diligence",
        title="Due diligence that ends",
        lede="Reviews of partners that end within 60 days or have ended, and none is begun anew.",
        weighs="partnerships that need it",
        waiting=_expiring,
        show=_reviews,
        columns=("Holds", "Outcome"),
        act=Act(
            "Begin a new review",
            "A draft is begun for each, in your name; it says nothing until it is decided.",
            _begin_again,
            "begun",
        ),
        page="reviews",
    ),
]
