"""What stands in a file beside its activities is listed, each with its line."""

import pytest

from monitoring.exchange import jobs
from monitoring.exchange.jobs import new_batch, run_import
from partnerships.models import Partnership
from tests.monitoring.count_iati import count
from tests.monitoring.iati import activity, file_of, line_of, listed, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]
FOREIGN = f"""<o:iati-activity xmlns:o="http://example.org/o">
{activity(identifier="XM-1")}</o:iati-activity>\n"""
OTHER = "<iati-organisation><iati-identifier>XM-2</iati-identifier></iati-organisation>\n"


def test_every_child_of_the_root_is_stored_or_listed(tmp_path):
    content = file_of(
        "<!-- no element -->", OTHER, activity(identifier="XM-2"), FOREIGN, OTHER, "<?pi?>"
    )

    batch = take(content)

    kinds = ["iati-activities/iati-organisation"] * 2
    kinds.insert(1, "iati-activities/{http://example.org/o}iati-activity")
    found = batch.findings.filter(code="not_an_activity").order_by("line")
    assert [(row.element, row.stored) for row in found] == [(kind, False) for kind in kinds]
    assert found[0].line == line_of(content, "<iati-organisation")
    assert found[1].line == line_of(content, "<o:iati-activity")
    assert listed(batch) == [(kind, "not_an_activity") for kind in kinds]
    elements = batch.counts["elements"]
    (tmp_path / "a.xml").write_bytes(content)
    assert {kind: row["in_file"] for kind, row in elements.items()} == count(tmp_path / "a.xml")
    assert elements[kinds[0]] == {"in_file": 2, "stored": 0, "unchanged": 0, "listed": 2}
    assert batch.counts["activities"] == {"created": 1}
    assert (batch.progress_done, batch.progress_total) == (4, 4)
    assert Partnership.objects.get().iati_identifier == "XM-2"


def test_a_file_of_strays_only_stores_nothing_and_says_so():
    batch = take(file_of(FOREIGN))

    assert batch.status == "ready"
    assert [code for _, code in listed(batch)] == ["not_an_activity"]
    assert batch.counts["activities"] == {}
    assert not Partnership.objects.exists()


def test_a_worker_that_goes_on_lists_none_of_them_twice(monkeypatch):
    batch = new_batch("a.xml", file_of(OTHER, activity(), OTHER), by=None)
    real = jobs.load_activity

    def dies(*_):
        raise RuntimeError("the worker dies")

    monkeypatch.setattr(jobs, "load_activity", dies)
    with pytest.raises(RuntimeError):
        run_import(batch.pk)
    monkeypatch.setattr(jobs, "load_activity", real)
    run_import(batch.pk)

    batch.refresh_from_db()
    assert batch.status == "ready"
    assert len(listed(batch)) == 2
