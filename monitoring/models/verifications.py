"""How far a value was verified: by whom, when, and on what document."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from monitoring.models.submissions import Observation
from partnerships.models import Membership, Partnership
from registry.models import User

Level = Observation.Verification
# Beyond self-reporting: what the scorecard's A3 asks for.
VERIFIED = (Level.INTERNALLY_VALIDATED, Level.INDEPENDENTLY_VERIFIED)


class VerificationQuerySet(models.QuerySet["Verification"]):
    def visible_to(self, user: Any) -> Self:
        """As far as the value is seen; what was noted on it is for members."""
        inside = Partnership.objects.insider(user).values("pk")
        seen = Observation.objects.visible_to(user).values("pk")
        of_members = Q(observation__period__framework__partnership__in=inside)
        return self.filter(of_members | Q(observation__in=seen))

    def known_at(self, cutoff_at: datetime) -> Self:
        return self.filter(at__lte=cutoff_at)


class Verification(models.Model):
    """A level given to a value, dated: the latest one holds, and none is ever changed."""

    observation = models.ForeignKey(Observation, models.PROTECT, related_name="verifications")
    level = models.CharField(max_length=22, choices=Level)
    by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="verifications")
    membership = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="verifications",
        help_text="the member for which it was verified independently",
    )
    verifier = models.CharField(
        max_length=300, blank=True, help_text="an outside organisation that verified, no person"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    note = models.TextField(blank=True, max_length=2000)
    url = models.URLField(blank=True, max_length=2000)
    file = models.FileField(blank=True, upload_to="verifications/%Y/%m/")
    sha256 = models.CharField(max_length=64, blank=True, editable=False)

    objects = VerificationQuerySet.as_manager()
    history_of = "observation__period__framework__partnership"

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["observation", "-at", "-id"], name="verification_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(verifier="") | Q(level=Level.INDEPENDENTLY_VERIFIED),
                name="verification_outside_is_independent",
                violation_error_message="An outside organisation verifies independently.",
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(file=""),
                name="verification_link_or_file",
                violation_error_message="A link or a file, not both.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.observation}: {self.get_level_display()}"


def level_at(cutoff_at: datetime | None = None, *, of: str = "pk") -> Coalesce:
    """A value's level at a moment, as an annotation: the latest by then, else its own.

    `of` leads from the annotated rows to the observation; one subquery, no extra query.
    """
    known = Verification.objects.filter(observation=models.OuterRef(of))
    if cutoff_at is not None:
        known = known.known_at(cutoff_at)
    latest = known.order_by("-at", "-pk").values("level")[:1]
    own = "verification" if of == "pk" else f"{of}__verification"
    return Coalesce(models.Subquery(latest), own, output_field=models.CharField())
