"""What a reviewer answers to a submission, and how the queue is narrowed."""

from collections.abc import Sequence
from typing import Any

from django import forms

from monitoring.models import Observation
from registry.forms.filters import FilterForm, choose

LONG = forms.Textarea(attrs={"rows": 3})


class DecisionForm(forms.Form):
    """Accept or return each value with its reason; then approve, or return the whole."""

    answer = forms.ChoiceField(choices=[("approve", "Approve"), ("return", "Return")])
    reason = forms.CharField(
        required=False,
        max_length=2000,
        widget=LONG,
        label="Reason",
        help_text="To return it as a whole, or in addition to the reasons at values.",
    )
    is_validated = forms.BooleanField(
        label="Mark what is approved as internally validated: checked against its sources",
        required=False,
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, rows: Sequence[Observation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            category = f" ({row.category})" if row.category else ""
            name = f"{row.indicator}{category}"
            self.fields[f"word-{row.pk}"] = forms.ChoiceField(
                label=name,
                choices=[("accept", "Accept"), ("return", "Return")],
                initial="accept",
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"why-{row.pk}"] = forms.CharField(
                label=f"Reason: {name}",
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def pair(self, row: Observation) -> tuple[Any, Any]:
        """The word on a value, and the reason."""
        return self[f"word-{row.pk}"], self[f"why-{row.pk}"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for row in self.rows:
            self._check(row.pk, cleaned)
        returned = self.returned()
        if cleaned.get("answer") == "return" and not (
            returned or cleaned.get("reason", "").strip()
        ):
            self.add_error("reason", "Give the reason.")
        if cleaned.get("answer") == "approve" and returned:
            text = f"{len(returned)} value(s) are marked to be returned: return it, or accept them."
            self.add_error(None, text)
        return cleaned

    def _check(self, pk: int, cleaned: dict[str, Any]) -> None:
        word, why = cleaned.get(f"word-{pk}"), cleaned.get(f"why-{pk}", "").strip()
        if word == "return" and not why:
            self.add_error(f"why-{pk}", "Give the reason.")
        if word != "return" and why:
            self.add_error(f"why-{pk}", "There is a reason: choose Return, or leave it out.")

    def typed(self) -> list[tuple[str, str]]:
        """The reasons that were given, to show where they cannot be saved."""
        names = ["reason", *(f"why-{row.pk}" for row in self.rows)]
        return [(str(self[n].label), text) for n in names if (text := self[n].value())]

    def returned(self) -> dict[int, str]:
        """The reasons by value."""
        given = self.cleaned_data
        return {
            row.pk: given.get(f"why-{row.pk}", "")
            for row in self.rows
            if given.get(f"word-{row.pk}") == "return"
        }


class QueueFilter(FilterForm):
    """Which of the waiting submissions are shown."""

    q = forms.CharField(label="Reporting unit or sender contains", max_length=100, required=False)
    partnership = forms.ChoiceField(required=False)
    waits = forms.ChoiceField(
        choices=[("", "However long"), ("7", "7 days or more"), ("14", "14 days or more")],
        required=False,
    )
    state = forms.ChoiceField(
        label="What is in it",
        choices=[
            ("", "All"),
            ("clean", "Without a blemish"),
            ("warnings", "With warnings"),
            ("corrections", "Corrections"),
        ],
        required=False,
    )

    def __init__(self, partnerships: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(str(pk), title) for pk, title in partnerships]
        choose(self, "partnership", [("", "All partnerships"), *found])


class CommentForm(forms.Form):
    text = forms.CharField(label="Comment", max_length=5000, widget=LONG)
    about = forms.ChoiceField(label="About", required=False)

    def __init__(self, rows: Sequence[Observation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_key = {str(row.pk): row for row in rows}
        named = [
            (key, f"{row.indicator} ({row.category})" if row.category else str(row.indicator))
            for key, row in self.by_key.items()
        ]
        choose(self, "about", [("", "The whole submission"), *named])

    def observation(self) -> Observation | None:
        return self.by_key.get(self.cleaned_data["about"])
