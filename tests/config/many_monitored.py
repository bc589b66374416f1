"""Many rows of every kind that monitoring lists."""

from datetime import timedelta
from uuid import uuid4

from monitoring.models import ReportKind
from tests import factories as f
from tests.config.copying import a_day, copies, of


def submissions(count, admin):
    row = f.SubmissionFactory()
    units = copies(row.unit, count, lambda n: {"place": str(n)})
    copies(row, count, lambda n: {"unit": units[n]})


def observations(count, admin):
    row = f.ObservationFactory()
    indicators = copies(row.indicator, count)
    copies(row, count, lambda n: {"indicator": indicators[n]})


def contributions(count, admin):
    """Statements that have ended: of one result only one of a partnership holds."""
    row = f.ContributionFactory()
    copies(row, count, lambda n: {"until_at": row.since_at + timedelta(days=n)})


def quality_rules(count, admin):
    row = f.QualityRuleFactory(framework__agreed=True)
    indicator = f.IndicatorFactory(result__framework=row.framework)
    keys = [one.pk for one in copies(indicator, count, lambda n: {"series": uuid4()})]
    copies(row, count, lambda n: {"indicator_id": keys[n]})


def report_files(count, admin):
    row = f.ReportFileFactory()
    reports = copies(row.report, count, lambda n: {"revision": n + 2})
    copies(row, count, lambda n: {"report": reports[n]})


def unit_handovers(count, admin):
    row = f.UnitHandoverFactory()
    units = copies(row.unit, count, lambda n: {"place": str(n)})
    copies(row, count, lambda n: {"unit": units[n]})


def reminders(count, admin):
    row = f.ReminderFactory()
    units = copies(row.unit, count, lambda n: {"place": str(n)})
    copies(row, count, lambda n: {"unit": units[n]})


def report_replies(count, admin):
    row = f.ReportReplyFactory()
    reports = copies(row.report, count, lambda n: {"revision": n + 2})
    copies(row, count, lambda n: {"report": reports[n]})


def report_endorsements(count, admin):
    row = f.ReportEndorsementFactory()
    reports = copies(row.report, count, lambda n: {"revision": n + 2})
    copies(row, count, lambda n: {"report": reports[n]})


def publication_rules(count, admin):
    """One per kind of report, whatever the count."""
    for kind in ReportKind.values:
        f.PublicationRuleFactory(kind=kind, reply_days=0)


def unsafe_breakdowns(count, admin):
    row = f.UnsafeBreakdownFactory()
    indicators = copies(row.indicator, count)
    copies(row, count, lambda n: {"indicator": indicators[n]})


MONITORED = {
    "frameworks": of(f.FrameworkFactory, lambda n: {"edition": n + 2}),
    "results": of(f.ResultFactory),
    "indicators": of(f.IndicatorFactory),
    "dimensions": of(f.DimensionFactory, lambda n: {"code": f"D{n}"}),
    "categories": of(f.CategoryFactory, lambda n: {"code": f"C{n}"}),
    "category-baselines": of(
        f.CategoryBaselineFactory,
        lambda n: {"category": f.CategoryFactory(code=f"B{n}")},
    ),
    "period-targets": of(f.PeriodTargetFactory, a_day),
    "periods": of(f.PeriodFactory, lambda n: {**a_day(n), "due_on": a_day(n)["ends_on"]}),
    "reporting-units": of(f.ReportingUnitFactory, lambda n: {"place": str(n)}),
    "submissions": submissions,
    "observations": observations,
    "evidence": of(f.EvidenceFactory),
    "data-reviewers": of(f.ReviewerFactory, lambda n: {"ended_at": f.NOON}),
    "return-reasons": of(f.ReturnReasonFactory),
    "submission-comments": of(f.SubmissionCommentFactory),
    "verifications": of(f.VerificationFactory),
    "spot-checks": of(f.SpotCheckFactory),
    "data-quality-assessments": of(f.DataQualityAssessmentFactory),
    "stories": of(f.StoryFactory),
    "evaluations": of(f.EvaluationFactory),
    "findings": of(f.EvaluationFindingFactory, lambda n: {"number": n + 2}),
    "recommendations": of(f.RecommendationFactory, lambda n: {"number": n + 2}),
    "management-responses": of(f.ManagementResponseFactory, lambda n: {"revision": n + 2}),
    "management-actions": of(f.ManagementActionFactory),
    "uploads": of(f.UploadFactory),
    "unsafe-breakdowns": unsafe_breakdowns,
    "quality-rules": quality_rules,
    "contribution-statements": of(f.ContributionStatementFactory),
    "hlpf-reviews": of(f.HlpfReviewFactory),
    "shared-results": of(f.SharedResultFactory, a_day),
    "contributions": contributions,
    "unit-handovers": unit_handovers,
    "reminders": reminders,
    "reports": of(f.ReportFactory, lambda n: {"revision": n + 2}),
    "narrative-sections": of(f.NarrativeSectionFactory, lambda n: {"year": 3000 + n}),
    "narrative-edits": of(f.NarrativeEditFactory, lambda n: {"number": n + 2}),
    "report-endorsements": report_endorsements,
    "report-replies": report_replies,
    "publication-rules": publication_rules,
    "report-files": report_files,
    "report-runs": of(f.ReportRunFactory, lambda n: {"revision": n + 2}),
}
