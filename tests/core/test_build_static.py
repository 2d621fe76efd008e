"""The joined styles and the sprites of icons that pages load."""

from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command

from core.management.commands import build_static

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
    with pytest.raises(CommandError, match="over 40 bytes: use fewer icons"):
        call_command("build_static", verbosity=0)


def test_the_first_visit_stays_within_its_budget_of_styles_and_icons(tmp_path, settings):
    """The portal's own files: 120 kB are allowed for all of a first page, scripts and words included."""
    settings.VAR_DIR = tmp_path
    call_command("build_static", verbosity=0)
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "static").iterdir()}
    assert sizes["sprite.svg"] <= 15_000
    assert sizes["portal.css"] <= 40_000
