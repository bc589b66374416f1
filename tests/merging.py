"""Merges of partners, and what a table holds before and after."""

from datetime import UTC, datetime

import time_machine
from django.apps import apps

from registry.models import Partner
from registry.services.merging import merge_partners
from tests.factories import PartnerFactory, UserFactory

# What a merge writes about itself, and what every write moves on.
LOGS = {
    "monitoring.rollupchange",
    "registry.auditentry",
    "registry.event",
    "registry.movedfield",
    "registry.notice",
    "registry.outboxentry",
    "registry.partnermerge",
}
CLOCKS = {"version", "updated_at"}
OURS = ("registry", "partnerships", "monitoring")
AFTER = datetime(2026, 3, 1, tzinfo=UTC)  # later than the cut-offs of reports in tests


def two_records():
    """A company, and the association that it turns out to be."""
    return PartnerFactory(kind="large_company"), PartnerFactory(kind="civil_society")


def merge(duplicate, into, by=None):
    by = by or UserFactory(admin=True)
    return merge_partners(duplicate, into=into, by=by, reason="The same organisation twice.")


def merged(duplicate, into, at=AFTER):
    """Merged at a moment: after the cut-off, if none is given."""
    with time_machine.travel(at, tick=False):
        return merge(duplicate, into)


def dump():
    """Every row of every table of ours, without versions, moments of change and logs."""
    return {
        model._meta.label_lower: {
            row.pk: {
                field.attname: getattr(row, field.attname)
                for field in model._meta.concrete_fields
                if field.attname not in CLOCKS
            }
            for row in model._base_manager.all()
        }
        for model in our_models()
    }


def our_models():
    for model in apps.get_models(include_auto_created=True):
        # History tables follow what they describe and are compared by no one.
        is_history = any(f.name.startswith("pgh_") for f in model._meta.concrete_fields)
        is_ours = model._meta.app_label in OURS and model._meta.label_lower not in LOGS
        if is_ours and model._meta.managed and not is_history:
            yield model


def partners_of(names, *wanted):
    """Partners of the world that tests/config/world.py builds."""
    return [Partner.objects.get(pk=names[name]) for name in wanted]
