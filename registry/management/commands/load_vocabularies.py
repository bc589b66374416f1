from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.errors import DomainError
from registry.vocabularies import load_vocabularies


class Command(BaseCommand):
    help = "Load the shared vocabularies: SDG framework, standards, countries and their groups, …"

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
        parser.add_argument(
            "--framework",
            type=Path,
            metavar="FOLDER",
            help="another edition of the SDG framework: goals.csv, targets.csv and "
            "global_indicators.csv with the columns of registry/data/",
        )
        parser.add_argument("--edition", default="", help="its name, as 2026.Q1.G.01")
        parser.add_argument("--dry-run", action="store_true", help="count, save nothing")

    def handle(
        self, *, texts: list[Path], framework: Path | None, edition: str, **options: Any
    ) -> str:
        if (framework is None) != (not edition):
            raise CommandError("--framework and --edition go together.")
        dry_run = options["dry_run"]
        try:
            changes = load_vocabularies(
                texts=texts, framework=framework, edition=edition, dry_run=dry_run
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        listed = ", ".join(f"{count} {kind}" for kind, count in changes.items() if count)
        total = sum(changes.values())
        prefix = "dry run, nothing saved: " if dry_run else ""
        return f"{prefix}{total} changes" + (f" ({listed})" if listed else "")
