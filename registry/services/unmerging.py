"""A merge is taken back from its log: what nobody has touched since returns."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from registry.errors import DomainError, NotAllowed
from registry.models import (
    Event,
    MovedField,
    Notice,
    Partner,
    PartnerMerge,
    Record,
    User,
)
from registry.services.merging import busy_when_deadlocked, check_reason, managers_of
from registry.services.moving import Moving, hold_partners, logged, plain, pointing_at, store

WORK_DEPTH = 2
RowKey = tuple[str, int]


@transaction.atomic
def undo_merge(merge: PartnerMerge, *, by: User, reason: str) -> PartnerMerge:
    """Make the two partners two again.

    Rows that were changed since, or on which later work stands, stay with the survivor and are
    listed in `kept`. Refused (`merge_not_undoable`, with the reasons) where the rest cannot go.
    """
    if not by.is_staff:
        raise NotAllowed("admins_only", "Only a registry admin takes a merge back.")
    check_reason(reason)
    moving = Moving(merge.duplicate, merge.into, by)
    with busy_when_deadlocked():
        hold_partners(moving)
    merge.refresh_from_db()
    _require_undoable(merge, moving)
    duplicate = moving.duplicate
    duplicate.change(where={"status": Partner.Status.MERGED}, status=merge.was, merged_into_id=None)
    kept = _give_back(merge)
    _close(merge, kept, by=by, reason=reason)
    moving.into.change()
    facts = {"merge": merge.pk, "from": merge.into_id, "kept": len(kept)}
    event = Event.log(
        duplicate,
        "unmerged",
        was=Partner.Status.MERGED,
        became=merge.was,
        by=by,
        reason=reason,
        facts=facts,
    )
    Notice.tell(event, managers_of(duplicate, moving.into))
    return merge


def _require_undoable(merge: PartnerMerge, moving: Moving) -> None:
    if merge.undone_at:
        raise DomainError("already_undone", "This merge was taken back already.")
    if moving.into.status == Partner.Status.MERGED:
        text = f"{moving.into} was itself merged since: take that back first."
        raise DomainError("merge_not_undoable", text, reasons=[text])


def _close(merge: PartnerMerge, kept: list[dict[str, Any]], *, by: User, reason: str) -> None:
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.undo_reason, merge.kept = reason, kept
    merge.save(update_fields=["undone_at", "undone_by", "undo_reason", "kept"])


def _give_back(merge: PartnerMerge) -> list[dict[str, Any]]:
    """Write back what stood there before, the last written first; returns what stays."""
    fields = list(merge.moved.order_by("pk"))
    staying = _staying(merge, fields)
    written: list[MovedField] = []
    for (label, key, _), steps in groupby(
        reversed(fields), key=lambda f: (f.model, f.row_id, f.version)
    ):
        if (label, key) not in staying:
            written += _write_back(label, key, list(steps))
    for field in written:
        field.merge = merge
    MovedField.objects.bulk_create(written, batch_size=1000)
    return [{"model": m, "id": key, "why": why} for (m, key), why in sorted(staying.items())]


def _write_back(label: str, key: int, steps: list[MovedField]) -> Iterator[MovedField]:
    model = apps.get_model(label)
    row = model._base_manager.get(pk=key)
    values = {step.field: _column(model, step.field).to_python(step.before) for step in steps}
    before = {name: getattr(row, name) for name in values}
    is_new = model._meta.pk.attname in values
    try:
        with transaction.atomic():
            if is_new:
                model._base_manager.filter(pk=key).delete()
            else:
                store(row, values)
    except IntegrityError as error:
        text = f"{model._meta.verbose_name} {key} cannot go back: {_words(error)}"
        raise DomainError("merge_not_undoable", text, reasons=[text]) from error
    return iter(()) if is_new else logged(row, before, values, MovedField.UNDONE)


def _words(error: IntegrityError) -> str:
    return str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or error)


def _column(model: type[models.Model], attname: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == attname)


def _staying(merge: PartnerMerge, fields: list[MovedField]) -> dict[RowKey, str]:
    """Rows that do not go back, each with the reason; what belongs together stays together."""
    by_row: dict[RowKey, list[MovedField]] = defaultdict(list)
    for field in fields:
        by_row[field.model, field.row_id].append(field)
    staying: dict[RowKey, str] = {}
    stuck: set[str] = set()
    for row_key, steps in by_row.items():
        if why := _why_it_stays(merge, row_key, steps):
            staying[row_key] = why
            stuck |= {step.together for step in steps} - {""}
    for row_key, steps in by_row.items():
        if stuck & {step.together for step in steps}:
            staying.setdefault(row_key, "belongs to something that stays")
    return staying


def _why_it_stays(merge: PartnerMerge, row_key: RowKey, steps: list[MovedField]) -> str:
    model = apps.get_model(row_key[0])
    row = model._base_manager.filter(pk=row_key[1]).first()
    if row is None:
        return "removed since"
    last = {step.field: step.after for step in steps}
    if any(plain(getattr(row, name)) != after for name, after in last.items()):
        return "changed since"
    if isinstance(row, Record) and not _written_by_merges_only(row, steps):
        return "changed since"
    is_given = any(_column(model, name).is_relation for name in last)
    return "later work stands on it" if is_given and _has_later_work(merge, row) else ""


def _written_by_merges_only(row: Record, steps: list[MovedField]) -> bool:
    """Whether every version since ours was written by a merge, or by taking one back."""
    ours = max(step.version or 0 for step in steps)
    logged_since = MovedField.objects.filter(
        model=row._meta.label_lower, row_id=row.pk, version__gt=ours, version__lte=row.version
    )
    return logged_since.values("version").distinct().count() == row.version - ours


def _has_later_work(merge: PartnerMerge, row: models.Model, depth: int = WORK_DEPTH) -> bool:
    """Whether something was added below the row, or changed there, after the merge."""
    for model, field in pointing_at(type(row)):
        below = model._base_manager.filter(**{field.attname: row.pk})
        if below.filter(pk__gt=merge.marks.get(model._meta.label_lower, 0)).exists():
            return True
        if depth > 1 and any(_changed_since(merge, child, depth) for child in below):
            return True
    return False


def _changed_since(merge: PartnerMerge, child: models.Model, depth: int) -> bool:
    if isinstance(child, Record) and child.updated_at > merge.merged_at:
        steps = MovedField.objects.filter(model=child._meta.label_lower, row_id=child.pk)
        if not steps.filter(version=child.version).exists():
            return True
    return _has_later_work(merge, child, depth - 1)
