"""People the city knows, their sign-ins, what guards both, and what they did with their accounts."""

from accounts.models.consents import ActingFor, Consent
from accounts.models.devices import Device
from accounts.models.guards import Invitation, Limit, OpeningLog, SignInCode
from accounts.models.own import AccountEvent, DataExport, SavedView
from accounts.models.people import Language, Person, Theme, User

__all__ = [
    "AccountEvent", "ActingFor", "Consent", "DataExport", "Device", "Invitation", "Language", "Limit", "OpeningLog",
    "Person", "SavedView", "SignInCode", "Theme", "User",
]  # fmt: skip
