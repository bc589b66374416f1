"""Forms of webhooks."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from registry import outgoing

MOST_KINDS = 50


class KindsField(forms.CharField):
    """Kinds of events, one a line or parted by spaces or commas."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, **options: Any) -> None:
        text = "One a line: * for all, partnership.* for all about partnerships, or one kind, "
        text += "such as partnership.registered."
        super().__init__(max_length=4000, help_text=text, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        kinds = super().clean(value).replace(",", " ").split()
        if len(kinds) > MOST_KINDS:
            raise ValidationError(f"At most {MOST_KINDS} kinds.")
        return kinds


class WebhookForm(forms.Form):
    """A new webhook."""

    url = forms.CharField(
        label="URL",
        max_length=outgoing.LONGEST_URL,
        help_text="Begins with https:// and names a public host.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
    )
    kinds = KindsField(label="Kinds of events", initial="*")


class WebhookEditForm(WebhookForm):
    """A webhook that is there."""

    is_active = forms.BooleanField(label="Switched on", required=False)
