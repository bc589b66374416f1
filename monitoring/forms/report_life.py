"""What people say to a report, and what admins decide of it."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms

from monitoring.models import PublicationRule, Report
from monitoring.models.report_replies import LONGEST

DATE = forms.DateInput(attrs={"type": "date"})


class ReplyForm(forms.Form):
    """One member's reply, or its word that it has none."""

    text = forms.CharField(
        label="Reply",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Plain text. It is published with the report, under your organisation's name.",
    )
    has_no_comment = forms.BooleanField(label="We have no comment", required=False)


class EmbargoForm(forms.Form):
    """Until the beginning of a day, by UTC. Lifting it is another act."""

    until = forms.DateField(label="Public from (UTC)", widget=DATE)

    def __init__(self, report: Report, *args: Any) -> None:
        super().__init__(*args)
        self.stands = report.embargo_until
        self.initial["until"] = self.stands.astimezone(UTC).date() if self.stands else None

    def moment(self) -> datetime | None:
        """As it stands where the day was left alone: the API sets it to the minute."""
        if not self.has_changed():
            return self.stands
        return datetime.combine(self.cleaned_data["until"], time(), UTC)


class PublicationRuleForm(forms.ModelForm):
    class Meta:
        model = PublicationRule
        fields = ["reply_days", "review_days"]

    def _post_clean(self) -> None:
        """What the model refuses comes from the service, for pages and API alike."""
