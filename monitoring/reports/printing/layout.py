"""A document as plain lists and texts, for the one template that prints it.

Texts are cut where they are longer than a print can bear, and it is said where.
"""

import re
from dataclasses import dataclass
from typing import Any

from monitoring.reports.documents import parts, values
from monitoring.reports.drawings import TONES, drawn, without_words
from monitoring.reports.printing.fonts import FAMILIES, printable
from registry import display

LONGEST = 20_000  # characters of one text
ALL_TEXTS = 600_000  # characters of all texts, the tables' cells among them
MOST_ROWS = 2_000  # of one table
ALL_ROWS = 6_000
CUT = "… (cut here: the whole text is on the report's page and in its JSON)"
LONG_WORD = re.compile(r"\S{22,}")
EVERY = 16  # characters of a long word, after which it may break
ZERO_WIDTH = "\u200b"
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
LETTER = re.compile(r"[^\W\d_]")
CHINESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
TINY = 4  # a column's least share of the width


@dataclass
class Room:
    """What is left of the limits while a document is laid out."""

    characters: int = ALL_TEXTS
    rows: int = ALL_ROWS
    was_cut: bool = False


def laid_out(document: parts.Document) -> dict[str, Any]:
    """Title, facts, notices and sections, ready to be given to the template as JSON."""
    room = Room()
    sections = [_section(section, room) for section in document.sections]
    notices = list(document.notices)
    if room.was_cut:
        notices.append("Some texts or tables are shortened in print; all forms have the totals.")
    return {
        "language": document.language,
        "title": text(document.title, room),
        "plain_title": printable(document.title).strip()[:400] or "Report",
        "subtitle": text(document.subtitle, room),
        "facts": [[text(name, room), text(value, room)] for name, value in document.facts],
        "notices": [text(notice, room) for notice in notices],
        "sections": sections,
        "sources": [text(source, room) for source in document.sources],
    }


def text(said: str, room: Room) -> Any:
    """A text, or with its direction and language where these are not the document's."""
    most = min(LONGEST, max(room.characters, 200))
    if len(said) > most:
        said, room.was_cut = said[:most] + CUT, True
    room.characters -= len(said)
    clean = LONG_WORD.sub(_breakable, printable(said))
    first = LETTER.search(clean)
    if first and RIGHT_TO_LEFT.match(first[0]):
        return {"t": clean, "d": "rtl", "l": "ar"}
    if CHINESE.search(clean):
        return {"t": clean, "d": "ltr", "l": "zh"}
    return clean


def _breakable(word: re.Match[str]) -> str:
    letters = word[0]
    return ZERO_WIDTH.join(letters[n : n + EVERY] for n in range(0, len(letters), EVERY))


def _section(section: parts.Section, room: Room) -> dict[str, Any]:
    return {
        "heading": text(section.heading, room),
        "blocks": [_block(block, room) for block in section.blocks],
        "sections": [_section(inner, room) for inner in section.sections],
    }


def _block(block: parts.Block, room: Room) -> dict[str, Any]:
    return {"kind": type(block).__name__.lower(), **_WRITERS[type(block)](block, room)}


def _words(block: parts.Paragraph | parts.Notice, room: Room) -> dict[str, Any]:
    return {"text": text(block.text, room)}


def _quote(block: parts.Quote, room: Room) -> dict[str, Any]:
    on = values.day(block.on) if block.on else ""
    return {"text": text(block.text, room), "by": text(block.by, room), "on": on}


def _tiles(block: parts.Tiles, room: Room) -> dict[str, Any]:
    return {
        "tiles": [
            {
                "label": text(tile.label, room),
                "value": _cell(tile.value, tile.sort, "", room),
                "note": text(tile.note, room),
            }
            for tile in block.tiles
        ]
    }


def _lights(block: parts.Lights, room: Room) -> dict[str, Any]:
    return {
        "lights": [
            {
                "label": text(light.label, room),
                "note": text(light.note, room),
                "method": text(light.method, room),
                **_look(light.word),
            }
            for light in block.lights
        ]
    }


def _look(word: str) -> dict[str, str]:
    look = display.look(word)
    return {
        "word": printable(look.word),
        "shape": look.shape,
        "tone": TONES.get(look.tone, TONES["na"]),
    }


def _table(block: parts.Table, room: Room) -> dict[str, Any]:
    shown = block.rows[: min(MOST_ROWS, room.rows)]
    room.rows -= len(shown)
    room.was_cut = room.was_cut or len(shown) < len(block.rows)
    rows = [_row(row, block, room) for row in shown]
    totals = _row(block.totals, block, room) if block.totals else []
    return {
        "caption": text(block.caption, room),
        "columns": [
            {
                "label": text(f"{c.label} ({c.unit})" if c.unit else c.label, room),
                "numeric": c.sort in values.NUMERIC,
            }
            for c in block.columns
        ],
        "widths": _widths(block, [*rows[:200], *([totals] if totals else [])]),
        "rows": rows,
        "totals": totals,
        "more": len(block.rows) - len(shown),
        "notes": [text(note, room) for note in block.notes],
        "when_empty": text(block.when_empty, room),
    }


def _row(row: Any, block: parts.Table, room: Room) -> list[Any]:
    return [_cell(v, c.sort, c.unit, room) for v, c in zip(row, block.columns, strict=True)]


def _widths(block: parts.Table, rows: list[list[Any]]) -> list[int]:
    """Shares of the width: by the longest word of each column, by the length of its texts, and so
    that a note beneath a value takes two lines."""
    widths = []
    for n, column in enumerate(block.columns):
        said = [_said(row[n]) for row in rows]
        words = [
            len(word) for one in [column.label, *said] for word in re.split("[ \n\u200b]", one)
        ]
        longest = sorted(len(one) for one in said)[len(said) * 9 // 10] if said else 0
        least = min(max(words, default=TINY), 24) + 2
        notes = min(max((len(_note(row[n])) for row in rows), default=0), 32) // 2 + 2
        numeric = column.sort in values.NUMERIC
        widths.append(max(TINY, least, notes, 0 if numeric else min(longest, 48) // 2 + 6))
    return widths


def _said(cell: Any) -> str:
    """What a laid out cell says, without its note."""
    if isinstance(cell, dict):
        inner = cell.get("t", cell.get("v", cell.get("word", "")))
        return inner if isinstance(inner, str) else _said(inner)
    return str(cell)


def _note(cell: Any) -> str:
    return _said(cell.get("note", "")) if isinstance(cell, dict) else ""


def _cell(value: parts.Value, sort: parts.Sort, unit: str, room: Room) -> Any:
    if isinstance(value, parts.Missing):
        return {"v": text(value.reason, room), "missing": True}
    if isinstance(value, parts.Status):
        return _look(value.word)
    if isinstance(value, parts.Measured):
        missing = isinstance(value.value, parts.Missing)
        said = {"v": text(values.shown(value), room), "missing": missing}
        return {**said, "note": text(value.note, room)} if value.note or missing else said["v"]
    return text(values.shown(value, sort, unit), room)


def _chart(block: parts.Bars | parts.Line, room: Room) -> dict[str, Any]:
    words: list[dict[str, Any]] = []
    if isinstance(block, parts.Bars):
        svg, words = without_words(block, "c")
    else:
        svg = drawn(block, "c")
    families = ", ".join(FAMILIES)
    named = svg.replace("<svg ", f'<svg font-family="{families}" ', 1)
    return {
        "kind": "chart",
        "svg": printable(named),
        "alt": printable(f"{block.title}. {block.description}")[:2000],
        "title": text(block.title, room),
        "words": [{**one, "word": text(one["word"], room)} for one in words],
    }


def _details(block: parts.Details, room: Room) -> dict[str, Any]:
    return {
        "summary": text(block.summary, room),
        "blocks": [_block(inner, room) for inner in block.blocks],
    }


_WRITERS: dict[type, Any] = {
    parts.Paragraph: _words,
    parts.Notice: _words,
    parts.Quote: _quote,
    parts.Tiles: _tiles,
    parts.Lights: _lights,
    parts.Table: _table,
    parts.Bars: _chart,
    parts.Line: _chart,
    parts.Details: _details,
}
