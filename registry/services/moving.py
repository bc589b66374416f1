"""A merge under way: locks, what it writes with the log of it, what stays, what is in the way."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import IntegrityError, models, transaction
from django.dispatch import Signal

from registry.errors import DomainError
from registry.models import MovedField, Partner, Record, User

# Sent once the merge (or its undoing) begins, before it locks anything itself. Apps above lock
# what they hold above a partner's rows, and register by `moving.first` what a plain move of a
# foreign key would break.
partners_merging = Signal()

UNIQUE_VIOLATION = "23505"
Fault = dict[str, Any]


class Moving:
    """The two partners, and everything that making them one does and finds."""

    def __init__(self, duplicate: Partner, into: Partner, by: User) -> None:
        self.duplicate, self.into, self.by = duplicate, into, by
        self.written: list[MovedField] = []
        self.stayed: list[Fault] = []
        self.conflicts: list[Fault] = []
        self._left: set[tuple[str, int]] = set()
        self._before: list[Callable[[Moving], None]] = []

    def first(self, work: "Callable[[Moving], None]") -> None:
        """Do this before the rows that are left are moved one by one."""
        self._before.append(work)

    def work_registered(self) -> None:
        for work in self._before:
            work(self)

    def write(self, row: models.Model, *, together: str = "", **values: Any) -> None:
        """Write columns (by attname) of a row and log them; what holds the value already, not."""
        values = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not values:
            return
        before = {name: getattr(row, name) for name in values}
        store(row, values)
        self.written.extend(logged(row, before, values, together))

    def create(self, row: models.Model, *, together: str = "") -> None:
        """Insert a row that undoing takes away again."""
        row.save(force_insert=True)
        key = type(row)._meta.pk.attname
        self.written.extend(logged(row, {key: None}, {key: row.pk}, together))

    def leave(self, row: models.Model, why: str) -> None:
        """Let a row stay where it is, and say why."""
        self._left.add((row._meta.label_lower, row.pk))
        self.stayed.append({"model": row._meta.label_lower, "id": row.pk, "why": why})

    def is_left(self, row: models.Model) -> bool:
        return (row._meta.label_lower, row.pk) in self._left

    def settle(self, code: str, text: str, **about: Any) -> None:
        """Something people have to decide before the two can be one."""
        self.conflicts.append({"code": code, "text": text, **about})

    def repoint(self, was: models.Model, to: models.Model, *, together: str = "") -> None:
        """Let everything that points at one row point at the other.

        What the other has already, by a unique constraint, stays behind; whatever else the
        database refuses is a conflict.
        """
        for model, field in pointing_at(type(was)):
            rows = model._base_manager.filter(**{field.attname: was.pk}).order_by("pk")
            for row in rows:
                if not self.is_left(row):
                    self._repoint_row(row, field, to.pk, together)

    def _repoint_row(self, row: models.Model, field: Any, to: int, together: str) -> None:
        try:
            with transaction.atomic():
                self.write(row, together=together, **{field.attname: to})
        except IntegrityError as error:
            if getattr(error.__cause__, "pgcode", "") == UNIQUE_VIOLATION:
                self.leave(row, "the other has the same already")
            else:
                text = f"{row._meta.verbose_name} {row.pk} cannot be moved."
                label = row._meta.label_lower
                self.settle("cannot_be_moved", text, model=label, id=row.pk)


def store(row: models.Model, values: dict[str, Any]) -> None:
    """Write columns; a record with a version gets its next one."""
    if isinstance(row, Record):
        row.change(**values)
        return
    type(row)._base_manager.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)


def logged(
    row: models.Model, before: dict[str, Any], after: dict[str, Any], together: str
) -> Iterator[MovedField]:
    for name, value in after.items():
        yield MovedField(
            model=row._meta.label_lower,
            row_id=row.pk,
            field=name,
            before=plain(before[name]),
            after=plain(value),
            version=getattr(row, "version", None),
            together=together,
        )


def plain(value: Any) -> Any:
    """A column's value as JSON keeps it; the field's `to_python` makes it the same again."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | list) else str(value)


def pointing_at(model: type[models.Model]) -> "list[tuple[type[models.Model], Any]]":
    """Every foreign key to the model that the database holds, hidden tables included.

    Logs keep naming what they named: history (no constraint in the database) and models that
    say `stays_with_partner`.
    """
    found = []
    relation: Any
    for relation in model._meta.get_fields(include_hidden=True):
        is_reverse = relation.auto_created and not relation.concrete
        if not is_reverse or not (relation.one_to_many or relation.one_to_one):
            continue
        pointing, field = relation.related_model, relation.field
        stays = getattr(pointing, "stays_with_partner", False) or not pointing._meta.managed
        if field.db_constraint and not stays and not pointing._meta.proxy:
            found.append((pointing, field))
    return sorted(found, key=lambda pair: (pair[0]._meta.label_lower, pair[1].name))


def hold_partners(moving: Moving) -> None:
    """Lock both partners and their rows, always in one order, and read both again.

    First what stands above (partnerships), then the rows, then the partners: as everybody else
    does, so that nobody waits in a circle.
    """
    partners_merging.send(Partner, moving=moving)
    keys = [moving.duplicate.pk, moving.into.pk]
    before = _lock_rows(keys)
    rows = Partner.objects.select_for_update().filter(pk__in=keys).order_by("pk").in_bulk()
    if before != _row_keys(keys):
        # Somebody added a row between the locks: with it not locked, two might wait in a circle.
        raise partners_busy()
    moving.duplicate, moving.into = (rows[key] for key in keys)


def partners_busy() -> DomainError:
    return DomainError("partners_busy", "Somebody is working on these partners; try again.")


def _lock_rows(partners: list[int]) -> dict[str, list[int]]:
    return {
        name: list(rows.select_for_update().values_list("pk", flat=True))
        for name, rows in _rows_of(partners)
    }


def _row_keys(partners: list[int]) -> dict[str, list[int]]:
    return {name: list(rows.values_list("pk", flat=True)) for name, rows in _rows_of(partners)}


def _rows_of(partners: list[int]) -> Iterator[tuple[str, Any]]:
    for model, field in pointing_at(Partner):
        rows = model._base_manager.filter(**{f"{field.attname}__in": partners})
        yield f"{model._meta.label_lower}.{field.name}", rows.order_by("pk")
