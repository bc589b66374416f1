"""From a form to a service and back: what is refused stands in the form, beside what was typed."""

from collections.abc import Callable, Mapping
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


def both(form: forms.BaseForm, stored: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Label, stored and typed, of each field that is stored otherwise than it was typed."""
    return [
        (str(field.label), in_words(field, stored[name]), in_words(field, form[name].value()))
        for name, field in form.fields.items()
        if name in stored and field.has_changed(stored[name], form[name].value())
    ]


def in_words(field: forms.Field, value: Any) -> str:
    """A field's value in the words of the form."""
    if isinstance(value, (list, tuple)):
        return ", ".join(in_words(field, one) for one in value)
    if isinstance(field, forms.BooleanField):
        return "yes" if field.to_python(value) else "no"
    value = field.prepare_value(value)
    choices = {str(code): str(label) for code, label in getattr(field, "choices", ())}
    text = "" if value is None else str(value)
    return choices.get(text, text)
