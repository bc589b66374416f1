"""How often one address may ask whether a report is genuine, and how much it may send."""

from typing import Any

from django.conf import settings

from monitoring.reports.genuine import LARGEST
from registry.api.authentication import client_address
from registry.api.limits import Bucket, Taken, counter, network_of

AROUND = 64 * 1024  # what a form has around its file


def take_check(request: Any) -> Taken | None:
    """Count a question; None where nothing could be counted."""
    bucket = Bucket("check", network_of(client_address(request)))
    return counter(settings.REDIS_URL).take([bucket])


def is_too_large(request: Any) -> bool:
    """By what the request says of its length, before any of it is read or kept on a disk.

    What it does not say is not read either: a body without a length is an empty one.
    """
    stated = str(request.META.get("CONTENT_LENGTH") or "0")
    return not stated.isdecimal() or int(stated[:20]) > LARGEST + AROUND
