"""What a file is that was sent as a workbook, told by its content and named in words."""

from typing import BinaryIO

from monitoring.errors import Unreadable

STARTS = {
    b"%PDF-": "a PDF",
    b"\x89PNG\r\n\x1a\n": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"BM": "a picture (BMP)",
    b"II*\x00": "a picture (TIFF)",
    b"MM\x00*": "a picture (TIFF)",
    b"\x1f\x8b": "a file packed with gzip",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"SQLite format 3": "a database",
    b"{\\rtf": "an RTF document",
    b"PK\x05\x06": "an empty ZIP archive",
    b"PK\x07\x08": "a part of a ZIP archive",
}
# Names in compound files; made here, since no codec can be loaded once this is confined.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OLD_BOOKS = ("Workbook".encode("utf-16-le"), "Book\0".encode("utf-16-le"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = (b"<html", b"<!doctype html", b"<?xml", b"<svg", b"<table", b"<workbook")
OPEN_DOCUMENT = {
    "spreadsheet": "an OpenDocument spreadsheet (.ods)",
    "text": "an OpenDocument text (.odt)",
    "presentation": "an OpenDocument presentation (.odp)",
}
OFFICE = {"word/": "a Word document", "ppt/": "a PowerPoint presentation", "visio/": "a drawing"}
EXPECTED = "Expected an Excel workbook (.xlsx)."


def require_zip(file: BinaryIO) -> None:
    """Refuse what cannot be a workbook, by name; a ZIP archive is looked into elsewhere."""
    file.seek(0)
    start = file.read(4096)
    if not start:
        raise Unreadable("empty_file", f"The file is empty. {EXPECTED}")
    if start.startswith(b"PK\x03\x04"):
        return
    if start.startswith(OLE):
        raise _old_office(file)
    raise not_a_workbook(_name_of(start))


def not_a_workbook(found: str) -> Unreadable:
    return Unreadable("not_a_workbook", f"The file is {found}. {EXPECTED}")


def _name_of(start: bytes) -> str:
    for opening, name in STARTS.items():
        if start.startswith(opening):
            return name
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "a picture (WebP)"
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        return "a page of HTML or XML, whatever it is called"
    if b"\x00" not in start and start.count(b"\n") and (b"," in start or b";" in start):
        return "a text such as CSV: send it as CSV"
    return "plain text" if b"\x00" not in start else "of no kind that is known here"


def _old_office(file: BinaryIO) -> Unreadable:
    """A compound file: Excel's old format, or a new one behind a password."""
    file.seek(0)
    content = file.read(8 * 1024 * 1024)
    if ENCRYPTED in content:
        text = "The workbook is encrypted. Save it without a password and send it again."
        return Unreadable("encrypted", text)
    if any(name in content for name in OLD_BOOKS):
        return not_a_workbook("an old Excel workbook (.xls): save it as .xlsx")
    return not_a_workbook("an old Office document")


def require_workbook(names: set[str], mimetype: bytes) -> None:
    """Refuse an archive that is something else than a workbook in Office Open XML."""
    kind = mimetype.decode("ascii", "replace").partition("opendocument.")[2].partition("-")[0]
    if kind in OPEN_DOCUMENT:
        raise not_a_workbook(f"{OPEN_DOCUMENT[kind]}: save it as .xlsx")
    if any(name.endswith("xl/workbook.bin") for name in names):
        raise not_a_workbook("a binary workbook (.xlsb): save it as .xlsx")
    for folder, name in OFFICE.items():
        if any(entry.startswith(folder) for entry in names):
            raise not_a_workbook(name)
    if "[Content_Types].xml" not in names:
        packed = any(name.lower().endswith((".xlsx", ".xls", ".csv")) for name in names)
        raise not_a_workbook(
            "a ZIP archive with files in it: unpack it" if packed else "a ZIP archive"
        )
