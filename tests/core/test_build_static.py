"""The joined styles and the sprites of icons that pages load."""

import ast
import csv
import gzip
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.template.base import Lexer, TokenType
from django.test import override_settings

from core.management.commands import build_static
from core.modules import modules

ROOM = {"svg": "http://www.w3.org/2000/svg"}
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">\n  <path d="M1 2h3"/>\n</svg>'


@pytest.fixture
def portal(tmp_path, settings):
    """A small portal of its own: styles, two icons, one template."""
    settings.BASE_DIR = tmp_path
    settings.VAR_DIR = tmp_path / "var"
    for name in build_static.ORDER:
        path = tmp_path / "static" / "css" / f"{name}.css"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"/* about {name} */\n.{name} {{\n  color: red;\n}}\n", "utf-8")
    for name in ("camera", "bell"):
        path = tmp_path / "node_modules" / "bootstrap-icons" / "icons" / f"{name}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PICTURE, "utf-8")
    use(tmp_path, "camera")
    return tmp_path


def use(root, icon):
    path = root / "templates" / "page.html"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'<p>{{% icon "{icon}" %}}</p>', "utf-8")


def test_the_styles_are_joined_in_the_order_of_their_layers_without_comments(portal):
    call_command("build_static", verbosity=0)
    css = (portal / "var" / "static" / "portal.css").read_text("utf-8")
    assert "about" not in css
    places = [css.index(f".{name} {{") for name in build_static.ORDER]
    assert places == sorted(places)


def test_the_sprite_holds_the_icons_in_use_and_no_other(portal):
    call_command("build_static", verbosity=0)
    sprite = ElementTree.parse(portal / "var" / "static" / "sprite.svg").getroot()
    assert [symbol.get("id") for symbol in sprite] == ["camera"]
    assert sprite.find("svg:symbol/svg:path", ROOM).get("d") == "M1 2h3"
    assert sprite.find("svg:symbol", ROOM).get("viewBox") == "0 0 16 16"


def test_an_icon_that_does_not_exist_is_named(portal):
    use(portal, "no-such-picture")
    with pytest.raises(CommandError, match=r"no icon 'no-such-picture' .* choose another name"):
        call_command("build_static", verbosity=0)


def test_a_sprite_over_its_budget_is_refused(portal, monkeypatch):
    monkeypatch.setattr(build_static, "LARGEST_SPRITE", 40)
    with pytest.raises(CommandError, match="over 40 bytes compressed: use fewer icons"):
        call_command("build_static", verbosity=0)


def test_the_first_visit_stays_within_its_budget_of_styles_and_icons(tmp_path, settings):
    """The portal's own files as they travel: 120 kB are allowed for all of a first page, scripts and words included."""
    settings.VAR_DIR = tmp_path
    call_command("build_static", verbosity=0)
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in (tmp_path / "static").iterdir()}
    assert sizes["sprite.svg"] <= build_static.LARGEST_SPRITE
    assert sizes["portal.css"] <= 12_000


# What the sprites must hold is read here in another way than the command reads it: from the compiled templates
# and from Python's own syntax tree, so that a way of writing that the command overlooks is found.


@pytest.fixture(scope="module")
def sprites(tmp_path_factory):
    """The names in the portal's own sprites, by file."""
    with override_settings(VAR_DIR=tmp_path_factory.mktemp("built")):
        call_command("build_static", verbosity=0)
        folder = settings.VAR_DIR / "static"
        return {
            path.name: {symbol.get("id") for symbol in ElementTree.parse(path).getroot()}
            for path in folder.glob("*.svg")
        }


def icons_of_templates() -> set[str]:
    """The icons that templates name outright: {% icon "camera" %}."""
    found = set()
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        for token in Lexer(path.read_text("utf-8")).tokenize():
            words = token.split_contents() if token.token_type == TokenType.BLOCK else [""]
            if words[0] == "icon" and words[1][0] in "\"'":
                found.add(words[1].strip("\"'"))
    return found


def icons_of_python() -> set[str]:
    """The icons given by name to anything: icon="x"."""
    found = set()
    for config in apps.get_app_configs():
        folder = Path(config.path)
        for path in folder.rglob("*.py") if folder.parent == settings.BASE_DIR else ():
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.keyword) and node.arg == "icon" and isinstance(node.value, ast.Constant):
                    found.add(node.value.value)
    return found


def test_every_icon_that_templates_name_is_in_the_sprite(sprites):
    assert icons_of_templates() - sprites["sprite.svg"] == set()


def test_every_icon_that_python_names_is_in_the_sprite(sprites):
    named = icons_of_python()
    assert {module.icon for module in modules.all()} <= named
    assert named - sprites["sprite.svg"] == set()


def test_the_sprite_holds_nothing_that_nobody_uses(sprites):
    assert sprites["sprite.svg"] == icons_of_templates() | icons_of_python()


def test_the_icons_of_lists_have_a_sprite_of_their_own(sprites):
    with (settings.BASE_DIR / "grievances" / "catalogue.csv").open(encoding="utf-8-sig", newline="") as rows:
        named = {row["icon"] for row in csv.DictReader(rows)} - {""}
    assert named
    assert named <= sprites["lists.svg"]


def test_an_icon_declared_in_python_is_gathered(portal, monkeypatch):
    app = portal / "shop"
    app.mkdir()
    (app / "modules.py").write_text('module = Module(key="shop", icon="bell")\n', "utf-8")
    monkeypatch.setattr(build_static.apps, "get_app_configs", lambda: [SimpleNamespace(path=str(app))])
    assert build_static.used_icons(portal) == ["bell", "camera"]


def test_an_icon_that_python_declares_wrongly_is_named(portal, monkeypatch):
    app = portal / "shop"
    app.mkdir()
    (app / "modules.py").write_text("module = Module(key='shop', icon='bel')\n", "utf-8")
    monkeypatch.setattr(build_static.apps, "get_app_configs", lambda: [SimpleNamespace(path=str(app))])
    with pytest.raises(CommandError, match="no icon 'bel'"):
        call_command("build_static", verbosity=0)
