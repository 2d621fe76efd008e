"""Sessions in the database, read by a kept statement: every request of everybody reads one."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from core.statements import Given, Statement

_SESSION = Statement(lambda: Session.objects.filter(session_key=Given("key"), expire_date__gt=Given("now")))


class SessionStore(DatabaseStore):
    """Django's own store, but for how a session is found."""

    def _get_session_from_db(self) -> Session | None:
        session = _SESSION.first(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None
        return session
