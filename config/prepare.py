"""Bring a database up to the code, in one process: `python -m config.prepare [--no-demo]`.

Run it with MANAGE_AS_OWNER=1. Every step may run again: what stands already is left alone.
"""

import argparse
import json
import os
from pathlib import Path

import django
from django.core.management import call_command

from registry.acting import acting


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-demo", action="store_true", help="load no demo data")
    parser.add_argument("--accounts", type=Path, help="write the demo accounts to this file")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with acting("command prepare"):
        prepare(with_demo=not options.no_demo)
    if options.accounts:
        options.accounts.write_text(json.dumps(demo_accounts()))


def prepare(*, with_demo: bool) -> None:
    call_command("migrate", interactive=False, verbosity=0)
    call_command("seal_audit", after_restore=True)
    call_command("grant_app_role")
    call_command("load_vocabularies")
    call_command("load_schedules")
    if with_demo:
        call_command("seed_demo", if_empty=True)
    call_command("collectstatic", interactive=False, verbosity=0)


def demo_accounts() -> list[list[str]]:
    """E-mail, password and role of the demo accounts that this database has."""
    from django.contrib.auth import get_user_model

    from monitoring.demo import ACCOUNTS

    known = set(
        get_user_model()
        .objects.filter(email__in=[email for email, _, _ in ACCOUNTS])
        .values_list("email", flat=True)
    )
    return [list(account) for account in ACCOUNTS if account[0] in known]


if __name__ == "__main__":
    main()
