"""The demo's gateway: texts go to a page where they can be read."""

from django.conf import settings
from django.utils import timezone

from notifications.gateways.base import PermanentRefusal
from notifications.models import DemoSms


class DemoGateway:
    """Keeps each text under its key; the same key again changes nothing. Only where DEMO is on."""

    knows_keys = True

    def send(self, *, phone: str, text: str, key: str) -> str:
        """Keep the text; returns its id on the page."""
        if not settings.DEMO:
            raise PermanentRefusal("SMS_GATEWAY is the demo's, and DEMO is off: set SMS_GATEWAY to a real one")
        kept, _made = DemoSms.objects.get_or_create(
            key=key, defaults={"phone": phone, "text": text, "at": timezone.now()}
        )
        return str(kept.pk)
