from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from communities.actions import import_areas
from communities.rules import ImportRefused


class Command(BaseCommand):
    help = (
        "Take in areas from a CSV file (kind, code, name, parent_code, …, or the statistics bureau's list of "
        "divisions): all rows or none. The same file twice changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file, UTF-8 or GB 18030")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"cannot read {file}: {error.strerror}") from error
        try:
            done = import_areas(content=content, by=None, at=timezone.now())
        except ImportRefused as refused:
            for line, why in refused.errors:
                self.stderr.write(f"{file.name}:{line}: {why}")
            raise CommandError(f"nothing was imported; {len(refused.errors)} things to correct") from refused
        self.stdout.write(f"{done.created} areas new, {done.changed} changed, {done.unchanged} as they were")
