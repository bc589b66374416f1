from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from monitoring.vocabularies import load_dimensions


class Command(BaseCommand):
    help = "Load the shared dimensions of disaggregation; load_vocabularies does this too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, save nothing")

    def handle(self, *, dry_run: bool, **options: Any) -> str:
        changes = load_dimensions(dry_run=dry_run)
        prefix = "dry run, nothing saved: " if dry_run else ""
        listed = ", ".join(f"{count} {kind}" for kind, count in changes.items())
        return f"{prefix}{sum(changes.values())} changes ({listed})"
