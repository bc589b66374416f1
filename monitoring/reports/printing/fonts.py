"""The fonts that a report is printed with, and which characters they have.

Only fonts of installed packages are used: the same report looks the same on every machine.
"""

import re
import struct
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import typst

PACKAGES = ("fontpkg_noto_sans", "fontpkg_amiri", "pylopdf_fonts_zh_cn")
FAMILIES = ("Noto Sans", "Amiri", "Noto Sans SC")
USED = ("NotoSans[wdth,wght].ttf", "Amiri-Regular.ttf", "NotoSansSC-Regular.otf")
UNKNOWN = "\u25a1"  # a white square, for what no font has
# Accents that stand on nothing, or more than four on one letter: a chart cannot place them.
LONE_MARKS = re.compile("((?:^|[\\s>])|[\u0300-\u036f]{4})[\u0300-\u036f]+")
WHITE = {0x09, 0x0A, 0x20, 0xA0, 0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202F, 0x2060}


@cache
def folders() -> list[Path]:
    """Where the packages keep their fonts."""
    found = []
    for name in PACKAGES:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"The fonts of {name} are not installed.")
        home = Path(spec.origin).parent
        found.append(home / "files" if (home / "files").is_dir() else home)
    return found


@cache
def loaded() -> typst.Fonts:
    """The fonts as typst has them, read once per process."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders())
    )


def printable(text: str) -> str:
    """The text with a white square for every character that no font has; no control characters."""
    if text.isascii() and text.isprintable():
        return text
    known = characters()
    clean = "".join(
        letter if ord(letter) in known else UNKNOWN
        for letter in text.replace("\r\n", "\n").replace("\r", "\n")
        if ord(letter) in WHITE or not _is_control(ord(letter))
    )
    return LONE_MARKS.sub(r"\1", clean)


def _is_control(code: int) -> bool:
    """What has no shape of its own: controls, direction marks, the byte order mark."""
    return code < 0x20 or 0x7F <= code < 0xA0 or 0x202A <= code <= 0x202E or code == 0xFEFF


@cache
def characters() -> frozenset[int]:
    """Every character that one of the fonts has."""
    paths = [folder / name for folder in folders() for name in USED]
    found = {code for path in paths if path.exists() for code in _mapped(path.read_bytes())}
    return frozenset(found | WHITE)


def _mapped(font: bytes) -> Iterator[int]:
    """The characters of an OpenType font's `cmap` table (formats 4 and 12 of the specification)."""
    tables = struct.unpack_from(">H", font, 4)[0]
    for n in range(tables):
        tag, _, start, _ = struct.unpack_from(">4sIII", font, 12 + 16 * n)
        if tag == b"cmap":
            for m in range(struct.unpack_from(">H", font, start + 2)[0]):
                at = start + struct.unpack_from(">I", font, start + 4 + 8 * m + 4)[0]
                yield from _subtable(font, at)


def _subtable(font: bytes, at: int) -> Iterator[int]:
    kind = struct.unpack_from(">H", font, at)[0]
    if kind == 4:
        segments = struct.unpack_from(">H", font, at + 6)[0] // 2
        ends = struct.unpack_from(f">{segments}H", font, at + 14)
        starts = struct.unpack_from(f">{segments}H", font, at + 16 + 2 * segments)
        for first, last in zip(starts, ends, strict=True):
            yield from (code for code in range(first, last + 1) if code != 0xFFFF)
    elif kind == 12:
        for n in range(struct.unpack_from(">I", font, at + 12)[0]):
            first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * n)
            yield from range(first, last + 1)
