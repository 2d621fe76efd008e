"""Imports, foreign keys and rooms go down; doors between apps are few."""

import ast
from pathlib import Path

import pytest

from tests.site.ground import APPS, HEIGHT, ROOT, models, short, sources, tree

DOORS = {"queries", "actions", "rules", "roles", "modules", "access", "telling"}
ROOMS = {
    "workflow", "models", "rules", "roles", "queries", "notices", "modules", "figures", "checkups", "exports", "actions", "forms",
    "tasks",
    "management", "views", "urls", "admin", "access", "apps", "migrations", "templatetags", "context", "__init__",
    # calculation without writing, at the level of queries
    "routing", "clocks", "masking", "links", "telling", "digests", "phones", "addresses", "packing", "gateways",
    # the sign-in library's two hooks
    "adapter", "backends", "middleware",
}  # fmt: skip
PACKAGES = {
    "portal": {"home", "me", "people", "board", "operations", "demo"},
    "grievances": {"rulebook", "trying"},
}


def imports_of(path: Path) -> list[str]:
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found += [f"{node.module}.{name.name}" for name in node.names]
    return found


def test_foreign_keys_point_down_floors():
    upward = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is not None
        and HEIGHT.get(field.related_model._meta.app_label, -1) > HEIGHT[model._meta.app_label]
    ]  # fmt: skip
    assert upward == []


@pytest.mark.parametrize("app", APPS)
def test_from_another_app_only_its_doors_are_imported(app):
    wrong = []
    for path in sources(app):
        in_models = "models" in path.relative_to(ROOT).parts or path.name == "models.py"
        for name in imports_of(path):
            parts = name.split(".")
            if parts[0] not in APPS or parts[0] in (app, "core") or len(parts) < 2:
                continue
            if parts[1] == "models" and in_models:
                continue
            if parts[1] not in DOORS:
                wrong.append(f"{short(path)}: {name}")
    assert wrong == [], f"from another app import {sorted(DOORS)}; its models only in your models.py"


@pytest.mark.parametrize("app", [app for app in APPS if app != "core"])
def test_every_file_is_a_room(app):
    names = {path.relative_to(ROOT / app).parts[0].removesuffix(".py") for path in sources(app)}
    assert names - ROOMS - PACKAGES.get(app, set()) == set(), "name the room in DESIGN and here, or move the code"


def test_core_knows_no_word_of_the_domain():
    words = ("grievance", "community", "communities", "volunteer", "resident")
    told = [
        f"{short(path)}:{number}"
        for path in sources("core")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for word in words
        if word in line.split("#")[0].lower() and '"""' not in line and "grievances.case:" not in line
        and '("grievances.case", 12)' not in line
    ]  # fmt: skip
    assert told == []
