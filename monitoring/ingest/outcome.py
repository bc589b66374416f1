"""Where rows go, and what became of them."""

from dataclasses import dataclass, field

from monitoring.errors import RowError
from monitoring.models import Framework, Period, Submission
from partnerships.models import Membership


@dataclass(frozen=True)
class Consolidated:
    """Rows of many units and periods of one framework: each unit's data stays its own.

    Submissions that are missing are begun; with `corrects`, approved ones get a correction.
    """

    framework: Framework
    period: Period | None = None
    sent_for: Membership | None = None
    corrects: bool = False


Scope = Submission | Consolidated


@dataclass
class Outcome:
    """What a load did, or would do; with errors nothing was saved."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)
    submissions: list[int] = field(default_factory=list)
    observations: list[int] = field(default_factory=list)
    dry_run: bool = False

    @property
    def saved(self) -> bool:
        return not (self.dry_run or self.errors) and bool(self.new or self.changed)
