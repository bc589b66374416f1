"""How far data is verified, what was counted again, and how good it is."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from monitoring.forms.checking import (
    AssessmentForm,
    DoneForm,
    ReviewerForm,
    SpotCheckForm,
    VerifyForm,
)
from monitoring.models import (
    DataQualityAssessment,
    Indicator,
    Reviewer,
    SpotCheck,
    Submission,
    Verification,
)
from monitoring.models.verifications import level_at
from monitoring.services.checking import assess_quality, may_assess, may_check, record_spot_check
from monitoring.services.reviewers import name_reviewer, person_of_a_member
from monitoring.services.verifying import verify_values
from monitoring.views.comparing import compared
from monitoring.views.reading import SignedInRequest, visible_submission
from partnerships.forms.commitments import ReasonForm
from partnerships.models import Partnership
from partnerships.views.acting import act_page, allowed, sent
from partnerships.views.finding import inside_partnership, key_of
from registry.errors import DomainError, NotAllowed
from registry.forms.attempts import succeeds

MOST = 200


def _inside(request: SignedInRequest, pk: int) -> Submission:
    """A submission, for members' people and admins."""
    found = visible_submission(request, pk)
    inside = Partnership.objects.insider(request.user)
    if not inside.filter(pk=found.period.framework.partnership_id).exists():
        raise Http404
    return found


@login_required
def checks(request: SignedInRequest, pk: int) -> HttpResponse:
    """A submission's values with their level, their recounts, and assessments of its quality."""
    found = _inside(request, pk)
    assessed = DataQualityAssessment.objects.standing()
    own = Q(submission=found) | Q(indicator__in=found.observations.values("indicator_id"))
    verified = Verification.objects.filter(observation__submission=found)
    context = {
        "submission": found,
        "rows": compared(found),
        "assessments": assessed.filter(own).select_related("indicator", "submission__period"),
        "verifications": verified.select_related(
            "observation__indicator", "observation__category", "by", "membership__partner"
        ).order_by("-at", "-pk")[:MOST],
        "may_check": may_check(found, request.user),
    }
    return render(request, "monitoring/checks.html", context)


@login_required
def verify(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give some or all of a submission's counting values a level, with one document."""
    found = _inside(request, pk)
    counting = found.observations.counting().annotate(level=level_at())
    values = list(counting.select_related("indicator", "category").order_by("indicator", "pk"))
    form = VerifyForm(values, sent(request), request.FILES or None)

    def act() -> None:
        given = form.cleaned_data
        verify_values(form.chosen(), given["level"], by=request.user, **form.document())

    if request.method == "POST" and form.is_valid() and _refused_on_top(form, act):
        messages.success(request, "The level is recorded.")
        return redirect("submission-checks", pk=pk)
    return render(request, "monitoring/verify.html", {"submission": found, "form": form})


def _refused_on_top(form: Any, act: Callable[[], Any]) -> bool:
    """Who may give one level may perhaps not give another: that is said in the form."""

    def told() -> None:
        try:
            act()
        except NotAllowed as refused:
            raise DomainError(refused.code, refused.detail) from refused

    return succeeds(form, told)


@login_required
def spot_check(request: SignedInRequest, pk: int, value: int) -> HttpResponse:
    """Record what was found when a value was counted again."""
    found = _inside(request, pk)
    rows = found.observations.select_related("indicator", "category", "period__framework")
    row = get_object_or_404(rows, pk=value)
    row.submission = found
    form = SpotCheckForm(row, sent(request))
    return act_page(
        request,
        found.period.framework.partnership,
        form,
        lambda: record_spot_check(row, by=request.user, **form.cleaned_data),
        title="Count a value again",
        about=f"{row.indicator}: {found}",
        back=reverse("submission-checks", args=[pk]),
        done="The spot check is recorded.",
    )


@login_required
def assess(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rate a submission's data by the five standards."""
    found = _inside(request, pk)
    form = AssessmentForm(found.period.framework.partnership, sent(request))
    return act_page(
        request,
        found.period.framework.partnership,
        form,
        lambda: assess_quality(by=request.user, submission=found, **form.cleaned_data),
        title="Assess data quality",
        about=str(found),
        back=reverse("submission-checks", args=[pk]),
        done="The assessment is recorded.",
    )


@login_required
def assess_indicator(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    """Rate an indicator's data by the five standards."""
    partnership = inside_partnership(request, key)
    rows = Indicator.objects.visible_to(request.user)
    indicator = get_object_or_404(rows, pk=pk, result__framework__partnership=partnership)
    form = AssessmentForm(partnership, sent(request))
    return act_page(
        request,
        partnership,
        form,
        lambda: assess_quality(by=request.user, indicator=indicator, **form.cleaned_data),
        title="Assess data quality",
        about=str(indicator),
        back=reverse("partnership-data-review", args=[key_of(partnership)]),
        done="The assessment is recorded.",
    )


FOLLOWED: dict[str, type[Any]] = {
    "spot-checks": SpotCheck,
    "data-quality-assessments": DataQualityAssessment,
}


def _followed(request: SignedInRequest, kind: str, pk: int) -> Any:
    model = FOLLOWED[kind]
    return get_object_or_404(model.objects.visible_to(request.user), pk=pk)


@login_required
def followed(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """What one check found, and what became of what is to be done."""
    record = _followed(request, kind, pk)
    context = {"record": record, "kind": kind, "partnership": record.of_partnership}
    if isinstance(record, SpotCheck):
        context["check"] = record
    return render(request, "monitoring/followed.html", context)


@login_required
def follow_up(request: SignedInRequest, pk: int, kind: str, act: str) -> HttpResponse:
    """Say that the action was taken, or take the record back."""
    record = _followed(request, kind, pk)
    done = act == "finish"
    form: Any = (DoneForm if done else ReasonForm)(sent(request))
    move = partial(record.finish if done else record.withdraw, by=request.user)
    return act_page(
        request,
        record.of_partnership,
        form,
        lambda: move(**form.cleaned_data),
        title="Say what was done" if done else "Take it back",
        about=record.action if done else str(record),
        back=reverse(record._meta.model_name, args=[pk]),
        done="Recorded.",
        record=record,
    )


@login_required
def data_review(request: SignedInRequest, key: str) -> HttpResponse:
    """Who decides on a partnership's data, what waits, and what checks of it found."""
    partnership = inside_partnership(request, key)
    form = ReviewerForm(partnership, sent(request))
    name = partial(_name, partnership, form, request.user)
    if request.method == "POST" and form.is_valid() and succeeds(form, name):
        messages.success(request, "Named: from now on they decide.")
        return redirect(request.path)
    reviewers = Reviewer.objects.filter(partnership=partnership)
    named = reviewers.select_related("user", "membership__partner", "named_by")
    checked = SpotCheck.objects.filter(submission__period__framework__partnership=partnership)
    of_checks = ("submission__period", "submission__unit__membership__partner")
    context = {
        "partnership": partnership,
        "key": key_of(partnership),
        "form": form,
        "may_name": partnership.is_editable_by(request.user),
        "may_assess": may_assess(partnership, request.user),
        "reviewers": named.current().order_by("pk"),
        "former": named.exclude(ended_at=None).order_by("-ended_at")[:20],
        "checks": checked.select_related(
            *of_checks, "submission__unit__country", "indicator", "category", "owner__partner"
        )[:MOST],
        "assessments": partnership.data_quality_assessments.select_related(
            "indicator",
            "submission__period",
            "submission__unit__membership__partner",
            "submission__unit__country",
            "owner__partner",
        )[:MOST],
        "indicators": Indicator.objects.visible_to(request.user)
        .filter(result__framework__partnership=partnership, result__framework__status="agreed")
        .order_by("code", "pk")[:MOST],
    }
    return render(request, "monitoring/data_review.html", context)


def _name(partnership: Partnership, form: ReviewerForm, by: Any) -> None:
    partnership.require_editor(by)  # before an address says whether it is a member's person's
    given = form.cleaned_data
    user = person_of_a_member(partnership, given["email"]) if given["email"] else None
    name_reviewer(partnership, by=by, user=user, membership=given["membership"])


@login_required
def end_reviewer(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    """End a naming, with the reason if there is one to say."""
    partnership = inside_partnership(request, key)
    found = get_object_or_404(Reviewer.objects.filter(partnership=partnership), pk=pk)
    with allowed():
        partnership.require_editor(request.user)
    form = ReasonForm(sent(request))
    form.fields["reason"].required = False
    return act_page(
        request,
        partnership,
        form,
        lambda: found.end(by=request.user, reason=form.cleaned_data["reason"]),
        title="End the naming",
        about=str(found),
        lede="They decide no more. Where nobody is named, the lead's managers decide.",
        back=reverse("partnership-data-review", args=[key_of(partnership)]),
        done="It ended.",
        button="End it",
        record=found,
    )
