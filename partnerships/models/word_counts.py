"""How common a word is in the Solutions Catalogue: what nearly everybody says, says little."""

from django.db import models


class WordCount(models.Model):
    """In how many texts of the catalogue a word stands; counted anew each night."""

    stem = models.TextField(primary_key=True, help_text="the word's first five letters")
    texts = models.PositiveIntegerField()
    of = models.PositiveIntegerField(help_text="how many texts were counted")

    class Meta:
        ordering = ["stem"]

    def __str__(self) -> str:
        return f"{self.stem}: {self.texts} of {self.of}"
