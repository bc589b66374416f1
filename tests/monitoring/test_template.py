"""The workbook to fill in: what it holds, and what is read of it when it comes back."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from monitoring.errors import RowError, Unreadable
from monitoring.ingest import workbooks
from monitoring.ingest.outcome import Consolidated
from monitoring.ingest.sheets import Sheet
from monitoring.ingest.template.keys import Key
from monitoring.services.templates import data_template, template_units
from registry.errors import DomainError
from tests.factories import (
    CategoryFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    ObservationFactory,
    PartnershipFactory,
    PeriodFactory,
    PeriodTargetFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.monitoring.drafts import Draft
from tests.monitoring.filling import Filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return Draft()


def made(draft):
    period, unit = draft.submission.period, draft.submission.unit
    return workbooks.template(period.framework, period, [unit])


def rows(content):
    """The data sheet's rows by indicator and breakdown."""
    (sheet,) = [s for s in workbooks.read(io.BytesIO(content)) if s.name == "Data"]
    return {(row["indicator"], row["breakdown"]): row for _, row in sheet.rows}


def back(content, scope):
    return workbooks.sent(io.BytesIO(content), scope)


def problems(sent):
    return [(e.row, e.field, e.code, e.column) for e in sent.located(sent.problems)]


def test_has_a_row_for_each_value_that_is_asked_of_the_unit(draft):
    found = rows(made(draft))

    assert draft.by_place.title not in {title for title, _ in found}
    assert (draft.number.title, "total") in found
    assert (draft.number.title, "SEX: F") in found
    assert len(found) == 9


def test_shows_what_is_known_beside_the_inputs(draft):
    period, unit = draft.submission.period, draft.submission.unit
    before = PeriodFactory(
        framework=period.framework, starts_on=date(2023, 10, 1), ends_on=date(2023, 12, 31)
    )
    SubmissionFactory(
        unit=unit, period=before, values={draft.number: 7, draft.ratio: (3, 4)}, approved=True
    )
    PeriodTargetFactory(indicator=draft.number, value=Decimal(40))
    draft.record({"indicator": "number", "value": "0", "comment": "None found."})

    found = rows(made(draft))

    number = found[draft.number.title, "total"]
    assert (number["last_value"], number["target"]) == ("7 (2023 Q4)", "40 by Dec 2024")
    assert (number["value"], number["comment"]) == ("0", "None found.")
    assert found[draft.ratio.title, "total"]["last_value"] == "3 of 4 (2023 Q4)"
    assert found[draft.number.title, "SEX: F"]["value"] is None


def test_sent_back_untouched_it_says_nothing(draft):
    draft.record(
        {"indicator": "number", "value": "12345678901234567.0000000001"},
        {"indicator": "number", "category": "female", "value": "0.1"},
        {"indicator": "yes_no", "value": "1"},
        {"indicator": "narrative", "text": "=A1\n\n“quoted” _x0041_ الماء", "comment": "+1"},
        {"indicator": "ratio", "numerator": "-2.50", "denominator": "7"},
    )

    sent = back(made(draft), draft.submission)

    assert (sent.rows, sent.problems) == ([], [])


def test_what_was_typed_arrives_and_finds_its_cell_in_any_order(draft):
    form = Filled(made(draft))
    form.type(form.row_of(draft.number.title), "value", 12.5)
    form.type(form.row_of(draft.number.title, "SEX: F"), "value", 0)
    form.type(form.row_of(draft.ratio.title), "numerator", 2)
    form.type(form.row_of(draft.ratio.title), "denominator", 5)
    form.type(form.row_of(draft.yes_no.title), "value", "no")
    form.type(form.row_of(draft.narrative.title), "text", "=cmd|' /C calc'!A0")
    form.type(form.row_of(draft.narrative.title), "provisional", "yes")
    form.turn_round()

    sent = back(form.saved(), draft.submission)

    said = {
        (row["indicator"], row["category"]): {
            name: text
            for name, text in row.items()
            if text and name not in ("unit", "period", "indicator", "category")
        }
        for _, row in sent.rows
    }
    assert sent.problems == []
    assert said == {
        (f"#{draft.number.pk}", None): {"value": "12.5"},
        (f"#{draft.number.pk}", f"#{draft.female.pk}"): {"value": "0"},
        (f"#{draft.ratio.pk}", None): {"numerator": "2", "denominator": "5"},
        (f"#{draft.yes_no.pk}", None): {"value": "no"},
        (f"#{draft.narrative.pk}", None): {
            "text": "=cmd|' /C calc'!A0",
            "is_provisional": "yes",
        },
    }
    assert {row["unit"] for _, row in sent.rows} == {f"#{draft.submission.unit_id}"}
    assert {row["period"] for _, row in sent.rows} == {f"#{draft.submission.period_id}"}


def test_a_value_that_was_there_and_is_cleared_is_asked_about(draft):
    draft.record({"indicator": "number", "value": "5"})
    form = Filled(made(draft))
    row = form.row_of(draft.number.title)
    form.type(row, "value", None)

    sent = back(form.saved(), draft.submission)

    assert sent.rows == []
    assert problems(sent) == [(row, "value", "value_cleared", f"Value (H{row})")]


def test_a_key_that_was_changed_or_left_out_is_named(draft):
    form = Filled(made(draft))
    first, second = form.row_of(draft.number.title), form.row_of(draft.ratio.title)
    key = Key.read(dict(form.sheet.rows)[first]["row_key"])
    other = key._replace(indicator=draft.ratio.pk)
    assert Key.read(other.text()) == other
    forged = other.text().rpartition(".")[0] + "." + key.text().rpartition(".")[2]
    form.type(first, "row_key", forged).type(first, "value", 1)
    form.type(second, "row_key", None).type(second, "numerator", 1)

    sent = back(form.saved(), draft.submission)

    assert sent.rows == []
    assert sorted(problems(sent)) == sorted(
        [
            (first, "row_key", "template_key_changed", f"Row key (T{first})"),
            (second, "row_key", "template_key_missing", f"Row key (T{second})"),
        ]
    )


def test_a_template_of_another_framework_edition_or_period_is_told_apart(draft):
    content = made(draft)
    here = draft.submission.period
    there = FrameworkFactory(agreed=True)
    newer = FrameworkFactory(partnership=here.framework.partnership)

    with pytest.raises(Unreadable) as other:
        back(content, Consolidated(there))
    with pytest.raises(Unreadable) as older:
        back(content, Consolidated(newer))
    form = Filled(content)
    form.type(form.row_of(draft.number.title), "value", 1)
    next_one = PeriodFactory(framework=here.framework)
    sent = back(form.saved(), Consolidated(here.framework, next_one))

    assert other.value.code == "template_of_another_framework"
    assert older.value.code == "template_of_another_edition"
    assert "edition 1" in older.value.detail
    assert "edition 2" in older.value.detail
    assert {code for _, _, code, _ in problems(sent)} == {"template_of_another_period"}
    assert sent.rows == []


def test_without_its_hidden_column_it_is_refused(draft):
    form = Filled(made(draft))
    form.type(1, "row_key", None)

    with pytest.raises(Unreadable) as refusal:
        back(form.saved(), draft.submission)

    assert refusal.value.code == "template_without_keys"


def test_two_units_have_their_own_rows_and_queries_stay_the_same(
    draft, django_assert_max_num_queries
):
    period = draft.submission.period
    partnership = period.framework.partnership
    others = [
        ReportingUnitFactory(membership=MembershipFactory(partnership=partnership))
        for _ in range(5)
    ]
    IndicatorFactory.create_batch(10, result__framework=period.framework)
    with django_assert_max_num_queries(12):
        content = workbooks.template(period.framework, period, [draft.submission.unit, *others])

    form = Filled(content)
    form.type(form.row_of(draft.number.title, unit=str(others[2])), "value", 3)
    ((_, row),) = back(form.saved(), Consolidated(period.framework)).rows
    assert row["unit"] == f"#{others[2].pk}"


def test_is_the_same_bytes_for_the_same_data(draft):
    assert made(draft) == made(draft)


def test_labels_that_look_like_formulas_are_texts(draft):
    draft.number.title = '=HYPERLINK("http://example.org")'
    draft.number.code = "@1"
    draft.number.save()
    CategoryFactory(dimension=draft.sex, code="X", label="+cmd|' /C calc'!A0")
    draft.record({"indicator": "number", "value": "1", "comment": "=1+1"})

    content = made(draft)

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets")]
        assert not any(b"<f>" in sheet for sheet in sheets)
        assert b"quotePrefix" in archive.read("xl/styles.xml")
    assert rows(content)['=HYPERLINK("http://example.org")', "total"]["comment"] == "=1+1"


def test_labels_in_any_script_are_kept(draft):
    draft.number.title = "سكان يحصلون على مياه"
    draft.number.save()
    draft.ratio.title = "水资源管理"
    draft.ratio.save()

    assert ("سكان يحصلون على مياه", "total") in rows(made(draft))
    assert ("水资源管理", "total") in rows(made(draft))


def test_locks_labels_and_offers_lists(draft):
    with zipfile.ZipFile(io.BytesIO(made(draft))) as archive:
        xml = archive.read("xl/worksheets/sheet2.xml").decode()

    assert "<sheetProtection " in xml
    assert '<formula1>"yes,no"</formula1>' in xml
    assert '<formula1>"1,2,3,4,5"</formula1>' in xml
    assert 'type="decimal"' in xml
    assert 'hidden="1"' in xml


def test_errors_come_back_beside_the_rows_and_the_file_can_be_sent_again(draft):
    form = Filled(made(draft))
    row = form.row_of(draft.number.title)
    form.type(row, "value", "many").type(row, "comment", "=1+1")
    sent = back(form.saved(), draft.submission)
    error = sent.located([RowError(row, "value", "not_a_number", "Expected a number.", "many")])
    content = workbooks.error_file([(sent.sheets[0], error)])

    found = rows(content)[draft.number.title, "total"]
    assert found["errors"] == f"Value (H{row}): Expected a number. Found: many."
    assert (found["value"], found["comment"]) == ("many", "=1+1")
    again = back(content, draft.submission)
    assert again.rows == sent.rows
    assert again.problems == []


def test_sheets_of_any_name_have_a_place_in_the_file_of_errors():
    names = ["Data", "data", "a/b:c*[1]?", "'quoted'", "x" * 60, "Instructions", "  "]
    sheets = [
        (Sheet(name, header_row=1, titles={"a": "a"}, columns={"a": 1}), []) for name in names
    ]

    found = zipfile.ZipFile(io.BytesIO(workbooks.error_file(sheets))).read("xl/workbook.xml")

    assert found.count(b"<sheet ") == len(names) + 1


class People:
    def __init__(self):
        self.partnership = PartnershipFactory(active=True)
        self.member = MembershipFactory(partnership=self.partnership)
        self.other = MembershipFactory(partnership=self.partnership)
        self.period = PeriodFactory(
            framework=FrameworkFactory(partnership=self.partnership, agreed=True)
        )
        self.unit = ReportingUnitFactory(membership=self.member)
        self.of_other = ReportingUnitFactory(membership=self.other)
        IndicatorFactory(result__framework=self.period.framework)


def test_is_for_those_who_may_send_the_units_data():
    people = People()
    evaluator = UserFactory(evaluates=people.member.partner)
    period, unit, of_other = people.period, people.unit, people.of_other

    assert template_units(period, [], by=evaluator) == [unit]
    assert set(template_units(period, [unit.pk, of_other.pk], by=evaluator)) == {unit, of_other}
    assert template_units(period, [unit.pk, 0], by=evaluator) is None
    assert template_units(period, [], by=UserFactory()) is None
    observer = UserFactory(observes=people.member.partner)
    assert template_units(period, [unit.pk], by=observer) is None


def test_a_closed_period_has_none():
    people = People()
    period = PeriodFactory(framework=people.period.framework, closed=True)

    with pytest.raises(DomainError) as refusal:
        data_template(period, [people.unit])

    assert refusal.value.code == "period_closed"


def test_shows_approved_values_where_there_is_no_draft(draft):
    submission = draft.submission
    ObservationFactory(submission=submission, indicator=draft.number, value=8, approved=True)

    assert rows(made(draft))[draft.number.title, "total"]["value"] == "8"


def test_a_column_of_ones_own_with_something_in_it_is_named(draft):
    form = Filled(made(draft))
    form.type(1, "code", "My notes")
    row = form.row_of(draft.number.title)
    form.type(row, "code", "ask Amina").type(row, "value", 4)

    sent = back(form.saved(), draft.submission)

    assert problems(sent) == [(1, "my_notes", "unknown_column", "My notes (B1)")]
