"""The parts of a workbook: which sheets it has, its shared texts, which styles show dates."""

import posixpath
import re
from typing import NamedTuple

from monitoring.errors import Unreadable
from monitoring.ingest.xlsx.archive import Archive, damaged
from monitoring.ingest.xlsx.markup import Attributes, Elements, local, parse, resolved

MOST_SHEETS = 60
MOST_TEXTS = 500_000
MOST_CHARACTERS = 60_000_000
LONGEST_TEXT = 32_767  # what a cell of a spreadsheet can hold
DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
PERCENT_FORMATS = {9, 10}
QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Part(NamedTuple):
    """A sheet: its name, whether people see it, and where it is."""

    name: str
    is_hidden: bool
    path: str


class Workbook:
    """What has to be known before sheets are read."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.cells = self.characters = 0  # of all sheets together
        path = self._relations("").get("officeDocument", [("", "")])[0][1]
        if path not in archive:
            raise damaged("it does not say where its sheets are")
        relations = self._relations(path)
        by_id = {key: target for kind in relations.values() for key, target in kind}
        sheets = {target for _, target in relations.get("worksheet", [])}
        found = Elements(archive.chunks(path), "sheet", "workbookPr").found
        self.starts_1904 = any(
            a.get("date1904") in ("1", "true") for n, a in found if n == "workbookPr"
        )
        parts = [
            Part(a.get("name", "")[:100], a.get("state", "visible") != "visible", by_id[a["r:id"]])
            for n, a in found
            if n == "sheet" and a.get("r:id") in by_id
        ]
        self.sheets = [part for part in parts if part.path in sheets]
        if not self.sheets or any(part.path not in archive for part in self.sheets):
            raise damaged("a sheet that it names is missing")
        if len(self.sheets) > MOST_SHEETS:
            raise Unreadable("too_many_sheets", f"At most {MOST_SHEETS} sheets.")
        self.texts = self._texts(relations)
        self.formats = self._formats(relations)

    def count_text(self, length: int) -> None:
        """A text that is stored once may stand in every cell, and is told for each."""
        self.characters += length
        if self.characters > MOST_CHARACTERS:
            raise Unreadable("too_large", "The texts of the workbook are too long.")

    def _relations(self, path: str) -> dict[str, list[tuple[str, str]]]:
        """What a part refers to, by kind: (id, entry)."""
        folder, name = posixpath.split(path)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels not in self.archive:
            return {}
        by_kind: dict[str, list[tuple[str, str]]] = {}
        for _, a in Elements(self.archive.chunks(rels), "Relationship").found:
            if a.get("TargetMode") != "External":
                target = resolved(path, a.get("Target", ""))
                kind = a.get("Type", "").rpartition("/")[2]
                by_kind.setdefault(kind, []).append((a.get("Id", ""), target))
        return by_kind

    def _texts(self, relations: dict[str, list[tuple[str, str]]]) -> list[str]:
        paths = [target for _, target in relations.get("sharedStrings", [])]
        if not paths:
            return []
        if paths[0] not in self.archive:
            raise damaged("its texts are missing")
        return SharedTexts(self.archive, paths[0]).texts

    def _formats(self, relations: dict[str, list[tuple[str, str]]]) -> list[str]:
        """For each cell style "date", "percent" or ""."""
        paths = [target for _, target in relations.get("styles", [])]
        if not paths or paths[0] not in self.archive:
            return []
        return Styles(self.archive, paths[0]).kinds


class SharedTexts:
    """The texts that cells refer to by number; rich text is put together, readings are left out."""

    def __init__(self, archive: Archive, path: str) -> None:
        self.texts: list[str] = []
        self.pieces: list[str] = []
        self.characters = self.length = 0
        self.is_text = self.is_reading = False
        parse(archive.chunks(path), self._start, self._end, self._text)

    def _start(self, name: str, attributes: Attributes) -> None:
        name = local(name)
        if name == "si":
            self.pieces, self.length = [], 0
        elif name == "rPh":
            self.is_reading = True
        elif name == "t":
            self.is_text = not self.is_reading

    def _text(self, text: str) -> None:
        if self.is_text:
            self.length += len(text)
            self.characters += len(text)
            require_length(self.length)
            if self.characters > MOST_CHARACTERS:
                raise Unreadable("too_large", "The texts of the workbook are too long.")
            self.pieces.append(text)

    def _end(self, name: str) -> None:
        name = local(name)
        if name == "t":
            self.is_text = False
        elif name == "rPh":
            self.is_reading = False
        elif name == "si":
            if len(self.texts) >= MOST_TEXTS:
                raise Unreadable("too_large", f"At most {MOST_TEXTS:,} different texts.")
            self.texts.append(unescaped("".join(self.pieces)))


class Styles:
    """Which cell styles show a number as a date or as a percentage."""

    def __init__(self, archive: Archive, path: str) -> None:
        self.kinds: list[str] = []
        self.custom: dict[str, str] = {}
        self.in_cells = False
        parse(archive.chunks(path), self._start, self._end)

    def _start(self, name: str, attributes: Attributes) -> None:
        name = local(name)
        if name == "numFmt":
            self.custom[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:500]
        elif name == "cellXfs":
            self.in_cells = True
        elif name == "xf" and self.in_cells:
            self.kinds.append(self._kind(attributes.get("numFmtId", "0")))

    def _end(self, name: str) -> None:
        if local(name) == "cellXfs":
            self.in_cells = False

    def _kind(self, number: str) -> str:
        if number in self.custom:
            code = QUOTED.sub("", self.custom[number].partition(";")[0]).lower()
            if "%" in code:
                return "percent"
            return "date" if "general" not in code and re.search("[ymdhs]", code) else ""
        if not number.isdecimal():
            return ""
        if int(number) in PERCENT_FORMATS:
            return "percent"
        return "date" if int(number) in DATE_FORMATS else ""


def require_length(length: int) -> None:
    if length > LONGEST_TEXT:
        text = f"A cell has a text of more than {LONGEST_TEXT:,} characters."
        raise Unreadable("text_too_long", text)


def unescaped(text: str) -> str:
    """Line ends that spreadsheets write as _x000D_; other such signs stay as they are."""
    return ESCAPED.sub(_unescape, text) if "_x" in text else text


def _unescape(found: "re.Match[str]") -> str:
    code = int(found[1], 16)
    plain = code in (9, 10, 13) or (code >= 32 and not 0xD800 <= code <= 0xDFFF and code < 0xFFFE)
    return chr(code) if plain else found[0]
