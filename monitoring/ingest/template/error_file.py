"""The workbook that was sent, with what is wrong beside each row."""

from collections.abc import Iterable

from monitoring.errors import RowError
from monitoring.ingest.sheets import Sheet
from monitoring.ingest.template.book import LONGEST, Book
from monitoring.ingest.template.columns import ERRORS, KEY
from monitoring.ingest.template.instructions import write

MOST_NAMED = 20
HOW = (
    "{count} value(s) could not be taken, and nothing was saved. What is wrong stands in the last "
    "column beside each row. Mend it, save the file and send it again: it is read as it is."
)


def error_file(sheets: Iterable[tuple[Sheet, list[RowError]]]) -> bytes:
    """Its sheets with all values, and a column of errors; sent back mended, it is read again.

    Formulas come back as the values that they had, and texts as texts.
    """
    book = Book("Values with errors")
    named = list(sheets)
    lines = [("Errors", HOW.format(count=sum(len(errors) for _, errors in named)))]
    for sheet, errors in named:
        of_head = [error for error in errors if error.row <= sheet.header_row]
        lines += [(sheet.name, _said([error])) for error in of_head]
    write(book, "What has to be mended", lines)
    for sheet, errors in named:
        _write(book, sheet, errors)
    return book.done()


def _write(book: Book, sheet: Sheet, errors: list[RowError]) -> None:
    """Cells stay where they are, so that errors name them as they stand in this file too."""
    of_row: dict[int, list[RowError]] = {}
    for error in errors:
        of_row.setdefault(error.row, []).append(error)
    page = book.sheet(book.free_name(sheet.name))
    own = ERRORS.casefold()
    places = {key: number - 1 for key, number in sheet.columns.items() if key != own}
    last = sheet.columns.get(own, max(sheet.columns.values(), default=0) + 1) - 1
    head = max(sheet.header_row, 1) - 1
    for key, place in places.items():
        book.text(page, head, place, sheet.titles[key], "head")
        page.set_column(place, place, 18, None, {"hidden": True} if key == KEY else {})
    book.text(page, head, last, ERRORS, "head")
    page.set_column(last, last, 60)
    for number, values in sheet.rows:
        wrong = {error.field for error in of_row.get(number, [])}
        for key, place in places.items():
            look = "wrong" if key in wrong else "input"
            book.number(page, number - 1, place, values.get(key) or "", look)
    for number, found in of_row.items():
        if number - 1 > head:
            book.text(page, number - 1, last, _said(found), "error")
    page.freeze_panes(head + 1, 0)


def _said(errors: list[RowError]) -> str:
    said = []
    for error in errors[:MOST_NAMED]:
        found = f" Found: {error.found}." if error.found else ""
        said.append(f"{error.column or error.field}: {error.reason}{found}")
    return "\n".join(said)[:LONGEST]
