"""XML read piece by piece: without entities, document types or anything from elsewhere."""

import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from xml.parsers import expat

from monitoring.errors import Unreadable
from monitoring.ingest.xlsx.archive import damaged

DEEPEST = 60
Attributes = Mapping[str, str]


def parse(
    chunks: Iterable[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Call back for each element by its local name; raises Unreadable for what is not plain XML."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.StartElementHandler = start
    if end:
        parser.EndElementHandler = end
    if text:
        parser.CharacterDataHandler = text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise damaged(f"line {error.lineno} of a part is not XML") from None
    except LookupError:
        raise damaged("a part is in an unknown encoding") from None


def _refuse(*_: Any) -> int:
    text = "The workbook defines entities or a document type, as no spreadsheet does."
    raise Unreadable("xml_entities", text)


def local(name: str) -> str:
    """The name without its prefix: x:row is a row."""
    return name.rpartition(":")[2]


class Elements:
    """The attributes of all elements of some names, in a small part."""

    def __init__(self, chunks: Iterable[bytes], *names: str, most: int = 20_000) -> None:
        self.names, self.most, self.depth = set(names), most, 0
        self.found: list[tuple[str, dict[str, str]]] = []
        parse(chunks, self._start, self._end)

    def _start(self, name: str, attributes: Attributes) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise damaged("a part is nested too deeply")
        if (plain := local(name)) in self.names:
            kept = {key if key == "r:id" else local(key): v for key, v in attributes.items()}
            if key_of_relation := next((k for k in attributes if k.endswith(":id")), None):
                kept["r:id"] = attributes[key_of_relation]
            self.found.append((plain, kept))
            if len(self.found) > self.most:
                raise damaged("a part has too many entries")

    def _end(self, name: str) -> None:
        self.depth -= 1


def resolved(base: str, target: str) -> str:
    """The entry that a relation names, seen from the part it belongs to."""
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target))
