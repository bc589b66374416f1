from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partnerships.models import Finding, Partnership

AT_A_TIME = 500


class Command(BaseCommand):
    help = "Say what partnerships lack to be SMART, section by section."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--reference", nargs="+", help="such as P-2026-00042")
        which.add_argument("--all", action="store_true", help="every partnership, drafts too")
        which.add_argument("--imported", action="store_true", help="those from published files")

    def handle(
        self, *, reference: list[str] | None, all: bool, imported: bool, **options: Any
    ) -> str:
        rows = Partnership.objects.order_by("pk")
        if imported:
            rows = rows.filter(import_batch__isnull=False)
        elif reference:
            rows = rows.filter(reference__in=reference)
            if unknown := set(reference) - set(rows.values_list("reference", flat=True)):
                raise CommandError(f"No partnership has {', '.join(sorted(unknown))}.")
        codes: Counter[str] = Counter()
        checked = complete = 0
        for partnership, findings in _read(rows):
            checked += 1
            complete += not findings
            codes.update(one.code for one in findings)
            self._write(partnership, findings)
        for code, times in codes.most_common():
            self.stdout.write(f"{times:6} {code}")
        return f"{checked} checked, {complete} lack nothing"

    def _write(self, partnership: Partnership, findings: list[Finding]) -> None:
        named = partnership.reference or partnership.iati_identifier or f"#{partnership.pk}"
        lacks = "" if findings else ": lacks nothing"
        self.stdout.write(f"{named} {partnership.title} ({partnership.status}){lacks}")
        for one in findings:
            self.stdout.write(f"    {one.section.label}: {one.text} [{one.code}]")


def _read(rows: Any) -> Iterator[tuple[Partnership, list[Finding]]]:
    """Some at a time, in the order of their numbers: a constant number of queries for each."""
    after = 0
    while page := list(rows.filter(pk__gt=after)[:AT_A_TIME]):
        after = page[-1].pk
        found = Partnership.objects.filter(pk__in=[one.pk for one in page]).findings()
        yield from ((one, found[one.pk]) for one in page)
