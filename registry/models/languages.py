"""Languages."""

from django.db import models


class Language(models.Model):
    """A language with an ISO 639-1 code."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
