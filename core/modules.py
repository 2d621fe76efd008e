"""The modules that apps offer: what a community can switch on and off."""

from dataclasses import dataclass
from typing import Literal

from django.forms import Form
from django.utils.functional import Promise

from core.registry import Registry

Section = Literal["party", "governance", "service", "personal"]
Policy = Literal["required", "optional", "not_advised"]


@dataclass(frozen=True)
class Module:
    """One module of the catalogue (参考目录): ``entry`` is the name of its first page's address."""

    key: str
    section: Section
    name: str | Promise
    icon: str
    entry: str
    policy: Policy = "optional"
    on_by_default: bool = True
    tab: str | Promise = ""
    options: type[Form] | None = None


modules: Registry[Module] = Registry("module")
