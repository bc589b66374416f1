"""The log of rows that an import wrote, from which it can be taken back."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from registry.models import ImportBatch, ImportedRow, Record


def values_of(row: Model) -> dict[str, str | None]:
    """A row's columns as text, from which `restored` makes the same values again."""
    return {
        field.attname: None if field.value_from_object(row) is None else field.value_to_string(row)
        for field in row._meta.concrete_fields
        if not field.generated
    }


def restored(model: type[Model], before: dict[str, str | None]) -> dict[str, Any]:
    return {
        field.attname: field.to_python(before[field.attname])
        for field in model._meta.concrete_fields
        if field.attname in before
    }


class Trail:
    """Writes rows for one activity, and remembers each of them in order."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.counts: Counter[str] = Counter()
        self._rows: list[ImportedRow] = []

    def create(self, rows: Iterable[Model]) -> list[Any]:
        """Insert rows of one model in bulk."""
        wanted = list(rows)
        if not wanted:
            return wanted
        stored = type(wanted[0])._default_manager.bulk_create(wanted, batch_size=1000)
        self.counts["created"] += len(stored)
        for row in stored:
            self._log(row, None)
        return stored

    def change(self, row: Record, **values: Any) -> None:
        """Write what differs, if anything does."""
        values = {name: value for name, value in values.items() if getattr(row, name) != value}
        if values:
            before = values_of(row)
            row.change(**values)
            self._changed(row, before)

    def changed(self, row: Model, before: dict[str, str | None]) -> None:
        """Log a change that was made elsewhere, such as a transition."""
        self._changed(row, before)

    def save_row(self, row: Model, **values: Any) -> None:
        """As `change`, for a row without a version."""
        values = {name: value for name, value in values.items() if getattr(row, name) != value}
        if values:
            before = values_of(row)
            for name, value in values.items():
                setattr(row, name, value)
            row.save(update_fields=values)
            self._changed(row, before)

    def remove(self, row: Model) -> None:
        """Delete a row that an earlier import created; undoing brings it back."""
        before = values_of(row)
        self._log(row, before)
        row.delete()
        self.counts["removed"] += 1

    def _changed(self, row: Model, before: dict[str, str | None]) -> None:
        self.counts["changed"] += 1
        self._log(row, before)

    def _log(self, row: Model, before: dict[str, str | None] | None) -> None:
        entry = ImportedRow(
            batch=self.batch,
            model=row._meta.label_lower,
            row_id=row.pk,
            before=before,
            version=getattr(row, "version", None),
        )
        self._rows.append(entry)

    def save(self) -> None:
        ImportedRow.objects.bulk_create(self._rows, batch_size=1000)
