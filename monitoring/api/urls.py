"""What monitoring puts under /api/v1/."""

from monitoring.api import (
    evidence,
    frameworks,
    imports,
    observations,
    periods,
    reports,
    submissions,
)

RESOURCES = {
    "frameworks": frameworks.FrameworkViewSet,
    "results": frameworks.ResultViewSet,
    "indicators": frameworks.IndicatorViewSet,
    "dimensions": frameworks.DimensionViewSet,
    "categories": frameworks.CategoryViewSet,
    "period-targets": frameworks.PeriodTargetViewSet,
    "periods": periods.PeriodViewSet,
    "reporting-units": periods.ReportingUnitViewSet,
    "submissions": submissions.SubmissionViewSet,
    "observations": observations.ObservationViewSet,
    "evidence": evidence.EvidenceViewSet,
    "reports": reports.ReportViewSet,
    "report-runs": reports.ReportRunViewSet,
    "imports": imports.ImportViewSet,
}
