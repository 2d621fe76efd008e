"""No page has a serious fault of access: light here, dark and elder too; every width with --long."""

import pytest

from tests.browser.hands import DESK, PHONE, Town, assert_clean

VISITOR = ("/sign-in/", "/sign-in/password/", "/communities/", "/privacy/", "/demo/people/")
PAGES = {
    "李晓梅": (
        "/",
        "/report/",
        "/my-cases/",
        "/cases/{case}/",
        "/cases/{case}/rate/",
        "/cases/{case}/print/",
        "/wall/",
        "/inbox/",
        "/me/",
        "/me/security/",
        "/me/confirm/?next=/me/phone/",
        "/me/data/",
        "/me/helpers/",
        "/me/close/",
    ),
    "赵建国": ("/queue/", "/cases/{case}/"),
    "孙丽": (
        "/desk/?state=all",
        "/desk/?state=all&case={case}",
        "/cases/{case}/",
        "/desk/wall/",
        "/cases/{case}/wall/",
    ),
    "秦岚": (
        "/staff/people/",
        "/staff/people/invite/",
        "/staff/people/units/",
        "/staff/view-as/",
        "/staff/view-as/log/",
    ),
}
THEMES = ("light", "dark", "elder", "elder dark")


def look(town: Town, name: str, theme: str, size: tuple[int, int]) -> None:
    """Every page of one person in one theme."""
    case = town.case("result")
    page = town.person(name, size) if name else town.visitor(size)
    page.emulate_media(color_scheme="dark" if "dark" in theme else "light", reduced_motion="reduce")
    for path in PAGES.get(name, VISITOR):
        page.goto(path.format(case=case.pk))
        page.evaluate("elder => document.documentElement.toggleAttribute('data-elder', elder)", "elder" in theme)
        assert_clean(page, f"{name} {path} {theme}")


@pytest.mark.parametrize("name", ["", *PAGES])
@pytest.mark.parametrize("theme", ["light", "elder dark"])
def test_pages_are_clean_on_a_phone(town, name, theme):
    look(town, name, theme, PHONE)


@pytest.mark.long
@pytest.mark.parametrize("name", ["", *PAGES])
@pytest.mark.parametrize("theme", THEMES)
def test_pages_are_clean_on_a_desk(town, name, theme):
    look(town, name, theme, DESK)
