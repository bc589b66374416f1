"""A good workbook with something changed at random: read or refused, and nothing else happens."""

import io
import random
import re

import pytest

from monitoring.errors import Unreadable
from monitoring.ingest.xlsx import reading
from tests.monitoring.bad_files.raw import formula, merged, packed, parts, sheet_xml, styled

GOOD = parts(
    {
        "Data": sheet_xml(
            [
                ["indicator", "value"],
                ["A", formula("1+1", 2)],
                ["B", styled(45_000, 1)],
                ["C", styled(0.4, 2)],
                ["D", "x"],
            ],
            merged("A1:B2", "A4:A5"),
        )
    },
    texts=["a", "b"],
)
STRANGE = [
    "-1", "1e999", "NaN", "99999999999999999999", "", "é", "\u0663", "<row>", "</row>",
    '<c r="A1">', "</c>", 'r="Z9"', 't="s"', 't="e"', 's="999999"', 's="x"', "<f>", "<v>", "</v>",
    "<is><t>", '<mergeCell ref="A1:XFD1048576"/>', "&lt;", "_x0000_", "_xD800_", "1E308", "1E-400",
    "<rPh>", 'ref=""', "45000.999999999", "2958466", "-5",
]  # fmt: skip
TOKEN = re.compile(r'(?<=[">])[\w.]+(?=["<])')


def mutated(chance):
    """A token of a part replaced, or something put in; sometimes bytes of the archive changed."""
    made = dict(GOOD)
    name = chance.choice(list(made))
    text = made[name]
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 1, 3, 8]))
        if (found := list(TOKEN.finditer(text))) and chance.random() < 0.5:
            start, end = chance.choice(found).span()
        text = text[:start] + chance.choice(STRANGE) + text[end:]
    content = bytearray(packed(made | {name: text}))
    if chance.random() < 0.3:
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


@pytest.mark.parametrize("seed", range(4))
def test_is_read_or_refused(seed):
    chance = random.Random(seed)
    outcomes = set()
    for _ in range(150):
        try:
            list(reading.messages(io.BytesIO(mutated(chance))))
            outcomes.add("read")
        except Unreadable as refusal:
            outcomes.add(refusal.code)

    assert {"read", "damaged"} <= outcomes
