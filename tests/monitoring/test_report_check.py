"""Is it a report that the registry issued, and is it current?"""

import io
import json
import zipfile

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParser
from django.test import Client
from django.urls import reverse

from monitoring.reports import genuine
from monitoring.reports.genuine import LARGEST_JSON, MOST_ENTRIES, MOST_PARTS, check_content
from monitoring.reports.snapshot import canonical, digest
from tests.factories import ReportFactory, UserFactory
from tests.monitoring.report_kinds import made_report, small_world

pytestmark = pytest.mark.django_db
CHECKS = "/api/v1/report-checks/"


@pytest.fixture
def world():
    return small_world()


@pytest.fixture
def report(world):
    return made_report("partnership", world)


def checked(api, **body):
    answer = api.post(CHECKS, body)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def uploaded(api, content, name="report.pdf"):
    file = SimpleUploadedFile(name, content)
    answer = api.post(CHECKS, {"file": file}, format="multipart")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def verdict(found):
    return found["verdict"], found["standing"], found["report"]


def next_revision(report, **more):
    content = {**report.content, "completeness": {"due": 9, "reported": 9}}
    return ReportFactory(
        period=report.period,
        revision=report.revision + 1,
        content=content,
        sha256=digest(content),
        **more,
    )


@pytest.mark.parametrize("ending", ["pdf", "xlsx", "zip", "json"])
def test_every_form_that_was_given_out_is_genuine(client, api, report, ending):
    content = client.get(f"/reports/{report.pk}/report.{ending}").getvalue()

    found = uploaded(api, content)

    assert verdict(found) == ("genuine", "current", report.pk)
    assert found["form"] == {"zip": "csv"}.get(ending, ending)


def test_a_single_table_is_genuine_too(client, api, report):
    content = client.get(f"/reports/{report.pk}/tables/indicators.csv").getvalue()

    assert verdict(uploaded(api, content, "a.csv")) == ("genuine", "current", report.pk)


def test_json_is_told_however_it_is_spaced(api, report):
    spaced = json.dumps(report.content, indent=4)

    assert verdict(checked(api, text=spaced)) == ("genuine", "current", report.pk)


def test_of_what_stands_around_a_content_nothing_is_said(client, api, report):
    """The API's answer has more than the content, and so has a forgery with a genuine content."""
    answer = api.get(f"/api/v1/reports/{report.pk}/").content.decode()
    forged = json.dumps({"title": "Forged", "lights": {}, "content": report.content})

    for text in (answer, forged):
        assert verdict(checked(api, text=text)) == ("genuine_content", "current", report.pk)
        page = client.post("/verify/", {"text": text}).content.decode()
        assert "Only its content is genuine" in page
        assert "Genuine and current" not in page


def test_a_name_that_stands_twice_is_refused(api, report):
    """Readers differ in which of the two they show: what was issued has each name once."""
    twice = json.dumps(report.content).replace("{", '{"indicators": "forged", ', 1)

    assert checked(api, text=twice)["verdict"] == "unknown"


def test_a_hash_alone_is_enough(api, report):
    assert checked(api, sha256=report.sha256.upper())["report"] == report.pk


@pytest.mark.parametrize("ending", ["pdf", "xlsx", "zip", "json"])
def test_what_was_changed_is_not_what_we_issued(client, api, report, ending):
    content = client.get(f"/reports/{report.pk}/report.{ending}").getvalue()
    changed = {
        "pdf": lambda: content + b"\n% one more line",
        "xlsx": lambda: with_file(content, "xl/extra.xml", b"<a/>"),
        "zip": lambda: with_json(content, {**report.content, "indicators": []}),
        "json": lambda: json.dumps({**report.content, "indicators": []}).encode(),
    }[ending]()

    found = uploaded(api, changed)

    assert verdict(found) == ("altered", "current", report.pk)


def with_file(content, name, more):
    made = io.BytesIO(content)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(name, more)
    return made.getvalue()


def with_json(content, changed):
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            is_json = name == "report.json"
            new.writestr(name, json.dumps(changed) if is_json else old.read(name))
    return made.getvalue()


def repacked(content, changed=None, more=()):
    """The members of an archive in another archive: some with other bytes, some added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, (changed or {}).get(name, old.read(name)))
        for name, said in more:
            new.writestr(name, said)
    return made.getvalue()


def test_an_archive_with_exactly_what_was_issued_is_genuine(client, api, report):
    content = client.get(f"/reports/{report.pk}/report.zip").getvalue()

    found = uploaded(api, repacked(content), "a.zip")

    assert (*verdict(found), found["form"]) == ("genuine", "current", report.pk, "csv")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_is_no_report_because_its_json_is_one(client, api, report):
    content = client.get(f"/reports/{report.pk}/report.zip").getvalue()
    issued = canonical(report.content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tables = [name for name in archive.namelist() if name.startswith("tables/")]
    same_size = {tables[0]: b"9" * report.files.get().members[1]["size"]}
    forged = {
        "every table": repacked(content, dict.fromkeys(tables, b"forged,1")),
        "one table": repacked(content, same_size),
        "one more": repacked(content, more=[("tables/more.csv", b"forged")]),
        "one twice": repacked(content, more=[(tables[0], b"forged")]),
        "nothing else": only({"report.json": issued}),
        "something else": only({"readme.html": b"forged", "report.json": issued}),
    }

    for what, archive in forged.items():
        assert verdict(uploaded(api, archive, "a.zip")) == ("altered", "current", report.pk), what


def only(members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, said in members.items():
            archive.writestr(name, said)
    return made.getvalue()


def test_an_archive_names_the_revision_whose_json_it_has(api, report):
    next_revision(report, in_review=True).publish(by=UserFactory(admin=True))

    found = uploaded(api, only({"report.json": canonical(report.content)}), "a.zip")

    assert verdict(found) == ("altered", "superseded", report.pk)


def test_a_superseded_one_names_the_revision_that_stands(api, report):
    later = next_revision(report, in_review=True)
    later.publish(by=UserFactory(admin=True))

    found = checked(api, sha256=report.sha256)

    assert verdict(found) == ("genuine", "superseded", report.pk)
    assert (found["newer"], found["newer_revision"]) == (later.pk, 2)


def test_a_withdrawn_one_is_told_as_that_to_who_holds_it(api, client, report):
    assert checked(api, sha256=report.sha256)["withdrawal_reason"] == ""
    with time_machine.travel("2026-03-05T12:00Z", tick=False):
        report.withdraw(by=UserFactory(admin=True), reason="A wrong unit, of <wells>.")

    found = checked(api, sha256=report.sha256)
    assert verdict(found) == ("genuine", "withdrawn", report.pk)
    assert found["withdrawal_reason"] == "A wrong unit, of <wells>."
    assert found["withdrawn_at"].startswith("2026-03-05T12:00")
    page = client.post("/verify/", {"text": report.sha256}).content.decode()
    assert "Withdrawn on 5 Mar 2026: <bdi>A wrong unit, of &lt;wells&gt;.</bdi>" in page


def test_a_superseded_one_that_was_withdrawn_is_told_as_that_and_is_public_no_more(
    api, client, report
):
    later, admin = next_revision(report, in_review=True), UserFactory(admin=True)
    later.publish(by=admin)
    assert api.get(f"/api/v1/reports/{report.pk}/").status_code == 200
    client.force_login(admin)
    act = reverse("report-withdraw", args=[report.pk])
    assert act in client.get(f"/reports/{report.pk}/").content.decode()

    client.post(act, {"reason": "It names a person."})

    found = checked(api, sha256=report.sha256)
    assert verdict(found) == ("genuine", "withdrawn", report.pk)
    assert (found["withdrawal_reason"], found["newer"]) == ("It names a person.", later.pk)
    assert api.get(f"/api/v1/reports/{report.pk}/").status_code == 404
    assert api.get(f"/api/v1/reports/{later.pk}/").status_code == 200


def test_nothing_is_said_of_a_report_that_the_asker_may_not_see(api, report):
    draft = next_revision(report)
    text = json.dumps({**draft.content, "framework": {}})

    assert checked(api, sha256=draft.sha256)["verdict"] == "unknown"
    assert checked(api, text=json.dumps(draft.content))["report"] != draft.pk
    assert checked(api, text=text)["report"] != draft.pk
    api.force_authenticate(UserFactory(admin=True))
    assert verdict(checked(api, sha256=draft.sha256)) == ("genuine", "not_published", draft.pk)


def test_a_draft_that_was_withdrawn_stays_unknown_to_the_public(api, report):
    draft = next_revision(report)
    draft.withdraw(by=UserFactory(admin=True), reason="Not needed.")

    assert checked(api, sha256=draft.sha256)["verdict"] == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "{" * 100_000,
        '{"a": NaN}',
        '{"subject": {"type": "partnership", "id": true}, "period": {}}',
        '{"subject": {"type": "password", "id": 1}, "period": {"starts_on": 1}}',
        '{"content": 7}',
        "[1, 2]",
        "=cmd|' /C calc'!A0",
    ],
)
def test_anything_else_is_unknown(api, report, text):
    assert checked(api, text=text)["verdict"] == "unknown"


def test_garbage_that_calls_itself_an_archive_is_unknown(api, report):
    for content in (b"PK\x03\x04", b"PK\x03\x04" + b"\xff" * 500, b"\x00", b"%PDF-1.7"):
        assert uploaded(api, content)["verdict"] == "unknown"


@pytest.mark.parametrize("body", [{}, {"sha256": "0" * 63}, {"text": "a", "sha256": "0" * 64}])
def test_exactly_one_thing_is_asked_about(api, body):
    assert api.post(CHECKS, body).status_code == 400


def test_the_page_tells_the_same(client, report):
    page = client.post("/verify/", {"text": report.sha256}).content.decode()
    asked = client.get(f"/verify/?sha256={report.sha256}").content.decode()
    wrong = client.post("/verify/", {"text": ""})

    assert "Genuine and current" in page
    assert f'href="/reports/{report.pk}/"' in page
    assert "Genuine and current" in asked
    assert wrong.status_code == 400


@pytest.mark.parametrize(
    "stated", ["\0", "\ud800", "x", "report/1' OR 1", "a" * 99 + "/1", 7, None]
)
def test_a_format_that_is_none_is_unknown(client, api, report, stated):
    days = {"starts_on": "2024-01-01", "ends_on": "2024-03-31"}
    subject = {"type": "partnership", "id": report.partnership_id}
    text = json.dumps({"format": stated, "subject": subject, "period": days})

    assert uploaded(api, text.encode(), "a.json")["verdict"] == "unknown"
    assert checked(api, text=text)["verdict"] == "unknown"
    page = client.post("/verify/", {"text": text})
    assert page.status_code == 200
    assert "Not known here" in page.content.decode()


def padded(report, more):
    """The report's JSON with spaces after it, which change nothing of what it says."""
    return json.dumps(report.content).encode() + b" " * more


def test_json_larger_than_any_report_is_not_read(api, report):
    assert verdict(uploaded(api, padded(report, 1000)))[0] == "genuine"
    assert verdict(uploaded(api, padded(report, LARGEST_JSON)))[0] == "unknown"


@pytest.mark.parametrize("part", [b"[],", b"{},"])
def test_json_of_very_many_parts_is_not_read(monkeypatch, part):
    monkeypatch.setattr(genuine.json, "loads", None)

    made = b'{"a":[' + part * MOST_PARTS + b"1]}"

    assert check_content(AnonymousUser(), made).verdict == "unknown"


def test_an_archive_of_very_many_entries_is_not_opened(monkeypatch):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(MOST_ENTRIES + 1):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")
    monkeypatch.setattr(genuine.zipfile, "ZipFile", None)

    assert check_content(AnonymousUser(), made.getvalue()).verdict == "unknown"


def test_an_archive_is_not_unpacked_by_what_packs_without_limit(report):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("report.json", json.dumps(report.content))

    assert check_content(AnonymousUser(), made.getvalue()).verdict == "unknown"


@pytest.mark.parametrize("stated", [str(20 * 1024 * 1024 + 64 * 1024 + 1), "9" * 30, "-1", "x"])
def test_what_is_too_large_is_refused_before_it_is_read(client, api, monkeypatch, stated):
    monkeypatch.setattr(MultiPartParser, "parse", None)
    body = {"file": SimpleUploadedFile("x.pdf", b"%PDF")}

    page = client.post("/verify/", body, CONTENT_LENGTH=stated)
    answer = api.post(CHECKS, body, format="multipart", CONTENT_LENGTH=stated)

    assert page.status_code == 413
    assert "At most 20 MB" in page.content.decode()
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (413, "body_too_large")


def test_what_is_refused_counts_too(client, api, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "check": 3}
    where = {"REMOTE_ADDR": "198.51.100.79"}

    assert client.post("/verify/", {"text": ""}, **where).status_code == 400
    assert (
        client.post("/verify/", {"a": "b"}, CONTENT_LENGTH="99999999", **where).status_code == 413
    )
    assert api.post(CHECKS, {}, **where).status_code == 400
    assert client.post("/verify/", {"text": ""}, **where).status_code == 429
    assert client.get("/verify/", **where).status_code == 200


def test_the_form_is_protected_against_other_sites():
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/verify/", {"text": "0" * 64}).status_code == 403
    strict.get("/verify/")
    own = {"text": "0" * 64, "csrfmiddlewaretoken": strict.cookies["csrftoken"].value}
    assert strict.post("/verify/", own).status_code == 200


def test_an_address_asks_few_a_minute(client, api, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "check": 2}
    where = {"REMOTE_ADDR": "198.51.100.78"}
    body = {"sha256": "0" * 64}

    answers = [api.post(CHECKS, body, **where).status_code for _ in range(3)]
    page = client.post("/verify/", {"text": "0" * 64}, **where)

    assert answers == [200, 200, 429]
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 60
    assert "Too many checks" in page.content.decode()
