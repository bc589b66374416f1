"""`manage.py seed_demo`: into an empty database only, and the same rows each time."""

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models, transaction

from monitoring.demo import seeding
from partnerships.models import Partnership
from registry.models import Partner, User
from registry.vocabularies import load_vocabularies
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def vocabularies():
    load_vocabularies()


@pytest.fixture
def _without_reports(monkeypatch):
    """Computing 200 reports takes seconds, and what they say is tested elsewhere."""
    monkeypatch.setattr(seeding, "publish", lambda framework, admin: 0)
    monkeypatch.setattr(seeding, "write_annual_reports", lambda entered: 0)
    monkeypatch.setattr(seeding, "publish_overviews", lambda people, history: 0)
    monkeypatch.setattr(seeding, "report_on_countries", lambda people, history: 0)


# The log of changes only grows, by what is rolled back as well, and its entries hold keys; so does
# the queue of figures to compute anew.
LOG = {"AuditEntry", "AuditSeal", "RollupChange"}
# What a version says holds the keys of its rows, and its hash is of them.
WITH_KEYS = {"PartnershipVersion": {"document", "sha256"}, "Submission": {"writers"}}


def contents():
    """Every row but its keys, in a fixed order."""
    rows = {}
    for app in ("registry", "partnerships", "monitoring"):
        for model in apps.get_app_config(app).get_models():
            if model.__name__ in LOG:
                continue
            keys = (models.ForeignKey, models.BigAutoField)
            names = [f.attname for f in model._meta.fields if not isinstance(f, keys)]
            names = [
                name for name in names if name not in ("subject_id", "facts", "password", "search")
            ]
            names = [name for name in names if name not in WITH_KEYS.get(model.__name__, ())]
            found = model._default_manager.values_list(*names)
            rows[model._meta.label] = sorted(map(repr, found))
    return rows


@pytest.mark.usefixtures("vocabularies", "_without_reports")
def test_loads_the_same_rows_each_time():
    loads = []
    for _ in range(2):
        with transaction.atomic():
            seeding.seed()
            loads.append(contents())
            transaction.set_rollback(True)

    first, second = loads
    for label, rows in first.items():
        assert rows == second[label], label
    assert len(first["monitoring.Observation"]) > 1500


@pytest.mark.usefixtures("vocabularies", "_without_reports")
def test_says_in_one_line_what_it_loaded_and_then_refuses():
    line = call_command("seed_demo")
    assert line.startswith("demo data: 60 partners, 24 partnerships, ")

    with pytest.raises(CommandError, match="holds partners or partnerships already"):
        call_command("seed_demo")
    assert "not empty" in call_command("seed_demo", if_empty=True)
    assert Partnership.objects.count() == 24


@pytest.mark.usefixtures("vocabularies", "_without_reports")
def test_a_dry_run_saves_nothing():
    line = call_command("seed_demo", dry_run=True)

    assert line.startswith("dry run, nothing saved: 60 partners")
    assert not Partner.objects.exists()
    assert not User.objects.exists()


def test_refuses_beside_anybodys_work():
    PartnerFactory()

    with pytest.raises(CommandError, match="already"):
        call_command("seed_demo")
    assert not User.objects.exists()


def test_refuses_without_vocabularies():
    with pytest.raises(CommandError, match="load_vocabularies"):
        call_command("seed_demo")
    assert not Partner.objects.exists()
