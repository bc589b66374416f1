"""What bears out that something was delivered."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from partnerships.models.deliveries import Delivery
from partnerships.models.partnership import Partnership
from registry.models import Record, User


class DeliveryEvidenceQuerySet(models.QuerySet["DeliveryEvidence"]):
    def visible_to(self, user: Any) -> Self:
        """Evidence may show people and accounts: members' people and admins only."""
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(delivery__partnership__in=inside)


class DeliveryEvidence(Record):
    """A file or link that shows a delivery."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="evidence")
    title = models.CharField(max_length=300)
    url = models.URLField(max_length=2000, blank=True)
    file = models.FileField(upload_to="deliveries/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    added_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="delivery_evidence"
    )

    objects = DeliveryEvidenceQuerySet.as_manager()
    history_of = "delivery__partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name_plural = "delivery evidence"
        constraints = [
            models.CheckConstraint(
                condition=Q(url="") & ~Q(file="") | ~Q(url="") & Q(file=""),
                name="delivery_evidence_file_or_link",
                violation_error_message="Either a link or a file.",
            )
        ]

    def __str__(self) -> str:
        return self.title
