"""Values of one submission over REST, as an array, a CSV stream or a workbook."""

import json

import pytest

from monitoring.models import Observation, Upload
from monitoring.tasks import run_upload
from tests.factories import SubmissionFactory
from tests.monitoring.consolidating import Consolidating

pytestmark = pytest.mark.django_db


@pytest.fixture
def many():
    return Consolidating()


@pytest.fixture
def draft(many):
    return SubmissionFactory(unit=many.unit, period=many.first)


@pytest.fixture
def post(api, many, draft):
    def send(body, kind="application/json", asked=""):
        api.force_authenticate(many.by)
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        url = f"/api/v1/submissions/{draft.pk}/observations/{asked}"
        return api.generic("POST", url, content, content_type=kind)

    return send


def test_the_answer_says_what_became_of_the_rows(post, many, draft):
    answer = post([{"indicator": many.wells.pk, "value": "5"}, {"indicator": "N1", "text": "Yes"}])

    assert answer.status_code == 201
    assert answer.json() == {
        "dry_run": False,
        "saved": True,
        "rows": 2,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "submissions": [draft.pk],
        "errors": [],
    }
    assert answer["ETag"] == '"2"'


def test_csv_is_read_like_the_array(post, draft):
    answer = post("indicator;category;value\nW1;F;1 234,5\nW1;;0\n", "text/csv")

    assert (answer.status_code, answer.json()["new"]) == (201, 2)
    assert sorted(draft.observations.values_list("value", flat=True)) == [0, 1234.5]


def test_errors_of_a_file_name_the_row_as_a_spreadsheet_counts_it(post, draft):
    answer = post("indicator,value\nW1,5\nW9,<5\n", "text/csv")

    assert answer.status_code == 400
    errors = {(e["attr"], e["code"]) for e in answer.json()["errors"]}
    assert errors == {
        ("rows.3.indicator", "unknown_indicator"),
        ("rows.3.value", "not_a_number"),
    }
    assert any("Found: <5" in e["detail"] for e in answer.json()["errors"])
    assert not Observation.objects.exists()


def test_a_dry_run_names_everything_and_saves_nothing(post, draft):
    rows = [{"indicator": "W1", "value": 5}, {"indicator": "R1", "value": "40 %"}]
    answer = post(rows, asked="?dry_run=true")

    assert answer.status_code == 200
    told = answer.json()
    assert (told["dry_run"], told["saved"], told["new"]) == (True, False, 2)
    assert [(e["row"], e["field"], e["code"], e["found"]) for e in told["errors"]] == [
        (2, "value", "ratio_parts_expected", "40 %")
    ]
    assert not Observation.objects.exists()
    draft.refresh_from_db()
    assert draft.version == 1


@pytest.mark.parametrize("asked", ["?dry_run=perhaps", "?replace=yes"])
def test_a_switch_that_is_neither_on_nor_off_is_refused(post, asked):
    answer = post([{"indicator": "W1", "value": 5}], asked=asked)

    assert answer.status_code == 400
    assert not Observation.objects.exists()


def test_the_same_rows_again_change_nothing(post, draft):
    rows = [{"indicator": "W1", "value": 5}]
    first, again = post(rows), post(rows)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["unchanged"] == 1
    assert again["ETag"] == first["ETag"]


def test_null_takes_a_remark_away_and_leaving_it_out_does_not(post, draft):
    post([{"indicator": "W1", "value": 5, "comment": "About.", "sample_size": 10}])
    post([{"indicator": "W1", "value": 6}], asked="?replace=true")
    assert (draft.observations.get().comment, draft.observations.get().sample_size) == (
        "About.",
        10,
    )

    post(
        [{"indicator": "W1", "value": 6, "comment": None, "sample_size": None}],
        asked="?replace=true",
    )
    gone = draft.observations.get()
    assert (gone.comment, gone.sample_size) == ("", None)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "image/png"])
def test_other_kinds_of_bodies_are_not_taken(post, kind):
    assert post("indicator,value\nW1,5\n", kind).status_code == 415


def test_a_body_that_is_no_workbook_is_refused(post):
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = post(b"PK\x03\x04 nothing", kind)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "file"


def test_a_long_array_is_an_upload_and_stays_exact(post, api, many, draft):
    for number in range(2_001):
        many.indicator(code=f"L{number}")
    exact = "12345678901234567890.0123456789"
    rows = ", ".join(f'{{"indicator": "L{n}", "value": {exact}}}' for n in range(2_001))

    answer = post(f"[{rows}]")
    assert answer.status_code == 202
    assert answer["Location"] == f"/api/v1/uploads/{answer.json()['id']}/"

    run_upload(Upload.objects.get().pk)
    assert api.get(answer["Location"]).json()["new"] == 2_001
    assert {str(value) for value in draft.observations.values_list("value", flat=True)} == {exact}
