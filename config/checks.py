"""What a database must be, for `migrate` and `check --database default` to go on.

The sources: PostgreSQL's documentation of CREATE DATABASE (LC_CTYPE), of pg_trgm, and of owners'
rights on what they own.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

OLDEST_POSTGRES = 15
CHARACTERS = """
    SELECT pg_encoding_to_char(encoding), datctype FROM pg_database
    WHERE datname = current_database()
"""
POWERS = """
    SELECT rolsuper OR EXISTS (
        SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p')
        AND relnamespace = to_regnamespace('public')
    ) FROM pg_roles WHERE rolname = current_user
"""


@register(Tags.database)
def check_databases(
    app_configs: Sequence[AppConfig] | None, databases: Iterable[str] | None = None, **_: Any
) -> list[CheckMessage]:
    return [
        message
        for alias in databases or ()
        for message in (*check_version(alias), *check_characters(alias), *check_role(alias))
    ]


def check_version(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        major = int(cursor.fetchone()[0]) // 10_000
    if major >= OLDEST_POSTGRES:
        return []
    return [Error(f"PostgreSQL {major} is too old.", hint="Use 15 or newer.", id="config.E001")]


def check_characters(alias: str) -> list[CheckMessage]:
    """Without a UTF-8 ctype trigram search sees nothing in Arabic or Chinese, and says nothing."""
    with connections[alias].cursor() as cursor:
        cursor.execute(CHARACTERS)
        encoding, ctype = cursor.fetchone()
    is_utf8 = ctype.upper().replace("-", "").endswith("UTF8")
    if encoding == "UTF8" and is_utf8:
        return []
    return [
        Error(
            f"The database has encoding {encoding} and LC_CTYPE {ctype}, not UTF-8.",
            hint="CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LC_CTYPE 'C.UTF-8'",
            id="config.E002",
        )
    ]


def check_role(alias: str) -> list[CheckMessage]:
    """One role alone works, but what it owns it can alter: the owner's process is not asked."""
    if os.environ.get("MANAGE_AS_OWNER"):
        return []
    with connections[alias].cursor() as cursor:
        cursor.execute(POWERS)
        (can_alter,) = cursor.fetchone()
    if not can_alter:
        return []
    return [
        Warning(
            "The role of DATABASE_URL owns the tables (or is a superuser) and can alter them.",
            hint="Give DATABASE_OWNER_URL the owner, DATABASE_URL a role that owns nothing.",
            id="config.W001",
        )
    ]
