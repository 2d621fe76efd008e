from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from communities.actions import rekey_placed
from communities.models import Area
from communities.queries import children_of, open_area


class Command(BaseCommand):
    help = "Write district, street, community and compound anew on rows that lie in areas; goes on where it stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--area", type=int, help="only below the area of this id; without it everywhere")

    def handle(self, *args: Any, area: int | None = None, **options: Any) -> None:
        try:
            tops = list(children_of(None)) if area is None else [open_area(area)]
        except Area.DoesNotExist as error:
            raise CommandError(f"there is no open area {area}") from error
        self.stdout.write(f"{sum(rekey_placed(top) for top in tops)} rows written")
