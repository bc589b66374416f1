"""The health page: 200 while the database and the queue answer, else 500."""

from typing import Any

from django.conf import settings
from health_check.views import HealthCheckView
from redis.asyncio import Redis


def queue() -> Any:
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)


health = HealthCheckView.as_view(
    checks=[
        "health_check.checks.Database",
        ("health_check.contrib.redis.Redis", {"client_factory": queue}),
    ]
)
