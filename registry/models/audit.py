"""The log that proves what happened: entries that the database writes, and seals over them."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def about(self, model: type[models.Model], pk: Any) -> Self:
        return self.filter(table_name=model._meta.db_table, row_id=str(pk))


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
