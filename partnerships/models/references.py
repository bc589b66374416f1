"""Permanent references, counted up in each year."""

from datetime import date

from django.db import models


class ReferenceYear(models.Model):
    """The last number given to a partnership registered in a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"

    @classmethod
    def next(cls, on: date) -> str:
        """The next free reference, such as P-2026-00042; waits for a racing registration."""
        cls.objects.get_or_create(year=on.year)
        row = cls.objects.select_for_update().get(year=on.year)
        row.last += 1
        row.save(update_fields=["last"])
        return f"P-{on.year}-{row.last:05}"
