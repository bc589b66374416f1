"""How often somebody may send a file of values."""

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from registry.api.limits import Bucket, counter


def take_file(request: Request) -> None:
    """Files are counted by person: each is read in a process of its own."""
    taken = counter(settings.REDIS_URL).take([Bucket("file", str(request.user.pk))])
    if taken and not taken.passed:
        raise Throttled(wait=taken.seconds)
