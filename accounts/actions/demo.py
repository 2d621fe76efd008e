"""Invented people: only the demo makes them."""

from datetime import datetime

from accounts.actions.consents import consent_to_privacy
from accounts.actions.people import make_user, register_person
from accounts.models import Person
from accounts.rules import PRIVACY_VERSION


def make_demo_person(*, name: str, phone: str, words: str, at: datetime, is_staff: bool = False) -> Person:
    """An invented person with a sign-in and the consent given, shown among the demo people as ``words``."""
    person = register_person(name=name, phone=phone, at=at)
    make_user(person=person, at=at, is_staff=is_staff)
    consent_to_privacy(person=person, version=PRIVACY_VERSION, at=at)
    person.is_demo, person.demo_words = True, words
    person.save(update_fields=["is_demo", "demo_words"])
    return person
