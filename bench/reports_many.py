"""N partnership reports through `compute` in two processes: rate, and the memory of each.

`python -m bench.reports_many [N]`: N partnerships of 10 indicators, 8 periods and 3 members, each
with its report on the last period. The rows stay: use a database that may be dropped.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import time

from bench.measure import machine, setup
from bench.reporting_rows import FIRST, copies_of, reported_partnership
from bench.rollups import execute

PROCESSES, AIM, FLAT = 2, 25.0, 0.10
KEY = 12  # digits of a run's key in the queue


def memory() -> int:
    """This process's memory in KiB, without what it shares."""
    with open("/proc/self/smaps_rollup") as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int, nargs="?", default=1000)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        return work()
    setup()
    started = time.perf_counter()
    prepare(options.number)
    print(f"{options.number} partnerships made in {time.perf_counter() - started:.0f} s")
    print(machine())
    result = measure(options.number)
    print(machine())
    return result


def prepare(number: int) -> None:
    """One partnership by the factories, the others by its rows; a run for each."""
    from django.db import transaction

    from monitoring.models import Period
    from monitoring.models.report_batches import insert_runs
    from monitoring.models.report_scope import of_days

    with transaction.atomic():
        framework = reported_partnership(indicators=10, periods=8, members=3)
        copies_of(framework, number)
        last = framework.periods.order_by("ends_on").last()
        copied = Period.objects.filter(framework__gte=FIRST, ends_on=last.ends_on)
        made = insert_runs("partnership", of_days(copied, (last.starts_on, last.ends_on)), by=None)
    assert made == number, made
    execute("VACUUM ANALYZE")  # as PostgreSQL itself does in time


def measure(number: int) -> int:
    """Start the processes, wait, and print what came of it."""
    from monitoring.models import ReportRun

    runs = ReportRun.objects.filter(status="queued", partnership__gte=FIRST).order_by("pk")
    queue = "".join(f"{key:0{KEY}}" for key in runs.values_list("pk", flat=True))
    started = time.perf_counter()
    command = [sys.executable, "-m", "bench.reports_many", str(number), "--work"]
    taking, filling = os.pipe()
    workers = [
        subprocess.Popen(command, stdin=taking, stdout=subprocess.PIPE, env=os.environ)
        for _ in range(PROCESSES)
    ]
    os.close(taking)
    with os.fdopen(filling, "w") as end:
        end.write(queue)
    said = [json.loads(worker.communicate()[0]) for worker in workers]
    took = time.perf_counter() - started
    assert sum(one["ready"] for one in said) == number, said
    print(
        f"{number} reports in {took:.1f} s with {PROCESSES} processes: {number / took:.1f} a second"
        f" (aim {AIM:.0f})"
    )
    flat = True
    for one in said:
        growth = one["last"] / one["first"] - 1
        flat &= abs(growth) <= FLAT
        print(
            f"memory: {one['first'] // 1024} MiB after 100 reports, {one['last'] // 1024} MiB after"
            f" {one['ready']}: {growth:+.1%}"
        )
    return 0 if flat and number / took >= AIM else 1


def work() -> int:
    """The next run of the queue that all share, each as a worker does it, until it is empty."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from monitoring.models import ReportRun
    from monitoring.reports.runs import compute

    gc.freeze()  # as config/celery.py
    ready, first = 0, 0
    while key := os.read(sys.stdin.fileno(), KEY):
        ready += compute(ReportRun.objects.get(pk=int(key))) is not None
        if ready == 100 or not first and ready == 1:
            first = memory()
    json.dump({"ready": ready, "first": first, "last": memory()}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
