"""What every record that people change has in common."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from registry.errors import StaleVersion

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


def check_day(day: date) -> None:
    """Refuse a day that is surely a slip; every span counted out from it would have no end."""
    if not FIRST_DAY <= day <= LAST_DAY:
        text = f"A day from {in_words(FIRST_DAY)} to {in_words(LAST_DAY)}."
        raise ValidationError(text, code="day_out_of_range")


def in_words(day: date | None, otherwise: str = "") -> str:
    """As people write a day: 1 Feb 2027."""
    return f"{day:%-d %b %Y}" if day else otherwise


def days_in_range(*names: str) -> models.Q:
    """The same for the database; an empty day passes."""
    return models.Q(**{f"{name}__range": (FIRST_DAY, LAST_DAY) for name in names})


class Record(models.Model):
    """A row with a version, so that two writers never overwrite each other unseen."""

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    # The field at which a check of several is said, by the constraint's name.
    SAID_AT: ClassVar[Mapping[str, str]] = {}

    class Meta:
        abstract = True

    def check_values(self) -> None:
        """Raise ValidationError by field for anything the model itself can refuse.

        What only the database can decide without a race (uniqueness) is left to it.
        """
        self.clean_fields(exclude=self._unset_or_generated())
        self._check_lengths()
        self.clean()
        for constraint in self._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                self._check_constraint(constraint)

    def _check_constraint(self, constraint: models.CheckConstraint) -> None:
        """What it refuses is said at the field that people put right, where there is one."""
        try:
            constraint.validate(type(self), self)
        except ValidationError as refused:
            field = self.SAID_AT.get(constraint.name)
            if field is None:
                raise
            raise ValidationError({field: refused.messages}) from refused

    def _check_lengths(self) -> None:
        """Django holds the longest length of a TextField against forms only."""
        texts = [field for field in self._meta.fields if isinstance(field, models.TextField)]
        long = {
            field.name: f"At most {most:,} characters."
            for field in texts
            if (most := field.max_length) and len(getattr(self, field.attname) or "") > most
        }
        if long:
            raise ValidationError(long)

    def _unset_or_generated(self) -> set[str]:
        return {field.name for field in self._meta.fields if field.generated or not field.editable}

    def store(self) -> Self:
        """Insert a new row after checking its values."""
        self.check_values()
        self.save(force_insert=True)
        return self

    def amend(self, **values: Any) -> Self:
        """Check and write `values`, unless somebody else changed the row meanwhile."""
        for name, value in values.items():
            setattr(self, name, value)
        self.check_values()
        return self.change(**values)

    def change(self, *, where: dict[str, Any] | None = None, **values: Any) -> Self:
        """Write `values` if nobody else changed the row since it was read, else StaleVersion.

        One conditional UPDATE: when two requests race, exactly one wins. `where` adds
        conditions on the stored row, such as the status a transition starts from.
        """
        values["updated_at"] = timezone.now()
        values["version"] = self.version + 1
        stored = type(self)._base_manager.filter(pk=self.pk, version=self.version, **(where or {}))
        if not stored.update(**values):
            raise StaleVersion
        for name, value in values.items():
            setattr(self, name, value)
        return self


class MovingRecord(Record):
    """A record whose status moves only along its MOVES table: see Event.move."""

    MOVES: ClassVar[Mapping[str, Sequence[str]]]
    status: "models.CharField[Any, str]"

    class Meta:
        abstract = True


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": "Give the reason."})


def months_before(day: date, months: int) -> date:
    """The day of the same number, or the last of its month; "the last 12 months" begin after it."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
