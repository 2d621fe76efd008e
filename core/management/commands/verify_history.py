"""Walk every history and say what is wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import sealing
from core.history import histories


class Command(BaseCommand):
    help = "Verify every history: chains, texts, last rows and nightly seals. Exits with 1 when one is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for model in histories():
            for fault in sealing.faults(model):
                found += 1
                where = f" subject {fault.subject_id}" if fault.subject_id else ""
                self.stderr.write(f"{fault.table}{where}: {fault.words}")
            self.stdout.write(f"{model._meta.db_table}: {model._default_manager.count()} rows walked")
        if found:
            raise CommandError(f"{found} faults found")
        self.stdout.write("every history is whole")
