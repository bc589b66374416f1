"""Pages about one's own account."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static

from registry.forms.accounts import SignInForm


class SignIn(LoginView):
    template_name = "registry/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


def favicon(request: HttpRequest) -> HttpResponse:
    """For pages that are not ours, such as the back office's: browsers ask for it there."""
    return redirect(static("registry/icon.svg"))
