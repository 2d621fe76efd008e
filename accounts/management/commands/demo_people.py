from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.queries import demo_people


class Command(BaseCommand):
    """Print who can be signed in as in the demo."""

    help = "Print the invented people of the demo, by role, with their phones."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per person; refused where DEMO is off."""
        if not settings.DEMO:
            raise CommandError(_("这里没有开演示（DEMO），也就没有演示人员。"))
        for role, people in demo_people():
            self.stdout.write(role or "—")
            for person in people:
                self.stdout.write(f"  {person.phone}  {person.name}  {person.demo_words}")
