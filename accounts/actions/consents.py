"""Consents, and acting for someone by consent."""

from datetime import datetime

from django.db import transaction

from accounts import rules
from accounts.models import ActingFor, Consent, Person


def consent_to_privacy(*, person: Person, at: datetime, version: str = rules.PRIVACY_VERSION) -> Consent:
    """Keep a person's yes to this version of the privacy notice; a second yes changes nothing."""
    consent, _made = Consent.objects.get_or_create(
        person=person, what=Consent.What.PRIVACY, text_version=version, withdrawn_at=None, defaults={"at": at}
    )
    return consent


def let_act_for(
    *, person: Person, for_person: Person, valid_from: datetime, valid_until: datetime | None, at: datetime,
    text_version: str, taken_by: Person | None = None,
) -> ActingFor:  # fmt: skip
    """Let ``person`` act for ``for_person`` from–until, with the consent of ``for_person``.

    Args:
        person: who will act.
        for_person: who consents; given face to face where ``taken_by`` is named.
        valid_from: from when.
        valid_until: until when, None for no end.
        at: when the consent was given.
        text_version: the version of the text that was agreed to.
        taken_by: the member of staff who took it down.
    """
    with transaction.atomic():
        consent = Consent.objects.create(
            person=for_person, what=Consent.What.ACTING, text_version=text_version, at=at, taken_by=taken_by
        )
        return ActingFor.objects.create(
            person=person,
            for_person=for_person,
            consent=consent,
            valid_from=valid_from,
            valid_until=valid_until,
            confirmed_at=at,
        )


def end_acting_for(*, acting: ActingFor, at: datetime) -> None:
    """Take the consent back: from ``at`` on nobody acts by it."""
    Consent.objects.filter(pk=acting.consent_id, withdrawn_at=None).update(withdrawn_at=at)
