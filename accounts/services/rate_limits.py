"""Requests per minute of one subject: an organization, or an address without a key."""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from marketplace.core.clock import now

logger = logging.getLogger(__name__)
WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of a window is used."""

    limit: int
    used: int
    reset_seconds: int

    @property
    def remaining(self) -> int:
        """Requests left in this window."""
        return max(0, self.limit - self.used)

    @property
    def is_exceeded(self) -> bool:
        """Whether the last request was one too many."""
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """Return the headers of an answer, in the older and the newer IETF form."""
        policy = f'"default";q={self.limit};w={WINDOW_SECONDS}'
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
            "RateLimit-Policy": policy,
            "RateLimit": f'"default";r={self.remaining};t={self.reset_seconds}',
        }


def take(subject: str) -> Allowance:
    """Count one request of a subject in the present window."""
    window, elapsed = divmod(int(now().timestamp()), WINDOW_SECONDS)
    used = _count(f"rate:{subject}:{window}")
    return Allowance(settings.STOA_RATE_LIMIT_PER_MINUTE, used, WINDOW_SECONDS - elapsed)


def _count(key: str) -> int:
    try:
        if cache.add(key, 1, timeout=2 * WINDOW_SECONDS):
            return 1
        return int(cache.incr(key))
    except ValueError:  # it was evicted between the two
        return 1
    except RedisError:
        # A cache that is down must not stop calls that are paid for and counted elsewhere.
        logger.exception("rate limits are not counted")
        return 0
