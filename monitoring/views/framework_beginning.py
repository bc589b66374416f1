"""A framework begins: from nothing, a template, another partnership's, or the edition before."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from monitoring.forms.beginning import COPY, TEMPLATE, BeginForm
from monitoring.models import Framework
from monitoring.models.framework_templates import templates
from monitoring.services.editions import copy_framework, framework_from_template, new_edition
from monitoring.services.frameworks import create_framework
from monitoring.views.editing import posted, to
from partnerships.models import Partnership
from partnerships.views.finding import edited_partnership, key_of, page_of
from registry.forms.attempts import succeeds
from registry.models import User
from registry.views.accounts import SignedInRequest


@login_required
def begin(request: SignedInRequest, key: str) -> HttpResponse:
    """One form for all ways; the next edition, where there is one before, has its own button."""
    partnership = edited_partnership(request, key)
    form = BeginForm(partnership, request.user, posted(request))
    made: list[Framework] = []

    def act() -> None:
        made.append(_begun(partnership, form, request.user))

    if request.method == "POST" and form.is_valid() and succeeds(form, act):
        messages.success(request, "The draft is begun. Members’ people see it, nobody else.")
        return to(made[0], "framework-edit")
    context = {
        "partnership": partnership,
        "key": key_of(partnership),
        "form": form,
        "templates": templates(),
        "former": partnership.frameworks.in_force().first(),
        "draft": partnership.frameworks.filter(status=Framework.Status.DRAFT).first(),
        "is_light": partnership.track == Partnership.Track.LIGHT,
    }
    return render(request, "monitoring/frameworks/begin.html", context)


def _begun(partnership: Partnership, form: BeginForm, by: User) -> Framework:
    said, facts = form.cleaned_data, form.facts()
    if said["how"] == TEMPLATE:
        template = templates()[said["template"]]
        return framework_from_template(
            partnership, template, by=by, currency=said["currency"], **facts
        )
    if said["how"] == COPY:
        kept: dict[str, Any] = {n: said[n] for n in ("keep_targets", "keep_baselines")}
        return copy_framework(said["source"], partnership, by=by, **facts, **kept).framework
    return create_framework(partnership, by=by, **facts)


@login_required
@require_POST
def next_edition(request: SignedInRequest, key: str) -> HttpResponse:
    """A draft with everything that the edition in force says."""
    partnership = edited_partnership(request, key)
    former = get_object_or_404(partnership.frameworks.in_force())
    form, made = forms.Form(request.POST), []
    if not succeeds(form, lambda: made.append(new_edition(former, by=request.user))):
        messages.error(request, str(form.non_field_errors()[0]))
        return redirect(page_of(partnership, "framework-begin"))
    begun, left_out = made[0]
    messages.success(request, "The next edition is begun with everything that this one says.")
    if left_out:
        text = f"{left_out} targets do not fit its days and were left out: set them anew."
        messages.warning(request, text)
    return to(begun, "framework-edit")
