"""Data over REST: rows all or nothing, corrections, evidence, reports, and what stays private."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from monitoring.models import Evidence, Observation
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return f.SubmissionFactory()


@pytest.fixture
def evaluator(draft):
    return f.UserFactory(evaluates=draft.unit.membership.partner)


@pytest.fixture
def api(api, evaluator):
    api.force_authenticate(evaluator)
    return api


@pytest.fixture
def indicator(draft):
    return f.IndicatorFactory(result__framework=draft.period.framework)


def rows_url(submission):
    return f"/api/v1/submissions/{submission.pk}/observations/"


def test_every_bad_row_is_named_and_nothing_is_saved(api, draft, indicator):
    rows = [
        {"indicator": indicator.pk, "value": 1},
        {"indicator": indicator.pk, "value": "many"},
        {"indicator": 0, "value": 1},
        {"indicator": indicator.pk, "value": 1, "category": []},
        {"indicator": indicator.pk, "value": 1, "colour": "red"},
        "row",
    ]

    answer = api.post(rows_url(draft), rows)
    assert answer.status_code == 400
    assert {(e["attr"], e["code"]) for e in answer.json()["errors"]} == {
        ("rows.2.value", "not_a_number"),
        ("rows.2.indicator", "cell_repeated"),
        ("rows.3.indicator", "unknown_indicator"),
        ("rows.4.category", "unknown_category"),
        ("rows.5.colour", "unknown_field"),
        ("rows.5.indicator", "cell_repeated"),
        ("rows.6.row", "not_an_object"),
    }
    assert not Observation.objects.exists()


def test_a_cell_takes_one_value_unless_told_to_replace(api, draft, indicator):
    row = {"indicator": indicator.pk, "value": "1"}
    first = api.post(rows_url(draft), [row])
    again = api.post(rows_url(draft), [row])
    second = api.post(rows_url(draft), [{**row, "value": "1.5"}])
    replaced = api.post(f"{rows_url(draft)}?replace=true", [{**row, "value": "2"}])

    assert (first.status_code, again.status_code) == (201, 200)
    assert (second.status_code, replaced.status_code) == (400, 201)
    assert again["ETag"] == first["ETag"]
    (error,) = second.json()["errors"]
    assert (error["attr"], error["code"]) == ("rows.1.indicator", "cell_taken")
    assert draft.observations.get().value == 2


@pytest.mark.parametrize("body", [{"indicator": 1}, "x", None, 5])
def test_rows_come_as_an_array(api, draft, body):
    answer = api.post(rows_url(draft), body)
    assert answer.status_code == 400


def test_a_second_submission_points_to_the_first(api, draft):
    body = {"unit": draft.unit_id, "period": draft.period_id}

    answer = api.post("/api/v1/submissions/", body)
    assert answer.status_code == 409
    (error,) = answer.json()["errors"]
    assert (error["code"], error["about"]) == ("submission_exists", {"submission": draft.pk})


def test_a_closed_period_takes_nothing(api, draft, indicator):
    draft.period.change(status="closed", closed_at=timezone.now())

    answer = api.post(rows_url(draft), [{"indicator": indicator.pk, "value": 1}])
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "period_closed"


def test_a_correction_is_the_next_revision(api, draft, indicator):
    approved = f.SubmissionFactory(
        unit=draft.unit,
        period=f.PeriodFactory(framework=draft.period.framework),
        values={indicator: 5},
        approved=True,
    )

    answer = api.post(f"/api/v1/submissions/{approved.pk}/correct/", {"comment": "Typo."})
    assert answer.status_code == 201
    assert (answer.json()["revision"], answer.json()["status"]) == (2, "draft")
    assert answer["Location"] == f"/api/v1/submissions/{answer.json()['id']}/"


def test_an_approved_value_is_not_amended_over_rest(api, draft, indicator):
    value = f.ObservationFactory(submission=draft, indicator=indicator, approved=True)
    url = f"/api/v1/observations/{value.pk}/"

    changed = api.patch(url, {"value": "3"}, HTTP_IF_MATCH="*")
    removed = api.delete(url)
    assert (changed.status_code, removed.status_code) == (409, 409)
    value.refresh_from_db()
    assert value.value == 10


def test_comments_are_for_insiders(api, draft, indicator):
    value = f.ObservationFactory(
        submission=draft, indicator=indicator, comment="Between us.", approved=True
    )
    url = f"/api/v1/observations/{value.pk}/"

    assert api.get(url).json()["comment"] == "Between us."
    api.force_authenticate(None)
    assert api.get(url).json()["comment"] == ""


def test_declared_interests_are_for_insiders(api, draft):
    membership = draft.unit.membership
    f.DeclarationFactory(membership=membership, interests="Owns the pump factory.")
    url = f"/api/v1/memberships/{membership.pk}/"

    assert api.get(url).json()["interests"] == "Owns the pump factory."
    api.force_authenticate(f.UserFactory())
    assert api.get(url).json()["interests"] == ""
    assert "pump factory" not in api.get("/api/v1/memberships/").content.decode()


def test_a_file_comes_back_as_a_download_under_a_name_of_ours(api, draft):
    upload = SimpleUploadedFile("../../<script>.HTML", b"%PDF-1.7 <script>", "text/html")
    body = {"submission": draft.pk, "title": "Photo", "file": upload}

    made = api.post("/api/v1/evidence/", body, format="multipart").json()
    stored = Evidence.objects.get()
    file = api.get(made["download"])

    assert "script" not in stored.file.name
    assert b"".join(file.streaming_content) == b"%PDF-1.7 <script>"
    assert file["Content-Disposition"] == f'attachment; filename="evidence-{stored.pk}.pdf"'
    assert file["Content-Type"] == "application/octet-stream"
    assert file["X-Content-Type-Options"] == "nosniff"
    api.force_authenticate(f.UserFactory())
    assert api.get(made["download"]).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"url": "javascript:alert(1)"}, {"url": "x"}, {"file": "not a file"}]
)
def test_evidence_is_a_file_or_a_link(api, draft, body):
    body = {"submission": draft.pk, "title": "x", **body}

    assert api.post("/api/v1/evidence/", body).status_code == 400
    assert not Evidence.objects.exists()


def test_a_file_has_a_size_limit(api, draft, monkeypatch):
    monkeypatch.setattr("registry.attached.LARGEST", 3)
    body = {"submission": draft.pk, "title": "x", "file": SimpleUploadedFile("a.txt", b"1234")}

    answer = api.post("/api/v1/evidence/", body, format="multipart")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "file")


def test_a_report_is_asked_for_polled_and_read(
    api, draft, indicator, django_capture_on_commit_callbacks
):
    body = {"partnership": draft.period.framework.partnership_id, "period": draft.period_id}
    with django_capture_on_commit_callbacks(execute=True):
        asked = api.post("/api/v1/reports/", body)
    assert (asked.status_code, asked.json()["status"]) == (202, "queued")

    run = api.get(asked["Location"]).json()
    report = api.get(f"/api/v1/reports/{run['report']}/").json()
    assert run["status"] == "ready"
    assert report["content"]["period"]["id"] == draft.period_id
    assert "content" not in api.get("/api/v1/reports/").json()["results"][0]
    assert api.post("/api/v1/reports/", body).json()["id"] == run["id"]


def test_a_period_that_has_not_ended_has_no_report(api, draft):
    period = f.PeriodFactory(
        framework=draft.period.framework,
        starts_on=date.today(),
        ends_on=date.today() + timedelta(days=30),
    )
    body = {"partnership": period.framework.partnership_id, "period": period.pk}

    answer = api.post("/api/v1/reports/", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "period_not_ended")


def test_why_a_run_failed_is_for_admins(api, draft):
    run = f.ReportRunFactory(period=draft.period, status="failed", error="Out of memory.")
    url = f"/api/v1/report-runs/{run.pk}/"

    assert api.get(url).json()["error"] == ""
    api.force_authenticate(f.UserFactory(admin=True))
    assert api.get(url).json()["error"] == "Out of memory."


def test_an_import_is_queued_with_its_file(api, django_capture_on_commit_callbacks):
    api.force_authenticate(f.UserFactory(admin=True))
    xml = b'<?xml version="1.0"?><iati-activities version="2.03"/>'

    with django_capture_on_commit_callbacks(execute=True):
        raw = api.generic("POST", "/api/v1/imports/iati/", xml, content_type="application/xml")
    assert raw.status_code == 202
    batch = api.get(raw["Location"]).json()
    assert batch["status"] == "ready"
    assert api.get(f"{raw['Location']}findings/").json()["results"] == []


def test_an_import_that_is_too_large_is_refused_unread(api, monkeypatch):
    monkeypatch.setattr("monitoring.api.imports.MAX_BYTES", 10)
    api.force_authenticate(f.UserFactory(admin=True))
    upload = SimpleUploadedFile("a.xml", b"<iati-activities/>")

    raw = api.generic("POST", "/api/v1/imports/iati/", b"x" * 11, content_type="application/xml")
    form = api.post("/api/v1/imports/iati/", {"file": upload}, format="multipart")
    assert (raw.status_code, form.status_code) == (413, 413)


def test_a_proposed_framework_does_not_change(api):
    framework = f.FrameworkFactory(proposed=True)
    indicator = f.IndicatorFactory(result__framework=framework)
    api.force_authenticate(f.UserFactory(admin=True))

    for path, body in (
        (f"frameworks/{framework.pk}", {"title": "x"}),
        (f"results/{indicator.result_id}", {"title": "x"}),
        (f"indicators/{indicator.pk}", {"title": "x"}),
    ):
        answer = api.patch(f"/api/v1/{path}/", body, HTTP_IF_MATCH="*")
        assert answer.json()["errors"][0]["code"] == "framework_settled", path


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"accumulation": "as_published"}, "accumulation"),
        ({"measure": "currency"}, "currency"),
        ({"measure": "rating"}, "non_field_errors"),
        ({"measure": "ratio", "combine": "sum"}, "non_field_errors"),
    ],
)
def test_an_indicator_is_amended_within_its_rules(api, body, attr):
    indicator = f.IndicatorFactory()
    api.force_authenticate(f.UserFactory(admin=True))

    answer = api.patch(f"/api/v1/indicators/{indicator.pk}/", body, HTTP_IF_MATCH="*")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
    indicator.refresh_from_db()
    assert indicator.version == 1


def test_targets_of_one_indicator_do_not_overlap(api):
    target = f.PeriodTargetFactory()
    api.force_authenticate(f.UserFactory(admin=True))
    body = {
        "indicator": target.indicator_id,
        "starts_on": "2024-07-01",
        "ends_on": "2024-09-30",
        "value": "1",
    }

    answer = api.post("/api/v1/period-targets/", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "target_spans_apart")
