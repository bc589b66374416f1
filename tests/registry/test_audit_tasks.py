"""Tasks and commands act in their own name."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from celery import shared_task
from django.db import connection

from registry.acting import acting, current
from registry.models import AuditEntry, Currency

ROOT = Path(__file__).resolve().parent.parent.parent


@shared_task(name="tests.make_currency")
def make_currency(code):
    Currency.objects.create(code=code, label="Money", minor_units=2)


def last(code):
    return AuditEntry.objects.filter(table_name="registry_currency", row_id=code).first()


@pytest.mark.django_db
def test_a_task_acts_in_its_own_name_and_names_the_request_that_asked_for_it():
    with acting("a-user", request="r-9"):
        make_currency.delay("YA")
        assert current().actor == "a-user"

    assert (last("YA").actor, last("YA").request) == ("task tests.make_currency", "r-9")


@pytest.mark.django_db
def test_a_task_that_fails_leaves_nothing_behind():
    with pytest.raises(Exception, match="value too long"):
        make_currency.delay("much too long a code")

    assert current().actor == ""


@pytest.mark.django_db(transaction=True)
def test_a_command_acts_in_its_own_name():
    """In a process of its own, as it is run: on the tests' database."""
    mine = connection.settings_dict
    where = connection.get_connection_params()
    place = urlencode({name: where[name] for name in ("host", "port") if name in where})
    url = f"postgres://{mine['USER']}:{mine['PASSWORD']}@/{mine['NAME']}?{place}"
    subprocess.run(
        [sys.executable, "manage.py", "load_vocabularies"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": url,
        },
        check=True,
        capture_output=True,
    )

    made = AuditEntry.objects.filter(table_name="registry_currency", operation="insert")
    assert made.filter(actor="command load_vocabularies").exists()
