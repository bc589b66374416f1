"""Imports IATI activity files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitoring.exchange.accounts import COLUMNS
from monitoring.exchange.jobs import new_batch, run_import
from registry.models import ImportBatch

FINDINGS_SHOWN = 20


class Command(BaseCommand):
    help = "Import IATI 2.0x activity files: each activity becomes a partnership with its data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="count, but save nothing")

    def handle(self, *, files: list[Path], dry_run: bool, **options: Any) -> str:
        changes, stored, listed, refused = 0, 0, 0, []
        for path in files:
            batch = self._import(path, dry_run)
            self._show(batch, options["verbosity"])
            changes += sum(batch.counts.get("rows", {}).values())
            stored += _sum(batch, "stored")
            listed += _sum(batch, "listed")
            if batch.status != ImportBatch.Status.READY:
                refused.append(path.name)
        if refused:
            raise CommandError(f"Not imported: {', '.join(refused)}")
        if dry_run:
            return f"{stored} elements would be stored, {listed} listed; nothing was saved"
        return f"{stored} elements stored, {listed} listed; {changes} changes"

    def _import(self, path: Path, dry_run: bool) -> ImportBatch:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
        batch = new_batch(path.name, content, by=None, is_dry_run=dry_run)
        run_import(batch.pk)
        batch.refresh_from_db()
        return batch

    def _show(self, batch: ImportBatch, verbosity: int) -> None:
        self.stdout.write(f"\n{batch.file_name}: import {batch.pk}, {batch.status} {batch.error}")
        titles = [name.replace("_", " ") for name in COLUMNS]
        self.stdout.write(f"{'element':<44}" + "".join(f"{title:>11}" for title in titles))
        elements = batch.counts.get("elements", {})
        for kind, row in sorted(elements.items()):
            self.stdout.write(_line(kind, row))
        self.stdout.write(_line("all", {name: _sum(batch, name) for name in COLUMNS}))
        self._show_findings(batch, None if verbosity > 1 else FINDINGS_SHOWN)

    def _show_findings(self, batch: ImportBatch, most: int | None) -> None:
        findings = batch.findings.exclude(code__in=["with_parent", "not_kept_yet"])
        for finding in findings[:most]:
            what = "stored, but" if finding.stored else "left out"
            where = f"{batch.file_name}:{finding.line} {finding.activity} <{finding.element}>"
            self.stdout.write(f"  {where} {what}: {finding.code}: {finding.reason}")
        if most and findings.count() > most:
            self.stdout.write("  … all of them with --verbosity 2")


def _sum(batch: ImportBatch, column: str) -> int:
    return sum(row[column] for row in batch.counts.get("elements", {}).values())


def _line(kind: str, row: dict[str, int]) -> str:
    return f"{kind:<44}" + "".join(f"{row[name]:>11}" for name in COLUMNS)
