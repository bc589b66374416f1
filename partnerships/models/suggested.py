"""Whom a partnership might ask to join."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.models import Partner


class SuggestedMemberQuerySet(models.QuerySet["SuggestedMember"]):
    def visible_to(self, user: Any) -> Self:
        """The drafters' own: whoever is suggested does not know of it."""
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))


class SuggestedMember(models.Model):
    """A member of the partnership that this one was copied from, not asked yet.

    It goes once the partner is invited.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="suggested_members")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="suggestions")
    roles = ArrayField(models.CharField(max_length=12, choices=Membership.Role))

    objects = SuggestedMemberQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "pk"]

    def __str__(self) -> str:
        return f"{self.partner} for {self.partnership}"
