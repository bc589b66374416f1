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
            help="the anchors; without it AUDIT_ANCHOR_FILE",
        )
        parser.add_argument(
            "--no-anchor",
            action="store_true",
            help="compare with none: a log made anew from end to end is then not told",
        )
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(
        self, *, anchor: Path | None, no_anchor: bool, as_json: bool, **options: Any
    ) -> str | None:
        file = None if no_anchor else anchor or Path(settings.AUDIT_ANCHOR_FILE)
        if anchor and not anchor.is_file():
            raise CommandError(f"{anchor} is no file.")
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
