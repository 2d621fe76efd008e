"""What the tests of the whole site walk over: files, views, models."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(settings.BASE_DIR)
FLOORS = (("core",), ("accounts",), ("communities",), ("notifications",), ("grievances",), ("portal",))
APPS = tuple(name for floor in FLOORS for name in floor)
HEIGHT = {name: height for height, floor in enumerate(FLOORS) for name in floor}


@dataclass(frozen=True)
class Address:
    """One address of the site."""

    name: str
    route: str
    view: Any


def addresses(resolver: Any = None, prefix: str = "") -> Iterator[Address]:
    """Every address of our own packages (Django's admin keeps its own guard)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield Address(pattern.name or route, route, pattern.callback)


def sources(*apps_wanted: str) -> list[Path]:
    """Every Python file of the apps, migrations left out."""
    return sorted(
        path for app in apps_wanted or APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
    )


def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def templates() -> list[Path]:
    """Every template of the project."""
    return sorted((ROOT / "templates").rglob("*.html"))


def models() -> list[Any]:
    """Every model of the project's own apps."""
    return [model for model in apps.get_models() if model._meta.app_label in APPS]


def short(path: Path) -> str:
    """The path as a message shows it."""
    return str(path.relative_to(ROOT))
