"""The log that proves what happened: entries that the database writes, and seals over them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def about(self, model: type[models.Model], pk: Any) -> Self:
        return self.filter(table_name=model._meta.db_table, row_id=str(pk))

    def keys_that_held(
        self, model: type[models.Model], column: str, value: int, at: datetime
    ) -> models.QuerySet[Any, Any]:
        """Keys of rows from which a value in a column was taken after a moment.

        They may have got it after the moment too: `restore` says what stood there. It needs an
        index of its own for each column that is asked about.
        """
        changes = self.filter(
            table_name=model._meta.db_table,
            operation=AuditEntry.Operation.UPDATE,
            at__gt=at,
            **{f"before__{column}": value},
        )
        return changes.order_by().values_list(Cast("row_id", models.BigIntegerField()))

    def restore(self, rows: Sequence[models.Model], at: datetime, *columns: str) -> None:
        """Let the rows hold in these columns what they held at a moment; one query.

        The first change after the moment says what was there before. `columns` are names as the
        database has them (`currency_id`), of columns that the log does not withhold. The rows are
        for reading only from then on.
        """
        if not rows:
            return
        texts = [KeyTextTransform(column, "before") for column in columns]
        changes = self.filter(
            table_name=rows[0]._meta.db_table,
            row_id__in=[str(row.pk) for row in rows],
            operation=AuditEntry.Operation.UPDATE,
            at__gt=at,
            before__has_any_keys=list(columns),
        )
        held: dict[str, dict[str, Any]] = {}
        for row_id, before, *values in changes.order_by("id").values_list(
            "row_id", "before", *texts
        ):
            for column, value in zip(columns, values, strict=True):
                if column in before:
                    held.setdefault(row_id, {}).setdefault(column, value)
        for row in rows:
            for column, value in held.get(str(row.pk), {}).items():
                column_of: Any = row._meta.get_field(column)
                setattr(row, column, column_of.to_python(value))


class AuditEntry(models.Model):
    """One change of one row: written by a trigger, sealed, and never changed."""

    class Operation(models.TextChoices):
        INSERT = "insert"
        UPDATE = "update"
        DELETE = "delete"
        TRUNCATE = "truncate"

    id = models.BigIntegerField(primary_key=True)
    transaction = models.BigIntegerField(help_text="entries are sealed in the order of these")
    at = models.DateTimeField()
    actor = models.TextField(null=True, help_text="a user's key, or the task or command")  # noqa: DJ001
    token = models.TextField(null=True, help_text="how the token's key begins")  # noqa: DJ001
    request = models.TextField(null=True)  # noqa: DJ001
    operation = models.TextField(choices=Operation)
    table_name = models.TextField()
    row_id = models.TextField(null=True)  # noqa: DJ001
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    withheld = ArrayField(models.TextField(), help_text="columns that changed and are not kept")

    objects: ClassVar = AuditEntryQuerySet.as_manager()

    class Meta:
        managed = False  # see the migration: own triggers, own order, closed to the application
        ordering = ["-id"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.operation} {self.table_name} {self.row_id}"


class AuditSeal(models.Model):
    """A seal over the entries after the last seal's: their hash, chained on the hash before."""

    number = models.BigIntegerField(primary_key=True)
    entries = models.IntegerField()
    total = models.BigIntegerField(help_text="entries sealed up to here")
    last_transaction = models.BigIntegerField()
    last_id = models.BigIntegerField()
    sealed_at = models.DateTimeField()
    marks = models.BinaryField(help_text="8 bytes of each entry's hash: names the one that differs")
    sha256 = models.BinaryField()

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        managed = False
        ordering = ["number"]

    def __str__(self) -> str:
        return f"seal {self.number}"
