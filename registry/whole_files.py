"""Files that are there whole or not at all, whatever breaks while they are written."""

import os
import time
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages

PART = ".part"


def store_whole(name: str, content: bytes) -> None:
    """Store under this name: written beside it, flushed to the disk, then renamed.

    An error (a full disk) leaves nothing under the name, and raises. What stood there is replaced.
    """
    storage = storages["default"]
    if not isinstance(storage, FileSystemStorage):  # others store whole objects
        storage.delete(name)
        storage.save(name, ContentFile(content))
        return
    path = Path(storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}{PART}")
    try:
        _write(part, content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def _write(part: Path, content: bytes) -> None:
    with part.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if settings.FILE_UPLOAD_PERMISSIONS is not None:
        part.chmod(settings.FILE_UPLOAD_PERMISSIONS)


def _flush_folder(folder: Path) -> None:
    """The new name itself survives a loss of power."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def delete_parts(folder: str, older_than: float = 3600) -> int:
    """What killed processes left half written under a folder, once it is `older_than` seconds."""
    storage = storages["default"]
    if not isinstance(storage, FileSystemStorage):
        return 0
    root = Path(storage.path(folder))
    until = time.time() - older_than
    old = [part for part in root.rglob(f".*{PART}") if part.stat().st_mtime < until]
    for part in old:
        part.unlink(missing_ok=True)
    return len(old)
