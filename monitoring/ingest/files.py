"""Files that people attach."""

import hashlib
import re
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File

LARGEST = 20 * 1024 * 1024


def as_stored(file: "File[Any]") -> dict[str, Any]:
    """The file under a name of our own, with its hash; of its own name only the extension stays."""
    if file.size > LARGEST:
        raise ValidationError({"file": "At most 20 MB."}, code="file_too_large")
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    extension = re.search(r"\.[a-z0-9]{1,8}$", str(file.name).lower())
    file.name = uuid.uuid4().hex + (extension[0] if extension else "")
    return {"file": file, "sha256": digest.hexdigest()}
