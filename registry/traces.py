"""Where a person's name or address still stands: every table, every column, every stored file.

A row is searched as PostgreSQL writes it, so that a column that somebody adds later is searched
too. Compressed files (PDF, office documents) are not looked into.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from psycopg2 import sql

SHORTEST = 4
BLOCK = 1024 * 1024
TABLES = """
    SELECT c.relname, EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid
        AND a.attname = 'id' AND NOT a.attisdropped)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'm') ORDER BY c.relname
"""
ROWS = """
    SELECT {key}, (SELECT array_agg(part.key ORDER BY part.key)
        FROM jsonb_each_text(to_jsonb(t)) part WHERE part.value ILIKE ANY(%(patterns)s))
    FROM {table} t WHERE t::text ILIKE ANY(%(patterns)s) ORDER BY 1 LIMIT 1000
"""


class Trace(NamedTuple):
    """A row, by its columns, or a file that holds one of the words."""

    where: str
    key: str
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        columns = f" ({', '.join(self.columns)})" if self.columns else ""
        return f"{self.where} {self.key}{columns}"


def find_traces(words: Iterable[str]) -> list[Trace]:
    """Everything that holds one of the words, in any case of letters; short ones are left out."""
    asked = [word.strip() for word in words if len(word.strip()) >= SHORTEST]
    if not asked:
        return []
    return [*_in_tables(asked), *_in_files(asked)]


def _in_tables(words: list[str]) -> Iterator[Trace]:
    patterns = [pattern for word in words for pattern in _patterns(word)]
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for table, has_id in cursor.fetchall():
            key = sql.SQL("t.id::text" if has_id else "t.ctid::text")
            query = sql.SQL(ROWS).format(table=sql.Identifier(table), key=key)
            cursor.execute(query, {"patterns": patterns})
            for row, columns in cursor.fetchall():
                yield Trace(table, row, tuple(columns or ()))


def _patterns(word: str) -> list[str]:
    """As text, and as PostgreSQL writes the bytes of a binary column."""
    literal = word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    stored = {word.encode().hex(), word.lower().encode().hex()}
    return [f"%{literal}%", *(f"%{digits}%" for digits in stored)]


def _in_files(words: list[str]) -> Iterator[Trace]:
    wanted = [word.lower().encode() for word in words]
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")) if root.is_dir() else []:
        if path.is_file() and _holds(path, wanted):
            yield Trace("file", str(path.relative_to(root)))


def _holds(path: Path, wanted: list[bytes]) -> bool:
    longest = max(map(len, wanted))
    before = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            text = before + block.lower()
            if any(word in text for word in wanted):
                return True
            before = text[-longest:]
    return False
