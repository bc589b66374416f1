"""The light track: what a small firm measures, on one page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from monitoring.forms.light_framework import LightFrameworkForm
from monitoring.models import Framework
from monitoring.services.light_frameworks import begin_light
from monitoring.views.editing import posted, to
from partnerships.models import Partnership
from partnerships.views.finding import edited_partnership, key_of, page_of
from registry.forms.attempts import succeeds
from registry.views.accounts import SignedInRequest


@login_required
def light(request: SignedInRequest, key: str) -> HttpResponse:
    """Writes the whole draft, and leads to where it is checked and proposed."""
    partnership = edited_partnership(request, key)
    if partnership.track != Partnership.Track.LIGHT and request.method != "POST":
        messages.info(request, "The light track is for small firms and start-ups.")
        return redirect(page_of(partnership, "framework-begin"))
    form = LightFrameworkForm(partnership, posted(request))
    made: list[Framework] = []

    def act() -> None:
        days = {name: form.cleaned_data[name] for name in ("starts_on", "ends_on")}
        rows = form.indicators()
        made.append(begin_light(partnership, by=request.user, indicators=rows, **days))

    if request.method == "POST" and form.is_valid() and succeeds(form, act):
        messages.success(request, "The draft is written. Read it once more, then propose it.")
        return to(made[0], "framework-check")
    context = {"partnership": partnership, "key": key_of(partnership), "form": form}
    return render(request, "monitoring/frameworks/light.html", context)
