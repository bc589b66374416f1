from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.errors import DomainError
from registry.models import User
from registry.partner_files import COLUMNS, BadRows
from registry.services.partner_imports import import_partners


class Command(BaseCommand):
    help = f"Register the organisations of a CSV file. Columns: {', '.join(COLUMNS)}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", metavar="EMAIL", required=True, help="the admin who does it")
        parser.add_argument("--dry-run", action="store_true", help="check, save nothing")
        parser.add_argument(
            "--confirm-distinct",
            action="store_true",
            help="none of the rows is a possible duplicate of a partner",
        )

    def handle(
        self, *, file: Path, by: str, dry_run: bool, confirm_distinct: bool, **options: Any
    ) -> str:
        try:
            admin = User.objects.get_by_natural_key(by)
            found = import_partners(
                file.read_bytes(), by=admin, dry_run=dry_run, confirm_distinct=confirm_distinct
            )
        except User.DoesNotExist:
            raise CommandError(f"{by}: no such user.") from None
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.") from error
        except BadRows as error:
            lines = "\n".join(map(str, error.faults))
            raise CommandError(f"{file}: nothing was saved.\n{lines}") from error
        except DomainError as error:
            raise CommandError(error.detail) from error
        prefix = "dry run, nothing saved: " if dry_run else ""
        return f"{prefix}{found.registered} registered, {found.known} known already"
