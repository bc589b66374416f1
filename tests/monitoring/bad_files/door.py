"""The registry into which bad files are sent, and the door for them."""

from rest_framework.test import APIClient

from monitoring.models import Observation
from tests.factories import (
    MembershipFactory,
    PartnerFactory,
    PeriodFactory,
    ReportingUnitFactory,
)
from tests.monitoring.drafts import Draft

CODES = {
    "number": "NUM",
    "money": "USD",
    "people": "PPL",
    "ratio": "RATIO",
    "percent": "PCT",
    "rating": "RATE",
    "yes_no": "YESNO",
    "narrative": "STORY",
    "by_place": "PLACE",
}


KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Door:
    """A draft for 2024 Q1, of a partnership with another member and another period."""

    def __init__(self):
        self.draft = Draft()
        self.submission = self.draft.submission
        self.client = APIClient()
        self.client.force_authenticate(self.draft.by)
        for name, code in CODES.items():
            indicator = getattr(self.draft, name)
            indicator.code, indicator.title = code, f"Title of {code}"
            indicator.save()
        framework = self.submission.period.framework
        PeriodFactory(framework=framework)
        other = PartnerFactory(name="Other partner")
        ReportingUnitFactory(
            membership=MembershipFactory(partnership=framework.partnership, partner=other)
        )

    def send(self, content, kind):
        """(row, field, code) of each error, or the code alone of a file that cannot be read."""
        url = f"/api/v1/submissions/{self.submission.pk}/observations/?replace=true"
        answer = self.client.generic("POST", url, content, content_type=KINDS[kind])
        if answer.status_code in (200, 201):
            return []
        errors = answer.json()["errors"]
        assert answer.status_code in (400, 413), errors
        assert all(error["detail"] for error in errors)
        if errors[0]["attr"] in ("file", None):
            return errors[0]["code"]
        places = ((error["attr"].split(".", 2), error["code"]) for error in errors)
        return sorted({(int(row), field, code) for (_, row, field), code in places})

    @property
    def stored(self):
        return Observation.objects.count()
