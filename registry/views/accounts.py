"""Pages about one's own account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from registry.forms.accounts import ProfileForm, SignInForm
from registry.models import User
from registry.services.accounts import rename


class SignedInRequest(HttpRequest):
    """What `login_required` lets through."""

    user: User


class SignIn(LoginView):
    template_name = "registry/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


def favicon(request: HttpRequest) -> HttpResponse:
    """For pages that are not ours, such as the back office's: browsers ask for it there."""
    return redirect(static("registry/icon.svg"))


@login_required
def account(request: SignedInRequest) -> HttpResponse:
    """One's own account: the name, the organisations one acts for, and the way to the rest."""
    form = ProfileForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        rename(request.user, form.cleaned_data["name"])
        messages.success(request, "Your name is saved.")
        return redirect("account")
    affiliations = request.user.affiliations.select_related("partner")
    context = {"form": form, "affiliations": affiliations.order_by("partner__name", "role")}
    return render(request, "registry/account.html", context)
