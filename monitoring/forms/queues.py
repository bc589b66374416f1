"""How a queue is sorted, and what is said to those chosen."""

from typing import Any

from django import forms

from monitoring.services.queues import Queue

SORTS = [("age", "the oldest first"), ("weight", "the heaviest first")]


class SortForm(forms.Form):
    sort = forms.ChoiceField(choices=SORTS, required=False, label="Sorted")

    def chosen(self) -> str:
        """What is asked for; anything else is the oldest first."""
        return str(self.cleaned_data.get("sort") or "age") if self.is_valid() else "age"


class ActForm(forms.Form):
    """Confirms an act; asks for words where they are put to somebody."""

    def __init__(self, queue: Queue, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if queue.act and queue.act.needs_words:
            self.fields["words"] = forms.CharField(
                label="What you ask",
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 4}),
                error_messages={"required": "Say something."},
            )
