"""A report's file is made once and kept whole; what goes wrong loses nothing and is seen."""

import errno
import os
import time
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from django.core.files.storage import storages

from config.celery import app
from monitoring.models import ReportFile
from monitoring.models.reports import Report
from monitoring.reports.files import making
from monitoring.services.report_files import CannotBeMade, NotReady, file_of, try_file_again
from monitoring.tasks import delete_old_parts, make_report_file, sweep_jobs
from registry import whole_files
from registry.models import Event, LostLease, hints
from tests.factories import ReportFactory, ReportFileFactory, ReportReplyFactory, UserFactory
from tests.monitoring.report_kinds import made_report
from tests.moves import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def disk(tmp_path, settings):
    """Files on a real file system."""
    kinds = dict(settings.STORAGES)
    kinds["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path)},
    }
    settings.STORAGES = kinds
    assert Path(storages["default"].path("x")) == tmp_path / "x"
    return tmp_path


@pytest.fixture
def full(monkeypatch):
    """A disk that takes half of what is written and then has no space left."""

    class Full:
        is_full = True

    real = os.fsync

    def fsync(number):
        if Full.is_full:
            os.ftruncate(number, os.fstat(number).st_size // 2)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(number)

    monkeypatch.setattr(whole_files.os, "fsync", fsync)
    return Full


def files_under(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_full_disk_leaves_no_half_file_and_is_tried_again(client, disk, full):
    report = ReportFactory(published=True)

    answer = client.get(f"/reports/{report.pk}/report.pdf")

    file = ReportFile.objects.get()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert files_under(disk) == []
    assert (file.status, file.file.name, file.size) == ("queued", "", 0)
    assert "No space left" in file.error
    assert Report.objects.get().status == "published"

    full.is_full = False
    make_report_file(file.pk)

    file.refresh_from_db()
    assert (file.status, file.error) == ("ready", "")
    assert files_under(disk) == [file.file.name]
    assert Path(file.file.path).stat().st_size == file.size


def test_a_lasting_failure_ends_and_is_seen_until_an_admin_lets_it_be_tried_again(disk, full):
    report = ReportFactory(published=True)
    file = ReportFileFactory(report=report)
    for _ in range(7):
        make_report_file(file.pk)

    file.refresh_from_db()
    assert (file.status, file.attempts) == ("failed", 5)
    assert files_under(disk) == []

    full.is_full = False
    with pytest.raises(CannotBeMade):
        file_of(report, "pdf")
    admin = UserFactory(admin=True)
    try_file_again(file, by=admin)
    assert (file.status, file.attempts) == ("queued", 0)
    assert Event.objects.about(file).get().kind == "reportfile.tried_again"
    with refused("not_failed"):
        try_file_again(file, by=admin)
    assert file_of(report, "pdf").status == "ready"


@pytest.fixture
def unmakeable(monkeypatch):
    """A report that cannot be set; how often it was tried."""
    tried = []

    def broken(*about):
        tried.append(1)
        raise RuntimeError("cannot be set")

    monkeypatch.setattr(making, "pdf", broken)
    return tried


def test_readers_do_not_keep_a_poisoned_file_going(client, api, disk, unmakeable):
    report = ReportFactory(published=True)
    body = {"report": report.pk, "form": "pdf"}

    answers = [client.get(f"/reports/{report.pk}/report.pdf") for _ in range(12)]

    assert len(unmakeable) == 5
    assert {answer.status_code for answer in answers} == {503}
    assert "could not be made" in answers[-1].content.decode()
    assert answers[-1]["Retry-After"] == "3600"
    api.force_authenticate(UserFactory())
    asked = api.post("/api/v1/report-files/", body)
    assert (asked.status_code, asked.json()["errors"][0]["code"]) == (409, "file_failed")
    assert ReportFile.objects.get().status == "failed"


def test_an_admin_lets_it_be_tried_again_by_asking(api, disk, unmakeable):
    file = ReportFileFactory(status="failed", attempts=5)
    api.force_authenticate(UserFactory(admin=True))

    api.post("/api/v1/report-files/", {"report": file.report_id, "form": "pdf"})

    file.refresh_from_db()
    assert (file.status, file.attempts) == ("queued", 0)


def test_why_a_file_failed_is_for_admins(api):
    file = ReportFileFactory(status="failed", error="No space left", attempts=5)
    url = f"/api/v1/report-files/{file.pk}/"

    assert api.get(url).json()["error"] == ""
    api.force_authenticate(UserFactory())
    assert api.get(url).json()["error"] == ""
    api.force_authenticate(UserFactory(admin=True))
    assert api.get(url).json()["error"] == "No space left"


def test_a_worker_that_lost_its_lease_leaves_the_other_ones_file(disk):
    """A makes the same bytes as B, who has stored them and not yet written its row."""
    file = ReportFileFactory(form="csv")
    a = ReportFile.objects.get(pk=file.pk)
    assert a.claim()
    content, members = making._made(a)
    ReportFile.objects.update(lease_until="2024-01-01T00:00:00Z")
    b = ReportFile.objects.get(pk=file.pk)
    assert b.claim()
    digest = sha256(content).hexdigest()
    name = f"reports/{file.report_id // 1000}/{file.report_id}-{digest[:32]}.zip"
    whole_files.store_whole(name, content)

    with pytest.raises(LostLease):
        making._keep(a, content, members)
    b.finish(file=name, sha256=digest, size=len(content), members=members)

    assert files_under(disk) == [name]
    assert file_of(file.report, "csv").file.read() == content


@pytest.mark.parametrize("path", ["report.zip", "tables/indicators.csv"])
def test_a_file_that_is_gone_is_made_again(client, disk, path):
    report = made_report("partnership")
    url = f"/reports/{report.pk}/{path}"
    before = client.get(url).getvalue() if path == "report.zip" else client.get(url).content
    file = ReportFile.objects.get()
    Path(file.file.path).unlink()

    gone = client.get(url)

    assert (gone.status_code, gone["Retry-After"]) == (503, "30")
    file.refresh_from_db()
    assert (file.status, file.attempts, file.hinted_at) == ("queued", 0, None)
    sweep_jobs()
    again = client.get(url)
    assert again.status_code == 200
    assert (again.getvalue() if path == "report.zip" else again.content) == before
    file.refresh_from_db()
    assert file.former == []


def test_the_api_says_that_a_file_is_gone(api, disk):
    file = ReportFileFactory(form="csv")
    make_report_file(file.pk)
    file.refresh_from_db()
    Path(file.file.path).unlink()
    url = f"/api/v1/report-files/{file.pk}/file/"
    api.raise_request_exception = False

    gone = api.get(url)

    assert (gone.status_code, gone["Retry-After"]) == (503, "30")
    assert gone.json()["errors"][0]["code"] == "file_not_ready"
    sweep_jobs()
    assert api.get(url).status_code == 200


def test_what_was_given_out_before_it_was_lost_stays_genuine(api, client, disk, monkeypatch):
    """A newer typesetter makes other bytes of the same report."""
    report = ReportFactory(published=True)
    first = client.get(f"/reports/{report.pk}/report.pdf").getvalue()
    file = ReportFile.objects.get()
    Path(file.file.path).unlink()
    monkeypatch.setattr(making, "pdf", lambda *about: b"%PDF other bytes")
    client.get(f"/reports/{report.pk}/report.pdf")
    digest = sha256(first).hexdigest()

    while_it_is_lost = checked(api, digest)
    second = client.get(f"/reports/{report.pk}/report.pdf").getvalue()

    assert second == b"%PDF other bytes"
    file.refresh_from_db()
    assert file.former == [digest]
    genuine = ("genuine", report.pk, "pdf")
    assert while_it_is_lost == genuine
    assert checked(api, digest) == genuine
    assert checked(api, sha256(second).hexdigest()) == genuine


def checked(api, digest):
    found = api.post("/api/v1/report-checks/", {"sha256": digest}).json()
    return found["verdict"], found["report"], found["form"]


def test_workers_are_told_of_files_in_portions(monkeypatch):
    monkeypatch.setattr(hints, "HINTS", 3)
    told = []
    monkeypatch.setattr(make_report_file, "delay", told.append)
    files = [ReportFileFactory().pk for _ in range(7)]

    for _ in range(4):
        sweep_jobs()
    assert told == files[:3]

    ReportFile.objects.filter(pk=files[0]).update(status="running")
    sweep_jobs()
    assert told == files[:4]


def test_files_have_a_queue_of_their_own_that_every_worker_takes_from():
    assert set(app.amqp.queues.consume_from) == {"celery", "files"}
    route = app.amqp.router.route({}, make_report_file.name)
    assert (route["queue"].name, route["queue"].routing_key) == ("files", "files")
    report = app.amqp.router.route({}, "monitoring.tasks.compute_report")
    assert (report["queue"].name, report["queue"].routing_key) == ("celery", "celery")


def test_the_sweeper_makes_what_lost_its_hint(disk):
    file = ReportFileFactory()

    sweep_jobs()

    file.refresh_from_db()
    assert file.status == "ready"


def test_it_is_made_once_and_then_given_out(client, disk, monkeypatch):
    report = ReportFactory(published=True)
    first = client.get(f"/reports/{report.pk}/report.pdf")
    content = first.getvalue()
    monkeypatch.setattr(making, "pdf", None)

    second = client.get(f"/reports/{report.pk}/report.pdf")

    assert second.getvalue() == content
    assert first["Content-Type"] == "application/pdf"
    assert int(first["Content-Length"]) == len(content)
    assert first["ETag"] == f'"{ReportFile.objects.get().sha256}"'
    assert f'filename="report-{report.pk}-r1-{report.partnership.reference}.pdf"' in str(
        first["Content-Disposition"]
    )
    tagged = client.get(f"/reports/{report.pk}/report.pdf", HTTP_IF_NONE_MATCH=first["ETag"])
    assert tagged.status_code == 304


def test_who_holds_the_job_keeps_others_from_making_it(disk):
    report = ReportFactory(published=True)
    assert ReportFileFactory(report=report).claim()

    with pytest.raises(NotReady):
        file_of(report, "pdf")
    assert files_under(disk) == []


def test_a_draft_says_so_and_what_is_published_has_a_file_of_its_own(client, disk):
    draft = ReportFactory(in_reply=True)
    said = ReportReplyFactory(report=draft, text="The third quarter was late: الفيضان")
    draft.take_to_review(by=None)
    person = UserFactory(admin=True)
    client.force_login(person)
    first = client.get(f"/reports/{draft.pk}/report.pdf").getvalue()
    draft.publish(by=person)

    second = client.get(f"/reports/{draft.pk}/report.pdf").getvalue()

    assert "Draft: not published" in pypdf.PdfReader(BytesIO(first)).pages[0].extract_text()
    assert "Draft" not in pypdf.PdfReader(BytesIO(second)).pages[0].extract_text()
    last = pypdf.PdfReader(BytesIO(second)).pages[-1].extract_text()
    assert "The third quarter was late" in last
    assert said.membership.partner.name in last
    assert len(files_under(disk)) == 2


def test_files_of_a_private_report_are_not_there_for_others(client):
    draft = ReportFactory()

    for ending in ("pdf", "xlsx", "zip", "json"):
        assert client.get(f"/reports/{draft.pk}/report.{ending}").status_code == 404
    assert client.get(f"/reports/{draft.pk}/tables/indicators.csv").status_code == 404
    assert not ReportFile.objects.exists()


def test_what_a_killed_worker_left_half_written_goes_after_an_hour(disk):
    folder = disk / "reports" / "0"
    folder.mkdir(parents=True)
    old, new, kept = (folder / n for n in (".1.pdf.a.part", ".2.pdf.b.part", "3.pdf"))
    for path in (old, new, kept):
        path.write_bytes(b"half")
    hours_ago = time.time() - 7200
    for path in (old, kept):
        os.utime(path, (hours_ago, hours_ago))

    beside = disk / "evaluations"
    beside.mkdir()
    (beside / ".7-1.pdf.c.part").write_bytes(b"half")
    os.utime(beside / ".7-1.pdf.c.part", (hours_ago, hours_ago))

    assert delete_old_parts() == 2
    assert files_under(disk) == ["reports/0/.2.pdf.b.part", "reports/0/3.pdf"]


def test_a_row_never_says_ready_without_its_file(django_db_blocker):
    from django.db import IntegrityError, transaction

    file = ReportFileFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportFile.objects.filter(pk=file.pk).update(status="ready")


def test_the_api_asks_once_and_gives_the_file(api, disk, django_capture_on_commit_callbacks):
    report = ReportFactory(published=True)
    api.force_authenticate(UserFactory())
    body = {"report": report.pk, "form": "xlsx"}

    with django_capture_on_commit_callbacks(execute=True):
        first = api.post("/api/v1/report-files/", body)
    second = api.post("/api/v1/report-files/", body)

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] == second.json()["id"]
    assert second.json()["status"] == "ready"
    download = api.get(second.json()["download"])
    assert len(download.getvalue()) == second.json()["size"]
