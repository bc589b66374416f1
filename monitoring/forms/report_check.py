"""What somebody holds and wants checked: a hash, a text, or a file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from monitoring.reports.genuine import A_HASH, LARGEST, Finding, check_content, check_hash

LONGEST = 5_000_000


class ReportCheckForm(forms.Form):
    """Exactly one of the two is filled in."""

    text = forms.CharField(
        label="SHA-256, or the report's JSON",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        max_length=LONGEST,
        required=False,
        help_text="The 64 characters from a report, or the whole text of its JSON.",
    )
    file = forms.FileField(
        label="Or the file",
        required=False,
        help_text="PDF, workbook, CSV, ZIP or JSON, at most 20 MB. It is not kept.",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST:
            raise ValidationError("At most 20 MB.", code="file_too_large")
        return file

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and bool(given.get("text", "").strip()) == bool(given.get("file")):
            raise ValidationError("Give a text or a file: one of the two.", code="one_of_two")
        return given

    def finding(self, user: Any) -> Finding:
        """What it is, once the form is valid."""
        if file := self.cleaned_data["file"]:
            return check_content(user, file.read())
        text = self.cleaned_data["text"].strip()
        if A_HASH.fullmatch(text.lower()):
            return check_hash(user, text.lower())
        return check_content(user, text.encode())
