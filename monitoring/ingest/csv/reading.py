"""Reads CSV from standard input in a process with limits; imports nothing of the product.

Told first: `{"header": [...], "cells": n}`, then lists of `[row number, cell, ...]`. Rows are
numbered as a spreadsheet numbers them: the header is 1, an empty line counts.
"""

import codecs
import csv
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

MOST_BYTES = 20 * 1024 * 1024
MOST_COLUMNS = 200
LONGEST_CELL = 100_000
CHUNK = 500
KINDS = {
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"RIFF": "a picture or a sound",
    b"BM": "a picture (BMP)",
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a workbook (XLSX) or another ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old workbook (XLS)",
    b"\x1f\x8b": "a compressed file",
    b"{\\rtf": "a text document (RTF)",
}
MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What people send besides, by the letters that its texts have, and how many at the least.
OTHERS = (
    ("shift_jis", "Shift JIS", "[\u3040-\u30ff]", 0.2),
    ("euc_kr", "EUC-KR", "[\uac00-\ud7a3]", 0.8),
    ("gb18030", "GB 18030", "[\u4e00-\u9fff]", 0.8),
    ("cp1251", "Windows-1251", "[\u0430-\u044f\u0451\u0456\u0457]", 0.6),
    ("cp1256", "Windows-1256", "[\u0621-\u064a]", 0.8),
    ("cp1252", "Windows-1252", ".", 0.0),
)


PAIRED = ("shift_jis", "euc_kr", "gb18030")


class Refused(Exception):
    """Why the file is not read."""


def main() -> None:
    try:
        tell_all(sys.stdin.buffer)
    except Refused as refused:
        tell({"refused": list(refused.args)})
    except csv.Error as error:
        tell({"refused": ["not_csv", f"Not a table that can be read as CSV: {error}."]})
    except BrokenPipeError:
        os._exit(1)  # nobody listens any more


def tell_all(file: Any) -> None:
    start = looked_at(file)
    encoding = encoding_of(file, start)
    check_text(file, encoding)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    first = first_line(text)
    stated = re.fullmatch(r"sep=(.)\s*", first)
    text.seek(0)
    if stated:
        text.readline()
    tell_rows(text, stated[1] if stated else delimiter_of(text, first))


def looked_at(file: Any) -> bytes:
    """The start of a file that may be CSV."""
    size = os.fstat(file.fileno()).st_size
    if size > MOST_BYTES:
        raise Refused("too_large", f"A CSV file has at most {MOST_BYTES // 1024 // 1024} MB.")
    start: bytes = file.read(4096)
    if not start.strip(b"\0\xff\xfe\xef\xbb\xbf \t\r\n,;"):
        raise Refused("empty_file", "The file is empty.")
    for mark, kind in KINDS.items():
        if start.startswith(mark):
            raise Refused("not_csv", f"Expected CSV; this is {kind}.")
    return start


def encoding_of(file: Any, start: bytes) -> str:
    for mark, encoding in MARKS:
        if start.startswith(mark):
            if encoding == "UTF-32":
                raise Refused("encoding", "The file is in UTF-32: save it as UTF-8.")
            return encoding
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) > len(start) / 5:
        return "utf-16-be" if even > odd else "utf-16-le"
    return "utf-8"


def check_text(file: Any, encoding: str) -> None:
    """Read it through once, so that nothing is told of a file that is broken further on."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    line, done = 1, False
    while not done:
        part = file.read(65536)
        done = not part
        try:
            text = decoder.decode(part, done)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            raise Refused("encoding", in_another(encoding, error, line)) from None
        if "\0" in text:
            line += text[: text.index("\0")].count("\n")
            raise Refused("nul_character", f"Line {line} has a NUL character, which is no text.")
        line += text.count("\n")


def in_another(encoding: str, error: UnicodeDecodeError, line: int) -> str:
    """Where it stops being what it should be, and what it seems to be instead."""
    byte = error.object[error.start]
    where = (
        f"line {line} has the byte 0x{byte:02X}, which is not {encoding.upper()[:6].rstrip('-')}"
    )
    seems = guess(error.object)
    return f"The file seems to be in {seems}: {where}. Save it as UTF-8 (in Excel: “CSV UTF-8”)."


def guess(content: bytes) -> str:
    lines = b"\n".join(line for line in content.splitlines() if not line.isascii())[:65536]
    for codec, name, looks, least in OTHERS:
        letters = "".join(sign for sign in lines.decode(codec, "replace") if sign > "\x7f")
        is_whole = letters.count("\ufffd") <= len(letters) / 50
        if is_whole and len(re.findall(looks, letters)) >= least * len(letters):
            if least and not (of_many_bytes(lines) if codec in PAIRED else in_runs(lines)):
                continue
            return name
    return "an unknown encoding"


def of_many_bytes(lines: bytes) -> bool:
    """Whether the letters beyond ASCII come in pairs, as those of large scripts do."""
    runs = re.findall(rb"[\x80-\xff][\x40-\xff]*", lines)
    return bool(runs) and sum(len(run) % 2 == 0 for run in runs) > len(runs) * 0.8


def in_runs(lines: bytes) -> bool:
    """Whether whole words are beyond ASCII, not single letters of words."""
    runs = re.findall(rb"[\x80-\xff]+", lines)
    return sum(map(len, runs)) >= 2.5 * len(runs)


def first_line(text: io.TextIOWrapper) -> str:
    return text.readline(1_000_000)


def delimiter_of(text: io.TextIOWrapper, first: str) -> str:
    """The one that finds most columns in the first line."""
    text.seek(0)
    unquoted = re.sub(r'"[^"]*"', "", first)
    return max(",;\t", key=lambda sign: (unquoted.count(sign), sign == ","))


def tell_rows(text: io.TextIOWrapper, delimiter: str) -> None:
    csv.field_size_limit(LONGEST_CELL)
    rows = records(csv.reader(text, delimiter=delimiter, strict=True))
    number, header = next(rows, (1, []))
    if len(header) > MOST_COLUMNS:
        found = f"{len(header):,} columns"
        raise Refused(
            "too_many_columns", f"Expected at most {MOST_COLUMNS} columns, found {found}."
        )
    tell({"header": header, "row": number, "delimiter": delimiter})
    chunk: list[list[Any]] = []
    for number, cells in rows:
        chunk.append([number, *cells[: MOST_COLUMNS + 1]])
        if len(chunk) == CHUNK:
            tell(chunk)
            chunk = []
    tell(chunk)
    tell({"end": True})


def records(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows with something in them; a quote that is never closed is named where it opens."""
    number = line = 0
    try:
        for cells in reader:
            number += 1
            line = reader.line_num
            if any(cells) and not all(map(str.isspace, filter(None, cells))):
                yield number, cells
    except csv.Error as error:
        reason = f"From line {line + 1}: {error} (is a quotation mark open?)."
        raise Refused("not_csv", reason) from None


def tell(message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")


if __name__ == "__main__":
    main()
