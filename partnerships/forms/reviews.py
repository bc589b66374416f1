"""Forms of the secretariat's review of partnerships."""

from typing import Any

from django import forms

from partnerships.models import Partnership, PartnershipReview, ReviewCheck, Section
from registry.forms.filters import FilterForm, choose
from registry.models import User

LONG = forms.Textarea(attrs={"rows": 3})


def admins() -> Any:
    rows = User.objects.filter(is_staff=True, is_active=True, is_service=False)
    return rows.order_by("name", "pk")


class ReviewFilter(FilterForm):
    q = forms.CharField(label="Title contains", max_length=100, required=False)
    kind = forms.MultipleChoiceField(
        choices=[(code, label.capitalize()) for code, label in Partnership.Kind.choices],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reviewer = forms.ChoiceField(required=False)
    slow = forms.ChoiceField(
        label="Waits", choices=[("", "However long"), ("yes", "Too long")], required=False
    )
    sort = forms.ChoiceField(
        choices=[
            ("", "Oldest first"),
            ("newest", "Newest first"),
            ("title", "By title"),
            ("reviewer", "By reviewer"),
        ],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.key), one.name or one.email) for one in admins()]
        choose(self, "reviewer", [("", "Anybody"), ("nobody", "Nobody yet"), *people])


class AssignForm(forms.Form):
    """To whom a review is given."""

    reviewer = forms.ModelChoiceField(
        User.objects.none(), to_field_name="key", empty_label="Choose an admin"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = admins()  # type: ignore[attr-defined]


class ChecklistForm(forms.Form):
    """A tick and a note for each item of a review's checklist."""

    def __init__(self, review: PartnershipReview, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = review.items()
        self.said = {check.item: check for check in review.checks.select_related("by")}
        for item in self.items:
            check = self.said.get(item)
            self.fields[f"done_{item}"] = forms.BooleanField(
                label=ReviewCheck.Item(item).label,
                required=False,
                initial=check.is_done if check else False,
                # What another admin ticked since the page was opened is not ticked back.
                show_hidden_initial=True,
            )
            self.fields[f"note_{item}"] = forms.CharField(
                label="Note",
                max_length=2000,
                required=False,
                initial=check.note if check else "",
                show_hidden_initial=True,
            )

    def is_typed(self) -> bool:
        """Whether its fields were sent at all."""
        return any(name in self.fields for name in self.data)

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """The tick, the note, and the last word on each item."""
        return [
            (self[f"done_{item}"], self[f"note_{item}"], self.said.get(item)) for item in self.items
        ]

    def ticks(self) -> list[dict[str, Any]]:
        """What was changed."""
        return [
            {
                "item": item,
                "is_done": self.cleaned_data[f"done_{item}"],
                "note": self.cleaned_data[f"note_{item}"],
            }
            for item in self.items
            if {f"done_{item}", f"note_{item}"} & set(self.changed_data)
        ]


class CommentForm(forms.Form):
    """A remark on one section."""

    section = forms.ChoiceField(choices=Section.choices)
    text = forms.CharField(label="Comment", max_length=2000, widget=LONG)

    def has_changed(self) -> bool:
        """A section alone is no comment."""
        return bool(str(self["text"].value() or "").strip())


class ReturnForm(forms.Form):
    """Why it is returned: as a whole, section by section, or both."""

    reason = forms.CharField(
        label="Reason as a whole", max_length=2000, required=False, widget=LONG
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for section in Section:
            self.fields[f"section_{section.value}"] = forms.CharField(
                label=section.label, max_length=2000, required=False, widget=LONG
            )

    def is_by_section(self) -> bool:
        return any(self[f"section_{section.value}"].value() for section in Section)

    def by_section(self) -> list[Any]:
        return [self[f"section_{section.value}"] for section in Section]

    def reasons(self) -> dict[str, Any]:
        texts = {s.value: self.cleaned_data[f"section_{s.value}"] for s in Section}
        return {
            "reason": self.cleaned_data["reason"],
            "sections": {name: text for name, text in texts.items() if text},
        }
