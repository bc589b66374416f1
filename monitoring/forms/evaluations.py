"""Forms of evaluations, of responses to them, and of what is done about them."""

from typing import Any, cast

from django import forms
from django.utils import timezone

from monitoring.models import (
    Evaluation,
    EvaluationFinding,
    Framework,
    Indicator,
    ManagementAction,
    ManagementResponse,
    Recommendation,
)
from monitoring.models.evaluations import CRITERIA
from partnerships.forms.commitments import MemberField, day, text
from partnerships.models import Membership, Partnership

MOST_INDICATORS = 500


def members_of(partnership: Partnership) -> Any:
    return partnership.memberships.accepted().select_related("partner").order_by("pk")


class EvaluationForm(forms.ModelForm):
    """What is evaluated, of which days, by whom; the ratings once the evaluators gave them."""

    class Meta:
        model = Evaluation
        fields = [
            "kind",
            "title",
            "scope",
            "method",
            "starts_on",
            "ends_on",
            "evaluators",
            "is_independent",
            "expected_on",
            *CRITERIA,
        ]
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("starts_on", "ends_on", "expected_on")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CRITERIA:
            self.fields[name].label = f"Rating: {name}"
            if not self.instance.pk:
                del self.fields[name]
        self.fields["is_independent"].label = "Independent"

    def _post_clean(self) -> None:
        """What the model refuses comes from the service, for pages and API alike."""


class ReportDocumentForm(forms.Form):
    """The evaluation's report."""

    url = forms.URLField(label="Link", max_length=2000, required=False, assume_scheme="https")
    file = forms.FileField(
        label="Or a file",
        required=False,
        allow_empty_file=True,
        help_text="PDF or office document, at most 20 MB. Everybody reads it once the evaluation"
        " is published.",
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and bool(given.get("url")) == bool(given.get("file")):
            self.add_error("url", "Either a link or a file.")
        return given


class ErratumForm(forms.Form):
    text = text("What is put right", 5000, help_text="Stands beside the evaluation, for everybody.")


class FindingForm(forms.ModelForm):
    """What was found, and what it rests on."""

    url = forms.URLField(
        label="Link to the evidence", max_length=2000, required=False, assume_scheme="https"
    )

    class Meta:
        model = EvaluationFinding
        fields = ["text", "evidence", "url", "indicator"]

    def __init__(self, evaluation: Evaluation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["indicator"]
        rows = Indicator.objects.filter(
            result__framework__partnership=evaluation.partnership_id,
            result__framework__status__in=Framework.SETTLED,
        )
        # A slice takes no further filter, and what is chosen is looked up in these rows.
        some = rows.order_by("code", "pk")[:MOST_INDICATORS].values("pk")
        named = Indicator.objects.filter(pk__in=some).select_related("result")
        choice.queryset = named.order_by("code", "pk")
        choice.empty_label = "none"

    def _post_clean(self) -> None:
        """As above."""


class RecommendationForm(forms.ModelForm):
    """What is recommended to whom, and how urgent it is."""

    member = MemberField(
        label="To",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="the secretariat",
    )

    class Meta:
        model = Recommendation
        fields = ["text", "member", "priority"]

    def __init__(self, evaluation: Evaluation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(Any, self.fields["member"]).queryset = members_of(evaluation.partnership)

    def _post_clean(self) -> None:
        """As above."""

    def stated(self) -> dict[str, Any]:
        """As the service takes it."""
        given = self.cleaned_data
        to = Recommendation.Addressee
        return {**given, "addressed_to": to.MEMBER if given["member"] else to.SECRETARIAT}


class ResponseForm(forms.Form):
    decision = forms.ChoiceField(
        label="Answer",
        choices=[(code, label.capitalize()) for code, label in ManagementResponse.Decision.choices],
    )
    reason = text(
        "Reason",
        5000,
        required=False,
        help_text="Public. Needed where it is rejected, or accepted in part only.",
    )


class ActionForm(forms.Form):
    """What is done, by which member, by when."""

    what = text("What is done", 2000)
    owner = MemberField(
        label="Member that does it", queryset=Membership.objects.none(), required=False
    )
    due_on = day("Done by (day)")

    def __init__(self, recommendation: Recommendation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = members_of(recommendation.evaluation.partnership)
        owner.required = not recommendation.is_for_secretariat
        if recommendation.is_for_secretariat:
            owner.empty_label = "the secretariat"


class ProgressForm(forms.Form):
    """How far an action is; without another status, a note."""

    status = forms.ChoiceField(label="How far it is")
    note = text("What was done", 5000, help_text="Everybody reads it. No names of people.")
    on = day("Day of the news")

    def __init__(self, action: ManagementAction, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": timezone.localdate(), "status": action.status})
        super().__init__(*args, **kwargs)
        status = ManagementAction.Status
        may = [action.status, *(to for to in action.MOVES[action.status] if to != status.DROPPED)]
        field: Any = self.fields["status"]
        field.choices = [(code, status(code).label.capitalize()) for code in may]


class PostponementForm(forms.Form):
    due_on = day("New due date")
    reason = text("Reason", 2000, help_text="The reason is public.")


class NewOwnerForm(forms.Form):
    owner = MemberField(label="Member that does it", queryset=Membership.objects.none())
    reason = text("Reason", 2000, help_text="The reason is public.")

    def __init__(self, partnership: Partnership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(Any, self.fields["owner"]).queryset = members_of(partnership)
