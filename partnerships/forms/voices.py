"""What anybody may write, and what is answered."""

from typing import Any

from django import forms

from partnerships.models import Complaint, Feedback, Lesson
from registry.forms.filters import FilterForm, choose, country_choices
from registry.models import Country, Goal, Target, User

LONG = {"rows": 6}


def _capitalised(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(code, label[:1].upper() + label[1:]) for code, label in choices]


class FeedbackForm(forms.ModelForm):
    class Meta:
        model = Feedback
        fields = ["text", "sender", "may_publish"]
        labels = {
            "text": "What you want to say",
            "sender": "You are",
            "may_publish": "It may become public, together with the answer",
        }
        help_texts = {
            "text": "At most 5,000 characters, without links. Do not name private persons.",
            "sender": "So that the answer fits. Your name is not asked for.",
            "may_publish": "",
        }
        widgets = {"text": forms.Textarea(attrs=LONG)}

    def _post_clean(self) -> None:
        """The service checks the values; a form must not change the record before."""


class ComplaintForm(forms.Form):
    category = forms.ChoiceField(
        label="What it is about", choices=_capitalised(Complaint.Category.choices)
    )
    text = forms.CharField(
        label="What happened",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="When, where, who was there. Say only what you are at ease to say.",
    )
    contact = forms.CharField(
        label="How we can reach you, if you wish",
        max_length=300,
        required=False,
        help_text="You may leave this empty: with the code that you get, you find our word here.",
    )


class CodeForm(forms.Form):
    code = forms.CharField(label="Your code", max_length=40)


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="Answer", max_length=5_000, widget=forms.Textarea(attrs={"rows": 4})
    )


class AcknowledgeForm(forms.Form):
    message = forms.CharField(
        label="Word to the sender",
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HandlerForm(forms.Form):
    to = forms.ModelChoiceField(label="Give it to", queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(is_staff=True, is_active=True, is_service=False)


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(
        label="Outcome", choices=[("", "Choose"), *_capitalised(Complaint.Outcome.choices)]
    )
    message = forms.CharField(
        label="Word to the sender", max_length=5_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    findings = forms.CharField(
        label="Findings, for the secretariat only",
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs=LONG),
    )


class LessonForm(forms.ModelForm):
    class Meta:
        model = Lesson
        fields = ["title", "kind", "happened", "learnt", "audience", "targets", "countries"]
        labels = {
            "happened": "What happened",
            "learnt": "What was learnt",
            "audience": "For whom it is of use",
            "targets": "SDG targets it concerns",
            "countries": "Countries it comes from",
        }
        help_texts = {
            "happened": "The facts, also when they are not flattering.",
            "learnt": "What others should do, or leave, because of it.",
            "targets": "Hold Ctrl or ⌘ to choose several.",
            "countries": "",
        }
        widgets = {
            "happened": forms.Textarea(attrs=LONG),
            "learnt": forms.Textarea(attrs=LONG),
            "targets": forms.SelectMultiple(attrs={"size": 8}),
            "countries": forms.SelectMultiple(attrs={"size": 8}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["targets"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Target.objects.in_force()

    def _post_clean(self) -> None:
        """The service checks the values; a form must not change the record before."""


class LessonFilter(FilterForm):
    q = forms.CharField(label="Words", max_length=100, required=False)
    goal = forms.MultipleChoiceField(
        label="Goal", widget=forms.CheckboxSelectMultiple, required=False
    )
    country = forms.ChoiceField(label="Country", required=False)
    kind = forms.MultipleChoiceField(
        label="Kind",
        choices=_capitalised(Lesson.Kind.choices),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = Country.objects.filter(lessons__isnull=False).distinct()
        choose(self, "country", country_choices(used))
        choose(self, "goal", [(str(g.number), str(g)) for g in Goal.objects.all()])
