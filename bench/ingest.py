"""Values of many units and periods sent as files, against COPY into the same table.

The raw side is COPY of rows that need no checking, into the same table with the same triggers,
constraints and audit; on both sides every constraint is checked inside the clock.
"""

import csv
import io
import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import xlsxwriter

from bench.measure import setup

ROUNDS = int(os.environ.get("ROUNDS", "5"))
INDICATORS, PERIODS = 50, 20
HEADER = ("unit", "indicator", "period", "value", "comment")
COLUMNS = (
    "submission_id, indicator_id, period_id, unit_id, value, text, comment, variance_reason,"
    " method, is_provisional, withdraws, verification"
)


class Bench:
    """A framework with enough units and periods for so many rows, and drafts for all of them."""

    def __init__(self, rows: int) -> None:
        from monitoring.models import Indicator, Period, ReportingUnit, Submission
        from tests import factories as make

        self.rows = rows
        framework = make.FrameworkFactory(agreed=True, cadence="monthly")
        member = make.MembershipFactory(partnership=framework.partnership)
        result = make.ResultFactory(framework=framework)
        Indicator.objects.bulk_create(
            Indicator(
                result=result,
                code=f"B{n}",
                title=f"Bench {n}",
                measure="number",
                accumulation="flow",
                combine="sum",
                by_place=True,
            )
            for n in range(INDICATORS)
        )
        spans = list(itertools.islice(framework.spans(), PERIODS))
        Period.objects.bulk_create(Period.of_span(framework, *span) for span in spans)
        ReportingUnit.objects.bulk_create(
            ReportingUnit(membership=member, place=f"Place {n}")
            for n in range(rows // INDICATORS // PERIODS)
        )
        self.framework, self.by = framework, make.UserFactory(is_staff=True)
        self.indicators = list(Indicator.objects.filter(result=result))
        self.periods = list(framework.periods.all())
        self.units = list(member.reporting_units.exclude(place=""))
        Submission.objects.bulk_create(
            Submission(unit=unit, period=period) for unit in self.units for period in self.periods
        )
        self.submissions = {
            (s.unit_id, s.period_id): s.pk
            for s in Submission.objects.filter(period__framework=framework)
        }

    def cells(self) -> Iterator[tuple[Any, Any, Any, str]]:
        cells = itertools.product(self.units, self.periods, self.indicators)
        for number, (unit, period, indicator) in enumerate(cells):
            yield unit, period, indicator, f"{number % 997}.{number % 89}"

    def lists(self, bad: bool) -> Iterator[list[str]]:
        for number, (unit, period, indicator, value) in enumerate(self.cells()):
            said = "N/A" if bad and number % 20 == 0 else value
            yield [f"#{unit.pk}", indicator.code, period.label, said, ""]

    def csv(self, bad: bool) -> bytes:
        out = io.StringIO()
        csv.writer(out).writerows([HEADER, *self.lists(bad)])
        return out.getvalue().encode()

    def json(self, bad: bool) -> bytes:
        return json.dumps([dict(zip(HEADER, row, strict=True)) for row in self.lists(bad)]).encode()

    def xlsx(self, bad: bool) -> bytes:
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out, {"constant_memory": True, "in_memory": True})
        sheet = book.add_worksheet("Data")
        for number, cells in enumerate([list(HEADER), *self.lists(bad)]):
            sheet.write_row(number, 0, cells)
            if number and cells[3] != "N/A":
                sheet.write_number(number, 3, float(cells[3]))
        book.close()
        return out.getvalue()

    def copy(self) -> str:
        line = "{}\t{}\t{}\t{}\t{}\t\t\t\t\tf\tf\tself_reported\n".format
        return "".join(
            line(self.submissions[u.pk, p.pk], i.pk, p.pk, u.pk, value)
            for u, p, i, value in self.cells()
        )


def main() -> None:
    setup()
    from django.db import transaction

    for rows in map(int, sys.argv[1:] or ["10000", "50000"]):
        with transaction.atomic():
            measure(Bench(rows))
            transaction.set_rollback(True)


def measure(bench: Bench) -> None:
    text = bench.copy()
    ways: dict[str, Callable[[], object]] = {"COPY": lambda: copy(text)}
    for kind, read in readers().items():
        for bad in (False, True):
            name = f"{kind}{', 5 % bad' if bad else ''}"
            content = getattr(bench, kind.lower())(bad)
            ways[name] = lambda read=read, content=content: send(bench, read(content))
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS + 1):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            check_constraints()
            if number:  # the first round warms up
                times[name].append(time.perf_counter() - started)
            empty(bench)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    for name, taken in medians.items():
        print(
            f"{bench.rows:>7,} rows  {name:<18}{taken * 1000:9.0f} ms"
            f"{taken / bench.rows * 1e6:8.1f} us/row  ratio {taken / medians['COPY']:5.2f}"
        )


def readers() -> dict[str, Callable[[bytes], Any]]:
    from django.core.files.base import ContentFile

    def of(kind: str) -> Callable[[bytes], Any]:
        return lambda content: (kind, ContentFile(content))

    return {"CSV": of("csv"), "JSON": of("json"), "XLSX": of("xlsx")}


def send(bench: Bench, sent: Any) -> None:
    from monitoring.ingest import pipeline, sources

    scope = pipeline.Consolidated(bench.framework)
    source = sources.read(*sent, scope)
    outcome = pipeline.load(
        scope, source.rows, by=bench.by, typed=source.typed, problems=source.problems
    )
    assert outcome.rows == bench.rows
    assert len(source.located(outcome.errors)) in (0, bench.rows // 20)


def copy(text: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY monitoring_observation ({COLUMNS}) FROM STDIN", io.StringIO(text))


def check_constraints() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def empty(bench: Bench) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM monitoring_observation WHERE submission_id = ANY(%s)",
            [list(bench.submissions.values())],
        )
        check_constraints()


if __name__ == "__main__":
    main()
