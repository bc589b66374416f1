"""Reads the sentences of a document: which of their numbers stand nowhere in the data?"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from monitoring.reports.documents.parts import Link, Measured, Notice, Paragraph
from registry import display

# As people write them: 1,234.5 or −0.25 or 12; a code such as 6.1.1 or A1 is taken whole.
NUMBER = re.compile(r"(?<![\w.])[A-Z]?\d[\w.,:]*")


def unfounded(document, content):
    """(number, sentence) of every number in a sentence that neither content nor tables hold."""
    known = set(_in_data(content)) | set(_in_tables(document))
    return [
        (number, sentence)
        for sentence in sentences(document)
        for number in _numbers(sentence)
        if number not in known
    ]


def sentences(document):
    blocks = document.blocks()
    words = [block.text for block in blocks if isinstance(block, Paragraph | Notice)]
    return [*words, *document.notices]


def _numbers(text):
    return [found.rstrip(".,:") for found in NUMBER.findall(text)]


def _in_data(value):
    """Every way in which a number of the content may be written, and every word of its texts."""
    if isinstance(value, dict):
        for name in value:
            yield from _numbers(str(name))
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _in_data(item)
    elif value is not None and not isinstance(value, bool):
        yield from _plain(value)


def _plain(value):
    if isinstance(value, str):
        yield from _text(value)
    elif isinstance(value, date):
        yield from _day(value)
    else:
        yield from _written(Decimal(value))


def _text(value):
    yield from _numbers(value)
    try:
        yield from _written(Decimal(value))
    except InvalidOperation:
        try:
            yield from _day(datetime.fromisoformat(value))
        except ValueError:
            return


def _written(number):
    shown = display.number(number)
    yield shown
    yield shown.lstrip(display.MINUS)
    yield display.percent(number).replace(f"{display.NO_BREAK}%", "").lstrip(display.MINUS)


def _day(day):
    yield str(day.day)
    yield str(day.year)


def _in_tables(document):
    for table in document.tables():
        yield from _numbers(table.caption)
        for row in [*table.rows, table.totals]:
            for cell in row:
                yield from _in_data(_value(cell))


def _value(cell):
    if isinstance(cell, Link):
        return cell.text
    if isinstance(cell, Measured):
        return [_value(cell.value), cell.high]
    return cell if isinstance(cell, int | str | Decimal | date) else None
