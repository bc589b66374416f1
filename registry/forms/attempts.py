"""From a form to a service and back: what is refused stands in the form, beside what was typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from registry.errors import DomainError, NotAllowed


def succeeds(form: forms.BaseForm, act: Callable[[], Any]) -> bool:
    """Do it in one transaction; a refusal goes to its field, or on top, and nothing is saved."""
    try:
        with transaction.atomic():
            act()
    except NotAllowed as refused:
        raise PermissionDenied(refused.detail) from refused
    except DomainError as refused:
        form.add_error(None, refused.detail)
    except ValidationError as refused:
        _show(form, refused)
    except IntegrityError:
        form.add_error(None, "This exists already.")
    return not form.errors


def _show(form: forms.BaseForm, refused: ValidationError) -> None:
    named = refused.error_dict if hasattr(refused, "error_dict") else {None: refused}
    for name, errors in named.items():
        form.add_error(name if name in form.fields else None, errors)
