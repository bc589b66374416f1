"""Prove that the sealed audit log is as it was, or name the first place where it is not."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registry.verifying import Verdict, verify


class Command(BaseCommand):
    help = "Compute every seal of the audit log anew. Exit status 1 if anything was tampered with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor",
            type=Path,
            help="the anchors; without it AUDIT_ANCHOR_FILE, if there",
        )
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, anchor: Path | None, as_json: bool, **options: Any) -> str | None:
        usual = Path(settings.AUDIT_ANCHOR_FILE)
        file = anchor or (usual if usual.is_file() else None)
        if file and not file.is_file():
            raise CommandError(f"{file} is no file.")
        verdict = verify(file)
        if as_json:
            self.stdout.write(json.dumps(verdict.as_dict()))
        if verdict.problem:
            raise CommandError(f"TAMPERED WITH: {verdict.problem}")
        return None if as_json else said(verdict, file)


def said(verdict: Verdict, file: Path | None) -> str:
    against = f"{verdict.anchors} anchors of {file}" if file else "no anchors: none were given"
    return (
        f"{verdict.entries:,} entries under {verdict.seals:,} seals are as they were sealed "
        f"({verdict.per_second:,} entries/s); compared with {against}. "
        f"{verdict.unsealed:,} entries wait for a seal."
    )
