"""Every template compiles and is used."""

import re

import pytest
from django.template.loader import get_template

from tests.site.ground import ROOT, short, sources, templates

NAMES = [str(path.relative_to(ROOT / "templates")) for path in templates()]
BY_NAME_OF_DJANGO = {"400.html", "403.html", "404.html", "500.html", "403_csrf.html"}


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(name):
    assert get_template(name).template.name == name


def test_every_template_is_used():
    text = "\n".join(path.read_text("utf-8") for path in (*sources(), *templates()))
    wanted = [name for name in NAMES if name not in BY_NAME_OF_DJANGO]
    assert [name for name in wanted if f'"{name}' not in text and f"'{name}" not in text] == []


def test_components_name_their_arguments():
    silent = [
        short(path)
        for path in (ROOT / "templates" / "components").glob("_*.html")
        if not re.match(r"\s*(\{% load [^%]+%\}\s*)*\{% comment", path.read_text("utf-8"))
    ]
    assert silent == []
