"""Who carries a risk, and who gains a benefit: parts that make up the whole, and dated."""

from typing import Any, Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from partnerships.models.membership import Membership
from partnerships.models.risks import Benefit, Risk


class SharingQuerySet(models.QuerySet["Sharing"]):
    def visible_to(self, user: Any) -> Self:
        risks = Risk.objects.visible_to(user).values("pk")
        benefits = Benefit.objects.visible_to(user).values("pk")
        return self.filter(Q(risk__in=risks) | Q(benefit__in=benefits))

    def held_at(self, moment: Any) -> Self:
        """Those that held at a moment."""
        return self.filter(Q(held_until=None) | Q(held_until__gt=moment), held_from__lte=moment)

    def present(self) -> Self:
        return self.filter(held_until=None)


class Sharing(models.Model):
    """How a risk or a benefit is divided, from when to when.

    The database refuses at commit, whoever writes and however, a sharing whose shares do not
    make up 100 %; and there is one at a time. So no row at all means "not shared yet".
    """

    risk = models.ForeignKey(Risk, models.CASCADE, null=True, blank=True, related_name="sharings")
    benefit = models.ForeignKey(
        Benefit, models.CASCADE, null=True, blank=True, related_name="sharings"
    )
    held_from = models.DateTimeField()
    held_until = models.DateTimeField(null=True, blank=True)

    objects = SharingQuerySet.as_manager()

    class Meta:
        ordering = ["-held_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(risk=None, benefit__isnull=False) | Q(risk__isnull=False, benefit=None),
                name="sharing_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(held_until=None) | Q(held_until__gte=F("held_from")),
                name="sharing_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["risk"], condition=Q(held_until=None), name="sharing_of_risk_once"
            ),
            models.UniqueConstraint(
                fields=["benefit"], condition=Q(held_until=None), name="sharing_of_benefit_once"
            ),
        ]

    def __str__(self) -> str:
        return f"sharing of {self.risk or self.benefit}"


class Share(models.Model):
    """The part of one member, or of the public and the users, in a sharing."""

    sharing = models.ForeignKey(Sharing, models.CASCADE, related_name="shares")
    membership = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="shares",
        help_text="empty: the public and the users",
    )
    percent = models.DecimalField(
        max_digits=9, decimal_places=6, validators=[MaxValueValidator(100)]
    )

    class Meta:
        ordering = ["sharing", "-percent", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sharing", "membership"], nulls_distinct=False, name="share_once"
            ),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100),
                name="share_percent",
                violation_error_message="More than 0 and at most 100 per cent.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id or 'the public and the users'}: {self.percent} %"
