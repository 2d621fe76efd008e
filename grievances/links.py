"""Signed links that let a resident rate a result without signing in."""

from datetime import timedelta

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from core.refusals import Refused
from core.workflow import Actor
from grievances.models import Case

LIFE = timedelta(days=14)
SALT = "grievances.rate"


class LinkExpired(Refused):
    """The link is older than 14 days, or belongs to an earlier result."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_("这个评价链接已经过期。请用手机号登录，在“我的诉求”里评价。"))


class LinkForged(Refused):
    """The link was cut short or changed on the way."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("这个链接不完整，请从短信里重新点开一次。"))


def rating_address(case: Case, seq: int) -> str:
    """The path of the rating page for the result that was history row ``seq``."""
    return reverse("rate_link", args=[signing.dumps({"case": case.pk, "seq": seq}, salt=SALT, compress=True)])


def open_link(token: str) -> tuple[int, Actor]:
    """The case id and the guest that a link stands for; raises LinkExpired or LinkForged."""
    try:
        said = signing.loads(token, salt=SALT, max_age=LIFE)
    except signing.SignatureExpired:
        raise LinkExpired from None
    except signing.BadSignature:
        raise LinkForged from None
    return int(said["case"]), Actor.guest(f"rate:{said['seq']}")
