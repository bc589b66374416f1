from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.errors import DomainError
from registry.vocabularies import load_vocabularies


class Command(BaseCommand):
    help = "Load the shared vocabularies: SDG framework, countries, currencies, dimensions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--texts",
            nargs="+",
            type=Path,
            action="extend",
            default=[],
            metavar="FILE",
            help="CSV with official texts: code, title_en, title_fr, title_es, title_ru, "
            "title_ar, title_zh-Hans",
        )
        parser.add_argument("--dry-run", action="store_true", help="count, save nothing")

    def handle(self, *, texts: list[Path], dry_run: bool, **options: Any) -> str:
        try:
            changes = load_vocabularies(texts=texts, dry_run=dry_run)
        except DomainError as error:
            raise CommandError(str(error)) from error
        listed = ", ".join(f"{count} {kind}" for kind, count in changes.items() if count)
        total = sum(changes.values())
        prefix = "dry run, nothing saved: " if dry_run else ""
        return f"{prefix}{total} changes" + (f" ({listed})" if listed else "")
