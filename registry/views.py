"""Pages about who takes part."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from registry.forms import PartnerFilter, SignInForm
from registry.models import Partner
from registry.paging import capped_count, newest_first


class SignIn(LoginView):
    template_name = "registry/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


def favicon(request: HttpRequest) -> HttpResponse:
    """For pages that are not ours, such as the back office's: browsers ask for it there."""
    return redirect(static("registry/icon.svg"))


def partners(request: HttpRequest) -> HttpResponse:
    """The partners one may see, searched and filtered."""
    form = PartnerFilter(request.GET)
    rows = Partner.objects.visible_to(request.user).chosen(**form.chosen())
    page = newest_first(rows.select_related("country"), request.GET.get("after", ""))
    context = {"form": form, "page": page, "count": capped_count(rows)}
    return render(request, "registry/partners.html", context)
