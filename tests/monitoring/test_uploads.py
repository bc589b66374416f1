"""Files over REST: checked first, then loaded as they are; errors come back in the same file."""

import csv
import io
from datetime import timedelta

import pytest
import xlsxwriter
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from monitoring.ingest import uploads
from monitoring.models import Observation, Submission, Upload
from monitoring.services.uploads import load_upload
from monitoring.tasks import delete_old_uploads, run_upload
from tests.factories import SubmissionFactory, UserFactory
from tests.monitoring.consolidating import Consolidating, as_csv, cells, row

pytestmark = pytest.mark.django_db
URL = "/api/v1/uploads/"
GOOD = [row(), row(category="F", value="2"), row(period="2025 Q2", value="0")]
BAD = [row(comment="first;\nline"), row(category="F", value="N/A"), row(period="2031 Q1")]


@pytest.fixture
def many():
    return Consolidating()


@pytest.fixture
def send(api, many):
    def post(rows, *, by=None, name="values.csv", **fields):
        api.force_authenticate(by or many.by)
        content = rows if isinstance(rows, bytes) else as_csv(rows).encode()
        body = {"framework": many.framework.pk, "file": SimpleUploadedFile(name, content)}
        return api.post(URL, body | fields, format="multipart")

    return post


def test_a_file_is_checked_and_then_loaded_as_it_is(api, many, send):
    checked = send(GOOD)
    assert checked.status_code == 201
    upload = checked.json()
    assert (upload["status"], upload["is_dry_run"], upload["kind"]) == ("ready", True, "csv")
    assert (upload["rows"], upload["new"], upload["error_count"]) == (3, 3, 0)
    assert not Submission.objects.exists()

    loaded = api.post(f"{URL}{upload['id']}/load/", {"sha256": upload["sha256"]})
    assert loaded.status_code == 200
    assert loaded.json()["loaded_at"]
    assert sorted(loaded.json()["submissions"]) == sorted(
        Submission.objects.values_list("pk", flat=True)
    )
    assert sorted(cells().values()) == [0, 2, 5]

    again = api.post(f"{URL}{upload['id']}/load/")
    assert again.status_code == 200
    assert Observation.objects.count() == 3


def test_a_file_can_be_loaded_at_once_and_again_changes_nothing(many, send):
    first = send(GOOD, dry_run=False).json()
    second = send(GOOD, dry_run=False).json()

    assert (first["new"], second["new"], second["unchanged"]) == (3, 0, 3)
    assert Observation.objects.count() == 3


def test_only_the_file_that_was_checked_is_loaded(api, many, send):
    upload = Upload.objects.get(pk=send(GOOD).json()["id"])

    wrong = api.post(f"{URL}{upload.pk}/load/", {"sha256": "0" * 64})
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["attr"] == "sha256"

    name = upload.file.name
    upload.file.storage.delete(name)
    upload.file.storage.save(name, ContentFile(as_csv([row(value="9")]).encode()))
    changed = api.post(f"{URL}{upload.pk}/load/")
    assert changed.status_code == 400
    assert changed.json()["errors"][0]["code"] == "file_changed"
    assert not Submission.objects.exists()


def test_errors_are_all_named_and_come_back_beside_their_rows(api, many, send):
    upload = send(BAD, dry_run=False).json()

    assert upload["loaded_at"] is None
    assert [(e["row"], e["column"], e["code"], e["found"]) for e in upload["errors"]] == [
        (3, "value", "not_a_number", "N/A"),
        (4, "period", "unknown_period", "2031 Q1"),
    ]
    assert not Submission.objects.exists()
    refused = api.post(f"{URL}{upload['id']}/load/")
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["code"] == "bad_rows"

    answer = api.get(upload["error_file"])
    assert answer["Content-Disposition"] == 'attachment; filename="errors.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [bool(one["errors"]) for one in rows] == [False, True, True]
    assert rows[0]["comment"] == "first;\nline"
    assert "Found: N/A" in rows[1]["errors"]


def test_the_answer_mended_and_sent_again_is_taken(api, many, send):
    upload = send(BAD).json()
    text = api.get(upload["error_file"]).content.decode("utf-8-sig")

    mended = text.replace(",N/A,", ",7,").replace("2031 Q1", "2025 Q2")
    assert send(mended.encode(), dry_run=False).json()["new"] == 3


def test_a_semicolon_file_comes_back_with_semicolons_and_row_numbers_that_fit(api, many, send):
    text = 'unit;indicator;period;value\n\n"Blue Water";W1;2025 Q1;few\n'
    upload = send(text.encode()).json()

    assert [(e["row"], e["code"]) for e in upload["errors"]] == [(3, "not_a_number")]
    lines = api.get(upload["error_file"]).content.decode("utf-8-sig").splitlines()
    assert lines[0] == "unit;indicator;period;value;errors"
    assert lines[-1].startswith("Blue Water;W1;2025 Q1;few;")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\x89PNG\r\n\x1a\n", "not_csv"),
        (b"PK\x03\x04nothing", None),
        ("indicator,comment\nW1,caf\u00e9\n".encode("cp1252"), "encoding"),
    ],
)
def test_what_is_no_table_is_refused_and_not_kept(many, send, content, code):
    answer = send(content)

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["attr"] == "file"
    assert code in (None, error["code"])
    assert not Upload.objects.exists()


def test_a_file_that_is_too_large_is_refused(many, send):
    assert send(b"x" * (20 * 1024 * 1024 + 1)).status_code == 413


def long_rows(many, count=2_100):
    for number in range(count // 2):
        many.indicator(code=f"L{number}")
    return [
        row(indicator=f"L{number}", period=period)
        for period in ("2025 Q1", "2025 Q2")
        for number in range(count // 2)
    ]


def test_more_than_2000_rows_are_a_workers(
    api, many, send, monkeypatch, django_capture_on_commit_callbacks
):
    rows = long_rows(many)
    with django_capture_on_commit_callbacks() as callbacks:
        answer = send(rows, dry_run=False)
    assert answer.status_code == 202
    assert answer.json()["status"] == "queued"
    assert answer["Location"] == f"{URL}{answer.json()['id']}/"
    assert not Submission.objects.exists()
    assert callbacks

    run_upload(answer.json()["id"])
    run_upload(answer.json()["id"])

    done = api.get(answer["Location"]).json()
    assert (done["status"], done["new"]) == ("ready", 2_100)
    assert (done["progress_done"], done["progress_total"]) == (2_100, 2_100)
    assert Observation.objects.count() == 2_100
    assert Upload.objects.get().attempts == 1


def test_a_worker_that_fails_is_followed_by_another_and_it_loads_once(many, send, monkeypatch):
    upload = Upload.objects.get(pk=send(long_rows(many), dry_run=False).json()["id"])
    stopped = iter([RuntimeError("power cut")])

    def finish(self, **values):
        for error in stopped:
            raise error
        return Upload.__base__.finish(self, **values)

    monkeypatch.setattr(Upload, "finish", finish)
    with pytest.raises(RuntimeError):
        run_upload(upload.pk)
    assert not Observation.objects.exists()

    run_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.status, upload.attempts) == ("ready", 2)
    assert Observation.objects.count() == 2_100


def test_what_the_domain_refuses_a_worker_fails_for_good(many, send):
    upload = Upload.objects.get(pk=send(long_rows(many), dry_run=False).json()["id"])
    upload.file.storage.delete(upload.file.name)
    upload.file.storage.save(upload.file.name, ContentFile(b"another"))

    run_upload(upload.pk)

    upload.refresh_from_db()
    assert upload.status == "failed"
    assert "not the one that was sent" in upload.error


def test_an_upload_is_for_who_sent_it(api, many, send):
    upload = send(BAD).json()

    for stranger in (many.their_own, UserFactory()):
        api.force_authenticate(stranger)
        for path in ("", "errors/"):
            assert api.get(f"{URL}{upload['id']}/{path}").status_code == 404
        assert api.get(URL).json()["results"] == []
    assert send(GOOD, by=UserFactory()).status_code == 403


def test_a_file_is_deleted_some_time_after_it_was_checked(api, many, send):
    old, new = (Upload.objects.get(pk=send(BAD).json()["id"]) for _ in range(2))
    name = old.file.name
    before = timezone.now() - timedelta(days=31)
    Upload.objects.filter(pk=old.pk).update(queued_at=before)

    assert delete_old_uploads() == 1

    assert not old.file.storage.exists(name)
    assert new.file.storage.exists(new.file.name)
    shown = api.get(f"{URL}{old.pk}/").json()
    assert (shown["errors"], shown["error_file"], shown["rows"]) == ([], "", 3)
    assert api.get(f"{URL}{old.pk}/errors/").status_code == 404


def test_a_file_for_one_submission_needs_no_unit_and_no_period(api, many, send):
    draft = SubmissionFactory(unit=many.unit, period=many.first)
    api.force_authenticate(many.by)
    file = SimpleUploadedFile("values.csv", b"indicator,value\nW1,5\n")

    answer = api.post(URL, {"submission": draft.pk, "file": file}, format="multipart")
    assert answer.status_code == 201
    load_upload(Upload.objects.get(), by=many.by)
    assert draft.observations.get().value == 5

    both = {"submission": draft.pk, "framework": many.framework.pk, "file": file}
    assert api.post(URL, both, format="multipart").status_code == 400


def test_a_key_makes_a_repeated_upload_harmless(api, many, send):
    key = {"HTTP_IDEMPOTENCY_KEY": "once"}
    api.force_authenticate(many.by)

    def post():
        file = SimpleUploadedFile("values.csv", as_csv(GOOD).encode())
        body = {"framework": many.framework.pk, "file": file, "dry_run": False}
        return api.post(URL, body, format="multipart", **key)

    first, second = post(), post()
    assert first.json() == second.json()
    assert Upload.objects.count() == 1


def test_at_once_is_as_many_rows_as_the_documentation_says():
    assert uploads.AT_ONCE == 2_000


def workbook(*rows):
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet("Data")
    titles = ("Value", "Indicator", "Unit", "Period", "Category")
    for number, line in enumerate((titles, *rows)):
        sheet.write_row(number, 0, line)
    book.close()
    return made.getvalue()


def test_a_workbook_is_checked_and_loaded_and_comes_back_with_its_errors(api, many, send):
    good = (1250, "W1", "Blue Water", "2025 Q1", "")
    bad = ("1,418", "W1", "Blue Water", "2025 Q1", "F")

    upload = send(workbook(good, bad), name="values.xlsx").json()
    assert upload["kind"] == "xlsx"
    assert [(e["row"], e["column"], e["code"], e["found"]) for e in upload["errors"]] == [
        (3, "Value (A3)", "not_a_number", "1,418")
    ]
    answer = api.get(upload["error_file"])
    assert answer["Content-Disposition"] == 'attachment; filename="errors.xlsx"'
    again = send(answer.content, name="errors.xlsx").json()
    assert [e["row"] for e in again["errors"]] == [3]

    mended = send(workbook(good, (1418, *bad[1:])), name="values.xlsx", dry_run=False).json()
    assert (mended["new"], mended["error_count"]) == (2, 0)
    assert sorted(cells().values()) == [1250, 1418]


def test_a_key_makes_a_repeated_stream_harmless(api, many):
    draft = SubmissionFactory(unit=many.unit, period=many.first)
    api.force_authenticate(many.by)
    url = f"/api/v1/submissions/{draft.pk}/observations/"
    text = "indicator,value\nW1,5\n"

    def post(body):
        key = {"HTTP_IDEMPOTENCY_KEY": "once"}
        return api.generic("POST", url, body, content_type="text/csv", **key)

    first, again = post(text), post(text)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotent-Replayed"] == "true"
    assert post(text.replace("5", "6")).status_code == 422


def test_no_formula_comes_back_in_a_file_of_errors_and_texts_are_read_as_they_were(api, many, send):
    wrong = row(value="x", comment="=cmd|' /C calc'!A0", variance_reason="-2+3", method="'quoted'")
    upload = send([wrong | {"period": "-1,5"}]).json()

    content = api.get(upload["error_file"]).content

    (back,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert back["comment"] == "'=cmd|' /C calc'!A0"
    assert back["variance_reason"] == "'-2+3"
    assert (back["method"], back["period"]) == ("'quoted'", "-1,5")  # a number is no formula

    back |= {"value": "-3", "period": "2025 Q1"}
    again = send([back], dry_run=False).json()
    assert again["error_count"] == 0
    kept = Observation.objects.get()
    assert (kept.comment, kept.variance_reason) == ("=cmd|' /C calc'!A0", "-2+3")
    assert (kept.method, kept.value) == ("'quoted'", -3)


def test_a_second_click_that_was_overtaken_says_what_the_first_one_did(many, send):
    sent = Upload.objects.get(pk=send(GOOD).json()["id"])
    read_before = Upload.objects.get(pk=sent.pk)
    load_upload(sent, by=many.by)

    again = load_upload(read_before, by=many.by)

    assert again.loaded_at
    assert Observation.objects.count() == 3


def test_of_endless_errors_the_first_are_kept_and_the_others_counted(api, send, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_ERRORS", 2)

    upload = send([row(value="x") for _ in range(5)]).json()

    said = [(error["row"], error["code"]) for error in upload["errors"]]
    assert said[:2] == [(2, "not_a_number"), (3, "cell_repeated")]
    assert said[2][1] == "more_errors"
    assert upload["errors"][2]["reason"].startswith("7 more errors from here on")
    assert api.get(upload["error_file"]).status_code == 200
