"""The colours of every theme can be read, and both ways into the dark lead to the same one."""

import re

import pytest

from tests.site.ground import ROOT

TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text("utf-8")
DARK, ELDER = '[data-theme="dark"]', "[data-elder]"
# Those that choose by themselves follow the phone; here they are read as where they lead.
AUTO = ("@media (prefers-color-scheme: dark)",)

GROUNDS = ("paper", "card", "sunk")
TEXTS = ("ink", "ink-2", "ink-3", "primary", "late", "soon")
PAIRS = [(text, ground) for text in TEXTS for ground in GROUNDS if ground != "sunk" or text in ("ink", "ink-2")] + [
    ("on-primary", "primary"),
    ("on-primary", "primary-deep"),
    ("primary-deep", "primary-soft"),
    ("ink", "primary-soft"),
    ("card", "late"),
    ("paper", "ink"),
    ("hero-ink", "hero-from"),
    ("hero-ink", "hero-to"),
    ("hero-ink-2", "hero-from"),
    ("hero-ink-2", "hero-to"),
    ("hero-button-ink", "hero-button"),
    *((name, f"{name}-soft") for name in ("party", "govern", "serve", "ok", "soon", "late", "calm")),
]
EDGES = [("line-strong", "paper"), ("line-strong", "card"), ("primary", "paper"), ("primary", "card")]


def blocks() -> dict[tuple[str, ...], dict[str, str]]:
    """The values of the tokens by the selectors and media they stand under."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    under: list[str] = []
    for line in re.sub(r"/\*.*?\*/", "", TOKENS, flags=re.S).splitlines():
        line = line.strip()
        if line.endswith("{"):
            under.append(line.removesuffix("{").strip())
        elif line == "}":
            under.pop()
        elif value := re.fullmatch(r"--([a-z0-9-]+): (.+);", line):
            found.setdefault(tuple(under[1:]), {})[value[1]] = value[2]
    return found


BLOCKS = blocks()
LIGHT = BLOCKS[(":root",)]
THEMES = {
    "light": LIGHT,
    "dark": LIGHT | BLOCKS[(DARK,)],
    "elder, light": LIGHT | BLOCKS[(ELDER,)],
    "elder, dark": LIGHT | BLOCKS[(DARK,)] | BLOCKS[(ELDER,)] | BLOCKS[(ELDER + DARK,)],
}


def brightness(colour: str) -> float:
    """The relative luminance of WCAG 2.2, 0 to 1, of a colour written as #rrggbb."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(theme: dict[str, str], one: str, other: str) -> float:
    high, low = sorted((brightness(theme[one]), brightness(theme[other])), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(("pairs", "least"), [(PAIRS, 4.5), (EDGES, 3)], ids=["words", "edges"])
def test_it_can_be_read(name, pairs, least):
    theme = THEMES[name]
    weak = {
        f"{one} on {other}": round(found, 2) for one, other in pairs if (found := contrast(theme, one, other)) < least
    }
    assert weak == {}


@pytest.mark.parametrize(
    ("chosen", "by_itself"), [((DARK,), '[data-theme="auto"]'), ((ELDER + DARK,), '[data-elder][data-theme="auto"]')]
)
def test_the_dark_that_was_chosen_is_the_dark_of_the_phone(chosen, by_itself):
    assert BLOCKS[chosen] == BLOCKS[(*AUTO, by_itself)]


def test_styles_name_no_colour_outside_the_tokens():
    named = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", re.I)
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted((ROOT / "static" / "css").glob("*.css"))
        if path.name != "tokens.css"
        for line in path.read_text("utf-8").splitlines()
        if named.search(line)
    ]
    assert found == []


def test_every_token_that_is_used_exists():
    text = "".join(path.read_text("utf-8") for path in (ROOT / "static" / "css").glob("*.css"))
    assert set(re.findall(r"var\(--([a-z0-9-]+)\)", text)) - set(LIGHT) == set()


def test_no_style_shouts_or_goes_by_an_id():
    for path in (ROOT / "static" / "css").glob("*.css"):
        text = path.read_text("utf-8")
        assert "!important" not in text
        assert not re.search(r"^\s*#[a-z][\w-]*[^;]*\{", text, re.M), path.name
