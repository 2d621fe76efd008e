"""Write docs/workflow.md: the diagram and the steps of every workflow, from its table."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from core.workflow import BACK, SAME, Workflow, tables

TARGET = Path(settings.BASE_DIR) / "docs" / "workflow.md"
HEAD = "# Workflows\n\nWritten by `manage.py print_workflows` from the tables of steps; never by hand.\n"


class Command(BaseCommand):
    help = "Write docs/workflow.md from the tables of steps; --check only says whether it is up to date."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("zh-hans"):
            ours = [table for table in tables.values() if not table.model.__module__.startswith("tests.")]
            text = HEAD + "".join(described(table) for table in ours)
        if options["check"]:
            if not TARGET.exists() or TARGET.read_text("utf-8") != text:
                raise CommandError("docs/workflow.md is out of date: run manage.py print_workflows")
            return
        TARGET.write_text(text, "utf-8")
        self.stdout.write(f"{len(ours)} workflows written")


def described(table: Workflow[Any]) -> str:
    """One workflow: a Mermaid diagram, and a row per step."""
    lines = [f"\n## {table.model._meta.verbose_name} (`{table.label}`)\n", "\n```mermaid\nstateDiagram-v2\n"]
    rows = ["\n| step | | from | to | who | needs | clock | tells |\n|---|---|---|---|---|---|---|---|\n"]
    for step in table.steps.values():
        sources = sorted(source or "[*]" for source in step.sources)
        if step.to not in (SAME, BACK):
            lines += [f"    {source} --> {step.to}: {step.name}\n" for source in sources]
        cells = [
            f"`{step.name}`", str(step.label), ", ".join(sources), step.to, ", ".join(sorted(step.by)),
            ", ".join(step.needs), step.clock, ", ".join(f"`{kind}`" for kind in step.puts),
        ]  # fmt: skip
        rows.append("| " + " | ".join(cells) + " |\n")
    return "".join([*lines, "```\n", *rows])
