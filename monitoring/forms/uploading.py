"""The form that takes a file of values."""

from typing import Any

from django import forms

from monitoring.ingest.sources import MOST_BYTES
from monitoring.models import Period
from partnerships.models import Membership
from registry.models import User

MOST_MB = MOST_BYTES // 1024 // 1024


class UploadForm(forms.Form):
    """A workbook or a CSV file, and for whom it is sent."""

    file = forms.FileField(
        label="The file",
        help_text=f"XLSX or CSV, at most {MOST_MB} MB.",
        max_length=255,
        allow_empty_file=True,
    )
    sent_for = forms.ModelChoiceField(
        Membership.objects.none(),
        label="Sent by",
        required=False,
        empty_label="each unit’s own member",
        help_text="A member that reports for other members’ units as well.",
    )
    corrects = forms.BooleanField(
        label="The file corrects approved data", required=False, label_suffix=""
    )

    def __init__(self, period: Period, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reached = Membership.objects.acted_for_by(user, "manager", "evaluator").accepted()
        members = reached.filter(partnership=period.framework.partnership_id)
        choice: Any = self.fields["sent_for"]
        choice.queryset = members.select_related("partner")
        choice.label_from_instance = lambda member: str(member.partner)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                f"Expected at most {MOST_MB} MB, found {file.size / 1024 / 1024:.1f} MB."
            )
        return file
