from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from monitoring.demo.seeding import is_empty, seed
from registry.errors import DomainError


class Command(BaseCommand):
    help = (
        "Load invented partnerships with three years of data, and demo accounts whose password "
        "is public. For demonstrations only: it refuses a database with partners in it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where there is data already"
        )
        parser.add_argument("--dry-run", action="store_true", help="load, count, save nothing")

    def handle(self, *, if_empty: bool, dry_run: bool, **options: Any) -> str:
        if if_empty and not is_empty():
            return "demo data: left alone, the database is not empty"
        try:
            with transaction.atomic():
                loaded = seed()
                transaction.set_rollback(dry_run)
        except DomainError as error:
            raise CommandError(str(error)) from error
        listed = ", ".join(f"{count} {what}" for what, count in loaded.items())
        return f"{'dry run, nothing saved' if dry_run else 'demo data'}: {listed}"
