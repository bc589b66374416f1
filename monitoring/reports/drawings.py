"""Geometry of a document's charts: worked out here, rounded to 0.1; templates only draw.

The same SVG stands on the page and in the PDF: its look is in presentation attributes, which the
page's stylesheet may replace. The words at bars are people's own, in any script: print sets them
itself, as it does all text (a typesetter's SVG loses letters with marks).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from monitoring.charts import Frame, at, round_range, ticks
from monitoring.reports.documents.parts import Bar, Bars, Line, Point
from registry import display

WIDE, NARROW = 720.0, 340.0
# What a tone looks like in print; the page has its own colours, light and dark.
TONES = {"on": "#00683a", "risk": "#b58300", "off": "#b3221a", "na": "#4a5560", "due": "#4a5560"}
PLAIN = "#00689d"
ROW, ABOVE = 26.0, 42.0  # height of a bar's row, with its label beside or above it
TEXT_ROOM = 96.0  # for the value beside a bar
OVER = Decimal("1.25")  # how far beyond the end of its scale a bar is drawn
MOST_BARS = 40


@dataclass(frozen=True)
class Scale:
    """Where values stand between `left` and `right`."""

    low: Decimal
    high: Decimal
    left: float
    right: float

    def x(self, value: Decimal) -> float:
        inside = min(max(value, self.low), self.high)
        share = float((inside - self.low) / (self.high - self.low))
        return self.left + (self.right - self.left) * share


def drawn(block: Bars | Line, prefix: str, *, narrow: bool = False) -> SafeString:
    """The chart as SVG; `prefix` makes its ids unique on the page."""
    width = NARROW if narrow else WIDE
    name = "report_bars" if isinstance(block, Bars) else "line"
    made = _bars(block, width) if isinstance(block, Bars) else _line(block, width)
    about = {"id": prefix, "title": block.title, "description": block.description}
    return _rendered(name, {**about, **made})


def _rendered(name: str, chart: dict[str, Any]) -> SafeString:
    with translation.override(None):
        text = render_to_string(f"monitoring/charts/{name}.svg", {"c": chart})
    return mark_safe(text.strip())


def without_words(block: Bars, prefix: str) -> tuple[SafeString, list[dict[str, Any]]]:
    """Bars without words, as SVG, and the words with where they stand: the end of a line's room on
    the left, or its beginning, and its base line; all as shares of the width."""
    drawing = _bars(block, WIDE)
    words = []
    for bar in drawing["bars"]:
        for name, at_end in (("label", True), ("text", False)):
            place = (float(bar[f"{name}_{axis}"]) / WIDE for axis in "xy")
            words.append({"word": bar[name], "at_end": at_end, "x": next(place), "y": next(place)})
            bar[name] = ""
    about = {"id": prefix, "title": block.title, "description": block.description}
    return _rendered("report_bars", {**about, **drawing}), words


def _bars(block: Bars, width: float) -> dict[str, Any]:
    beside = width > NARROW
    left = width * 0.36 if beside else 0.0
    scale = _scale(block, left + (10 if beside else 1), width - TEXT_ROOM)
    shown = block.bars[:MOST_BARS]
    high = ROW if beside else ABOVE
    end = block.highest
    past_end = end is not None and scale.high > end
    return {
        "width": at(width),
        "height": at(len(shown) * high + 8),
        "bars": [_bar(bar, n * high + 4, scale, beside=beside) for n, bar in enumerate(shown)],
        "zero": at(scale.x(Decimal(0))),
        "end": at(scale.x(end)) if end is not None and past_end else None,
        "bottom": at(len(shown) * high + 4),
        "font": "12" if beside else "13",
    }


def _scale(block: Bars, left: float, right: float) -> Scale:
    values = [bar.value for bar in block.bars if bar.value is not None]
    values += [bar.expected for bar in block.bars if bar.expected is not None]
    low, most = min([Decimal(0), *values]), max([Decimal(0), *values])
    if block.highest is not None:
        most = max(block.highest, min(most, block.highest * OVER))
    return Scale(low, most if most > low else low + 1, left, right)


def _bar(bar: Bar, top: float, scale: Scale, *, beside: bool) -> dict[str, Any]:
    y = top + (4 if beside else 20)
    zero = scale.x(Decimal(0))
    reached = scale.x(bar.value) if bar.value is not None else zero
    right = max(zero, reached, scale.x(bar.expected) if bar.expected is not None else 0)
    return {
        "label": _cut(bar.label, 42 if beside else 46),
        "label_x": at(scale.left - 8) if beside else "0",
        "label_y": at(y + 12 if beside else y - 6),
        "anchor": "end" if beside else "start",
        "x": at(min(zero, reached)),
        "y": at(y),
        "width": at(max(abs(reached - zero), 1.0)) if bar.value is not None else None,
        "tone": bar.tone,
        "fill": TONES.get(bar.tone, PLAIN),
        "tick": at(scale.x(bar.expected) - 1.5) if bar.expected is not None else None,
        "tick_y": at(y - 3),
        "text": bar.text or (display.number(bar.value) if bar.value is not None else "no data"),
        "text_x": at(right + 8),
        "text_y": at(y + 12),
    }


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _line(block: Line, width: float) -> dict[str, Any]:
    height = 260.0 if width > NARROW else 230.0
    frame = _frame(block, width, height)
    reached = [(p.on, p.value, p.label) for p in block.points if p.value is not None]
    planned = [(p.on, p.target) for p in block.points if p.target is not None]
    return {
        "width": at(width),
        "height": at(height),
        "left": at(52.0),
        "right": at(width - 14.0),
        "base": at(height - 26.0),
        "grid": [
            {"y": at(frame.y(tick)), "text_y": at(frame.y(tick) + 4), "text": _axis(tick, block)}
            for tick in ticks(frame.low, frame.high)
        ],
        "years": _years(frame),
        "plan": _path(planned, frame) if len(planned) > 1 else "",
        "runs": [_path(run, frame) for run in _runs(block.points)],
        "dots": [{"x": at(frame.x(on)), "y": at(frame.y(value))} for on, value, _ in reached],
        "target": _target(planned, block, frame),
        "last": _last(reached, block, frame),
    }


def _frame(block: Line, width: float, height: float) -> Frame:
    values = [float(v) for p in block.points for v in (p.value, p.target) if v is not None] or [0.0]
    days = [p.on for p in block.points] or [date(2000, 1, 1)]
    least, most = min(values), max(values)
    close = least > 0 and most - least < 0.4 * most
    room = (most - least or most) * 0.5
    low, high = round_range(least - room if close else min(0.0, least), most)
    return Frame(width, height, min(days), max(days), low, high)


def _axis(tick: float, block: Line) -> str:
    return _said(Decimal(str(round(tick, 9))), block, compact=True)


def _said(value: Decimal, block: Line, *, compact: bool = False) -> str:
    if block.unit == "share":
        return display.percent(value)
    return (display.compact(value) or "0") if compact else display.number(value)


def _years(frame: Frame) -> list[dict[str, str]]:
    january = (date(year, 1, 1) for year in range(frame.first.year, frame.last.year + 1))
    starts = [day for day in january if frame.first <= day]
    every = max(1, -(-len(starts) // max(1, int(frame.width / 60))))
    return [{"x": at(frame.x(day)), "text": str(day.year)} for day in starts[::every]]


def _path(steps: list[tuple[date, Decimal]], frame: Frame) -> str:
    ordered = sorted(steps)
    return " ".join(f"{at(frame.x(on))},{at(frame.y(value))}" for on, value in ordered)


def _runs(points: Sequence[Point]) -> list[list[tuple[date, Decimal]]]:
    """Stretches without a gap: over a missing value no line is drawn."""
    runs: list[list[tuple[date, Decimal]]] = [[]]
    for point in points:
        if point.value is not None:
            runs[-1].append((point.on, point.value))
        else:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _target(
    planned: list[tuple[date, Decimal]], block: Line, frame: Frame
) -> dict[str, str] | None:
    if not planned:
        return None
    on, value = max(planned)
    y = frame.y(value)
    said = f"Target {_said(value, block)} by {on.year}"
    return {"y": at(y), "text_y": at(y - 6), "text": said}


def _last(
    reached: list[tuple[date, Decimal, str]], block: Line, frame: Frame
) -> dict[str, str] | None:
    """The last value beside its dot, on the side where there is room."""
    if not reached:
        return None
    on, value, _ = reached[-1]
    x, y = frame.x(on), frame.y(value)
    left = x > frame.width - 90
    return {
        "x": at(x - 8 if left else x + 8),
        "y": at(y + 16 if y < 42 else y + 4 if not left else y - 8),
        "anchor": "end" if left else "start",
        "text": _said(value, block),
    }
