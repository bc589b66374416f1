"""Compute one report run: claim it, keep its lease alive, store the snapshot once."""

from django.db import transaction

from monitoring.models import Report, ReportRun
from monitoring.reports.snapshot import digest, partnership_report
from registry.leases import kept_alive
from registry.models import Event


def compute(run: ReportRun) -> Report | None:
    """The stored report, or None when another worker holds or has done the run.

    A database error or a bug is recorded on the run and raised; the run is tried again while
    attempts are left.
    """
    if not run.claim():
        return None
    try:
        with kept_alive(run):
            content = partnership_report(
                run.period, reference_on=run.reference_on, cutoff_at=run.cutoff_at
            )
            return _store(run, content)
    except Exception as error:
        run.fail(f"{type(error).__name__}: {error}", retry=True)
        raise


@transaction.atomic
def _store(run: ReportRun, content: dict) -> Report:
    """Report and end of the run in one transaction; LostLease if another worker took over."""
    report = Report.objects.create(
        kind=run.kind,
        partnership=run.partnership,
        period=run.period,
        revision=run.revision,
        reference_on=run.reference_on,
        cutoff_at=run.cutoff_at,
        content=content,
        sha256=digest(content),
        timeliness=content["lights"]["timeliness"]["colour"],
        achievement=content["lights"]["achievement"]["colour"],
    )
    Event.log(report, "computed", by=run.requested_by, became=report.status)
    run.finish(report=report)
    return report
