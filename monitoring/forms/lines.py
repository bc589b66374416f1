"""A form's inputs as a page shows them: by indicator, with what helps to fill them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from monitoring.forms.beside import cell_targets, counting_cells, last_cells
from monitoring.forms.cells import Cell, Key, dimensions_of, parts_of, scale_of, unit_of
from monitoring.forms.details import ESTIMATE, REMARKS
from monitoring.models import Dimension, Indicator
from monitoring.models.returns import ReturnReason, reasons_for

if TYPE_CHECKING:
    from monitoring.forms.entry import SubmissionForm


class CellLine(NamedTuple):
    """One cell: its inputs and what stands beside them."""

    label: str
    fields: list[Any]
    last: str
    target: str
    counts: str
    withdraws: Any
    is_withdrawn: bool
    asked: list[ReturnReason]

    @property
    def is_pair(self) -> bool:
        return len(self.fields) > 1


class Group(NamedTuple):
    """A dimension: its categories, and the way to say that they are not safe to collect."""

    dimension: Dimension
    cells: list[CellLine]
    unsafe: Any
    stands: str


class Line(NamedTuple):
    """An indicator with all its inputs."""

    indicator: Indicator
    total: CellLine
    groups: list[Group]
    remarks: list[Any]
    estimate: list[Any]
    provisional: Any
    unit: str
    scale: str
    has_details: bool

    @property
    def is_corrected(self) -> bool:
        cells = [self.total, *(cell for group in self.groups for cell in group.cells)]
        return any(cell.counts for cell in cells)


def lines_of(form: "SubmissionForm") -> Iterator[Line]:
    beside = Beside(form)
    for indicator in form.indicators:
        yield beside.line(indicator)


class Beside:
    """What all lines of a form need, read once."""

    def __init__(self, form: "SubmissionForm") -> None:
        submission = form.submission
        self.form = form
        self.last, self.targets = last_cells(submission), cell_targets(submission)
        self.counts = counting_cells(submission)
        self.reasons = reasons_for(submission)

    def line(self, indicator: Indicator) -> Line:
        groups = [self._group(indicator, dimension) for dimension in dimensions_of(indicator)]
        remarks, estimate = self._said(indicator, REMARKS), self._said(indicator, ESTIMATE)
        provisional = self._field(f"is_provisional-{indicator.pk}")
        said = [*remarks, *estimate, *([provisional] if provisional else [])]
        return Line(
            indicator=indicator,
            total=self._cell(Cell(indicator), "Total" if groups else "Value"),
            groups=groups,
            remarks=remarks,
            estimate=estimate,
            provisional=provisional,
            unit=unit_of(indicator),
            scale=scale_of(indicator),
            has_details=any(field.value() or field.errors for field in said),
        )

    def _group(self, indicator: Indicator, dimension: Dimension) -> Group:
        return Group(
            dimension,
            [self._cell(Cell(indicator, one), one.label) for one in dimension.categories.all()],
            self._field(f"unsafe-{indicator.pk}-{dimension.pk}"),
            self.form.standing.get((indicator.pk, dimension.pk), ""),
        )

    def _cell(self, cell: Cell, label: str) -> CellLine:
        key: Key = cell.key
        stored = self.form.stored.get(key)
        is_withdrawn = bool(stored and stored.withdraws)
        offered = is_withdrawn or key in self.counts
        return CellLine(
            label,
            [self.form[cell.name(part)] for part in parts_of(cell.indicator)],
            self.last.get(key, ""),
            self.targets.get(key, ""),
            self.counts.get(key, ""),
            self._field(cell.name("withdraws")) if offered else None,
            is_withdrawn,
            [one for one in self.reasons.cells.get(key, []) if one.is_open],
        )

    def _said(self, indicator: Indicator, parts: tuple[str, ...]) -> list[Any]:
        fields = (self._field(f"{part}-{indicator.pk}") for part in parts)
        return [field for field in fields if field]

    def _field(self, name: str) -> Any:
        return self.form[name] if name in self.form.fields else None
