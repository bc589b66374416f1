"""How often somebody may call: exact under any number of clients at once, counted in Redis.

A sliding window: in any `WINDOW` seconds no more than the limit pass. Who calls is counted
- without an account: by address (an IPv6 address by its /64, which one customer holds),
- with a token: by the token, and by whom it acts for: a service account's partner, a person.
A call that one of its limits refuses is counted by none.

Without Redis there is no limit for the time being (calls go on, a warning is logged): a registry
that nobody can read is worse than one that is read too often. The lock-out after wrong passwords
does not depend on Redis.
"""

import logging
import time
import uuid
from collections.abc import Sequence
from functools import cache
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any, NamedTuple

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.exceptions import APIException, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.authentication import client_address
from registry.models import Token, User

KEYS = "rate"
WINDOW = 60
RESTS_FOR = 5.0  # seconds without asking again after Redis did not answer
PATIENCE = 0.25

# KEYS: the buckets. ARGV: the window in µs, a name for this call, the limit of each bucket.
# Answers: 1 or 0 (passed or not), the tightest bucket's number, what it has left, and the µs
# until it has more. One script is one step in Redis: no two calls can take the last place.
SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local window = tonumber(ARGV[1])
local passed, tightest, least, wait = 1, 1, nil, 0
for number, bucket in ipairs(KEYS) do
    redis.call('ZREMRANGEBYSCORE', bucket, '-inf', now - window)
    local left = tonumber(ARGV[2 + number]) - redis.call('ZCARD', bucket)
    if least == nil or left < least then
        least, tightest = left, number
    end
end
if least <= 0 then passed = 0 end
for number, bucket in ipairs(KEYS) do
    if passed == 1 then
        redis.call('ZADD', bucket, now, ARGV[2])
        redis.call('PEXPIRE', bucket, math.ceil(window / 1000))
    end
end
local oldest = redis.call('ZRANGE', KEYS[tightest], 0, 0, 'WITHSCORES')
if oldest[2] then wait = tonumber(oldest[2]) + window - now end
if passed == 1 then least = least - 1 end
return {passed, tightest, math.max(least, 0), wait}
"""

log = logging.getLogger(__name__)


class Bucket(NamedTuple):
    """Something whose calls are counted together."""

    policy: str
    key: str

    @property
    def limit(self) -> int:
        return int(settings.RATE_LIMITS[self.policy])


class Taken(NamedTuple):
    """What became of a call: of its tightest bucket, what is left and for how long."""

    passed: bool
    bucket: Bucket
    left: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.bucket.limit),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(self.seconds),
            "RateLimit-Policy": f"{self.bucket.limit};w={WINDOW};comment={self.bucket.policy}",
        }


class Counter:
    """The counting, and a rest from asking while Redis is away."""

    def __init__(self, url: str) -> None:
        link = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self._script = link.register_script(SCRIPT)
        self._asks_from = 0.0

    def take(self, buckets: Sequence[Bucket]) -> Taken | None:
        """Count a call; None where nothing could be counted."""
        if time.monotonic() < self._asks_from:
            return None
        limits = [bucket.limit for bucket in buckets]
        keys = [f"{KEYS}:{bucket.policy}:{bucket.key}" for bucket in buckets]
        try:
            answer = self._script(keys, [WINDOW * 1_000_000, uuid.uuid4().hex, *limits])
        except (RedisError, OSError) as away:
            self._asks_from = time.monotonic() + RESTS_FOR
            log.warning("Calls are not limited for now: Redis does not answer (%s).", away)
            return None
        passed, tightest, left, wait = map(int, answer)
        return Taken(bool(passed), buckets[tightest - 1], left, -(-wait // 1_000_000))


@cache
def counter(url: str) -> Counter:
    return Counter(url)


def buckets_of(request: Request, user: Any, token: Any) -> list[Bucket]:
    """What a call counts toward."""
    if not isinstance(user, User):
        return [Bucket("anonymous", network_of(client_address(request)))]
    calls_by = Bucket("token", token.token_key) if isinstance(token, Token) else None
    acting = Bucket("partner", _acts_for(user)) if user.is_service else None
    person = Bucket("person", str(user.pk)) if not user.is_service else None
    return [bucket for bucket in (calls_by, acting, person) if bucket]


def _acts_for(account: User) -> str:
    partner = account.affiliations.order_by("pk").values_list("partner_id", flat=True).first()
    return str(partner or f"none-{account.pk}")


def network_of(address: str) -> str:
    try:
        caller = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(caller, IPv4Address):
        return str(caller)
    if caller.ipv4_mapped:
        return str(caller.ipv4_mapped)
    return str(ip_network((caller, 64), strict=False))


class Limited(APIView):
    """A view that nobody may call too often; who fails to sign in counts as nobody."""

    taken: Taken | None = None

    def perform_authentication(self, request: Request) -> None:
        try:
            super().perform_authentication(request)
        except APIException:
            self._take(buckets_of(request, None, None))
            raise
        self._take(buckets_of(request, request.user, request.auth))

    def _take(self, buckets: list[Bucket]) -> None:
        self.taken = counter(settings.REDIS_URL).take(buckets)
        if self.taken and not self.taken.passed:
            raise Throttled(wait=self.taken.seconds)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in self.taken.headers.items() if self.taken else ():
            response.headers.setdefault(name, value)
        return response
