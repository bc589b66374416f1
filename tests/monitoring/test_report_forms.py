"""One snapshot, five forms: what each says is read back and compared, for every kind."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from html import unescape

import pypdf
import pytest

from monitoring.reports.documents import WRITERS, document_of
from tests.factories import ReportReplyFactory, UserFactory
from tests.monitoring.reading_back import (
    as_people_read,
    csv_rows,
    page_rows,
    pdf_text,
    share_as_people_read,
    sheet_rows,
    without_spaces,
)
from tests.monitoring.report_kinds import made_report, small_world

pytestmark = pytest.mark.django_db
KINDS = sorted(WRITERS)


@pytest.fixture(params=KINDS)
def report(request):
    made = made_report(request.param)
    made.refresh_from_db()  # as the database orders what it stores
    return made


def fetched(client, report, ending):
    answer = client.get(f"/reports/{report.pk}/report.{ending}")
    assert answer.status_code == 200, ending
    return answer.getvalue()


def number(text):
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def test_the_json_is_what_was_hashed(client, report):
    content = fetched(client, report, "json")

    assert sha256(content).hexdigest() == report.sha256
    assert json.loads(content) == report.content


def test_every_table_says_the_same_on_the_page_in_csv_and_in_the_workbook(client, report):
    """Each number of a CSV file stands unrounded in the workbook, and rounded on the page."""
    page = page_rows(client.get(f"/reports/{report.pk}/").content.decode())
    tables = csv_rows(fetched(client, report, "zip"))
    sheets = sheet_rows(fetched(client, report, "xlsx"))
    document = document_of(report.kind, report.content)
    compared = 0

    assert [table.key for table in document.tables()] == list(tables)
    for table in document.tables():
        rows = tables[table.key]
        assert len(rows) == len(table.rows) + bool(table.totals)
        body, foot = page.get(table.key, ([], []))
        shown = (body if table.rows else []) + foot
        sheet = sheets[table.key[:31]][1:]
        for n, row in enumerate(rows):
            keys = list(row)
            for m, key in enumerate(keys):
                cell = sheet[n][m]
                written = number(row[key])
                if written is None or cell.data_type != "n" or cell.value is None:
                    assert row[key].lstrip("'") in (str(cell.value or "").lstrip("'"), row[key])
                    continue
                assert float(written) == pytest.approx(float(cell.value))
                compared += 1
            for m, column in enumerate(table.columns):
                written = number(row[column.key])
                if written is None or column.sort == "text":
                    continue
                said = (as_people_read(written), share_as_people_read(written))
                assert any(one in shown[n][m] for one in said), (table.key, key, written)
    assert compared, "a report without a single number proves nothing"


def test_each_link_is_a_download_by_its_answer_so_that_a_browser_shows_what_is_not_ready(client):
    """With the attribute a browser cancels an answer of 503 and stays where it was."""
    page = client.get(f"/reports/{made_report('partnership').pk}/").content.decode()
    links = re.findall(r'<a href="(/reports/\d+/(?:report\.|tables/)[^"]+)"([^>]*)>', page)

    assert len(links) > 5
    for address, more in links:
        assert more == ""
        assert client.get(address)["Content-Disposition"].startswith("attachment; "), address


def test_the_pdf_has_every_total_and_every_caption(client, report):
    said = pdf_text(fetched(client, report, "pdf"))
    tables = csv_rows(fetched(client, report, "zip"))

    for table in document_of(report.kind, report.content).tables():
        assert without_spaces(table.caption) in said
        rows = tables[table.key][-1:] if table.totals else tables[table.key][:3]
        for row in rows:
            for column in table.columns:
                written = number(row[column.key])
                if written is not None and column.sort != "text":
                    shown = (as_people_read(written), share_as_people_read(written))
                    assert any(without_spaces(one) in said for one in shown), (table.key, written)


def test_the_pdf_is_tagged_has_contents_page_numbers_and_its_hash(client, report):
    pdf = pypdf.PdfReader(io.BytesIO(fetched(client, report, "pdf")))
    root = pdf.trailer["/Root"]
    last = without_spaces(pdf.pages[-1].extract_text())
    first = without_spaces(pdf.pages[0].extract_text())

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"]
    assert "/StructTreeRoot" in root
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert [entry.title for entry in pdf.outline if not isinstance(entry, list)]
    assert "Contents" in first
    assert f"Page{len(pdf.pages)}of{len(pdf.pages)}" in last
    assert report.sha256 in first
    assert report.sha256[:16] in last
    assert "/verify/" in last


def test_the_same_report_gives_the_same_bytes(client, report):
    from monitoring.reports.files.making import issue_of
    from monitoring.reports.files.workbook import workbook_of
    from monitoring.reports.printing.pdf import pdf

    document = document_of(report.kind, report.content)
    issue = issue_of(report, is_draft=False)

    assert pdf(document, issue) == fetched(client, report, "pdf")
    assert workbook_of(document, issue) == fetched(client, report, "xlsx")


def test_no_text_becomes_markup_or_a_formula(client, report):
    page = client.get(f"/reports/{report.pk}/").content.decode()
    sheets = sheet_rows(fetched(client, report, "xlsx"))
    tables = csv_rows(fetched(client, report, "zip"))

    assert "<script>alert" not in page
    for rows in sheets.values():
        assert all(cell.data_type != "f" for row in rows for cell in row)
    for rows in tables.values():
        texts = [value for row in rows for value in row.values() if number(value) is None]
        assert not [text for text in texts if text[:1] in ("=", "+", "-", "@")]


@pytest.fixture
def replied():
    """A published report to which one member replied at length, and another has no comment."""
    world = small_world()
    report = made_report("partnership", world, published=False, in_reply=True)
    other = world["partnership"].memberships.exclude(partner=world["partner"]).first()
    ReportReplyFactory(report=report, text=WORDS, said_at=datetime(2024, 6, 3, 9, tzinfo=UTC))
    ReportReplyFactory(
        report=report,
        membership=other,
        text="",
        has_no_comment=True,
        said_at=datetime(2024, 6, 4, 9, tzinfo=UTC),
    )
    report.take_to_review(by=None)
    report.publish(by=UserFactory(admin=True))
    return report, str(world["partner"]), str(other.partner)


WORDS = "=1+1 The third quarter was late.\nآبار: the flood."


def test_replies_stand_in_every_form_of_what_was_published(client, replied):
    report, first, second = replied
    archive = fetched(client, report, "zip")
    (one, two) = csv_rows(archive)["replies"]
    sheet = sheet_rows(fetched(client, report, "xlsx"))["replies"]
    page = unescape(client.get(f"/reports/{report.pk}/").content.decode())
    printed = pdf_text(fetched(client, report, "pdf"))
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        said = json.loads(opened.read("replies.json"))["replies"]

    assert one == {"speaker": first, "said_on": "2024-06-03", "text": f"'{WORDS}"}
    assert two == {"speaker": second, "said_on": "2024-06-04", "text": "We have no comment."}
    rows = [[cell.value for cell in row] for row in sheet[1:]]
    assert rows == [
        [first, datetime(2024, 6, 3), WORDS],
        [second, datetime(2024, 6, 4), "We have no comment."],
    ]
    assert [(r["partner"]["name"], r["said_on"], r["has_no_comment"], r["text"]) for r in said] == [
        (first, "2024-06-03", False, WORDS),
        (second, "2024-06-04", True, ""),
    ]
    for text in ("The third quarter was late.", first, second):
        assert text in page
        assert without_spaces(text) in printed
    assert f"/reports/{report.pk}/tables/replies.csv" in page
    table = client.get(f"/reports/{report.pk}/tables/replies.csv")
    assert table.status_code == 200
    assert WORDS.split("\n")[1] in table.content.decode("utf-8-sig")


def test_a_report_without_replies_has_none_in_its_files(client):
    report = made_report("partnership")
    with zipfile.ZipFile(io.BytesIO(fetched(client, report, "zip"))) as opened:
        assert not [name for name in opened.namelist() if "replies" in name]
    assert client.get(f"/reports/{report.pk}/tables/replies.csv").status_code == 404
