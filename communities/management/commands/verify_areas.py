from typing import Any

from django.core.management.base import BaseCommand, CommandError

from communities.queries import verify_areas


class Command(BaseCommand):
    help = "Check everything that the area tree must hold, and name what is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify_areas()
        for finding in found:
            self.stderr.write(str(finding))
        if found:
            raise CommandError(
                f"{len(found)} findings; rebuild_areas mends numbers, rekey_areas mends rows in wrong places"
            )
        self.stdout.write("the area tree is sound")
