"""How often one address may write to a partnership or the secretariat, or try a code."""

from typing import Any

from django.conf import settings

from registry.api.authentication import client_address
from registry.api.limits import Bucket, Taken, counter, network_of


def take_voice(request: Any) -> Taken | None:
    """Count a message or an attempt; None where nothing could be counted."""
    bucket = Bucket("voice", network_of(client_address(request)))
    return counter(settings.REDIS_URL).take([bucket])
