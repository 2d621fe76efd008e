from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import make_first_admin
from communities.actions import grant_role
from communities.queries import children_of
from core.refusals import Refused


class Command(BaseCommand):
    """Make the first administrator of an empty installation."""

    help = "Make the first city administrator and print the one-time link that sets the password."

    def add_arguments(self, parser: CommandParser) -> None:
        """The phone, and how the person is called."""
        parser.add_argument("phone", help="mobile number of the administrator")
        parser.add_argument("--name", default="", help="how the administrator is called")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Make the sign-in, grant city_admin at the city if it is there already, print the link."""
        now = timezone.now()
        try:
            user, token = make_first_admin(phone=options["phone"], name=options["name"], at=now)
            roots = list(children_of(None)[:2])
            if len(roots) == 1:
                grant_role(person=user.person, role="city_admin", by=None, at=now, area=roots[0])
        except Refused as refusal:
            raise CommandError(refusal.sentence()) from None
        if len(roots) != 1:
            self.stderr.write(_("还没有城市：请先导入辖区，再在城市一级授予 city_admin。"))
        self.stdout.write(_("请在 7 天内打开下面的链接设密码，只能用一次："))
        self.stdout.write(f"{settings.SITE_URL.rstrip('/')}{reverse('invitation', args=[token])}")
