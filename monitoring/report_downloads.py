"""A report's files on their way out: as downloads, with length and hash, under plain names."""

import re
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse

from monitoring.models import Report, ReportFile

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "application/zip",
}


def sent(request: HttpRequest, content: bytes, name: str, kind: str, digest: str) -> HttpResponse:
    """Bytes as a download, with length and ETag; 304 where the caller has them already."""
    tag = f'"{digest}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    return HttpResponse(content, content_type=kind, headers=_headers(name, tag, len(content)))


def sent_file(request: HttpRequest, file: ReportFile) -> Any:
    """A stored file; FileNotFoundError where it is gone."""
    tag = f'"{file.sha256}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    name = f"{name_of(file.report)}.{'zip' if file.form == 'csv' else file.form}"
    opened = file.file.open("rb")
    headers = _headers(name, tag, file.size)
    kind = TYPES[file.form]
    return FileResponse(
        opened, as_attachment=True, filename=name, content_type=kind, headers=headers
    )


def _headers(name: str, tag: str, length: int) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(length),
        "ETag": tag,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
    }


def name_of(report: Report) -> str:
    """A file's name, of plain letters only: report-86-r1-P-2026-00042."""
    reference = report.partnership.reference if report.partnership else ""
    parts = ["report", str(report.pk), f"r{report.revision}", reference or report.kind]
    return re.sub(r"[^A-Za-z0-9-]", "", "-".join(parts))
