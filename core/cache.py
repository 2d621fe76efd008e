"""A cache that is never needed for a right answer: a dead Valkey is a miss, logged once a minute."""

import logging
import time
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
QUIET_SECONDS = 60.0
_last_said = 0.0


def _say(error: Exception) -> None:
    global _last_said
    now = time.monotonic()
    if now - _last_said >= QUIET_SECONDS:
        _last_said = now
        log.warning("the cache does not answer (%s); going on without it", type(error).__name__)


class CalmRedisCache(RedisCache):
    """Django's Redis cache, with every connection error answered as a miss."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except (RedisError, OSError) as error:
            _say(error)
            return default

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        try:
            return super().get_many(keys, version)
        except (RedisError, OSError) as error:
            _say(error)
            return {}

    def set(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except (RedisError, OSError) as error:
            _say(error)

    def add(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> bool:
        try:
            return super().add(key, value, timeout, version)
        except (RedisError, OSError) as error:
            _say(error)
            return False

    def delete(self, key: str, version: int | None = None) -> bool:
        try:
            return super().delete(key, version)
        except (RedisError, OSError) as error:
            _say(error)
            return False
