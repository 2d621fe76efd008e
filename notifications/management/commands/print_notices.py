"""Write docs/notices.md: who hears of what, by which channel, in which words."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from core import outbox
from core.notices import NoticeKind, Wording, notice_kinds
from core.workflow import tables

TARGET = Path(settings.BASE_DIR) / "docs" / "notices.md"
HEAD = """# Notices

Written by `manage.py print_notices`; never by hand. Who hears of which step, by which channel, in which words
(with invented sample facts). Each person hears once of an event, in the first role that names them; whoever took
a step is not told of it. What happens without a step of a workflow has a — after its name.

"""
AFTER_ALL = 10_000
COLUMNS = ("step", "event", "role", "channels", "inbox", "SMS")


class Command(BaseCommand):
    help = "Write docs/notices.md from the notice kinds; --check only says whether it is up to date."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            text = document()
        if options["check"]:
            kept = TARGET.read_text("utf-8") if TARGET.exists() else ""
            if kept != text:
                line = next(
                    (one for one in text.splitlines() if one not in kept.splitlines()), "the order or a line less"
                )
                raise CommandError(f"{TARGET.name} is out of date: run manage.py print_notices ({line})")
            return
        TARGET.parent.mkdir(exist_ok=True)
        TARGET.write_text(text, "utf-8")
        self.stdout.write(f"{TARGET.name}: {len(notice_kinds)} kinds of notices")


def document() -> str:
    """The whole document in the active language; raises CommandError for a kind without a sample."""
    steps = _steps_by_kind()
    mute = [kind.kind for kind in notice_kinds.all() if kind.sample is None]
    if mute:
        raise CommandError(f"no sample() is declared for {', '.join(sorted(mute))}")
    kinds = sorted(notice_kinds.all(), key=lambda kind: (_app(kind), _place(kind, steps), kind.kind))
    parts = [HEAD]
    for app in dict.fromkeys(_app(kind) for kind in kinds):
        parts += [f"## {app}\n\n", _line(COLUMNS), _line(["---"] * len(COLUMNS))]
        for kind in kinds:
            if _app(kind) == app:
                parts += _rows(kind, steps)
        parts.append("\n")
    return "".join(parts).rstrip("\n") + "\n"


def _steps_by_kind() -> dict[str, list[tuple[int, str]]]:
    """The steps that put each kind: their place in the table and their words."""
    found: dict[str, list[tuple[int, str]]] = {}
    for table in tables.values():
        for place, step in enumerate(table.steps.values()):
            for kind in step.puts:
                found.setdefault(kind, []).append((place, f"{step.label} `{step.name}`"))
    return found


def _app(kind: NoticeKind) -> str:
    return kind.kind.partition(".")[0]


def _place(kind: NoticeKind, steps: dict[str, list[tuple[int, str]]]) -> int:
    return min((place for place, _words in steps.get(kind.kind, [])), default=AFTER_ALL)


def _rows(kind: NoticeKind, steps: dict[str, list[tuple[int, str]]]) -> list[str]:
    step = ", ".join(words for _place, words in steps.get(kind.kind, [])) or f"{outbox.kinds.get(kind.kind)} —"
    return [_row(kind, step, role, wording) for role, wording in (kind.sample() if kind.sample else [])]


def _row(kind: NoticeKind, step: str, role: str, wording: Wording) -> str:
    channels = kind.channels.get(role, ("inbox",))
    inbox = " — ".join(part for part in (wording.title, wording.body) if part) if "inbox" in channels else ""
    return _line([step, f"`{kind.kind}`", role, " + ".join(channels), inbox, wording.sms if "sms" in channels else ""])


def _line(cells: Any) -> str:
    return "| " + " | ".join(str(cell).replace("|", "/").replace("\n", " ") for cell in cells) + " |\n"
