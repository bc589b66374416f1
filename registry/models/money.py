"""Currencies and the dated rates that operators load."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from registry.models.base import check_day


class Currency(models.Model):
    """An ISO 4217 currency."""

    code = models.CharField(max_length=3, primary_key=True)
    label = models.CharField(max_length=80)
    minor_units = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "currencies"

    def __str__(self) -> str:
        return self.code


class ExchangeRateQuerySet(models.QuerySet["ExchangeRate"]):
    def known_at(self, moment: object) -> "ExchangeRateQuerySet":
        """Rates that had been loaded by then: a later correction changes no earlier report."""
        return self.filter(loaded_at__lte=moment)


class ExchangeRate(models.Model):
    """US dollars for one unit of a currency on a day, as an operator loaded it."""

    currency = models.ForeignKey(Currency, models.PROTECT, related_name="rates")
    on = models.DateField(validators=[check_day])
    usd = models.DecimalField(max_digits=24, decimal_places=12)
    source = models.CharField(max_length=200)
    loaded_at = models.DateTimeField()

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        ordering = ["currency", "-on", "-loaded_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(usd__gt=0), name="rate_positive"),
            models.UniqueConstraint(fields=["currency", "on", "loaded_at"], name="rate_once"),
        ]

    def __str__(self) -> str:
        return f"1 {self.currency_id} = {self.usd} USD on {self.on}"

    def clean(self) -> None:
        if self.currency_id == "USD":
            raise ValidationError({"currency": "Another currency: rates are in US dollars."})
        if self.on and self.on > timezone.localdate():
            raise ValidationError({"on": "A day that has begun: a rate is not known before."})
