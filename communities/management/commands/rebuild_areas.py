from typing import Any

from django.core.management.base import BaseCommand

from communities.actions import rebuild_areas


class Command(BaseCommand):
    help = "Count the numbers of the area tree (lft, rght, level, tree) anew from the parents."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rebuild_areas()} areas had other numbers")
