"""Files of values on pages: a template, a look at what would change, then loading."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from monitoring.models import Submission, Upload
from tests.factories import CategoryFactory, UserFactory
from tests.monitoring.consolidating import as_csv
from tests.monitoring.gridding import Gridding

pytestmark = pytest.mark.django_db
HEAD = "unit,indicator,category,value\n"


@pytest.fixture
def world(client):
    world = Gridding()
    client.force_login(world.evaluator)
    return world


def send(client, world, text, **more):
    file = SimpleUploadedFile("values.csv", text.encode())
    return client.post(f"/uploads/new/{world.period.pk}/", {"file": file, **more})


def line(world, number, value):
    return f"{world.units[number].pk},{world.wells.code},,{value}\n"


def test_templates_have_a_row_for_every_value_that_is_asked(client, world):
    world.wells.dimensions.add(CategoryFactory().dimension)
    page = client.get(f"/uploads/new/{world.period.pk}/").content.decode()
    assert f"/uploads/template/{world.period.pk}/" in page

    table = client.get(f"/uploads/template/{world.period.pk}/?layout=csv")
    book = client.get(f"/uploads/template/{world.period.pk}/")

    lines = table.content.decode("utf-8-sig").strip().splitlines()
    assert lines[0].startswith("unit,country,place,indicator")
    assert len(lines) == 1 + 3 * 3
    assert book.content[:2] == b"PK"
    for answer in (table, book):
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_filled_csv_template_is_read_back(client, world):
    empty = client.get(f"/uploads/template/{world.period.pk}/?layout=csv")
    rows = [row.split(",") for row in empty.content.decode("utf-8-sig").splitlines()]
    place = rows[0].index("value")
    wells = [row for row in rows[1:] if row[3] == world.wells.code]
    for number, row in enumerate(wells):
        row[place] = str(number)
    text = "\n".join(",".join(row) for row in [rows[0], *wells])

    sent = send(client, world, text)
    upload = Upload.objects.get()
    assert upload.errors == []
    client.post(f"{sent.headers['Location']}load/", {"sha256": upload.sha256})

    assert sorted(world.values().values()) == [0, 1, 2]


def test_a_csv_template_is_sent_partly_filled_and_untouched_rows_say_nothing(client, world):
    made = client.get(f"/uploads/template/{world.period.pk}/?layout=csv")
    empty = made.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(empty)))
    nothing = send(client, world, empty)
    said = client.get(nothing.headers["Location"]).content.decode()
    assert "No row of the file says anything: there is nothing to load." in said

    rows[0]["value"] = "7"
    rows[1]["comment"] = "later"
    send(client, world, as_csv(rows))
    rows[1] |= {"comment": "", "is_provisional": "no"}
    send(client, world, as_csv(rows))

    of_nothing, half_said, partly = Upload.objects.order_by("pk")
    assert (of_nothing.errors, of_nothing.rows) == ([], 0)
    assert [error["row"] for error in half_said.errors] == [3]
    assert (partly.errors, partly.rows, partly.new) == ([], 1, 1)


def test_nothing_is_saved_before_the_changes_were_looked_at(client, world):
    world.enter(client, {world.of(world.units[0]): "5"})
    text = HEAD + line(world, 0, 7) + line(world, 1, 8)

    sent = send(client, world, text)
    page = client.get(sent.headers["Location"]).content.decode()

    assert world.values() == {(world.units[0].pk, world.wells.pk): 5}
    assert Submission.objects.count() == 1
    assert 'data-l="Now">5</td><td class="num" data-l="In the file"><b>7</b>' in page
    assert "What would change" in page
    upload = Upload.objects.get()
    client.post(f"/uploads/{upload.pk}/load/", {"sha256": upload.sha256})
    assert world.values() == {
        (world.units[0].pk, world.wells.pk): 7,
        (world.units[1].pk, world.wells.pk): 8,
    }
    page = client.get(sent.headers["Location"]).content.decode()
    assert "Loaded on" in page
    assert "What would change" not in page


def test_every_error_is_named_and_given_back_in_the_file(client, world):
    text = HEAD + line(world, 0, "N/A") + line(world, 1, "8") + f"{world.units[2].pk},NONE,,5\n"

    sent = send(client, world, text)
    page = client.get(sent.headers["Location"]).content.decode()

    assert "nothing was saved" in page
    for said in ("Row 2", "Row 4", "N/A", "NONE"):
        assert said in page
    assert "Load these values" not in page
    upload = Upload.objects.get()
    mended = client.get(f"/uploads/{upload.pk}/errors/")
    assert b"errors" in mended.content.splitlines()[0]
    refused = client.post(f"/uploads/{upload.pk}/load/", {"sha256": upload.sha256}, follow=True)
    assert "Rows of the file are wrong" in refused.content.decode()
    assert world.values() == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, ""), (b"PK\x03\x04nonsense", "")],
)
def test_what_is_no_table_is_refused_at_the_field(client, world, content, said):
    file = SimpleUploadedFile("values.csv", content)

    answer = client.post(f"/uploads/new/{world.period.pk}/", {"file": file})

    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'href="#id_file"' in page
    assert said in page
    assert not Upload.objects.exists()


def test_a_file_is_its_senders_own(client, world):
    sent = send(client, world, HEAD + line(world, 0, 7))
    client.force_login(world.lead)
    address = sent.headers["Location"]

    assert client.get(address).status_code == 404
    assert client.post(f"{address}load/").status_code == 404
    assert client.get(f"{address}errors/").status_code == 404


def test_who_reports_nothing_has_no_template(client, world):
    client.force_login(UserFactory())
    for address in ("new", "template"):
        assert client.get(f"/uploads/{address}/{world.period.pk}/").status_code == 404


def test_a_long_file_is_waited_for_without_script(client, world):
    upload = Upload.objects.create(
        framework=world.framework,
        period=world.period,
        by=world.evaluator,
        kind="csv",
        file_name="long.csv",
        sha256="0" * 64,
        status="running",
        progress_done=1200,
        progress_total=9000,
    )
    page = client.get(f"/uploads/{upload.pk}/").content.decode()

    assert '<meta http-equiv="refresh" content="5">' in page
    assert "1200 of 9000 rows" in page
    history = client.get("/uploads/").content.decode()
    assert "long.csv" in history
    assert "Being read" in history


def test_a_csv_template_has_no_formula_in_it_and_says_the_same_when_it_comes_back(client, world):
    world.enter(client, {world.of(world.units[0]): "-5"})
    world.units[0].observations.update(comment="=1+1", variance_reason="@SUM(A1)")
    template = client.get(f"/uploads/template/{world.period.pk}/?layout=csv").content
    lines = template.decode("utf-8-sig").splitlines()

    (row,) = [line for line in lines if "1+1" in line]

    assert "'=1+1" in row
    assert "'@SUM(A1)" in row
    assert ",-5," in row
    send(client, world, "\n".join([lines[0], row]))
    upload = Upload.objects.get()
    assert (upload.errors, upload.changed, upload.unchanged) == ([], 0, 1)
