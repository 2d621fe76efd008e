"""Standard texts of a place: added, changed, switched off; each change is kept with who and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from communities.actions import check_unmoved, keep_change
from communities.rules import NotAllowed
from core import once as keys
from core.refusals import Refused
from core.saying import listed_words
from grievances import rules
from grievances.models import Area, Person, StandardText
from grievances.queries import KNOWN_PLACEHOLDERS, text_subject, unknown_placeholders

SET = ("category", "step", "name", "body", "order")


class UnknownPlaceholder(Refused):
    """The words have something in braces that no case can fill."""

    status = 422

    def __init__(self, names: list[str]) -> None:
        facts = {"names": listed_words(f"{{{name}}}" for name in names),
                 "known": listed_words(f"{{{name}}}" for name in KNOWN_PLACEHOLDERS)}  # fmt: skip
        super().__init__(_("%(names)s 填不出来。能用的有：%(known)s。") % facts)


def add_text(
    *, area: Area, values: Mapping[str, Any], by: Person, at: datetime, once: keys.Key | None = None, address: str = ""
) -> StandardText:
    """Add a standard text at a place; ``values`` are the fields of SET. Raises NotAllowed, UnknownPlaceholder."""
    if not rules.may_set_rules(by, area):
        raise NotAllowed
    with transaction.atomic():
        keys.spend(once, address)
        text = StandardText(area=area)
        _fill(text, values)
        text.save()
        keep_change(subject=text_subject(text.pk), area=area, before=None, after=said_of_text(text), by=by, at=at)
    return text


def change_text(
    *, text_id: int, values: Mapping[str, Any], by: Person, at: datetime, expect: int | None = None,
    once: keys.Key | None = None, address: str = "",
) -> StandardText:  # fmt: skip
    """Change a standard text; raises NotAllowed, SettingMoved, UnknownPlaceholder, AlreadyDone."""
    with transaction.atomic():
        keys.spend(once, address)
        text = _locked(text_id, by)
        check_unmoved(subject=text_subject(text_id), expect=expect)
        before = said_of_text(text)
        _fill(text, values)
        _keep(text, before, by, at)
    return text


def set_text_active(
    *, text_id: int, active: bool, by: Person, at: datetime, once: keys.Key | None = None, address: str = ""
) -> StandardText:
    """Offer a standard text, or offer it no more; raises NotAllowed, AlreadyDone."""
    with transaction.atomic():
        keys.spend(once, address)
        text = _locked(text_id, by)
        before = said_of_text(text)
        text.is_active = active
        _keep(text, before, by, at)
    return text


def said_of_text(text: StandardText) -> dict[str, Any]:
    """A standard text as the changes of settings keep it."""
    return {"category": text.category_id, "step": text.step, "name": text.name, "body": text.body,
            "order": text.order, "is_active": text.is_active}  # fmt: skip


def _fill(text: StandardText, values: Mapping[str, Any]) -> None:
    unknown = unknown_placeholders(values["body"])
    if unknown:
        raise UnknownPlaceholder(unknown)
    for name in SET:
        setattr(text, name, values[name])


def _locked(text_id: int, by: Person) -> StandardText:
    text = StandardText.objects.select_for_update(no_key=True, of=("self",)).select_related("area").get(pk=text_id)
    allowed = rules.may_set_rules(by, text.area) if text.area is not None else rules.may_set_categories(by)
    if not allowed:
        raise NotAllowed
    return text


def _keep(text: StandardText, before: dict[str, Any], by: Person, at: datetime) -> None:
    after = said_of_text(text)
    if after != before:
        text.save()
        keep_change(subject=text_subject(text.pk), area=text.area, before=before, after=after, by=by, at=at)
