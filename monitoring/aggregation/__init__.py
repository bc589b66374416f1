"""The one place where figures are computed; the rules are numbered as in docs/figures.md."""

from monitoring.aggregation.figures import (
    DueItem,
    Figure,
    IndicatorFigures,
    Light,
    PartnershipFigures,
    PeriodFigure,
    Progress,
)
from monitoring.aggregation.partnership import framework_at, partnership_figures

__all__ = [
    "DueItem",
    "Figure",
    "IndicatorFigures",
    "Light",
    "PartnershipFigures",
    "PeriodFigure",
    "Progress",
    "framework_at",
    "partnership_figures",
]
