"""Beginning a partnership like an earlier one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from partnerships.forms.registering import CopyForm
from partnerships.models import Partnership
from partnerships.services.copying import copy_partnership
from partnerships.views.finding import page_of, visible_partnership
from partnerships.views.workspace import leads_of
from registry.forms.attempts import succeeds
from registry.views.accounts import SignedInRequest


@login_required
def copy(request: SignedInRequest, key: str) -> HttpResponse:
    """For whoever leads a partner and sees the earlier one: a draft of their own."""
    source = visible_partnership(request, key)
    leads = leads_of(request.user)
    form = CopyForm(leads, request.POST or None, initial={"title": source.title})
    made: list[Partnership] = []

    def act() -> Any:
        chosen = {name: value for name, value in form.cleaned_data.items() if value is not None}
        made.append(copy_partnership(source, by=request.user, **chosen))

    if request.method == "POST" and form.is_valid() and succeeds(form, act):
        messages.success(request, "The copy is a draft now: look through its sections.")
        return redirect(page_of(made[0], "partnership-work"))
    context = {"partnership": source, "form": form, "can_begin": leads.exists()}
    return render(request, "partnerships/copy.html", context)
