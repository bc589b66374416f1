"""The SDG framework: goals, targets, global indicators, and the edition that they are of."""

import re
import unicodedata
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models
from django.db.models import F, Func, Q, TextField
from django.db.models.fields.json import KT
from django.utils import timezone

LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh-Hans")
BEFORE_A_CODE = re.compile(r"^(sdgs?|goal|target|indicator)\s*(?=[0-9.]+[0-9a-z.]*$)")
A_CODE = re.compile(r"[1-9][0-9]?(\.[0-9a-z]{1,2}){0,2}")
# Marks over and under letters, Arabic vowels, and the stroke that only stretches Arabic words.
MARKS = re.compile("[\u0300-\u036f\u064b-\u065f\u0640]")
SAME_WORD = 0.6  # of 1: a letter lost, doubled or swapped in a word of some length


class SdgEditionQuerySet(models.QuerySet["SdgEdition"]):
    def current(self) -> "SdgEdition | None":
        return self.order_by("-loaded_at", "-pk").first()


class SdgEdition(models.Model):
    """An edition of the global indicator framework that was loaded; the last one is in use."""

    version = models.CharField(max_length=20, unique=True, help_text="as 2022.Q1.G.03")
    source = models.CharField(max_length=200)
    loaded_at = models.DateTimeField(default=timezone.now)
    changes = models.JSONField(
        default=dict, blank=True, help_text="codes that it added, retired and brought back, by kind"
    )

    objects = SdgEditionQuerySet.as_manager()

    class Meta:
        ordering = ["-loaded_at", "-pk"]

    def __str__(self) -> str:
        return self.version


class Fold(Func):
    """Lower case without marks over letters, so that `energie` finds `énergie`."""

    function = "registry_fold"
    output_field = TextField()


def asked_for(q: str) -> str:
    """What is searched, folded: "SDG 6.1" asks for 6.1."""
    return BEFORE_A_CODE.sub("", fold(q).strip())


def fold(text: str) -> str:
    """The same as the database's `registry_fold`."""
    return MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()


def words_of_all_languages() -> models.GeneratedField:
    """The label and every official text, folded, for a search in any language."""
    words = Func(F("label"), F("texts"), function="registry_sdg_words")
    return models.GeneratedField(expression=words, output_field=TextField(), db_persist=True)


class SdgQuerySet(models.QuerySet[Any]):
    code_field = "code"

    def in_force(self) -> Self:
        """Without what a later edition has retired."""
        return self.filter(retired_in="")

    def chosen(self, q: str = "", language: str = "") -> Self:
        """By code (`6.1` finds what stands under it too), or by words in any of six languages.

        Words are found inside longer ones, since Chinese does not space its words. Only if
        nothing is found, words that are spelled nearly alike.
        """
        asked = asked_for(q)
        if A_CODE.fullmatch(asked):
            return self.filter(
                Q(**{self.code_field: asked}) | Q(**{f"{self.code_field}__startswith": f"{asked}."})
            )
        rows, column = self._with_text(language)
        exact = rows.filter(*(Q(**{f"{column}__contains": word}) for word in asked.split()))
        return exact if exact.exists() else rows._nearly(asked, column)

    def _with_text(self, language: str) -> tuple[Self, str]:
        if not language:
            return self, "words"
        return self.annotate(text_folded=Fold(KT(f"texts__{language}"))), "text_folded"

    def _nearly(self, asked: str, column: str) -> Self:
        rows = self
        for n, word in enumerate(asked.split()):
            alike = {f"alike_{n}": TrigramWordSimilarity(word, column)}
            rows = rows.annotate(**alike).filter(**{f"alike_{n}__gte": SAME_WORD})
        return rows


class GoalQuerySet(SdgQuerySet):
    code_field = "code"

    def chosen(self, q: str = "", language: str = "") -> Self:
        asked = asked_for(q)
        if asked.isdecimal():
            return self.filter(number=int(asked)) if len(asked) < 3 else self.none()
        return super().chosen(q, language) if not A_CODE.fullmatch(asked) else self.none()


class Listed(models.Model):
    """What goals, targets and indicators of the framework share."""

    texts = models.JSONField(default=dict, blank=True, help_text="official texts by language")
    retired_in = models.CharField(
        max_length=20, blank=True, help_text="the edition that lists it no longer"
    )

    class Meta:
        abstract = True

    def text(self, language: str = "en") -> str:
        """The official text in the language, else our own label."""
        return str(self.texts.get(language) or getattr(self, "label", ""))


class Goal(Listed):
    """One of the 17 Sustainable Development Goals."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    label = models.CharField(max_length=120, help_text="our own short words")
    colour = models.CharField(max_length=7, help_text="official colour, #RRGGBB")
    words = words_of_all_languages()

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(number__range=(1, 17)), name="goal_number")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

    @property
    def code(self) -> str:
        return str(self.number)


class Target(Listed):
    """One of the 169 targets of the goals."""

    class Kind(models.TextChoices):
        OUTCOME = "outcome"
        MEANS = "means", "means of implementation"

    code = models.CharField(max_length=5, unique=True)
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="targets")
    kind = models.CharField(max_length=8, choices=Kind)
    label = models.CharField(max_length=160)
    words = words_of_all_languages()

    objects = SdgQuerySet.as_manager()

    class Meta:
        ordering = ["goal_id", "pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class GlobalIndicator(Listed):
    """One of the 248 listed indicators (231 without repeats) of the global framework."""

    code = models.CharField(max_length=8, unique=True)
    target = models.ForeignKey(Target, models.PROTECT, related_name="global_indicators")
    label = models.CharField(max_length=200)
    tier = models.CharField(max_length=20, blank=True)
    repeat_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeats"
    )
    series = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    words = words_of_all_languages()

    objects = SdgQuerySet.as_manager()

    class Meta:
        ordering = ["target__goal_id", "target_id", "pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
