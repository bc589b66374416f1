"""Pages of a partner's contacts: for its own people."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from registry.forms.attempts import succeeds
from registry.forms.contacts import ContactForm
from registry.models import Contact, Partner
from registry.services.contacts import add_contact, edit_contact, remove_contact
from registry.views.accounts import SignedInRequest

AT_MOST = 500


@login_required
def contacts(request: SignedInRequest, pk: int) -> HttpResponse:
    """Whom one reaches at the partner; its managers add."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    if not (request.user.is_staff or request.user.has_role(pk)):
        raise Http404
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add = partial(add_contact, partner, by=request.user, **form.cleaned_data)
        if succeeds(form, add):
            messages.success(request, f"{form.cleaned_data['name']} is a contact now.")
            return redirect("contacts", pk=pk)
    context = {
        "partner": partner,
        "form": form,
        "rows": Contact.objects.visible_to(request.user).filter(partner=partner)[:AT_MOST],
        "is_manager": Partner.objects.editable_by(request.user).filter(pk=pk).exists(),
    }
    return render(request, "registry/contacts.html", context)


@login_required
def contact(request: SignedInRequest, pk: int, contact: int) -> HttpResponse:
    """Change or remove a contact."""
    seen = Contact.objects.visible_to(request.user).select_related("partner")
    found = get_object_or_404(seen, pk=contact, partner=pk)
    if not Contact.objects.editable_by(request.user).filter(pk=found.pk).exists():
        raise PermissionDenied("Only the partner's managers may do this.")
    if request.method == "POST" and "remove" in request.POST:
        remove_contact(found, by=request.user)
        messages.success(request, "The contact is removed, without a trace.")
        return redirect("contacts", pk=pk)
    form = ContactForm(request.POST or None, initial={f: getattr(found, f) for f in FIELDS})
    if request.method == "POST" and form.is_valid():
        edit = partial(edit_contact, found, by=request.user, **form.cleaned_data)
        if succeeds(form, edit):
            messages.success(request, "The contact is saved.")
            return redirect("contacts", pk=pk)
    context = {"partner": found.partner, "form": form, "found": found}
    return render(request, "registry/contact.html", context)


FIELDS = ContactForm.Meta.fields
