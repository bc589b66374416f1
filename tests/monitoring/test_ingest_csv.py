"""CSV files: what can be read is, whatever program wrote it; what cannot is refused by name."""

import codecs

import pytest
from django.core.files.base import ContentFile

from monitoring.errors import Unreadable
from monitoring.ingest import csv_files

TEXT = "indicator,value,comment\nW1,5,Où\nW2,0,水\n"
ROWS = [
    (2, {"indicator": "W1", "value": "5", "comment": "Où"}),
    (3, {"indicator": "W2", "value": "0", "comment": "水"}),
]


def read(content):
    table = csv_files.read(ContentFile(content if isinstance(content, bytes) else content.encode()))
    return list(table.rows), table.problems


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode(),
        ("sep=;\n" + TEXT.replace(",", ";")).encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.rstrip("\n").encode(),
        TEXT.replace("indicator,value", ' Indicator ,"VALUE"').encode(),
    ],
    ids=range(13),
)
def test_a_table_is_read_however_it_was_written(content):
    assert read(content) == (ROWS, [])


def test_columns_stand_in_any_order_and_lines_are_counted_as_a_spreadsheet_does():
    rows, problems = read('value,comment,indicator\n\n5,"two\nlines",W1\n , ,\n6,,W2\n')

    assert rows == [
        (3, {"value": "5", "comment": "two\nlines", "indicator": "W1"}),
        (5, {"value": "6", "comment": "", "indicator": "W2"}),
    ]
    assert problems == []


REFUSED = [
    (b"", "empty_file", "empty"),
    (b"  \n\n", "empty_file", "empty"),
    (codecs.BOM_UTF8, "empty_file", "empty"),
    (b"indicator,value\n", "no_rows", "no rows"),
    (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "not_csv", "picture"),
    (b"\xff\xd8\xff\xe0" + b"\0" * 500, "not_csv", "picture"),
    (b"GIF89a" + b"\1" * 500, "not_csv", "picture"),
    (b"%PDF-1.7\n", "not_csv", "PDF"),
    (b"PK\x03\x04" + b"\0" * 100, "not_csv", "workbook"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_csv", "XLS"),
    (b"\x1f\x8b\x08\0", "not_csv", "compressed"),
    (TEXT.encode("utf-32"), "encoding", "UTF-32"),
    ("indicator,comment\nW1,caf\u00e9 cr\u00e8me\n".encode("cp1252"), "encoding", "Windows-1252"),
    ("indicator,comment\nW1,\u043a\u043e\u043b\u043e\u0434\u0435\u0446\n".encode("cp1251"),
     "encoding", "Windows-1251"),
    ("indicator,comment\nW1,\u0628\u0626\u0631 \u0645\u0627\u0621\n".encode("cp1256"),
     "encoding", "Windows-1256"),
    ("indicator,comment\nW1,\uae68\ub057\ud55c \ubb3c\n".encode("euc_kr"), "encoding", "EUC-KR"),
    ("indicator,comment\nW1,\u6c34\u8d44\u6e90\u7ba1\u7406\u59d4\u5458\u4f1a\n".encode("gb18030"),
     "encoding", "GB 18030"),
    ("indicator,comment\nW1,\u304d\u308c\u3044\u306a\u6c34\u3092\u98f2\u3080\n".encode("shift_jis"),
     "encoding", "Shift JIS"),
    (b"indicator,comment\nW1,ok\nW2,\xff\xfe\x80\n", "encoding", "line 3"),
    (b"indicator,value\nW1,5\nW2,\x006\n", "nul_character", "Line 3"),
    (b"name,amount\nW1,5\n", "no_header", "name, amount"),
    (b"W1,5\nW2,6\n", "no_header", "indicator"),
    (b"<html><body>Sign in</body></html>", "no_header", "indicator"),
    (b'{"indicator": "W1"}', "no_header", "indicator"),
    (b'indicator,comment\nW1,"never closed\nW2,6\n', "not_csv", "line 2"),
    (b'indicator,comment\nW1,"a" b\n', "not_csv", "line 2"),
    (b"indicator," + b"x," * 1_000_000 + b"\n1\n", "too_many_columns", "1,000,00"),
    (b"indicator,comment\nW1," + b"x" * 200_000 + b"\n", "not_csv", "line 2"),
    (b"indicator,value\n" + b"W1,5\n" * 4_200_000, "too_large", "20 MB"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code", "named"),
    REFUSED,
    ids=[f"{n} {code}" for n, (_, code, _) in enumerate(REFUSED)],
)
def test_what_is_no_table_of_values_is_refused_by_name(content, code, named):
    with pytest.raises(Unreadable) as refusal:
        read(content)

    assert refusal.value.code == code
    assert named in refusal.value.detail


ODD = [
    ("indicator,value,colour\nW1,5,red\n", [(1, "colour", "unknown_column")]),
    ("indicator,value,value\nW1,5,6\n", [(1, "value", "column_twice")]),
    ("indicator,value,\nW1,5,6\n", [(2, "column", "untitled")]),
    ("indicator,value,\nW1,5,\n", []),
    ("indicator,value\nW1,12,5\nW1,5\n", [(2, "row", "too_many_cells")]),
    ("indicator,value\nW1,5,,\n", []),
    ("indicator,value,errors\nW1,5,value: Expected a number.\n", []),
]


@pytest.mark.parametrize(("text", "expected"), ODD)
def test_columns_and_cells_that_belong_to_nothing_are_named(text, expected):
    _, problems = read(text)

    assert [(p.row, p.field, p.code) for p in problems] == expected
    assert all(p.reason for p in problems)


def test_a_reader_that_takes_too_long_is_stopped(tmp_path):
    script = tmp_path / "slow.py"
    script.write_text("while True: pass")

    with pytest.raises(Unreadable) as refusal:
        list(
            csv_files.limited.messages(
                script, ContentFile(b"x"), limits=csv_files.limited.Limits(seconds=1)
            )
        )
    assert refusal.value.code == "too_much"


def test_a_reader_that_takes_too_much_memory_is_stopped(tmp_path):
    script = tmp_path / "greedy.py"
    script.write_text("x = bytearray(10**9)\nprint('{\"end\": true}')")

    with pytest.raises(Unreadable) as refusal:
        list(csv_files.limited.messages(script, ContentFile(b"x")))
    assert refusal.value.code == "too_much"


def test_a_reader_knows_no_secret_and_writes_no_file(tmp_path):
    script = tmp_path / "curious.py"
    script.write_text(
        "import json, os\n"
        "try:\n"
        f"    open({str(tmp_path / 'left')!r}, 'w').write('x' * 10_000)\n"
        "except OSError as error:\n"
        "    print(json.dumps([sorted(os.environ), 'refused']))\n"
        "print(json.dumps({'end': True}))\n"
    )

    ((names, wrote),) = csv_files.limited.messages(script, ContentFile(b"x"))
    assert set(names) <= {"LANG", "LC_CTYPE", "PYTHONDONTWRITEBYTECODE"}
    assert wrote == "refused"
