"""Computes the figures that are kept ready anew, or proves that they are right."""

from argparse import ArgumentParser
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitoring.aggregation.checking import differences
from monitoring.aggregation.refreshing import rebuild, rebuild_partnership, refresh_all
from partnerships.models import Partnership

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Compute all rollups anew and write what differs; with --check write none, and print "
        "where they are not what a full computation gives (exit code 1)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare only")
        parser.add_argument("--partnership", metavar="REFERENCE", help="one only, as P-2026-00042")

    def handle(self, *, check: bool, partnership: str | None, **options: Any) -> str:
        key = self._key(partnership) if partnership else None
        if check:
            return self._check(key)
        rows = rebuild() if key is None else rebuild_partnership(key)
        return f"{rows} rows of rollups written"

    def _key(self, reference: str) -> int:
        found = Partnership.objects.filter(reference=reference).values_list("pk", flat=True)
        if key := found.first():
            return key
        raise CommandError(f"No partnership has the reference {reference}.")

    def _check(self, partnership: int | None) -> str:
        """What waits in the queue is taken in first: nobody reads its rollups until then."""
        refresh_all()
        found = list(islice(differences(partnership), SHOWN + 1))
        for difference in found[:SHOWN]:
            self.stdout.write(str(difference))
        if found:
            more = "more than " if len(found) > SHOWN else ""
            raise CommandError(f"{more}{min(len(found), SHOWN)} differences")
        return "0 differences"
