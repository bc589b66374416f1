"""Files that people attach: stored under names of our own, sent as downloads and nothing else."""

import hashlib
import lzma
import re
import struct
import uuid
import zipfile
import zlib
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.http import FileResponse

LARGEST = 20 * 1024 * 1024
STARTS = {
    b"%PDF-": "pdf",
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpg",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
}
# What a ZIP archive has in it, if it is an office document.
OFFICE = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
OPEN_DOCUMENT = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
MOST_ENTRIES = 5000
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    EOFError,
)
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")  # in no text that people write


def as_stored(file: "File[Any]") -> dict[str, Any]:
    """The file under a name of our own, with its hash; of its own name only the extension stays."""
    extension = re.search(r"\.[a-z0-9]{1,8}$", str(file.name).lower())
    return _stored(file, extension[0] if extension else "")


def as_stored_document(file: "File[Any]") -> dict[str, Any]:
    """The same for documents, pictures and tables only, told by their content."""
    if not file.size:
        raise _refusal("empty_file", "The file is empty.")
    kind = kind_of(file) if file.size <= LARGEST else "unread"
    if not kind:
        text = "A PDF, a picture (PNG, JPEG, GIF, WebP), an office document, or plain text."
        raise _refusal("file_type", text)
    return _stored(file, f".{kind}")


def _stored(file: "File[Any]", extension: str) -> dict[str, Any]:
    if file.size > LARGEST:
        raise _refusal("file_too_large", "At most 20 MB.")
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.name = uuid.uuid4().hex + extension
    return {"file": file, "sha256": digest.hexdigest()}


def _refusal(code: str, text: str) -> ValidationError:
    return ValidationError({"file": ValidationError(text, code=code)})


def kind_of(file: "File[Any]") -> str:
    """The type by the content, whatever the file is called; empty if it is none of ours."""
    file.seek(0)
    start = file.read(4096)
    for opening, kind in STARTS.items():
        if start.startswith(opening):
            return kind
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start[:4] == b"PK\x03\x04":
        return _office_kind(file)
    return _text_kind(file)


def _office_kind(file: "File[Any]") -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = [entry.filename for entry in archive.infolist()[:MOST_ENTRIES]]
            if "mimetype" in names:
                with archive.open("mimetype") as stated:
                    mime = stated.read(100).decode("ascii", "replace")
                prefix, _, kind = mime.partition("opendocument.")
                return OPEN_DOCUMENT.get(kind, "") if prefix.endswith("oasis.") else ""
    except BROKEN:
        return ""
    if "[Content_Types].xml" not in names:
        return ""
    found = (kind for folder, kind in OFFICE.items() if any(n.startswith(folder) for n in names))
    return next(found, "")


def _text_kind(file: "File[Any]") -> str:
    """Plain text in UTF-8; markup is not, since a browser could be made to run it."""
    file.seek(0)
    content = file.read()
    if CONTROL.search(content):
        return ""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    if text.lstrip().startswith("<"):
        return ""
    return "csv" if str(file.name).lower().endswith(".csv") else "txt"


def download(file: Any, name: str) -> FileResponse:
    """The stored file, always as a download: what a member sent never runs in a browser."""
    response = FileResponse(
        file.open("rb"),
        as_attachment=True,
        filename=f"{name}{PurePath(str(file.name)).suffix}",
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
