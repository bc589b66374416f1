"""Reads an IATI activity file: without entities, DTD or network, one entry at a time.

An entry is a child of the root: an activity, or something else that has no place there.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.parsers import expat

from lxml import etree

from registry.errors import DomainError

MAX_BYTES = 50 * 2**20
VERSIONS = ("2.01", "2.02", "2.03")
CHUNK = 2**16
LINES_REMEMBERED = 65_535


class UnreadableFile(DomainError):
    """The file as a whole is refused; nothing of it was saved."""

    def __init__(self, code: str, reason: str, line: int = 1, column: int = 0) -> None:
        super().__init__(code, f"line {line}, column {column}: {reason}", line=line)
        self.line = line


class _RootReached(Exception):
    """The prolog is over, so no DTD can follow."""


def count_entries(content: bytes) -> int:
    """How many entries a well-formed file of a known version holds; else UnreadableFile.

    Reads to the end, so that nothing is saved of a file that breaks off in the middle.
    """
    if len(content) > MAX_BYTES:
        limit = f"The file has {len(content)} bytes; {MAX_BYTES} are allowed."
        raise UnreadableFile("too_large", limit)
    _refuse_declarations(content)
    return sum(1 for _ in entries(content))


def entries(content: bytes) -> Iterator[Any]:
    """Each entry as an element that is only valid until the next one is asked for."""
    try:
        yield from _entries(content)
    except etree.XMLSyntaxError as error:
        found = error.error_log[-1] if len(error.error_log) else error
        reason = getattr(found, "message", str(found)).strip()
        line, column = getattr(found, "line", 1), getattr(found, "column", 0)
        raise UnreadableFile("malformed_xml", reason, line, column) from None


def _entries(content: bytes) -> Iterator[Any]:
    context = etree.iterparse(
        BytesIO(content),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    for event, element in context:
        parent = element.getparent()
        if parent is None:
            if event == "start":
                _check_root(element)
        elif event == "end" and parent.getparent() is None:
            yield element
            _forget(element, parent)


def _check_root(root: Any) -> None:
    if root.tag != "iati-activities":
        reason = f"The root is <{root.tag}>, not <iati-activities>."
        raise UnreadableFile("not_iati", reason, root.sourceline)
    version = root.get("version", "")
    if version not in VERSIONS:
        reason = f"The version is {version or 'missing'}; known are {', '.join(VERSIONS)}."
        raise UnreadableFile("unknown_version", reason, root.sourceline)


def line_of(element: Any) -> int:
    """The line on which an element starts.

    From line 65,535 on libxml2 remembers only where texts end, and gives the line of the text
    inside the element or after it: what lies in between is counted back.
    """
    line = element.sourceline
    if line < LINES_REMEMBERED:
        return line
    if not element.text and len(element):
        return line_of(element[0])
    return line - (element.text or element.tail or "").count("\n")


def _forget(element: Any, parent: Any) -> None:
    """Free what has been read: memory is that of one entry, however long the file is."""
    element.clear()
    while element.getprevious() is not None:
        del parent[0]


def _refuse_declarations(content: bytes) -> None:
    """Refuse a DOCTYPE at its first character, before any entity in it is even read."""
    parser = expat.ParserCreate()

    def refuse(name: str, *_: object) -> None:
        reason = "A document type declaration is not accepted."
        raise UnreadableFile("dtd_refused", reason, parser.CurrentLineNumber)

    def stop(*_: object) -> None:
        raise _RootReached

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        for start in range(0, len(content) or 1, CHUNK):
            parser.Parse(content[start : start + CHUNK], start + CHUNK >= len(content))
    except _RootReached:
        return
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise UnreadableFile("malformed_xml", reason, error.lineno, error.offset) from None
    except (LookupError, ValueError) as error:
        reason = f"The encoding is not accepted ({error}); UTF-8 always is."
        raise UnreadableFile("unknown_encoding", reason, parser.CurrentLineNumber) from None
