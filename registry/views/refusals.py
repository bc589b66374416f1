"""How pages let only admins in, and show in a form what the domain refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse

from registry.errors import DomainError

View = Callable[..., HttpResponse]


def admins_only(view: View) -> View:
    """Others learn that it is not for them; who has not signed in is asked to."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(guarded)


@contextmanager
def shown_in(form: forms.BaseForm) -> Iterator[None]:
    """Put a refusal into the form, at its field where there is one; nothing was saved."""
    try:
        yield
    except DomainError as refusal:
        form.add_error(None, refusal.detail)
    except ValidationError as refusal:
        by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {None: [refusal]}
        for field, errors in by_field.items():
            form.add_error(field if field in form.fields else None, errors)
