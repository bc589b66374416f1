from monitoring.models.frameworks import (
    Category,
    Dimension,
    Framework,
    Indicator,
    PeriodTarget,
    Result,
)
from monitoring.models.imports import ImportedActivity
from monitoring.models.periods import Period, ReportingUnit
from monitoring.models.reports import Report, ReportRun
from monitoring.models.submissions import Evidence, Observation, Submission

__all__ = [
    "Category",
    "Dimension",
    "Evidence",
    "Framework",
    "ImportedActivity",
    "Indicator",
    "Observation",
    "Period",
    "PeriodTarget",
    "Report",
    "ReportRun",
    "ReportingUnit",
    "Result",
    "Submission",
]
