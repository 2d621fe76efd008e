"""Write docs/workflow.md: the diagram, the steps and who may take them, of every workflow, from its table."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from core.workflow import BACK, SAME, Step, Workflow, tables

TARGET = Path(settings.BASE_DIR) / "docs" / "workflow.md"
START = "[*]"
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
    """One workflow: a Mermaid diagram, a row per step, and which step is open to whom."""
    title = f"\n## {table.model._meta.verbose_name} (`{table.label}`)\n"
    return "".join([title, *diagram(table), *step_rows(table), *matrix(table)])


def diagram(table: Workflow[Any]) -> list[str]:
    """The states and what leads from one to another; steps between the same two share an arrow.

    A step that goes back leads to every state from which a pause began.
    """
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in table.steps.values():
        for source in sorted(source or START for source in step.sources):
            for target in targets(table, step):
                arrows.setdefault((source, target), []).append(step.name)
    lines = [f"    {source} --> {target}: {', '.join(names)}\n" for (source, target), names in arrows.items()]
    ends = [state for state in table.states if not any(source == state for source, _target in arrows)]
    return ["\n```mermaid\nstateDiagram-v2\n", *lines, *(f"    {state} --> {START}\n" for state in ends), "```\n"]


def targets(table: Workflow[Any], step: Step) -> list[str]:
    """The states to which a step may lead, besides staying where it is."""
    if step.to == SAME:
        return []
    if step.to != BACK:
        return [step.to]
    return sorted({str(source) for pause in table.steps.values() if pause.pause for source in pause.sources})


def step_rows(table: Workflow[Any]) -> list[str]:
    """A row per step: from, to, who, what it needs, what it does to the clocks, whom it tells."""
    rows = ["\n| step | | from | to | who | needs | clock | tells |\n|---|---|---|---|---|---|---|---|\n"]
    for step in table.steps.values():
        sources = sorted(source or START for source in step.sources)
        cells = [
            f"`{step.name}`", str(step.label), ", ".join(sources), step.to, ", ".join(sorted(step.by)),
            ", ".join(step.needs), step.clock, ", ".join(f"`{kind}`" for kind in step.puts),
        ]  # fmt: skip
        rows.append(row(cells))
    return rows


def matrix(table: Workflow[Any]) -> list[str]:
    """Which step is open to whom: a column per relation, in the order in which the table first names it."""
    relations: dict[str, None] = {}
    for step in table.steps.values():
        relations |= dict.fromkeys(sorted(str(relation) for relation in step.by))
    columns = list(relations)
    rows = [row(["", *columns]), row(["---", *(":-:" for _column in columns)])]
    for step in table.steps.values():
        rows.append(row([f"`{step.name}`", *("●" if column in step.by else "" for column in columns)]))
    return ["\nWho may take which step, where the state allows it:\n\n", *rows]


def row(cells: Iterable[str]) -> str:
    """One row of a table."""
    return "| " + " | ".join(cells) + " |\n"
