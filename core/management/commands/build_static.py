"""Join the styles and gather the used icons into sprites: the pages' own, and those that lists name."""

import csv
import gzip
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

ORDER = ("tokens", "base", "components", "pages")
IN_TEMPLATES = re.compile(r"{%\s*icon\s+[\"']([a-z0-9-]+)[\"']")
IN_PYTHON = re.compile(r"\bicon=[\"']([a-z0-9-]+)[\"']")
SVG = "http://www.w3.org/2000/svg"
# As it travels, compressed: half of what a page's sprite may weigh, so that staff's icons find room in it.
LARGEST_SPRITE = 7_500


class Command(BaseCommand):
    help = "Write portal.css, sprite.svg and lists.svg into the folder of built files."

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(settings.VAR_DIR) / "static"
        target.mkdir(parents=True, exist_ok=True)
        root = Path(settings.BASE_DIR)
        css = "\n".join(smaller((root / "static" / "css" / f"{name}.css").read_text("utf-8")) for name in ORDER)
        (target / "portal.css").write_text(css, "utf-8")
        self.stdout.write(f"portal.css {len(css)} bytes")
        for name, names in (("sprite.svg", used_icons(root)), ("lists.svg", listed_icons(root))):
            sprite = make_sprite(root / "node_modules" / "bootstrap-icons" / "icons", names)
            if len(gzip.compress(sprite.encode())) > LARGEST_SPRITE:
                raise CommandError(
                    f"{name}, {len(names)} icons, is over {LARGEST_SPRITE} bytes compressed: use fewer icons"
                )
            (target / name).write_text(sprite, "utf-8")
            self.stdout.write(f"{name} {len(sprite)} bytes with {len(names)} icons")


def smaller(css: str) -> str:
    """The styles without comments and the white space that only people need."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    return re.sub(r"\s*\n\s*", "\n", css).strip()


def used_icons(root: Path) -> list[str]:
    """The names of the icons that templates and Python files use, in order."""
    found: set[str] = set()
    for path in (root / "templates").rglob("*.html"):
        found |= set(IN_TEMPLATES.findall(path.read_text("utf-8")))
    ours = [Path(config.path) for config in apps.get_app_configs() if Path(config.path).parent == root]
    for path in (file for folder in ours for file in folder.rglob("*.py")):
        found |= set(IN_PYTHON.findall(path.read_text("utf-8")))
    return sorted(found)


def listed_icons(root: Path) -> list[str]:
    """The names in the column ``icon`` of the apps' CSV lists, in order: a sprite of its own, for the pages with them."""
    found: set[str] = set()
    for config in apps.get_app_configs():
        for path in Path(config.path).glob("*.csv") if Path(config.path).parent == root else ():
            with path.open(encoding="utf-8-sig", newline="") as rows:
                found |= {row.get("icon") or "" for row in csv.DictReader(rows)}
    return sorted(found - {""})


def make_sprite(folder: Path, names: list[str]) -> str:
    """One SVG with a symbol per icon; raises CommandError for a name that the icon set does not have."""
    symbols = []
    for name in names:
        path = folder / f"{name}.svg"
        if not path.exists():
            raise CommandError(f"no icon {name!r} in {folder.parent.name}: run npm ci, or choose another name")
        # The files come from a package locked by its hash.
        picture = ElementTree.fromstring(path.read_text("utf-8"))  # noqa: S314
        inner = "".join(ElementTree.tostring(child, encoding="unicode") for child in picture)
        inner = re.sub(r"\s*\n\s*", "", inner.replace(f' xmlns:ns0="{SVG}"', "").replace("ns0:", ""))
        symbols.append(f'<symbol id="{name}" viewBox="{picture.get("viewBox")}">{inner}</symbol>')
    return f'<svg xmlns="{SVG}">{"".join(symbols)}</svg>\n'
