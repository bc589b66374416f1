"""Test databases are copies of one that was migrated before: once for all processes and runs.

One for each role: PostgreSQL lets only its owner copy a database.
"""

import hashlib
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
MADE_FROM = ("*/migrations/*.py", "requirements.txt", "registry/audit.py", "tests/settings.py")
PREFIX = "registry_tests_"
KEPT_FOR = timedelta(days=3)  # on a server that outlives the run


def use_template():
    """Have the tests' database made from the one that holds the migrated schema."""
    if not os.environ.get("DATABASE_URL"):
        return  # nothing says which server the schema would be made on
    with _one_at_a_time() as cursor:
        name = PREFIX + _fingerprint(cursor)
        if not _is_complete(cursor, name):
            _drop(cursor, name)
            _migrate(cursor, name)
        _drop_old(cursor, name)
    connection.settings_dict["TEST"]["TEMPLATE"] = name


@contextmanager
def _one_at_a_time():
    """A cursor beside the databases; the first process makes the template, others wait."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [PREFIX])
        try:
            yield cursor
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [PREFIX])


def _fingerprint(cursor):
    """Of the role and of what the schema is made from."""
    cursor.execute("SELECT current_user")
    digest = hashlib.sha256(cursor.fetchone()[0].encode())
    for pattern in MADE_FROM:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(cursor, name):
    cursor.execute(f'CREATE DATABASE "{name}"')
    old = {key: os.environ.get(key) for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    here = connection.settings_dict["NAME"]
    moved = {key: _to(url, here, name) for key, url in old.items() if url}
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "MANAGE_AS_OWNER": "1"}
    subprocess.run(command, cwd=ROOT, env={**os.environ, **moved, **settings}, check=True)
    said = f"complete {datetime.now(UTC).isoformat()}"
    cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [said])


def _to(url, here, name):
    head, _, query = url.partition("?")
    server, _, database = head.rpartition("/")
    assert database == here, f"{database} is not {here}"
    return f"{server}/{name}{'?' if query else ''}{query}"


def _is_complete(cursor, name):
    """Whether it was migrated to the end: one that a killed run left behind was not."""
    return name in dict(_templates(cursor))


def _templates(cursor):
    cursor.execute(
        "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE datname LIKE %s AND pg_get_userbyid(datdba) = current_user",
        [PREFIX.replace("_", r"\_") + "%"],
    )
    for name, said in cursor.fetchall():
        word, _, moment = (said or "").partition(" ")
        if word == "complete":
            yield name, datetime.fromisoformat(moment)


def _drop_old(cursor, name):
    for other, made_at in list(_templates(cursor)):
        if other != name and datetime.now(UTC) - made_at > KEPT_FOR:
            _drop(cursor, other)


def _drop(cursor, name):
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
