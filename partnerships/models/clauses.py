"""The clauses of a document."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from partnerships.models.agreements import Agreement
from partnerships.models.checklists import Ingredient
from registry.models import Record


class ClauseQuerySet(models.QuerySet["Clause"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(agreement__in=Agreement.objects.visible_to(user).values("pk"))

    def editable_by(self, user: Any) -> Self:
        return self.filter(agreement__in=Agreement.objects.editable_by(user).values("pk"))


class Clause(Record):
    """One numbered part of a document that members agree to."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="clauses")
    number = models.PositiveSmallIntegerField(help_text="its place in the document, from 1")
    kind = models.CharField(max_length=14, choices=Ingredient, default=Ingredient.OTHER)
    heading = models.CharField(max_length=200)
    text = models.TextField(max_length=10_000)

    objects = ClauseQuerySet.as_manager()
    history_of = "agreement__partnership"

    class Meta:
        ordering = ["agreement", "number", "pk"]
        constraints = [
            # Deferred, so that clauses can change places.
            models.UniqueConstraint(
                fields=["agreement", "number"],
                name="clause_number_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="clause_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.heading}"
