"""Evidence of deliveries: told by its content, under a name of ours, for members only."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partnerships.models import DeliveryEvidence
from tests.factories import DeliveryFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/delivery-evidence/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def delivery():
    return DeliveryFactory()


@pytest.fixture
def giver(api, delivery):
    user = UserFactory(manages=delivery.membership.partner)
    api.force_authenticate(user)
    return user


def archive(*names, **contents):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        for name in names:
            out.writestr(name, contents.get(name, "x"))
    return made.getvalue()


def damaged(method):
    """A part that says what it is, packed, and broken in the middle."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.text" * 9)
        packed = out.infolist()[0].compress_size
    content = bytearray(made.getvalue())
    start = content.index(b"mimetype") + len("mimetype")
    content[start : start + packed] = b"\xff" * packed
    return bytes(content)


def send(api, delivery, name, content):
    body = {
        "delivery": delivery.pk,
        "title": "Receipt",
        "file": SimpleUploadedFile(name, content),
    }
    return api.post(URL, body, format="multipart")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("receipt.exe", b"%PDF-1.7", ".pdf"),
        ("photo.png", b"\x89PNG\r\n\x1a\n", ".png"),
        ("photo.gif", b"\xff\xd8\xff\xe0", ".jpg"),
        ("sheet.xlsx", archive("[Content_Types].xml", "xl/workbook.xml"), ".xlsx"),
        (
            "letter.odt",
            archive("mimetype", mimetype="application/vnd.oasis.opendocument.text"),
            ".odt",
        ),
        ("list.csv", "Käufer,1\n".encode(), ".csv"),
        ("list.html", b"just words", ".txt"),
    ],
)
def test_a_file_is_what_its_content_says(api, delivery, giver, name, content, kind):
    answer = send(api, delivery, name, content)

    assert answer.status_code == 201, answer.json()
    stored = DeliveryEvidence.objects.get()
    assert stored.file.name.endswith(kind)
    assert name.partition(".")[0] not in stored.file.name.rpartition("/")[2]


@pytest.mark.parametrize(
    "content",
    [
        b"<script>1</script>",
        b"  <svg onload='x'/>",
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02",
        archive("run.exe"),
        archive("mimetype", mimetype="application/epub+zip"),
        b"PK\x03\x04broken",
        damaged(zipfile.ZIP_DEFLATED),
        damaged(zipfile.ZIP_BZIP2),
        damaged(zipfile.ZIP_LZMA),
        b"text\0with nul",
        b"\xff\xfe\x00",
    ],
)
def test_other_kinds_are_refused_whatever_they_are_called(api, delivery, giver, content):
    answer = send(api, delivery, "receipt.pdf", content)

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "file")
    assert answer.json()["errors"][0]["code"] == "file_type"
    assert not DeliveryEvidence.objects.exists()


def test_a_file_too_big_or_empty_is_refused(api, delivery, giver, monkeypatch):
    monkeypatch.setattr("registry.attached.LARGEST", 6)

    assert send(api, delivery, "a.pdf", b"%PDF-1.7").json()["errors"][0]["attr"] == "file"
    assert send(api, delivery, "a.pdf", b"").status_code == 400
    assert not DeliveryEvidence.objects.exists()


def test_it_comes_back_as_a_download_to_members_only(api, delivery, giver):
    made = send(api, delivery, "a.pdf", b"%PDF-1.7").json()

    file = api.get(made["download"])
    assert b"".join(file.streaming_content) == b"%PDF-1.7"
    name = f"delivery-evidence-{made['id']}.pdf"
    assert file["Content-Disposition"] == f'attachment; filename="{name}"'
    assert file["Content-Type"] == "application/octet-stream"
    assert file["X-Content-Type-Options"] == "nosniff"
    for user in (None, UserFactory(), UserFactory(manages=MembershipFactory().partner)):
        api.force_authenticate(user)
        assert api.get(made["download"]).status_code == 404
        assert api.get(URL).json()["results"] == []


def test_it_is_added_by_the_giver_until_the_receiver_has_confirmed(api, delivery, giver):
    body = {"delivery": delivery.pk, "title": "Receipt", "url": "https://example.org/1"}
    assert api.post(URL, body).status_code == 201
    for wrong in ({}, {"url": "javascript:alert(1)"}, {"url": "x"}):
        assert api.post(URL, {"delivery": delivery.pk, "title": "x", **wrong}).status_code == 400

    delivery.confirm(by=UserFactory(admin=True))
    answer = api.post(URL, body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "delivery_settled")
    api.force_authenticate(
        UserFactory(manages=MembershipFactory(partnership=delivery.partnership).partner)
    )
    assert api.post(URL, body).status_code == 403
