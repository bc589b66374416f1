"""What the application's database role may do: work with rows, and nothing else."""

import os
from typing import Any

import environ
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

# Without TRUNCATE, REFERENCES and TRIGGER; ALTER and DROP are an owner's and cannot be granted.
ROWS = "SELECT, INSERT, UPDATE, DELETE"
# Values that are sent are put into a temporary table first: checked there, then moved as a set.
# The audit log is written by a function of the owner's, and sealed by another: the application
# reads it, and has the second one called.
LOG = "registry_auditentry, registry_auditseal, registry_auditcluster"
GRANTS = f"""
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO {{role}};
    GRANT TEMPORARY ON DATABASE {{database}} TO {{role}};
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {{role}};
    GRANT {ROWS} ON ALL TABLES IN SCHEMA public TO {{role}};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {{role}};
    REVOKE INSERT, UPDATE, DELETE ON django_migrations, {LOG} FROM {{role}};
    GRANT EXECUTE ON FUNCTION registry_seal_audit(integer) TO {{role}};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {ROWS} ON TABLES TO {{role}};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {{role}};
"""


class Command(BaseCommand):
    help = "Give the role of DATABASE_URL its rights on rows; run it as the owner, after migrate."

    def handle(self, **options: Any) -> str:
        role = environ.Env.db_url_config(os.environ.get("DATABASE_URL", ""))["USER"]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_user, to_regrole(quote_ident(%s))", [role])
            owner, known = cursor.fetchone()
            if role in (owner, ""):
                return "One role owns and runs: nothing to grant. Two are safer, see docs."
            if known is None:
                raise CommandError(f"DATABASE_URL names the role {role}, which does not exist.")
            quoted = connection.ops.quote_name
            database = quoted(connection.settings_dict["NAME"])
            cursor.execute(GRANTS.format(role=quoted(role), database=database))
        return f"{role} may read and write rows, and owns nothing."
