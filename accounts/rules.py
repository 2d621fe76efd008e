"""What holds for sign-in, and who may open a masked value of whom."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from accounts.models import AccountEvent, Person
from core.registry import Registry

CITY_LANGUAGE: Final = "zh-hans"
PRIVACY_VERSION: Final = "2026-11"
CONSENT_KEY: Final = "privacy_version"
SEEN_KEY: Final = "seen_at"

CODE_DIGITS: Final = 6
CODE_LIFE: Final = timedelta(minutes=5)
CODE_TRIES: Final = 5
CODE_PAUSE: Final = timedelta(seconds=60)
CODE_GRACE: Final = timedelta(seconds=20)
CODES_KEPT: Final = timedelta(days=1)
INVITATION_LIFE: Final = timedelta(days=7)

CONFIRM_LIFE: Final = timedelta(minutes=10)
EXPORT_LIFE: Final = timedelta(days=7)
EXPORTS_PER_DAY: Final = 3
VIEWS_PER_PAGE: Final = 20
HELPERS_ASKED_PER_DAY: Final = 10
HELPER_SMS_PER_PHONE_AND_DAY: Final = 3
ACTING_AT_MOST: Final = timedelta(days=366)
ACTING_VERSION: Final = "2026-11"

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
QUARTER: Final = timedelta(minutes=15)
CODES_PER_PHONE_AND_HOUR: Final = 5
CODES_PER_PHONE_AND_DAY: Final = 10
CODES_PER_ADDRESS_AND_HOUR: Final = 200
GUESSES_PER_ADDRESS_AND_HOUR: Final = 100
PASSWORDS_PER_LOGIN: Final = 10
PASSWORDS_PER_ADDRESS: Final = 100
OPENINGS_PER_DAY: Final = 200
COUNTER_TRIES_PER_DAY: Final = 40

Cause = AccountEvent.Cause

CODE_SESSION: Final = timedelta(days=30)
PASSWORD_SESSION: Final = timedelta(hours=12)

OPENABLE: Final = frozenset({"name", "phone", "phone2", "birth_date"})

OpeningTest = Callable[[Person, Person, int], bool]


class CounterTest(Protocol):
    """Says whether ``by`` looks after ``person`` at the counter."""

    def __call__(self, *, by: Person, person: Person) -> bool: ...


counters: Registry[CounterTest] = Registry("counter test")
openings: Registry[OpeningTest] = Registry("opening test")


def is_proven(proven_at: datetime | None, at: datetime) -> bool:
    """Whether somebody showed by a code or password, at most ten minutes before ``at``, that it is them."""
    return proven_at is not None and timedelta(0) <= at - proven_at <= CONFIRM_LIFE


def may_open(opener: Person, person: Person, field: str, subject: str) -> bool:
    """Whether ``opener`` may see the full ``field`` of ``person`` because of ``subject``.

    One's own values are always open. For others, the app of the subject ("grievances.case:12") has
    registered a test under "grievances.case" in ``openings``: ``test(opener, person, 12)``. A subject
    that nobody registered opens nothing.
    """
    if field not in OPENABLE:
        return False
    if opener.pk == person.pk:
        return True
    label, _, number = subject.partition(":")
    if label not in openings or not (number.isascii() and number.isdecimal()):
        return False
    return openings.get(label)(opener, person, int(number))


def may_change_number(by: Person, person: Person) -> bool:
    """Whether ``by`` may change the number of ``person`` at the counter: an app above registered a test that says so.

    Nobody does it for themselves this way, and nobody for an account that was closed.
    """
    if by.pk == person.pk or person.closed_at is not None:
        return False
    return any(counters.get(key)(by=by, person=person) for key in counters)
