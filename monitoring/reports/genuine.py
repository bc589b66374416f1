"""Whether what somebody holds is a report that the registry issued, and whether it is current.

Told by hashes alone: of the canonical JSON, of the stored files, of what is in an archive. Nothing
is said of a report that the asker may not see; one that was public and then withdrawn is named
as that to whoever holds it.
"""

import io
import json
import re
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from monitoring.models import Report, ReportFile
from monitoring.models.report_askers import seen_of
from monitoring.models.report_withdrawals import withdrawal_of
from monitoring.models.reports import SHOWN
from monitoring.reports.issue import MARK
from monitoring.reports.snapshot import canonical
from registry.attached import BROKEN
from registry.models import Event

LARGEST = 20 * 1024 * 1024
LARGEST_JSON = 5_000_000  # of a report's content; what is larger is compared by its hash alone
MOST_PARTS = 200_000  # objects and lists; each takes memory however short it is written
MOST_ENTRIES = 1_000  # of an archive
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ARCHIVE = b"PK\x03\x04"
ENTRY = b"PK\x01\x02"  # with which each entry stands in an archive's directory
A_HASH = re.compile("[0-9a-f]{64}")
PROPERTIES = "docProps/core.xml"  # of a workbook
SUBJECTS = ("partnership", "partner", "goal", "target", "country")
A_FORMAT = re.compile(r"[a-z-]{1,60}/[0-9]{1,4}")
FORMS = {"json": "JSON", "pdf": "PDF", "xlsx": "workbook", "csv": "archive of CSV files"}


@dataclass(frozen=True)
class Finding:
    """`genuine`: exactly what was issued; `genuine_content`: a genuine content, in something of
    which nothing is said; `altered`: it names a report and is something else; `unknown`: none of
    these. `report` is the one it is, or names; `newer` what is published instead."""

    verdict: str
    sha256: str
    report: Report | None = None
    form: str = ""
    is_draft: bool = False
    newer: Report | None = None

    @property
    def standing(self) -> str:
        """`current`, `superseded`, `withdrawn` or `not_published`; empty where none is known."""
        if self.report is None:
            return ""
        named = {Report.Status.PUBLISHED: "current", Report.Status.WITHDRAWN: "withdrawn"}
        named[Report.Status.SUPERSEDED] = "superseded"
        return named.get(Report.Status(self.report.status), "not_published")

    @property
    def withdrawal(self) -> Event | None:
        """When and why it was withdrawn: for whoever holds what once was public."""
        return withdrawal_of(self.report) if self.report else None


def check_hash(user: Any, digest: str) -> Finding:
    """What was issued with this SHA-256."""
    found = _issued(user, digest)
    return found or Finding("unknown", digest)


def check_content(user: Any, content: bytes) -> Finding:
    """What these bytes are: as a whole, as JSON however it is spaced, or by what they say.

    An archive is not genuine because one thing in it is: it has exactly what was issued, or it is
    altered."""
    digest = sha256(content).hexdigest()
    if found := _issued(user, digest):
        return found
    parsed = _parsed(content)
    held = _by_content(user, parsed)
    found = _with_all_members(content, held) if held and content[:4] == ARCHIVE else held
    if found:
        return found
    named = held.report if held else _named_by_mark(user, content)
    named = named or _named_by_subject(user, parsed)
    if named is None:
        return Finding("unknown", digest)
    return Finding("altered", digest, named, newer=_newer(user, named))


def known_to(user: Any) -> Any:
    """Reports that may be spoken of: those seen, and those withdrawn from the public."""
    once = Q(status=Report.Status.WITHDRAWN, published_at__isnull=False) & seen_of(user)
    visible = Q(pk__in=Report.objects.visible_to(user).values("pk"))
    return Report.objects.filter(once | visible).select_related("period", *SHOWN).defer("content")


def _issued(user: Any, digest: str) -> Finding | None:
    known = known_to(user)
    if report := _best(known.filter(sha256=digest)):
        return Finding("genuine", digest, report, "json", newer=_newer(user, report))
    files = ReportFile.objects.issued_as(digest)
    report = _best(known.filter(pk__in=files.values("report_id")))
    if report is None:
        return None
    file = files.filter(report=report).order_by("is_draft", "pk")[0]
    return Finding("genuine", digest, report, file.form, file.is_draft, _newer(user, report))


def _best(reports: Any) -> Report | None:
    """Where several have the same content: the published one, else the last revision."""
    rank = Case(
        When(status=Report.Status.PUBLISHED, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    best: Report | None = reports.order_by(rank, "-revision", "-pk").first()
    return best


def _newer(user: Any, report: Report) -> Report | None:
    """The published revision of the same report, if it is another one."""
    same = Report.objects.visible_to(user).same_line(report).exclude(pk=report.pk)
    later = same.filter(status=Report.Status.PUBLISHED, revision__gt=report.revision)
    return later.defer("content").order_by("-revision").first()


def _parsed(content: bytes) -> dict[str, Any]:
    """The JSON object that it is, or that an archive has in it; empty if there is none, or if a
    name stands twice in an object: readers would differ in what it says."""
    if content[:4] == ARCHIVE:
        content = _inside(content, "report.json")
    if content[:3] == b"\xef\xbb\xbf":
        content = content[3:]
    if not _may_be_a_report(content):
        return {}
    try:
        found = json.loads(content, object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def _may_be_a_report(content: bytes) -> bool:
    """An object, and not larger than any report is: nobody makes this read what is none."""
    if len(content) > LARGEST_JSON or content.lstrip()[:1] != b"{":
        return False
    return content.count(b"{") + content.count(b"[") <= MOST_PARTS


def _inside(content: bytes, name: str) -> bytes:
    """One entry of an archive; nothing of one that has very many, or packs tighter than ours."""
    if content.count(ENTRY) > MOST_ENTRIES:
        return b""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read(archive, archive.getinfo(name), LARGEST_JSON)
    except (KeyError, *BROKEN):
        return b""


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """At most one byte more than `most`, so that what is longer is told apart."""
    if entry.compress_type not in PACKED:
        return b""
    with archive.open(entry) as opened:
        return opened.read(most + 1)


def _with_all_members(content: bytes, held: Finding) -> Finding | None:
    """The archive of the report that has the same members: no more, no fewer, each once."""
    assert held.report is not None
    files = held.report.files.filter(form=ReportFile.Form.CSV).order_by("is_draft", "pk")
    same = next((file for file in files if _has_exactly(content, file.members)), None)
    if same is None:
        return None
    digest = sha256(content).hexdigest()
    return replace(held, sha256=digest, form=same.form, is_draft=same.is_draft)


def _has_exactly(content: bytes, members: list[dict[str, Any]]) -> bool:
    stored = {one["name"]: one for one in members}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            return sorted(names) == sorted(stored) and all(
                _digest(archive, name, stored[name]["size"]) == stored[name]["sha256"]
                for name in names
            )
    except BROKEN:
        return False


def _digest(archive: zipfile.ZipFile, name: str, size: int) -> str:
    return sha256(_read(archive, archive.getinfo(name), size)).hexdigest()


def _by_content(user: Any, parsed: dict[str, Any]) -> Finding | None:
    """The object itself, or the content in it; of what stands around that nothing is known."""
    if found := _of_object(user, parsed):
        return found
    found = _of_object(user, parsed.get("content"))
    return found and replace(found, verdict="genuine_content")


def _of_object(user: Any, one: Any) -> Finding | None:
    if not one or not isinstance(one, dict):
        return None
    try:
        return _issued(user, sha256(canonical(one)).hexdigest())
    except (ValueError, RecursionError):
        return None


def _named_by_mark(user: Any, content: bytes) -> Report | None:
    """The report whose mark stands in the file's properties."""
    text = _inside(content, PROPERTIES) if content[:4] == ARCHIVE else content
    for pk, digest in MARK.findall(text)[:20]:
        if report := known_to(user).filter(pk=int(pk), sha256=digest.decode()).first():
            return report
    return None


def _named_by_subject(user: Any, parsed: dict[str, Any]) -> Report | None:
    """The report on the subject and days that a content names."""
    content = parsed.get("content") if isinstance(parsed.get("content"), dict) else parsed
    assert isinstance(content, dict)
    subject, period = content.get("subject"), content.get("period")
    if not (isinstance(subject, dict) and isinstance(period, dict)):
        return None
    kind, pk = subject.get("type"), subject.get("id")
    days = [_day(period.get(name)) for name in ("starts_on", "ends_on")]
    if kind not in SUBJECTS or type(pk) is not int or not 0 < pk < 2**63 or None in days:
        return None
    named = known_to(user).filter(**{f"{kind}_id": pk}, starts_on=days[0], ends_on=days[1])
    if "format" in content:
        stated = content["format"]
        if not isinstance(stated, str) or not A_FORMAT.fullmatch(stated):
            return None
        named = named.filter(content__format=stated)
    return _best(named)


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (ValueError, TypeError):
        return None
