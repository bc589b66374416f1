"""Importing a file over the API: a job for admins, polled until it is done."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partnerships.models import Partnership
from registry.models import ImportBatch
from tests.factories import UserFactory
from tests.monitoring.iati import activity, file_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/imports/iati/"


@pytest.fixture
def admin(api, vocabulary):
    api.force_authenticate(UserFactory(is_staff=True))
    return api


def upload(api, content, **fields):
    body = {"file": SimpleUploadedFile("a.xml", content), **fields}
    return api.post(URL, body, format="multipart")


def test_an_admin_uploads_and_polls(admin, django_capture_on_commit_callbacks):
    bad = '<tag vocabulary="2" code="18"/>'
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(admin, file_of(activity(bad)))

    assert answer.status_code == 202
    job = admin.get(answer["Location"]).json()
    assert (job["status"], job["progress_done"], job["progress_total"]) == ("ready", 1, 1)
    assert job["counts"]["elements"]["tag"]["listed"] == 1
    found = admin.get(f"{answer['Location']}findings/").json()["results"]
    finding = next(row for row in found if row["element"] == "tag")
    assert (finding["activity"], finding["line"], finding["code"]) == (
        "XM-TEST-1",
        10,
        "unknown_code",
    )


def test_a_dry_run_saves_nothing(admin, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(admin, file_of(activity()), dry_run="true")

    assert admin.get(answer["Location"]).json()["counts"]["activities"] == {"created": 1}
    assert not Partnership.objects.exists()


def test_a_broken_file_fails_with_its_line(admin, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(admin, b"<iati-activities version='2.03'>\n<broken")

    job = admin.get(answer["Location"]).json()
    assert job["status"] == "failed"
    assert "line 2" in job["error"]


def test_nobody_else_may(api):
    assert upload(api, file_of(activity())).status_code == 401
    api.force_authenticate(UserFactory())
    assert upload(api, file_of(activity())).status_code == 403
    assert not ImportBatch.objects.exists()


def test_others_do_not_see_imports(admin, api):
    batch = ImportBatch.objects.create(file_name="a.xml", sha256="0" * 64)
    api.force_authenticate(UserFactory())

    assert api.get(f"/api/v1/imports/{batch.pk}/").status_code in (403, 404)
    assert api.get(f"/api/v1/imports/{batch.pk}/findings/").status_code in (403, 404)
