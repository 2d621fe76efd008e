"""Look at everything a running portal promises, on one page."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone, translation

from core import doctor
from core.doctor import Look, Result

MARKS = {"ok": "✓", "watch": "!", "wrong": "✗", "never": "·"}


class Command(BaseCommand):
    help = (
        "Check rules, outbox, timers, tree, history, figures and more, and say what to do. "
        "Exits with 1 when something is wrong; what should only be watched does not count."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--full", action="store_true", help="every history and photo instead of a sample")
        parser.add_argument("--quick", action="store_true", help="leave out what reads much")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        look = Look(at=timezone.now(), full=options["full"])
        results = doctor.examine(look, slow=not options["quick"])
        if options["json"]:
            self.stdout.write(json.dumps([_plain(result) for result in results], ensure_ascii=False, indent=1))
        else:
            self._page(results)
        if not options["quick"]:
            doctor.keep(results)
        if any(result.level == "wrong" for result in results):
            raise SystemExit(1)

    def _page(self, results: list[Result]) -> None:
        for result in results:
            self.stdout.write(f"{MARKS[result.level]} {_both(result.check.words)}")
            for finding in result.findings:
                self._finding(finding)
        counts = {level: sum(result.level == level for result in results) for level in ("wrong", "watch")}
        self.stdout.write("")
        if any(counts.values()):
            self.stdout.write(f"{counts['wrong']} 项不对，{counts['watch']} 项要留意 "
                              f"({counts['wrong']} wrong, {counts['watch']} to watch)")  # fmt: skip
        else:
            self.stdout.write("都正常 (all is well)")

    def _finding(self, finding: dict[str, Any]) -> None:
        for name, sign in (("what", "–"), ("todo", "→")):
            chinese = doctor.in_language(finding, "zh-hans")[name]
            english = doctor.in_language(finding, "en")[name]
            self.stdout.write(f"    {sign} {chinese}")
            if english != chinese:
                self.stdout.write(f"      {english}")


def _both(words: Any) -> str:
    with translation.override("zh-hans"):
        chinese = str(words)
    with translation.override("en"):
        english = str(words)
    return chinese if english == chinese else f"{chinese} ({english})"


def _plain(result: Result) -> dict[str, Any]:
    return {
        "check": result.check.key, "level": result.level, "at": result.at.isoformat() if result.at else None,
        "milliseconds": result.milliseconds, "findings": list(result.findings),
    }  # fmt: skip
