"""The ZIP archive that a workbook is: counted, measured and really inflated before it is read."""

import codecs
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from monitoring.errors import Unreadable
from monitoring.ingest.xlsx.kinds import require_workbook, require_zip

codecs.lookup("cp437")  # names in archives; nothing can be imported once this is confined

LARGEST = 20 * 1024 * 1024
MOST_ENTRIES = 1000
MOST_NAMES = 512 * 1024  # bytes of the directory
MOST_INFLATED = 160 * 1024 * 1024
MOST_RATIO = 250
FREE_OF_RATIO = 4 * 1024 * 1024  # small workbooks of one repeated value
CHUNK = 64 * 1024
END = struct.Struct("<4s4H2LH")
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error)


class Archive:
    """An archive that has been looked through: its entries can be read without surprise."""

    def __init__(self, file: BinaryIO) -> None:
        require_zip(file)
        self.size = file.seek(0, 2)
        if self.size > LARGEST:
            raise too_large(f"The file has {in_mb(self.size)}; at most {in_mb(LARGEST)}.")
        _check_directory(file, self.size)
        try:
            self.zip = zipfile.ZipFile(file)
            self.entries = {entry.filename: entry for entry in self.zip.infolist()}
            mimetype = next(iter(self._chunks("mimetype")), b"") if "mimetype" in self else b""
        except (NotImplementedError, *BROKEN):
            raise damaged("its table of contents cannot be read") from None
        require_workbook(set(self.entries), mimetype[:200])
        self._check_entries()
        self._inflate_all()

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def chunks(self, name: str) -> Iterator[bytes]:
        """An entry's content, a little at a time."""
        try:
            yield from self._chunks(name)
        except (RuntimeError, NotImplementedError, *BROKEN):
            raise damaged(f"{name:.80} cannot be unpacked") from None

    def _chunks(self, name: str) -> Iterator[bytes]:
        with self.zip.open(self.entries[name]) as content:
            while chunk := content.read(CHUNK):
                yield chunk

    def _check_entries(self) -> None:
        """What the archive says of itself: nothing of it is believed, but all of it has to fit."""
        entries = self.zip.infolist()
        if len(self.entries) < len(entries):
            raise damaged("two of its parts have the same name")
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise Unreadable("encrypted", "The workbook is encrypted. Save it without a password.")
        if any(e.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for e in entries):
            raise damaged("it is packed in a way that spreadsheets do not use")
        place = 0
        for entry in sorted(entries, key=lambda e: e.header_offset):
            if entry.header_offset < place:
                raise damaged("its parts overlap")
            place = entry.header_offset + 30 + entry.compress_size
        if place > self.size:
            raise damaged("its parts are longer than the file")
        self._check_measure(sum(entry.file_size for entry in entries))

    def _check_measure(self, inflated: int) -> None:
        if inflated > MOST_INFLATED:
            text = f"Unpacked, the file has more than {in_mb(MOST_INFLATED)}."
            raise too_large(f"{text} Split it into smaller files.")
        if inflated > FREE_OF_RATIO and inflated > MOST_RATIO * self.size:
            raise too_large(f"Unpacked, the file grows more than {MOST_RATIO} times.")

    def _inflate_all(self) -> None:
        """Unpack everything once and throw it away: sizes and checksums are as they were stated."""
        inflated = 0
        for name in self.entries:
            for chunk in self.chunks(name):
                inflated += len(chunk)
                self._check_measure(inflated)


def _check_directory(file: BinaryIO, size: int) -> None:
    """The end of the archive, before a library makes an object of every entry it names."""
    tail = file.seek(max(0, size - END.size - 65_535))
    end = file.read()
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) - at < END.size:
        raise damaged("its end is missing, as after a broken download")
    _, disk, first, here, entries, length, start, _ = END.unpack_from(end, at)
    if disk or first or here != entries:
        raise damaged("it is one of several parts")
    if entries > MOST_ENTRIES or length > MOST_NAMES:
        raise too_large(f"The file has more than {MOST_ENTRIES:,} parts.")
    if start + length > tail + at:
        raise damaged("its table of contents lies outside of the file")
    file.seek(0)


def damaged(what: str) -> Unreadable:
    return Unreadable("damaged", f"The workbook cannot be read: {what}.")


def too_large(text: str) -> Unreadable:
    return Unreadable("too_large", text)


def in_mb(size: int) -> str:
    return f"{size / 1024 / 1024:.0f} MB"
