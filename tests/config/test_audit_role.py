"""What the application's role may do to the audit log: read it, and have it sealed."""

import contextlib

import environ
import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = ("registry_auditentry", "registry_auditseal")
FORGED = (
    "INSERT INTO registry_auditentry (transaction, at, operation, table_name, withheld)"
    " VALUES (1, now(), 'insert', 'x', '{}')"
)
FORBIDDEN = [
    FORGED,
    "INSERT INTO registry_auditseal VALUES (1, 0, 0, 0, 0, now(), '', '')",
    "UPDATE registry_auditcluster SET ahead = 7",
    "DELETE FROM registry_auditcluster",
    *(
        statement.format(table)
        for table in TABLES
        for statement in (
            "UPDATE {} SET total = 1" if table.endswith("seal") else "UPDATE {} SET actor = 'me'",
            "DELETE FROM {}",
            "TRUNCATE {}",
            "ALTER TABLE {} DISABLE TRIGGER ALL",
            "ALTER TABLE {} DISABLE TRIGGER keep",
            "DROP TRIGGER keep ON {}",
            "DROP TABLE {}",
            "ALTER TABLE {} ADD COLUMN more text",
        )
    ),
    "ALTER TABLE registry_partner DISABLE TRIGGER audit_update",
    "DROP TRIGGER audit_update ON registry_partner",
    "SET session_replication_role = replica",
    "DROP FUNCTION registry_audit() CASCADE",
    "CREATE OR REPLACE FUNCTION registry_keep_audit() RETURNS trigger LANGUAGE sql AS ''",
    "ALTER FUNCTION registry_audit() OWNER TO CURRENT_USER",
    "SET ROLE {owner}",
]


@pytest.fixture
def link(transactional_db):
    """A connection of the application's own, to the tests' database."""
    url = environ.Env().db_url("DATABASE_URL")
    mine = connection.settings_dict
    if url["USER"] == mine["USER"]:
        pytest.skip("one role alone: it owns the log and can do what it likes")
    call_command("grant_app_role", verbosity=0)
    where = connection.get_connection_params()  # a socket's path is not in the URL's host
    with contextlib.closing(
        psycopg2.connect(
            **{name: where[name] for name in ("host", "port", "dbname") if name in where},
            user=url["USER"],
            password=url["PASSWORD"],
        )
    ) as link:
        yield link


def ask(link, statement):
    with link.cursor() as cursor:
        cursor.execute(statement.replace("{owner}", connection.settings_dict["USER"]))
        return cursor.fetchall() if cursor.description else None


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_may_not(link, statement):
    with pytest.raises(psycopg2.Error) as refused:
        ask(link, statement)

    assert refused.value.pgcode == "42501"  # insufficient privilege, and nothing else


def test_granting_itself_the_log_changes_nothing(link):
    """PostgreSQL answers a GRANT without the right to it with a warning or an error."""
    for table in TABLES:
        with contextlib.suppress(psycopg2.Error):
            ask(link, f"GRANT ALL ON {table} TO CURRENT_USER")
        link.rollback()

    assert rights(link, *TABLES) == {"SELECT"}


def test_the_application_cannot_use_the_function_that_writes_entries(link):
    """On a table of its own it could write whatever it likes under any table's name."""
    ask(link, "CREATE TEMP TABLE registry_partner (id int)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(
            link,
            "CREATE TRIGGER forge AFTER INSERT ON pg_temp.registry_partner REFERENCING NEW TABLE"
            " AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION registry_audit('id', '{}', '{}')",
        )


def test_what_the_application_writes_is_taken_down_and_read_by_it(link):
    ask(link, "SELECT set_config('registry.actor', 'somebody', true)")
    ask(link, "INSERT INTO registry_currency VALUES ('QQQ', 'New', 2)")

    found = ask(link, "SELECT actor, row_id FROM registry_auditentry WHERE row_id = 'QQQ'")
    assert found == [("somebody", "QQQ")]


def test_the_application_has_the_log_sealed(link):
    ask(link, "INSERT INTO registry_currency VALUES ('QQQ', 'New', 2)")
    link.commit()

    assert ask(link, "SELECT registry_seal_audit(1000)")[0][0] >= 0
    link.rollback()


def test_tables_made_by_default_privileges_are_closed_again(link):
    """Somebody opened the log by hand: granting again closes it."""
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON registry_auditentry TO {link.info.user}")
    assert "INSERT" in rights(link, "registry_auditentry")

    call_command("grant_app_role", verbosity=0)

    assert rights(link, *TABLES, "registry_auditcluster") == {"SELECT"}


def rights(link, *names):
    link.rollback()  # what others granted meanwhile is seen by a new transaction
    kinds = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    return {
        kind
        for name in names
        for kind in kinds
        if ask(link, f"SELECT has_table_privilege('{name}', '{kind}')")[0][0]
    }


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_even_the_owner_is_refused_while_the_triggers_stand(transactional_db, table, statement):
    column = "entries = 1" if table.endswith("seal") else "actor = 'me'"
    with pytest.raises(Exception, match="only added to"), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column))
