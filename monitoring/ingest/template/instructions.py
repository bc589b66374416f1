"""What stands on the first sheet, in plain words."""

from collections.abc import Iterable, Sequence
from datetime import date

from monitoring.ingest.template.book import Book
from monitoring.ingest.template.columns import DATA, INSTRUCTIONS
from monitoring.models import Category, Framework, Indicator, Period, ReportingUnit
from partnerships.models import Membership

MOST_UNITS = 40
WIDTH = 100
ZERO = "0 is a value; an empty cell says nothing and is never taken for 0."
HOW = """What to do:
Open the sheet “Data” and type into the white cells. Grey cells are not asked for. Save the file
as an Excel workbook (.xlsx) and send it where you got it.

0 and empty:
0 is a value: type 0 where you looked and there was none. Leave a cell empty where you do not
know: an empty cell says nothing, is never taken for 0 and takes nothing away.

Total and breakdowns:
The total has a row of its own. Breakdowns stand below it; they are neither added to it nor take
its place. What is not known about somebody is “not known”.

Numerator, denominator:
Two numbers, such as 30 of 40: a percentage alone cannot be added up with others.

Numbers:
Type plain numbers. In a text, 1 234,5 and 1234.5 are understood; 1,234 could be two things and
is refused.

Formulas:
Of a formula its result is read, as it was when the file was saved.

Sorting:
Rows and columns may be sorted, moved and filtered. Please do not merge cells, and leave the
hidden column at the end as it is: by it each row finds its place.

Provisional:
yes: the value is not final yet.

Reason:
Why a value is far from its target or from the last one, if it is.

Estimates:
Where a value was estimated: how, from a sample of how many, and between which two values it
lies.

Withdraw:
yes: the approved value of this row was wrong and there is no other. Leave the value empty then.

Sending it again:
A file may be sent as often as you like. Rows in which nothing was typed change nothing.
"""
COLUMNS_OF_LONG = (
    ("unit", "whose value it is: one of the numbers or names below"),
    ("country, place", "instead of unit, where a member has units in several places"),
    ("indicator", "its code or number, from the list below"),
    ("period", "its label; empty: this period"),
    ("category", "empty for the total; else a code such as F or SEX=F"),
    ("value", "a number; yes or no; empty for a ratio and a text"),
    ("numerator, denominator", "of a ratio"),
    ("text", "of a narrative"),
    ("currency", "has to be the indicator's"),
    ("variance_reason", "why the value is far from what was expected"),
    ("comment", "for the reviewer"),
    ("is_provisional", "yes or no"),
    ("method, sample_size, interval_low, interval_high", "of an estimate"),
    ("withdraws", "yes: takes the approved value away"),
)
Lines = Iterable[tuple[str, str]]


def of_template(
    book: Book, framework: Framework, period: Period, units: Sequence[ReportingUnit]
) -> None:
    shown = [str(unit) for unit in units[:MOST_UNITS]]
    if len(units) > MOST_UNITS:
        shown.append(f"and {len(units) - MOST_UNITS} more")
    lines = [*_about(framework, period), ("For", "\n".join(shown)), *_paragraphs(HOW)]
    write(book, f"Data for {period}", lines)


def of_long_format(
    book: Book, framework: Framework, period: Period, units: Sequence[ReportingUnit]
) -> None:
    indicators = list(
        Indicator.objects.filter(result__framework=framework).select_related("currency")
    )
    categories = Category.objects.filter(dimension__indicators__in=indicators).distinct()
    lines = [
        *_about(framework, period),
        ("How", f"One row for each value on the sheet “{DATA}”. {ZERO}"),
        *COLUMNS_OF_LONG,
        *((f"unit #{unit.pk}", str(unit)) for unit in units),
        *((f"indicator #{i.pk}", f"{i} ({i.get_measure_display()})") for i in indicators),
        *(
            (f"category #{c.pk}", f"{c.dimension.code}={c.code}: {c}")
            for c in categories.select_related("dimension")
        ),
    ]
    write(book, f"Data for {period}, in the long format", lines)


def _about(framework: Framework, period: Period) -> Lines:
    partnership = framework.partnership
    leads = Membership.objects.filter(
        partnership=partnership, roles__contains=["lead"], status="accepted"
    )
    names = ", ".join(str(lead.partner) for lead in leads.select_related("partner"))
    yield "Partnership", str(partnership)
    yield "Framework", f"{framework.title}, edition {framework.edition}"
    yield "Period", f"{period}: {_day(period.starts_on)} to {_day(period.ends_on)}"
    yield "Due", _day(period.due_on)
    yield "Who to ask", f"{names or 'the lead partner'}, which leads the partnership"


def _paragraphs(text: str) -> Lines:
    """What is said, by what it is about: a title with a colon, then its lines."""
    for paragraph in text.strip().split("\n\n"):
        about, _, said = paragraph.partition(":\n")
        yield about, " ".join(said.split())


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def write(book: Book, title: str, lines: Lines) -> None:
    sheet = book.sheet(INSTRUCTIONS)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, WIDTH)
    book.text(sheet, 0, 0, title, "title")
    for row, (about, said) in enumerate(lines, start=2):
        book.text(sheet, row, 0, about, "bold")
        book.text(sheet, row, 1, said, "plain")
        book.height(sheet, row, [(said, WIDTH)])
    sheet.fit_to_pages(1, 0)
    sheet.protect("", {"format_columns": True, "format_rows": True})
