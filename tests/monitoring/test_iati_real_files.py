"""The published files: what they hold is stored or listed, and taken back without a trace."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from monitoring.models import Framework, Indicator, Observation, Period, PeriodTarget
from partnerships.models import (
    BudgetLine,
    Commitment,
    Delivery,
    Membership,
    Partnership,
    PlannedDisbursement,
)
from registry.models import Event, ImportBatch, ImportFinding, OutboxEntry, Partner
from registry.vocabularies import load_vocabularies
from tests.monitoring.count_iati import count
from tests.monitoring.iati import take

pytestmark = pytest.mark.django_db

FILES = {
    "real_oxfam_novib_NL-KVK-27108436.xml": 8,
    "real_plan_nl_NL-KVK-41198890.xml": 1,
    "real_solidaridad_NL-KVK-51756811.xml": 4,
    "real_undp_41114.xml": 12,
}
# A number given to a partnership is not given again; the batch, its findings and the audit log
# tell the tale; that it was undone is an event, and waits to be told.
STAYS = {"registry.importbatch", "registry.importfinding", "registry.event"}
STAYS |= {"partnerships.referenceyear", "registry.outboxentry", "registry.auditentry"}
STAYS |= {"monitoring.rollupchange"}  # a queue that workers empty
# What an element of the kind becomes, one row each.
ROWS = {
    "iati-activity": Partnership,
    "budget": BudgetLine,
    "planned-disbursement": PlannedDisbursement,
    "result/indicator": Indicator,
    "result/indicator/period/actual": Observation,
    "result/indicator/period/target": PeriodTarget,
}


@pytest.fixture
def vocabularies():
    load_vocabularies()


@pytest.fixture
def samples(refdata):
    return refdata / "iati" / "samples_real"


def rows_by_table():
    return {
        model._meta.label_lower: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.label_lower not in STAYS
    }


@pytest.mark.parametrize("name", FILES)
def test_every_element_is_stored_or_listed(vocabularies, samples, name):
    held = count(samples / name)

    batch = take((samples / name).read_bytes())

    elements = batch.counts["elements"]
    assert batch.status == "ready"
    assert {kind: row["in_file"] for kind, row in elements.items()} == held
    for kind, row in elements.items():
        findings = batch.findings.filter(stored=False, element=kind)
        assert row["stored"] + row["listed"] == row["in_file"], kind
        assert row["listed"] == findings.count(), kind
    assert batch.counts["activities"] == {"created": FILES[name]}
    for kind, model in ROWS.items():
        assert elements.get(kind, {"stored": 0})["stored"] == model.objects.count(), kind
    money = Commitment.objects.count() + Delivery.objects.count()
    assert elements["transaction"]["stored"] == money


def test_a_second_import_changes_nothing_and_undoing_leaves_nothing(vocabularies, samples):
    before, earlier = rows_by_table(), set(Event.objects.values_list("pk", flat=True))
    contents = [(samples / name).read_bytes() for name in FILES]

    first = [take(content) for content in contents]
    imported = rows_by_table()
    second = [take(content) for content in contents]

    assert Partnership.objects.count() == 25
    assert [sum(batch.counts["rows"].values()) for batch in second] == [0, 0, 0, 0]
    assert rows_by_table() == imported
    for batch in reversed([*first, *second]):
        call_command("undo_import", batch.pk)
    assert rows_by_table() == before
    assert ImportBatch.objects.filter(undone_at=None).count() == 0
    events = Event.objects.exclude(pk__in=earlier)
    assert set(events.values_list("kind")) == {("importbatch.undone",)}
    waiting = OutboxEntry.objects.exclude(event__in=earlier)
    assert set(waiting.values_list("event__kind")) == {("importbatch.undone",)}


def test_a_dry_run_counts_the_same_and_saves_nothing(vocabularies, samples):
    content = (samples / "real_undp_41114.xml").read_bytes()
    before = rows_by_table()

    trial = take(content, is_dry_run=True)

    assert rows_by_table() == before
    real = take(content)
    assert trial.counts["elements"] == real.counts["elements"]
    assert trial.counts["activities"] == real.counts["activities"]
    assert _findings(trial) == _findings(real)


def _findings(batch):
    rows = ImportFinding.objects.filter(batch=batch)
    return sorted(rows.values_list("line", "element", "code", "reason"))


def test_what_the_published_files_are_known_for(vocabularies, samples):
    for name in FILES:
        take((samples / name).read_bytes())

    novib = Partner.objects.get(identifiers__value="NL-KVK-27108436")
    assert (novib.name, novib.country.alpha2) == ("Oxfam Novib", "NL")  # not its description
    assert Membership.objects.filter(partner=novib, roles__contains=["lead"]).count() == 8
    assert not Framework.objects.exclude(status="imported").exists()
    assert not Period.objects.exclude(kind="irregular").exists()
    assert not Indicator.objects.exclude(accumulation="as_published").exists()
    assert set(Indicator.objects.filter(measure="percent").values_list("combine")) == {("none",)}
    falling = Indicator.objects.filter(direction="decrease")
    assert falling.count() == 26  # all of them UNDP's
    assert not Observation.objects.exclude(verification="published_elsewhere").exists()
    assert not Observation.objects.exclude(submission__status="approved").exists()


def test_the_command_prints_a_table_and_a_second_time_no_changes(vocabularies, samples, capsys):
    path = str(samples / "real_plan_nl_NL-KVK-41198890.xml")

    call_command("import_iati", path)
    first = capsys.readouterr().out
    call_command("import_iati", path)
    second = capsys.readouterr().out

    rows = {line.split()[0]: line.split()[1:] for line in first.splitlines() if line.strip()}
    assert rows["result/indicator/period/target"] == ["25", "25", "0", "0"]
    assert rows["budget"] == ["2", "2", "0", "0"]
    assert "0 elements stored, 0 listed; 0 changes" in second


def test_the_counter_imports_no_product_code(samples):
    script = Path(__file__).parent / "count_iati.py"
    command = [sys.executable, "-I", "-S", script, *(samples / name for name in FILES)]

    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert printed.count(" elements\n") == 4
