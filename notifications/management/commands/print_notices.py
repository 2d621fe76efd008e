"""Write docs/notices.md: who hears of what, by which channel, in which words."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from core.notices import notice_kinds

TARGET = Path(settings.BASE_DIR) / "docs" / "notices.md"
HEAD = """# Notices

Written by `manage.py print_notices`; never by hand. Who hears of which event, by which channel, in which words
(with sample facts). Confidential cases are told to staff without their title.

| event | role | channels | inbox | SMS |
|---|---|---|---|---|
"""


class Command(BaseCommand):
    help = "Write docs/notices.md from the notice kinds; --check only says whether it is up to date."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("zh-hans"):
            text = HEAD + "".join(self._rows())
        if options["check"]:
            if not TARGET.exists() or TARGET.read_text("utf-8") != text:
                raise CommandError("docs/notices.md is out of date: run manage.py print_notices")
            return
        TARGET.parent.mkdir(exist_ok=True)
        TARGET.write_text(text, "utf-8")
        self.stdout.write(f"{len(notice_kinds)} kinds written")

    def _rows(self) -> list[str]:
        rows = []
        for kind in sorted(notice_kinds.all(), key=lambda kind: kind.kind):
            for role, wording in kind.sample() if kind.sample else []:
                channels = " + ".join(kind.channels.get(role, ("inbox",)))
                cells = [f"`{kind.kind}`", role, channels, wording.title, wording.sms]
                rows.append("| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |\n")
        return rows
