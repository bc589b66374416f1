"""A template that a person fills in with LibreOffice: what was typed arrives."""

import io

import pytest

from monitoring.ingest import workbooks
from tests.monitoring.drafts import Draft
from tests.monitoring.office import Office, require_office

pytestmark = [pytest.mark.django_db, pytest.mark.office]


@pytest.fixture
def office(tmp_path):
    require_office()
    return Office(tmp_path)


@pytest.fixture
def draft():
    return Draft()


def made(draft):
    period, unit = draft.submission.period, draft.submission.unit
    return workbooks.template(period.framework, period, [unit])


def sent(content, draft):
    found = workbooks.sent(io.BytesIO(content), draft.submission)
    assert found.located(found.problems) == []
    keys = {"unit", "period", "indicator", "category"}
    return {
        (row["indicator"], row["category"]): {
            name: text for name, text in row.items() if text and name not in keys
        }
        for _, row in found.rows
    }


def test_what_was_typed_arrives_whatever_rows_and_columns_were_moved(office, draft):
    draft.record({"indicator": "rating", "value": "4"}, {"indicator": "money", "value": "1.25"})
    book = office.open(made(draft))
    number = book.row(draft.number.title)
    book.type(number, "Value", 1234.5)
    book.type(number, "Comment", "=cmd|' /C calc'!A0")
    book.type(book.row(draft.number.title, "SEX: F"), "Value", 0)
    book.type(book.row(draft.people.title), "Value", "of:=10+5*2")
    ratio = book.row(draft.ratio.title)
    book.type(ratio, "Numerator", -3)
    book.type(ratio, "Denominator", 4)
    book.type(book.row(draft.percent.title), "Value", "12,5")
    book.type(book.row(draft.yes_no.title), "Value", "no")
    book.type(book.row(draft.money.title), "Value", "1 234,5")
    story = book.row(draft.narrative.title)
    book.type(story, "Text", "مياه نظيفة\u00a0水")
    book.type(story, "Provisional", "yes")
    book.turn_round()
    book.move_last_column_first()

    assert sent(book.saved(), draft) == {
        (f"#{draft.number.pk}", None): {"value": "1234.5", "comment": "=cmd|' /C calc'!A0"},
        (f"#{draft.number.pk}", f"#{draft.female.pk}"): {"value": "0"},
        (f"#{draft.people.pk}", None): {"value": "20"},
        (f"#{draft.ratio.pk}", None): {"numerator": "-3", "denominator": "4"},
        (f"#{draft.percent.pk}", None): {"value": "12,5"},
        (f"#{draft.yes_no.pk}", None): {"value": "no"},
        (f"#{draft.money.pk}", None): {"value": "1 234,5"},
        (f"#{draft.narrative.pk}", None): {"text": "مياه نظيفة\u00a0水", "is_provisional": "yes"},
    }


def test_opened_and_saved_it_says_nothing(office, draft):
    draft.record(
        {"indicator": "number", "value": "0.1", "comment": "=1+1\n\n  two"},
        {"indicator": "money", "value": "12345678901234567.5"},
        {"indicator": "yes_no", "value": "1"},
        {"indicator": "ratio", "numerator": "2", "denominator": "5"},
        {"indicator": "narrative", "text": "-1", "is_provisional": True},
    )

    assert sent(office.open(made(draft)).saved(), draft) == {}
