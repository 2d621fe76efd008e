"""The modules that apps offer: what a community can switch on and off."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.forms import Form
from django.utils.functional import Promise

from core.registry import Registry

Section = Literal["party", "governance", "service", "personal"]
Policy = Literal["required", "optional", "not_advised"]


@dataclass(frozen=True)
class Module:
    """One module of the catalogue (参考目录): ``entry`` is the name of its first page's address.

    ``needs`` is the key of the module without which this one is not there either.
    """

    key: str
    section: Section
    name: str | Promise
    icon: str
    entry: str
    policy: Policy = "optional"
    on_by_default: bool = True
    tab: str | Promise = ""
    options: type[Form] | None = None
    open_count: Callable[[Any], int] | None = None
    needs: str = ""


modules: Registry[Module] = Registry("module")
