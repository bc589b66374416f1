"""What members write of a year, and their yes to the report of it."""

from collections.abc import Sequence
from typing import Any

from django import forms

from monitoring.models.annual_narratives import HINTS, LONGEST, Topic
from partnerships.models import Membership


class SpeakerForm(forms.Form):
    """In whose name: asked only of somebody who acts for several members."""

    membership = forms.ChoiceField(label="In the name of")

    def __init__(self, speakers: Sequence[Membership], *args: Any) -> None:
        super().__init__(*args)
        self.speakers = {str(one.pk): one for one in speakers}
        choice: Any = self.fields["membership"]
        choice.choices = [(key, one.partner) for key, one in self.speakers.items()]
        if len(self.speakers) < 2:
            del self.fields["membership"]

    def speaker(self) -> Membership:
        return self.speakers[self.cleaned_data.get("membership") or next(iter(self.speakers))]


class SectionForm(SpeakerForm):
    """One section in plain text; nothing in it is read as markup."""

    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 16}))

    def __init__(self, topic: Topic, speakers: Sequence[Membership], *args: Any) -> None:
        super().__init__(speakers, *args)
        field = self.fields["text"]
        field.label = topic.label
        field.help_text = f"{HINTS[topic]} Plain text, at most {LONGEST:,} characters."


class EndorsingForm(SpeakerForm):
    """The hash says which text and figures were read."""

    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
