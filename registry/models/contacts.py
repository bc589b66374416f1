"""People whom one reaches at a partner: personal data, apart from the partner and never public."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from registry.models.base import Record
from registry.models.partners import Partner

PHONE = RegexValidator(
    r"^\+?[0-9][0-9 ()./-]{4,38}$", "Digits, with + and the country in front if need be."
)


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: Any) -> Self:
        """Those of the partners at which the user has a role; admins see all."""
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        return self.filter(partner__in=user.affiliations.values("partner_id"))

    def editable_by(self, user: Any) -> Self:
        if user.is_anonymous:
            return self.none()
        return self.filter(partner__in=Partner.objects.editable_by(user).values("pk"))

    def of_person(self, addresses: list[str]) -> Self:
        """Contacts with one of the e-mail addresses."""
        mine = models.Q(pk__in=())
        for address in addresses:
            mine |= models.Q(email__iexact=address)
        return self.filter(mine)


class Contact(Record):
    """Somebody whom one reaches at a partner; deleted without a trace when no longer needed."""

    class Subject(models.TextChoices):
        GENERAL = "general", "in general"
        DATA = "data", "data and reports"
        FINANCE = "finance", "finance"
        PRESS = "press", "press"
        SAFEGUARDING = "safeguarding", "safeguarding and complaints"

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=150)
    position = models.CharField(max_length=150, blank=True)
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField(max_length=40, blank=True, validators=[PHONE])
    subject = models.CharField(max_length=12, choices=Subject, default=Subject.GENERAL)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["partner", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(email="") | ~models.Q(phone=""),
                name="contact_can_be_reached",
                violation_error_message="Give an e-mail address or a phone number.",
            )
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"

    def clean(self) -> None:
        if not self.name.strip():
            raise ValidationError({"name": "Give the name."})
