"""Takes an import back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from monitoring.exchange.undo import ImportInUse, undo_import
from registry.errors import DomainError
from registry.models import ImportBatch


class Command(BaseCommand):
    help = "Take an import back, unless later work stands on it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", type=int, help="the number of the import")
        parser.add_argument("--dry-run", action="store_true", help="try, but keep everything")

    @transaction.atomic
    def handle(self, *, batch: int, dry_run: bool, **options: Any) -> str:
        try:
            taken = undo_import(ImportBatch.objects.get(pk=batch), by=None)
        except ImportBatch.DoesNotExist:
            raise CommandError(f"There is no import {batch}.") from None
        except ImportInUse as error:
            raise CommandError("\n".join(["Later work stands on it:", *error.reasons])) from None
        except DomainError as error:
            raise CommandError(error.detail) from None
        transaction.set_rollback(dry_run)
        return f"import {batch}: {taken} rows {'would be ' if dry_run else ''}taken back"
