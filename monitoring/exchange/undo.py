"""Takes an import back: its rows, and only if nothing later stands on them."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import F, Model, QuerySet
from django.utils import timezone

from monitoring.exchange.jobs import lock_imports
from monitoring.exchange.trail import restored
from monitoring.models import ImportedActivity
from partnerships.models import Partnership
from partnerships.models.facets import Facets
from partnerships.models.partnership_search import PartnershipSearch
from registry.errors import DomainError
from registry.models import (
    Event,
    ImportBatch,
    ImportedRow,
    Notice,
    OutboxEntry,
    Partner,
    PartnerIdentifier,
    PartnerSearch,
    Record,
    User,
    WebhookDelivery,
)
from registry.subjects import is_confidential

# Partners may be needed elsewhere: such a one stays, and does not stand in the way.
SHARED = (Partner, PartnerIdentifier)
# The telling of an event goes with it. The outbox comes first: who tells at this moment holds its
# entry, so that what it writes is there to be deleted once the entry is ours.
TELLING: tuple[type[Any], ...] = (OutboxEntry, Notice, WebhookDelivery)
# Nobody's work: these are made from rows of the batch, and need not outlive them.
DERIVED: tuple[type[Model], ...] = (*TELLING, PartnerSearch, PartnershipSearch, Facets)
MOST_REASONS = 50
AT_A_TIME = 2000


class ImportInUse(DomainError):
    """Later work stands on what the import brought."""

    def __init__(self, reasons: list[str]) -> None:
        text = f"The import cannot be taken back: {'; '.join(reasons[:3])}"
        super().__init__("import_in_use", text, reasons=reasons)
        self.reasons = reasons


@transaction.atomic
def undo_import(batch: ImportBatch, *, by: User | None) -> int:
    """Delete what the batch created and restore what it changed; returns how many rows.

    All or nothing: refused with the reasons, if later work stands on a row of the batch.
    Reference numbers that were given are not given again, and what was listed stays listed.
    """
    lock_imports()
    _begin(batch)
    if reasons := list(reasons_against(batch))[:MOST_REASONS]:
        raise ImportInUse(reasons)
    kept = _partners_needed(batch)
    taken = sum(_take_back(model, list(group), kept) for model, group in _runs(batch))
    batch.rows.all().delete()
    connection.check_constraints()
    batch.undoing, batch.undone_at = False, timezone.now()
    batch.save(update_fields=["undoing", "undone_at"])
    Event.log(batch, "undone", by=by)
    return taken


def _begin(batch: ImportBatch) -> None:
    """Mark the batch, which is what the database's own locks ask for; once only."""
    done = [ImportBatch.Status.READY, ImportBatch.Status.FAILED]
    waiting = ImportBatch._base_manager.filter(pk=batch.pk, status__in=done, undone_at=None)
    if batch.is_dry_run or not waiting.update(undoing=True):
        raise DomainError("nothing_to_undo", f"{batch} is not finished, or was undone already.")
    batch.refresh_from_db(fields=["status", "undone_at"])


def reasons_against(batch: ImportBatch) -> Iterator[str]:
    """Why the batch cannot be taken back; nothing, if it can."""
    labels = batch.rows.order_by("model").values_list("model", flat=True).distinct()
    for model in map(apps.get_model, labels):
        if model not in SHARED:
            yield from _later_imports(batch, model)
            yield from _later_changes(batch, model)
            yield from _later_references(batch, model)


def _logged(batch: ImportBatch, model: type[Model]) -> QuerySet[ImportedRow]:
    return batch.rows.filter(model=model._meta.label_lower)


def _created(batch: ImportBatch, model: type[Model]) -> QuerySet[Any]:
    rows = _logged(batch, model).filter(before__isnull=True)
    return model._base_manager.filter(pk__in=rows.values("row_id"))


def _later_imports(batch: ImportBatch, model: type[Model]) -> Iterator[str]:
    keys = _logged(batch, model).values("row_id")
    later = ImportedRow.objects.filter(
        model=model._meta.label_lower, row_id__in=keys, batch_id__gt=batch.pk
    )
    for number in later.order_by("batch").values_list("batch", flat=True).distinct():
        yield f"import {number} changed a {model._meta.verbose_name} after it; undo that first"


def _later_changes(batch: ImportBatch, model: type[Model]) -> Iterator[str]:
    if not issubclass(model, Record):
        return
    logged = _logged(batch, model).exclude(version=None).order_by("pk")
    versions = dict(logged.values_list("row_id", "version"))
    for row in model._base_manager.filter(pk__in=versions).order_by("pk"):
        if row.version != versions[row.pk]:
            yield f"{model._meta.verbose_name} {row.pk} ({str(row)[:80]}) was changed since"


def _later_references(batch: ImportBatch, model: type[Model]) -> Iterator[str]:
    for pointing, field in _pointing_at(model):
        rows = pointing._base_manager.filter(**{f"{field}__in": _created(batch, model)})
        for row in rows.exclude(pk__in=_created(batch, pointing)).order_by("pk")[:MOST_REASONS]:
            name, on = pointing._meta.verbose_name, model._meta.verbose_name
            what = f"{name} {row.pk} ({str(row)[:80]})"
            yield f"{'a record' if is_confidential(pointing) else what} stands on a {on} of it"


def _pointing_at(model: type[Model]) -> Iterator[tuple[type[Model], str]]:
    """Every foreign key to the model from what people work on, hidden tables included."""
    relation: Any
    for relation in model._meta.get_fields(include_hidden=True):
        is_reverse = relation.auto_created and not relation.concrete
        if not is_reverse or relation.related_model in DERIVED:
            continue
        if relation.one_to_many or relation.one_to_one:
            yield relation.related_model, relation.field.name


def _partners_needed(batch: ImportBatch) -> set[int]:
    """Partners of the batch that something else uses, or that people have worked on."""
    versions = dict(_logged(batch, Partner).values_list("row_id", "version"))
    changed = {row.pk for row in _created(batch, Partner) if row.version != versions[row.pk]}
    for pointing, field in _pointing_at(Partner):
        rows = pointing._base_manager.filter(**{f"{field}__in": _created(batch, Partner)})
        elsewhere = rows.exclude(pk__in=_created(batch, pointing))
        changed.update(elsewhere.values_list(F(f"{field}_id"), flat=True))
    return changed


def _runs(batch: ImportBatch) -> Iterator[tuple[type[Model], Iterator[ImportedRow]]]:
    """Neighbours of one model, the last written first."""
    for label, group in groupby(_last_first(batch), key=lambda row: row.model):
        yield apps.get_model(label), group


def _last_first(batch: ImportBatch) -> Iterator[ImportedRow]:
    rows = list(batch.rows.order_by("-pk")[:AT_A_TIME])
    while rows:
        yield from rows
        rows = list(batch.rows.filter(pk__lt=rows[-1].pk).order_by("-pk")[:AT_A_TIME])


def _take_back(model: type[Model], rows: list[ImportedRow], kept: set[int]) -> int:
    new = model._base_manager.filter(pk__in=[row.row_id for row in rows if row.before is None])
    if model is Partner:
        new = new.exclude(pk__in=kept)
    if model is PartnerIdentifier:
        new = new.exclude(partner__in=kept)
    if model is Event:
        _take_back_telling(new)
    if model is Partnership:
        facets = Facets._base_manager.filter(partnership__in=new)
        facets._raw_delete(facets.db)
    # Without cascades: whatever still points here was shown to be the batch's own.
    taken = new._raw_delete(new.db) or 0
    for row in rows:
        if row.before is not None:
            _restore(model, row)
    return taken + sum(row.before is not None for row in rows)


def _take_back_telling(events: QuerySet[Any]) -> None:
    """What was not told yet never is; what was told is of a thing that is not there any more."""
    for told in TELLING:
        rows = told._base_manager.filter(event__in=events)
        rows._raw_delete(rows.db)


def _restore(model: type[Model], row: ImportedRow) -> None:
    """Put a changed row's values back, or a removed row; a version never runs backwards."""
    values = restored(model, row.before or {})
    stored = model._base_manager.filter(pk=row.row_id)
    if issubclass(model, Record):
        was = values["version"]
        found = stored.values_list("version", flat=True).first() or row.version
        version = (found or was) + 1
        values.update(version=version, updated_at=timezone.now())
        _as_imported_before(row, was, version)
    if not stored.update(**values):
        model._base_manager.bulk_create([model(**values)])


def _as_imported_before(row: ImportedRow, was: int, version: int) -> None:
    """The row says again what an earlier import left there: nobody has edited it since."""
    earlier = ImportedRow.objects.filter(model=row.model, row_id=row.row_id, version=was)
    earlier.exclude(batch=row.batch_id).update(version=version)
    if row.model == Partnership._meta.label_lower:
        activity = ImportedActivity.objects.filter(partnership=row.row_id, partnership_version=was)
        activity.update(partnership_version=version)
