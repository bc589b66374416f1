"""What the commands that load one CSV file have in common."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.errors import DomainError


class LoadCommand(BaseCommand):
    """Loads a file, all of it or nothing, and says how many rows changed."""

    load: Callable[..., dict[str, int]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--dry-run", action="store_true", help="check and count, save nothing")

    def handle(self, *, file: Path, dry_run: bool, **options: Any) -> str:
        try:
            changes = type(self).load(file, dry_run=dry_run)
        except DomainError as error:
            raise CommandError(str(error)) from error
        listed = ", ".join(f"{count} {kind}" for kind, count in changes.items() if count)
        return f"{'dry run, nothing saved: ' if dry_run else ''}{listed or '0 changes'}"
