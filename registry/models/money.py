"""Currencies and the dated rates that operators load."""

from django.core.exceptions import ValidationError
from django.db import connection, models
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


ONE_LOAD_AT_A_TIME = 20150928  # nobody else takes this one: runs of reports wait for it


class ExchangeRateQuerySet(models.QuerySet["ExchangeRate"]):
    def known_at(self, moment: object) -> "ExchangeRateQuerySet":
        """Rates that had been loaded by then: a later correction changes no earlier report."""
        return self.filter(loaded_at__lte=moment)

    def hold(self) -> None:
        """Let nobody else add rates before the caller's transaction ends, and wait for whoever is
        adding some: two loads at once would both add the same. What is added is dated after it."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_LOAD_AT_A_TIME])

    def are_settled(self) -> bool:
        """Whether nobody is adding any: all that is dated before now is there to be read."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [ONE_LOAD_AT_A_TIME])
            return bool(cursor.fetchone()[0])


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
