import contextlib
import io
import os
import subprocess
import sys

import environ
import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from config import checks

ROLE = "registry_test_app"


@pytest.fixture
def application_role(db, monkeypatch):
    """The role of DATABASE_URL; one made here, where a superuser runs the tests."""
    role = environ.Env().db_url("DATABASE_URL")["USER"]
    if role != connection.settings_dict["USER"]:
        return role
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("one role alone, and it may not make a second one")
        cursor.execute(f"CREATE ROLE {ROLE}")
    monkeypatch.setenv("DATABASE_URL", f"postgres://{ROLE}:x@127.0.0.1/registry")
    return ROLE


def grant():
    said = io.StringIO()
    call_command("grant_app_role", stdout=said)
    return said.getvalue()


def may(role, right, table="registry_partner"):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [role, table, right])
        return cursor.fetchone()[0]


def test_application_gets_rows_and_nothing_else(application_role):
    assert "owns nothing" in grant()

    assert all(may(application_role, r) for r in ("SELECT", "INSERT", "UPDATE", "DELETE"))
    assert not any(may(application_role, r) for r in ("TRUNCATE", "REFERENCES", "TRIGGER"))


def test_application_may_stage_values_in_a_temporary_table(application_role):
    database = connection.settings_dict["NAME"]
    ask = "SELECT has_database_privilege(%s, %s, 'TEMPORARY')"
    with connection.cursor() as cursor:
        # another test may have granted it for good
        cursor.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC, {application_role}')
        cursor.execute(ask, [application_role, database])
        assert cursor.fetchone() == (False,)

        grant()

        cursor.execute(ask, [application_role, database])
        assert cursor.fetchone() == (True,)


def test_granting_again_takes_back_what_was_too_much(application_role):
    grant()
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT TRUNCATE ON registry_partner TO {application_role}")

    grant()

    assert not may(application_role, "TRUNCATE")
    assert may(application_role, "SELECT")


def test_tables_of_later_migrations_are_covered(application_role):
    grant()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (id bigint)")

    assert may(application_role, "INSERT", "later")
    assert not may(application_role, "TRUNCATE", "later")


def test_application_cannot_rewrite_the_history_of_migrations(application_role):
    grant()

    assert may(application_role, "SELECT", "django_migrations")
    assert not may(application_role, "DELETE", "django_migrations")


def test_application_can_neither_alter_nor_create(application_role):
    grant()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_schema_privilege(%s, 'public', 'CREATE'), count(*) FROM pg_class "
            "WHERE relowner = to_regrole(%s)",
            [application_role, application_role],
        )
        assert cursor.fetchone() == (False, 0)


def test_an_unknown_role_is_refused(db, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://nobody_here:x@127.0.0.1/registry")

    with pytest.raises(CommandError, match="nobody_here"):
        grant()


def test_one_role_alone_is_told_so(db, monkeypatch):
    user = connection.settings_dict["USER"]
    monkeypatch.setenv("DATABASE_URL", f"postgres://{user}:x@127.0.0.1/registry")

    assert "One role" in grant()


def test_check_warns_a_role_that_can_alter(db, monkeypatch):
    monkeypatch.delenv("MANAGE_AS_OWNER", raising=False)

    assert [message.id for message in checks.check_role("default")] == ["config.W001"]


def test_check_says_nothing_to_the_application(application_role, monkeypatch):
    monkeypatch.delenv("MANAGE_AS_OWNER", raising=False)
    if application_role == ROLE:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
        assert checks.check_role("default") == []
    else:
        with contextlib.closing(psycopg2.connect(os.environ["DATABASE_URL"])) as link:
            monkeypatch.setattr(checks, "connections", {"default": link})
            assert checks.check_role("default") == []


def test_check_accepts_this_database(db, monkeypatch):
    monkeypatch.setenv("MANAGE_AS_OWNER", "1")

    assert checks.check_databases(None, databases=["default"]) == []


def test_check_is_known_to_every_command():
    # In a process of its own: this one has imported config.checks above.
    script = (
        "import django; django.setup(); from django.core.checks.registry import registry;"
        "print([check.__module__ for check in registry.get_checks()])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert "config.checks" in done.stdout


@pytest.mark.parametrize(
    ("encoding", "ctype", "refused"),
    [
        ("UTF8", "C.UTF-8", False),
        ("UTF8", "en_US.utf8", False),
        ("UTF8", "C", True),
        ("SQL_ASCII", "C.UTF-8", True),
        ("LATIN1", "de_DE.ISO-8859-1", True),
    ],
)
def test_check_refuses_characters_other_than_utf8(monkeypatch, encoding, ctype, refused):
    monkeypatch.setattr(checks, "connections", {"default": Answers((encoding, ctype))})

    found = [message.id for message in checks.check_characters("default")]

    assert found == (["config.E002"] if refused else [])


@pytest.mark.parametrize(("number", "refused"), [("140012", True), ("150020", False)])
def test_check_refuses_an_old_postgresql(monkeypatch, number, refused):
    monkeypatch.setattr(checks, "connections", {"default": Answers((number,))})

    assert bool(checks.check_version("default")) is refused


class Answers:
    """A connection on which every query has the same answer."""

    def __init__(self, row):
        self.row = row

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        pass

    def execute(self, query):
        pass

    def fetchone(self):
        return self.row
