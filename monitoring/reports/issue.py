"""What identifies a report that is given out as a file."""

import re
from dataclasses import dataclass
from datetime import datetime

PUBLISHER = "SDG Partnership Registry"
MARK = re.compile(rb"sdg-report-([0-9]{1,18})-([0-9a-f]{64})")


@dataclass(frozen=True)
class Issue:
    """Printed on a file's first page and in its footer, beside the report's document."""

    pk: int
    kind: str
    revision: int
    sha256: str
    cutoff_at: datetime
    verify_at: str
    is_draft: bool = False

    @property
    def reference(self) -> str:
        return f"Report {self.pk}, revision {self.revision}"

    @property
    def mark(self) -> str:
        """What a file carries in its properties, so that a changed one still says what it was."""
        return f"sdg-report-{self.pk}-{self.sha256}"

    @property
    def facts(self) -> list[tuple[str, str]]:
        state = [("State", "Draft: not published")] if self.is_draft else []
        return [
            *state,
            ("Revision", str(self.revision)),
            ("SHA-256 of the content", self.sha256),
            ("Verify at", self.verify_at),
        ]
