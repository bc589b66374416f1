from monitoring.models.annual_narratives import NarrativeEdit, NarrativeSection
from monitoring.models.category_baselines import CategoryBaseline
from monitoring.models.checks import DataQualityAssessment, SpotCheck
from monitoring.models.comments import SubmissionComment
from monitoring.models.contribution_statements import ContributionStatement
from monitoring.models.evaluation_parts import Erratum, EvaluationFinding, Recommendation
from monitoring.models.evaluation_reminders import EvaluationReminder
from monitoring.models.evaluations import Evaluation
from monitoring.models.evidence import Evidence
from monitoring.models.frameworks import Category, Dimension, Framework, Result
from monitoring.models.hlpf import HlpfReview
from monitoring.models.imports import ImportedActivity
from monitoring.models.indicators import Indicator
from monitoring.models.levels import DataLevel, usual_level
from monitoring.models.management import FollowUp, ManagementAction, ManagementResponse
from monitoring.models.periods import Period, ReportingUnit
from monitoring.models.publication_rules import PublicationRule
from monitoring.models.quality import Check, QualityRule, Severity, SubmissionQuality
from monitoring.models.reminders import Reminder
from monitoring.models.report_batches import ReportBatch
from monitoring.models.report_changes import ChangesSeen
from monitoring.models.report_endorsements import ReportEndorsement
from monitoring.models.report_facts import ReportFigure, ReportHeadline, ReportMeasure
from monitoring.models.report_files import ReportFile
from monitoring.models.report_replies import ReportReply
from monitoring.models.report_runs import ReportRun
from monitoring.models.report_subjects import ReportKind
from monitoring.models.reports import Report
from monitoring.models.returns import ReturnReason
from monitoring.models.reviewers import Reviewer
from monitoring.models.rollups import FigureRollup, RollupChange, UnitRollup
from monitoring.models.shared import Contribution, SharedResult
from monitoring.models.stories import Story
from monitoring.models.submissions import Observation, Submission
from monitoring.models.targets import PeriodTarget
from monitoring.models.unit_handovers import UnitHandover
from monitoring.models.unsafe import UnsafeBreakdown
from monitoring.models.uploads import Upload
from monitoring.models.verifications import Verification

__all__ = [
    "Category",
    "CategoryBaseline",
    "ChangesSeen",
    "Check",
    "Contribution",
    "ContributionStatement",
    "DataLevel",
    "DataQualityAssessment",
    "Dimension",
    "Erratum",
    "Evaluation",
    "EvaluationFinding",
    "EvaluationReminder",
    "Evidence",
    "FigureRollup",
    "FollowUp",
    "Framework",
    "HlpfReview",
    "ImportedActivity",
    "Indicator",
    "ManagementAction",
    "ManagementResponse",
    "NarrativeEdit",
    "NarrativeSection",
    "Observation",
    "Period",
    "PeriodTarget",
    "PublicationRule",
    "QualityRule",
    "Recommendation",
    "Reminder",
    "Report",
    "ReportBatch",
    "ReportEndorsement",
    "ReportFigure",
    "ReportFile",
    "ReportHeadline",
    "ReportKind",
    "ReportMeasure",
    "ReportReply",
    "ReportRun",
    "ReportingUnit",
    "Result",
    "ReturnReason",
    "Reviewer",
    "RollupChange",
    "Severity",
    "SharedResult",
    "SpotCheck",
    "Story",
    "Submission",
    "SubmissionComment",
    "SubmissionQuality",
    "UnitHandover",
    "UnitRollup",
    "UnsafeBreakdown",
    "Upload",
    "Verification",
    "usual_level",
]
