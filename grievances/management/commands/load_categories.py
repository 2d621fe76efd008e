"""Load the catalogue of categories, the doors, and the catch-all of each city."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from grievances import actions

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue.csv"


class Command(BaseCommand):
    help = "Load the catalogue of categories; what an administrator changed stays, unless --overwrite."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--overwrite", action="store_true", help="set every category to the catalogue's values")

    def handle(self, *args: Any, **options: Any) -> None:
        with CATALOGUE.open(encoding="utf-8", newline="") as file, transaction.atomic():
            rows = list(csv.DictReader(file))
            made = actions.load_categories(rows=rows, overwrite=options["overwrite"])
            actions.load_doors()
            actions.ensure_catch_all(at=timezone.now())
        if options["verbosity"]:
            self.stdout.write(f"{len(rows)} categories in the catalogue, {made} new")
