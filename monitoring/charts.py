"""Geometry of the charts: everything is worked out here, rounded to 0.1; templates only draw."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil, floor, log10
from typing import Any

from monitoring.aggregation import Progress
from monitoring.models import Indicator
from monitoring.presentation import IndicatorRow, Point
from registry import display

BAR_WIDTH = 200.0
TARGET_AT = 160.0  # the target stands at four fifths, so that more than 100 % can be seen
LEFT, RIGHT, TOP, BOTTOM = 52.0, 14.0, 26.0, 26.0


@dataclass(frozen=True)
class Frame:
    """A drawing area with its scales: days across, values upward."""

    width: float
    height: float
    first: date
    last: date
    low: float
    high: float

    def x(self, on: date) -> float:
        days = max((self.last - self.first).days, 1)
        return LEFT + (self.width - LEFT - RIGHT) * (on - self.first).days / days

    def y(self, value: Decimal | float) -> float:
        share = (float(value) - self.low) / (self.high - self.low)
        return self.height - BOTTOM - (self.height - TOP - BOTTOM) * share


def at(number: float) -> str:
    """A coordinate: one decimal, a point whatever the language."""
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def progress_bar(progress: Progress, expected: Decimal | None, tone: str) -> dict[str, Any]:
    """How far toward the target, with a tick where it should be; the fill ends at 125 %."""
    reached = progress.floor
    share = min(max(float(reached), 0.0), BAR_WIDTH / TARGET_AT) if reached is not None else None
    tick = min(max(float(expected), 0.0), BAR_WIDTH / TARGET_AT) if expected is not None else None
    return {
        "tone": tone,
        "fill": None if share is None else at(share * TARGET_AT),
        "tick": None if tick is None else at(min(max(tick * TARGET_AT - 1.5, 0), BAR_WIDTH - 3)),
        "target": at(TARGET_AT),
        "label": _bar_label(reached, expected),
    }


def _bar_label(reached: Decimal | None, expected: Decimal | None) -> str:
    got = f"{display.percent(reached)} of the way" if reached is not None else "no progress figure"
    due = f", {display.percent(expected)} expected" if expected is not None else ""
    return got + due


def chart(row: IndicatorRow, prefix: str) -> dict[str, Any]:
    """A wide and a narrow drawing of one indicator, and the rows of the table beside it."""
    narrow = _drawing(row, 340, 230, f"{prefix}n")
    for mark in narrow["bars" if row.is_flow else "dots"]:
        mark["text"] = ""  # hints need a pointer, and the table says the same
    return {
        "row": row,
        "kind": "bars" if row.is_flow else "line",
        "has_targets": any(p.target is not None for p in row.points),
        "wide": _drawing(row, 560, 260, f"{prefix}w"),
        "narrow": narrow,
        "table": [(p, row.figure(p.figure), _target_text(row, p)) for p in row.points],
    }


def is_drawable(row: IndicatorRow) -> bool:
    drawn = [p for p in row.points if p.figure.floor is not None]
    is_line = row.measure != Indicator.Measure.YES_NO and not row.is_as_published
    return len(drawn) >= 2 and is_line


def _target_text(row: IndicatorRow, point: Point) -> str:
    return row.number(point.target) if point.target is not None else ""


def _drawing(row: IndicatorRow, width: float, height: float, prefix: str) -> dict[str, Any]:
    frame = _frame(row, width, height)
    drawing = {
        "id": prefix,
        "width": at(width),
        "height": at(height),
        "left": at(LEFT),
        "right": at(width - RIGHT),
        "base": at(height - BOTTOM),
        "title": row.title,
        "description": _description(row),
        "grid": [_grid_line(row, frame, value) for value in ticks(frame.low, frame.high)],
        "years": _years(frame),
    }
    return drawing | (_bars(row, frame) if row.is_flow else _line(row, frame))


def _frame(row: IndicatorRow, width: float, height: float) -> Frame:
    values = [float(v) for v in _values(row)]
    days = [p.on for p in row.points]
    if not row.is_flow:
        days += [day for day in (row.baseline_on, row.end_on) if day]
    least, most = min(values), max(values)
    # A line may begin above 0 where all its values are close together; a bar may not.
    close = not row.is_flow and least > 0 and most - least < 0.4 * most
    room = (most - least or most) * 0.5
    low, high = round_range(least - room if close else min(0.0, least), most)
    return Frame(width, height, min(days), max(days), low, high)


def _values(row: IndicatorRow) -> Iterable[Decimal]:
    for point in row.points:
        seen = (point.figure.floor, point.figure.high, point.target)
        yield from (v for v in seen if v is not None)
    if not row.is_flow:
        yield from (v for v in (row.baseline, row.end_target) if v is not None)


def round_range(low: float, high: float) -> tuple[float, float]:
    step = _step(low, high)
    return floor(low / step) * step, max(ceil(high / step), floor(low / step) + 1) * step


def _step(low: float, high: float) -> float:
    """1, 2, 2.5 or 5 times a power of ten, so that four to six lines are drawn."""
    rough = max(high - low, 1e-9) / 4
    power = 10.0 ** floor(log10(rough))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)


def ticks(low: float, high: float) -> list[float]:
    step = _step(low, high)
    return [low + step * n for n in range(round((high - low) / step) + 1)]


def _grid_line(row: IndicatorRow, frame: Frame, value: float) -> dict[str, str]:
    exact = Decimal(str(round(value, 9)))
    if row.measure == Indicator.Measure.RATIO:
        text = display.percent(exact)
    else:
        text = display.compact(exact) or "0"
    return {"y": at(frame.y(value)), "text_y": at(frame.y(value) + 4), "text": text}


def _years(frame: Frame) -> list[dict[str, str]]:
    """Year labels at each 1 January; fewer where they would touch."""
    january = (date(year, 1, 1) for year in range(frame.first.year, frame.last.year + 1))
    starts = [day for day in january if frame.first <= day]
    every = max(1, ceil(len(starts) / (frame.width / 60)))
    return [{"x": at(frame.x(day)), "text": str(day.year)} for day in starts[::every]]


def _line(row: IndicatorRow, frame: Frame) -> dict[str, Any]:
    drawn = [p for p in row.points if p.figure.floor is not None]
    last = drawn[-1] if drawn else None
    return {
        "plan": _path(_planned(row), frame),
        "runs": [_path(run, frame) for run in _runs(row.points)],
        "dots": [_dot(row, p, frame) for p in drawn],
        "baseline": _baseline(row, frame),
        "target": _target(row, frame),
        "last": _label(row, last, frame) if last else None,
    }


def _planned(row: IndicatorRow) -> list[tuple[date, Decimal]]:
    """From the baseline through each period's target to the last one."""
    steps = {p.on: p.target for p in row.points if p.target is not None}
    if row.baseline is not None and row.baseline_on:
        steps[row.baseline_on] = row.baseline
    if row.end_target is not None and row.end_on:
        steps[row.end_on] = row.end_target
    return sorted(steps.items()) if len(steps) > 1 else []


def _runs(points: Sequence[Point]) -> list[list[tuple[date, Decimal]]]:
    """Stretches without a gap: over a missing value no line is drawn."""
    runs: list[list[tuple[date, Decimal]]] = [[]]
    for point in points:
        if point.figure.floor is None:
            runs.append([])
        else:
            runs[-1].append((point.on, point.figure.floor))
    return [run for run in runs if len(run) > 1]


def _path(steps: Sequence[tuple[date, Decimal]], frame: Frame) -> str:
    return " ".join(f"{at(frame.x(on))},{at(frame.y(value))}" for on, value in steps)


def _dot(row: IndicatorRow, point: Point, frame: Frame) -> dict[str, Any]:
    value = point.figure.floor or Decimal(0)
    return {
        "x": at(frame.x(point.on)),
        "y": at(frame.y(value)),
        "open": bool(point.figure.carried_from or point.figure.is_provisional),
        "text": f"{point.label}: {row.figure(point.figure).text}",
    }


def _baseline(row: IndicatorRow, frame: Frame) -> dict[str, str] | None:
    if row.baseline is None or row.direction.startswith("maintain"):
        return None
    y = frame.y(row.baseline)
    below = y + 14 < frame.height - BOTTOM
    year = f" ({row.baseline_on.year})" if row.baseline_on else ""
    return {
        "y": at(y),
        "text_y": at(y + 13 if below else y - 5),
        "text": f"Baseline {row.number(row.baseline)}{year}",
    }


def _target(row: IndicatorRow, frame: Frame) -> dict[str, str] | None:
    if row.end_target is None or row.end_on is None:
        return None
    y = frame.y(row.end_target)
    return {
        "y": at(y),
        "text_y": at(y - 6),
        "text": f"Target {row.number(row.end_target)} by {row.end_on.year}",
    }


def _label(row: IndicatorRow, point: Point, frame: Frame) -> dict[str, str]:
    """The last value beside its dot, on the side where there is room."""
    x, y = frame.x(point.on), frame.y(point.figure.floor or Decimal(0))
    left = x > frame.width - 90
    return {
        "x": at(x - 8 if left else x + 8),
        "y": at(y + 16 if y < TOP + 16 else y + 4 if not left else y - 8),
        "anchor": "end" if left else "start",
        "text": row.figure(point.figure).text,
    }


def _bars(row: IndicatorRow, frame: Frame) -> dict[str, Any]:
    """One bar a period, side by side; a missing value leaves its place empty, with a dash."""
    wide = (frame.width - LEFT - RIGHT) / max(len(row.points), 1)
    bars = [_bar(row, p, LEFT + n * wide, wide, frame) for n, p in enumerate(row.points)]
    every = max(1, ceil(len(bars) / (frame.width / 62)))
    return {"bars": bars, "labels": bars[::every], "years": []}


def _bar(row: IndicatorRow, point: Point, x: float, wide: float, frame: Frame) -> dict[str, Any]:
    value = point.figure.floor
    top, zero = frame.y(max(value or Decimal(0), Decimal(0))), frame.y(0)
    low = frame.y(min(value or Decimal(0), Decimal(0)))
    return {
        "x": at(x + wide * 0.15),
        "width": at(wide * 0.7),
        "middle": at(x + wide / 2),
        "y": at(top),
        "height": at(max(low - top, 1.0)),
        "zero": at(zero - 4),
        "missing": value is None,
        "target": at(frame.y(point.target)) if point.target is not None else None,
        "end": at(x + wide * 0.95),
        "begin": at(x + wide * 0.05),
        "label": point.label,
        "text": f"{point.label}: {row.figure(point.figure).text or 'no data'}",
    }


def _description(row: IndicatorRow) -> str:
    drawn = [p for p in row.points if p.figure.floor is not None]
    if not drawn:
        return "No data."
    first, last = drawn[0], drawn[-1]
    text = f"{first.label}: {row.figure(first.figure).text}; {last.label}: "
    text += row.figure(last.figure).text
    return text + (f"; target {row.target.text} {row.target.note}." if row.target.text else ".")
