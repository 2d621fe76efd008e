"""The demo's gateway with a hand on it: a text is taken, and the answer waits while a test holds the lock."""

import fcntl
from pathlib import Path

from django.conf import settings

from notifications.gateways.demo import DemoGateway

LOCK = "gateway.lock"


class HoldingGateway(DemoGateway):
    """Keeps the text at once; answers when nobody holds ``VAR_DIR/gateway.lock``."""

    def send(self, *, phone: str, text: str, key: str) -> str:
        """Keep the text, wait, answer."""
        answer = super().send(phone=phone, text=text, key=key)
        with (Path(settings.VAR_DIR) / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
        return answer
