"""How a report's document looks on a page: its cells and its charts."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from monitoring.reports.documents import parts, values
from monitoring.reports.drawings import drawn
from registry import display

register = template.Library()
ON_PAGE = 200  # rows of a table; all of them are in the workbook and the CSV file
BLOCKS = {
    parts.Paragraph: "paragraph",
    parts.Notice: "notice",
    parts.Quote: "quote",
    parts.Tiles: "tiles",
    parts.Lights: "lights",
    parts.Table: "table",
    parts.Bars: "chart",
    parts.Line: "chart",
    parts.Details: "details",
}


@register.simple_tag(takes_context=True)
def block_of(context: Context, shown: parts.Block) -> str:
    """A block of the document by its own template."""
    return _part(context, BLOCKS[type(shown)], block=shown)


@register.simple_tag(takes_context=True)
def section_of(context: Context, shown: parts.Section, depth: int) -> str:
    """A section with what is in it, its heading at this depth."""
    return _part(context, "section", section=shown, depth=depth)


def _part(context: Context, name: str, **shown: Any) -> str:
    with context.push(**shown):
        chosen = context.template.engine.get_template(f"monitoring/document/{name}.html")  # type: ignore[union-attr]
        return chosen.render(context)


@register.filter
def nth(listed: Sequence[Any], place: int) -> Any:
    return listed[place]


@register.simple_tag(takes_context=True)
def chart(context: Context, shown: parts.Bars | parts.Line, narrow: str = "") -> SafeString:
    """The chart as SVG; the page gives `chart_ids`, so that no id stands twice on it."""
    return drawn(shown, f"c{next(context['chart_ids'])}", narrow=bool(narrow))


@register.inclusion_tag("monitoring/document/rows.html")
def table_rows(table: parts.Table) -> dict[str, Any]:
    """The rows that a page shows, each cell made once; and how many more there are."""
    anchors = [*table.anchors, *[""] * (len(table.rows) - len(table.anchors))]
    shown = table.rows[:ON_PAGE]
    return {
        "rows": [
            (anchor, [cell(v, c) for v, c in zip(row, table.columns, strict=True)])
            for anchor, row in zip(anchors, shown, strict=False)
        ],
        "columns": table.columns,
        "totals": [cell(v, c) for v, c in zip(table.totals, table.columns, strict=False)],
        "more": len(table.rows) - len(shown),
        "span": len(table.columns),
        "when_empty": table.when_empty,
    }


@register.filter
def is_numeric(column: parts.Column) -> bool:
    return column.sort in values.NUMERIC


@register.simple_tag
def value(shown: parts.Value, sort: parts.Sort = "text") -> SafeString:
    """A value by itself, as in a tile."""
    return _inner(shown, sort, "")


def cell(shown: parts.Value, column: parts.Column) -> SafeString:
    """A value in its column."""
    return _inner(shown, column.sort, column.unit)


def _inner(shown: parts.Value, sort: parts.Sort, unit: str) -> SafeString:
    if isinstance(shown, parts.Missing):
        return format_html('<span class="nodata">{}</span>', shown.reason)
    if isinstance(shown, parts.Measured):
        return _measured(shown)
    if isinstance(shown, parts.Status):
        return _status(shown)
    if isinstance(shown, parts.Link):
        return _link(shown)
    if isinstance(shown, parts.Links):
        items = format_html_join("", "<li>{}</li>", ((_link(one),) for one in shown.links))
        html = "<details><summary>{}</summary><ul>{}</ul></details>"
        return format_html(html, shown.text, items)
    return format_html("<bdi>{}</bdi>", values.shown(shown, sort, unit))


def _measured(shown: parts.Measured) -> SafeString:
    if isinstance(shown.value, parts.Missing):
        main = _inner(shown.value, "text", "")
    else:
        main = format_html("<b>{}</b>", values.shown(shown))
    note = format_html('<br><span class="sm">{}</span>', shown.note) if shown.note else ""
    how = format_html('<br><a class="sm" href="{}">how?</a>', shown.address)
    return format_html("{}{}{}", main, note, how if shown.address else "")


def _status(shown: parts.Status) -> SafeString:
    look = display.look(shown.word)
    return render_to_string(
        "registry/_state.html", {"shape": look.shape, "tone": look.tone, "word": look.word}
    )


def _link(shown: parts.Link) -> SafeString:
    if not shown.address:
        return format_html("<bdi>{}</bdi>", shown.text)
    return format_html('<a href="{}"><bdi>{}</bdi></a>', shown.address, shown.text)
