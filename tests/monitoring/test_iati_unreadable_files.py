"""A file that is refused as a whole: with the line and the reason, and nothing is saved."""

import time

import pytest
from django.core.management import CommandError, call_command

from monitoring.exchange import iati_reader
from partnerships.models import Partnership
from registry.models import ImportedRow, Partner
from tests.monitoring.iati import activity, file_of, line_of, listed, take

pytestmark = pytest.mark.django_db

GOOD = activity()
IN_ENCODING = b'<?xml version="1.0" encoding="%s"?>\n'
WITH_DTD = b'<?xml version="1.0"?>\n<!DOCTYPE x SYSTEM "file:///etc/passwd">\n'


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "malformed_xml", 1),
        (b"no xml", "malformed_xml", 1),
        (file_of(GOOD)[:-20], "malformed_xml", 11),
        (file_of(GOOD).replace(b"</title>", b"</titel>"), "malformed_xml", 6),
        (file_of(GOOD).replace(b"Water", b"&undefined;"), "malformed_xml", 6),
        (file_of(GOOD).replace(b"Water", b"\x00"), "malformed_xml", 6),
        (b"\n<organisations/>", "not_iati", 2),
        (GOOD.strip().encode(), "not_iati", 1),
        (file_of(GOOD, version="1.05"), "unknown_version", 1),
        (file_of(GOOD).replace(b' version="2.03"', b""), "unknown_version", 1),
        (WITH_DTD + file_of(GOOD), "dtd_refused", 2),
        ("<!DOCTYPE a><a/>".encode("utf-16"), "dtd_refused", 1),
        (IN_ENCODING % b"bogus" + file_of(GOOD), "unknown_encoding", 1),
        (IN_ENCODING % b"shift_jis" + file_of(GOOD), "unknown_encoding", 1),
        (IN_ENCODING % b"rot13" + file_of(GOOD), "unknown_encoding", 1),
        (IN_ENCODING % b"idna" + file_of(GOOD), "unknown_encoding", 1),
    ],
)
def test_says_line_and_reason_and_saves_nothing(vocabulary, content, code, line):
    batch = take(content)

    finding = batch.findings.get()
    assert (batch.status, finding.code, finding.line) == ("failed", code, line)
    assert f"line {line}" in batch.error
    assert bytes(batch.content) == b""
    assert not Partnership.objects.exists()
    assert not Partner.objects.exists()
    assert not ImportedRow.objects.exists()


def test_an_entity_bomb_of_a_gigabyte_costs_nothing():
    levels = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 1000}">' for n in range(7)
    )
    bomb = f'<!DOCTYPE b [{levels}]><iati-activities version="2.03">&e6;</iati-activities>'
    started = time.monotonic()

    batch = take(bomb.encode())

    assert listed(batch) == [("file", "dtd_refused")]
    assert time.monotonic() - started < 1


def test_a_file_above_the_cap_is_not_even_parsed(monkeypatch):
    monkeypatch.setattr(iati_reader, "MAX_BYTES", 100)

    assert listed(take(b"<" * 101)) == [("file", "too_large")]


def test_memory_is_that_of_a_few_activities():
    """Each is freed once the next one is asked for; the parser reads some kilobytes ahead."""
    content = file_of(*[activity(identifier=f"XM-{n}") for n in range(2000)])

    left = [
        len(element.getparent().findall("iati-activity"))
        for element in iati_reader.entries(content)
    ]

    assert len(left) == 2000
    assert max(left) < 200


def test_lines_beyond_65535_are_right():
    content = file_of("\n" * 70_000, activity('<tag vocabulary="3"\n code="1.1"/>\n<sector/>'))

    element = next(iati_reader.entries(content))

    for start in ("iati-activity ", "iati-identifier", "narrative", "sector"):
        found = next(element.iter(start.strip()))
        assert iati_reader.line_of(found) == line_of(content, f"<{start}"), start


def test_the_command_fails_and_names_the_file(vocabulary, tmp_path, capsys):
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(file_of(GOOD))
    bad.write_bytes(b"<iati-activities")

    with pytest.raises(CommandError, match=r"bad\.xml"):
        call_command("import_iati", bad, good)

    assert Partnership.objects.count() == 1  # the other file went in
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_iati", tmp_path / "none.xml")
