"""Personal data: every model declares which of its fields are personal, whose they are and how long kept.

From the declaration come masking, the log of openings, export and erasure (个人信息保护法 arts. 6, 19, 47).
"""

from dataclasses import dataclass
from typing import Any, Literal

from django.db import models
from django.utils.crypto import salted_hmac

Kind = Literal["contact", "identity", "health", "minor", "party", "text", "image", "secret"]
OnErase = Literal["blank", "hash", "delete"]


@dataclass(frozen=True)
class Personal:
    """One personal field: what sort, for what purpose, whose, how long kept after what, and how erased."""

    kind: Kind
    purpose: str
    whose: str = "self"
    keep_days: int | None = None
    after: str = ""
    on_erase: OnErase = "blank"
    mask: Literal["name", "phone", "all"] = "all"


@dataclass(frozen=True)
class Declaration:
    """A model's personal fields, and the names of those that were looked at and are not personal."""

    model: type[models.Model]
    fields: dict[str, Personal]
    plain: frozenset[str]


_declared: dict[type[models.Model], Declaration] = {}


def declare(
    model: type[models.Model], *, fields: dict[str, Personal] | None = None, plain: tuple[str, ...] = ()
) -> None:
    """State which fields of ``model`` are personal and which text-like ones are not.

    Raises ValueError for a field that the model does not have, or a second declaration.
    """
    if model in _declared:
        raise ValueError(f"{model.__name__} is declared twice")
    # get_fields() would ask for the models of all apps, which are not loaded yet when models.py runs.
    names = {field.name for field in (*model._meta.local_fields, *model._meta.local_many_to_many)}
    unknown = (set(fields or {}) | set(plain)) - names
    if unknown:
        raise ValueError(f"{model.__name__} has no field {sorted(unknown)}")
    _declared[model] = Declaration(model, dict(fields or {}), frozenset(plain))


def declaration(model: type[models.Model]) -> Declaration | None:
    """The declaration of a model, or None."""
    return _declared.get(model)


def undeclared(model: type[models.Model]) -> list[str]:
    """Fields that could hold personal data and are in no declaration: a site test refuses them."""
    could = (models.CharField, models.TextField, models.JSONField, models.DateField, models.BinaryField,
             models.FileField, models.GenericIPAddressField, models.FloatField, models.DecimalField)  # fmt: skip
    known = _declared.get(model)
    said = (set(known.fields) | known.plain) if known else set()
    return [
        field.name
        for field in model._meta.local_fields
        if isinstance(field, could)
        and not isinstance(field, models.DateTimeField)
        and not field.choices
        and field.name not in said
    ]


def blank(instance: models.Model) -> list[str]:
    """Take the personal values out of ``instance`` as its model declares, and return the names of the fields.

    "blank" empties (None where the column may be null), "hash" leaves a keyed digest that can still be compared
    with, "delete" is for whole rows and is passed over. Nothing is saved.
    """
    touched = []
    for name, said in _declared[type(instance)].fields.items():
        if said.on_erase == "delete":
            continue
        field = instance._meta.get_field(name)
        value = getattr(instance, name)
        setattr(instance, name, _erased(field, value, said.on_erase))
        touched.append(name)
    return touched


def _erased(field: Any, value: Any, how: OnErase) -> Any:
    if how == "hash" and value:
        digest = salted_hmac("core.personal", f"{field.model._meta.label}.{field.name}:{value}", algorithm="sha256")
        return digest.hexdigest()[: field.max_length]
    return None if field.null else ""


def keep_days(model: type[models.Model], field: str) -> int:
    """How many days a declared field is kept; raises KeyError where none is said."""
    days = _declared[model].fields[field].keep_days
    if days is None:
        raise KeyError(f"{model.__name__}.{field} has no time to keep")
    return days


def mask_phone(phone: str) -> str:
    """138****2046; short numbers show their last two digits."""
    if len(phone) < 8:
        return "*" * max(len(phone) - 2, 0) + phone[-2:]
    return f"{phone[:3]}****{phone[-4:]}"


def mask_name(name: str) -> str:
    """李** : the family name and a star for each further character (two for a one-character rest)."""
    return name[:1] + "*" * max(len(name) - 1, 2) if name else ""


def mask(instance: models.Model, field: str) -> str:
    """The masked value of a declared field of ``instance``; raises KeyError for an undeclared one."""
    known = _declared[type(instance)].fields[field]
    value: Any = getattr(instance, field)
    if not value:
        return ""
    if known.mask == "phone":
        return mask_phone(str(value))
    return mask_name(str(value)) if known.mask == "name" else "***"
