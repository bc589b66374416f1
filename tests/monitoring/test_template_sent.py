"""A template over REST: asked for, filled in, sent, and sent again."""

import io
from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from monitoring.ingest import workbooks
from tests.monitoring.bad_files.raw import workbook
from tests.monitoring.drafts import Draft
from tests.monitoring.filling import Filled

pytestmark = pytest.mark.django_db
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Rest:
    """The evaluator of a draft's unit."""

    def __init__(self):
        self.draft = Draft()
        self.client = APIClient()
        self.client.force_authenticate(self.draft.by)

    def template(self, asked="", **headers):
        period = self.draft.submission.period_id
        return self.client.get(f"/api/v1/periods/{period}/template/{asked}", **headers)

    def send(self, content):
        url = f"/api/v1/submissions/{self.draft.submission.pk}/observations/?replace=true"
        return self.client.generic("POST", url, content, content_type=XLSX)

    def stored(self):
        values = self.draft.submission.observations.all()
        return {(v.indicator_id, v.category_id): v for v in values}


@pytest.fixture
def rest():
    return Rest()


def test_what_was_typed_is_stored_once_and_untouched_rows_change_nothing(rest):
    draft = rest.draft
    draft.record({"indicator": "money", "value": "7.25", "comment": "by bank"})
    answer = rest.template()
    form = Filled(answer.content)
    form.type(form.row_of(draft.number.title), "value", 0)
    form.type(form.row_of(draft.number.title, "SEX: F"), "value", "1 234,5")
    form.type(form.row_of(draft.yes_no.title), "value", "yes")
    form.type(form.row_of(draft.ratio.title), "numerator", 2)
    form.type(form.row_of(draft.ratio.title), "denominator", 5)
    form.turn_round()

    first, again = rest.send(form.saved()), rest.send(form.saved())
    untouched = rest.send(answer.content)

    assert first.status_code == 201
    assert (first.json()["new"], first.json()["changed"]) == (4, 0)
    assert again.status_code == untouched.status_code == 200
    assert (again.json()["new"], again.json()["changed"], again.json()["unchanged"]) == (0, 0, 4)
    assert untouched.json()["rows"] == 0
    stored = rest.stored()
    assert len(stored) == 5
    assert stored[draft.number.pk, None].value == 0
    assert stored[draft.number.pk, draft.female.pk].value == Decimal("1234.5")
    assert stored[draft.yes_no.pk, None].value == 1
    assert stored[draft.ratio.pk, None].numerator == 2
    assert stored[draft.money.pk, None].comment == "by bank"


def test_errors_name_the_row_and_save_nothing(rest):
    form = Filled(rest.template().content)
    good, bad = form.row_of(rest.draft.number.title), form.row_of(rest.draft.rating.title)
    form.type(good, "value", 1).type(bad, "value", 9)

    answer = rest.send(form.saved())

    assert answer.status_code == 400
    assert [(e["attr"], e["code"]) for e in answer.json()["errors"]] == [
        (f"rows.{bad}.value", "off_scale")
    ]
    assert rest.stored() == {}


def test_is_a_workbook_to_be_kept(rest):
    unit = rest.draft.submission.unit_id
    answer = rest.template(f"?units={unit}", HTTP_ACCEPT=XLSX)

    assert answer.status_code == 200
    assert answer["Content-Type"] == XLSX
    assert answer["Content-Disposition"].startswith('attachment; filename="data-')
    assert answer["X-Content-Type-Options"] == "nosniff"
    names = [sheet.name for sheet in workbooks.read(io.BytesIO(answer.content))]
    assert names == ["Instructions", "Data"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [("?units=1,x", "units"), ("?units=-1", "units"), ("?layout=wide", "layout")],
)
def test_what_is_asked_for_has_to_be_understood(rest, asked, field):
    answer = rest.template(asked)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == field


def test_units_of_others_are_not_there(rest):
    assert rest.template("?units=999999").status_code == 404


def test_the_long_format_is_read_as_it_comes(rest):
    form = Filled(rest.template("?layout=long").content)
    assert form.sheet.rows == []
    assert "indicator" in form.sheet.columns
    assert rest.send(rest.template("?layout=long").content).json()["errors"][0]["code"] == "no_rows"


def test_a_row_of_a_long_sheet_in_which_only_the_cell_is_named_says_nothing(rest):
    title = rest.draft.number.title
    head = ["indicator", "category", "value", "comment"]

    sent = rest.send(workbook([head, [title, None, 5, None], [title, "F", None, None]]))
    remark = rest.send(workbook([head, [title, "F", None, "later"]]))

    assert (sent.status_code, sent.json()["rows"], sent.json()["new"]) == (201, 1, 1)
    assert remark.json()["errors"][0]["code"] == "value_expected"
