"""Small files that unpack to large ones: refused in no time and with next to no memory."""

import io
import time

import pytest

from monitoring.errors import Unreadable
from monitoring.ingest import limited, sheets
from tests.monitoring.bad_files import archives, measuring
from tests.monitoring.bad_files.raw import packed

MB = 1024 * 1024
BOMBS = {
    "a sheet of 500 MB": lambda: archives.bomb(500),
    "500 MB of cells": lambda: archives.bomb(500, b"<row><c><v>1</v></c></row>"),
    "500 MB that nobody reads": lambda: packed(
        archives.good() | {"docProps/thumbnail.jpeg": archives.repeated(b"\xff", 500)}
    ),
    "500 MB in a hundred parts": lambda: packed(
        archives.good() | {f"xl/{n}.xml": archives.repeated(b" ", 5) for n in range(100)}
    ),
    "one text in 15,000 cells": archives.one_text_everywhere,
    "a sheet that says it is small": lambda: archives.lying(archives.bomb(150), 1000),
}


@pytest.fixture(scope="module", params=BOMBS)
def bomb(request):
    return BOMBS[request.param]()


def refuse(content):
    with pytest.raises(Unreadable) as refusal:
        sheets.read(io.BytesIO(content))
    return refusal.value.code


def test_is_refused_fast_and_small(bomb, request):
    took, most, last = measuring.of_reader(sheets.READER, bomb, sheets.LIMITS)
    start = time.monotonic()
    grew = measuring.of_caller(lambda: refuse(bomb))
    waited = time.monotonic() - start

    size = len(bomb) / MB
    print(  # noqa: T201 - for -s
        f"\n{request.node.name}: {size:.2f} MB; reader {took:.2f} s, {most:.0f} MB; "
        f"caller {waited:.2f} s, {grew:+.0f} MB: {last['refused'][0]}"
    )
    assert last["refused"][0] in ("too_large", "damaged")
    assert max(took, waited) < 2
    assert max(most, grew) < 100


def test_the_reader_has_no_more_memory_than_it_is_given():
    content = archives.many_rows_file()

    with pytest.raises(Unreadable) as refusal:
        list(limited.messages(sheets.READER, io.BytesIO(content), limits=limited.Limits(40 * MB)))

    assert refusal.value.code == "too_much"
