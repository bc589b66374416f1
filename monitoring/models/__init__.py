from monitoring.models.evidence import Evidence
from monitoring.models.frameworks import Category, Dimension, Framework, Result
from monitoring.models.imports import ImportedActivity
from monitoring.models.indicators import Indicator, PeriodTarget
from monitoring.models.periods import Period, ReportingUnit
from monitoring.models.reports import Report, ReportRun
from monitoring.models.submissions import Observation, Submission

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
