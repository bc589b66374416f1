"""How indicators of a draft are broken down: baselines of categories, crossed dimensions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from monitoring.forms.breakdowns import BaselinesForm, CrossForm
from monitoring.models import Framework, Indicator
from monitoring.services.breakdowns import cross_dimensions, set_category_baselines
from monitoring.views.editing import draft_of, posted, settled, to
from monitoring.views.framework_builder import page_of
from partnerships.services.sections import stamp_of
from registry.errors import StaleVersion
from registry.forms.attempts import in_words, succeeds
from registry.views.accounts import SignedInRequest


@login_required
def baselines(request: SignedInRequest, key: str, edition: int, pk: int) -> HttpResponse:
    """The baselines of an indicator's categories, all at once."""
    framework = draft_of(request, key, edition)
    if refusal := settled(request, framework):
        return refusal
    rows = Indicator.objects.filter(result__framework=framework)
    related = ("dimensions__categories", "category_baselines")
    found = get_object_or_404(
        rows.select_related("result__framework").prefetch_related(*related), pk=pk
    )
    form = BaselinesForm(found, posted(request))
    stamp = stamp_of(form.stored_values())
    is_stale = request.method == "POST" and request.POST.get("stamp") != stamp

    def act() -> None:
        Framework.objects.select_for_update(no_key=True).get(pk=framework.pk)
        now = rows.prefetch_related(*related).get(pk=pk)
        if stamp_of(BaselinesForm(now).stored_values()) != request.POST.get("stamp"):
            raise StaleVersion
        set_category_baselines(found, form.said(), by=request.user)

    if request.method == "POST" and form.is_valid() and succeeds(form, act):
        messages.success(request, "The baselines are saved.")
        return to(framework, "framework-edit")
    theirs = [
        (str(f.label), in_words(f, f.initial), in_words(f, form[name].value()))
        for name, f in form.fields.items()
        if is_stale and f.has_changed(f.initial, form[name].value())
    ]
    context = {"form": form, "record": found, "stamp": stamp, "theirs": theirs}
    status = 409 if is_stale else 200
    return page_of(request, framework, "baselines", **context, status=status)


@login_required
def cross(request: SignedInRequest, key: str, edition: int) -> HttpResponse:
    """A dimension of two, such as sex by age, for this draft's indicators."""
    framework = draft_of(request, key, edition)
    if refusal := settled(request, framework):
        return refusal
    form = CrossForm(framework, posted(request))

    def act() -> None:
        said = form.cleaned_data
        cross_dimensions(framework, said["first"], said["second"], by=request.user)

    if request.method == "POST" and form.is_valid() and succeeds(form, act):
        messages.success(request, "Made: choose it at the indicators that are broken down by it.")
        return to(framework, "framework-edit")
    return page_of(request, framework, "cross", form=form)
