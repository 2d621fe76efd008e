"""What this app tells people: a code, an invitation. Both only by SMS, at once, and kept nowhere after."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import rules
from accounts.models import Invitation, SignInCode
from core import outbox
from core.notices import NoticeKind, Recipient, Wording, notice_kinds
from core.outbox import OutboxRow

CITY_LANGUAGE = "zh-hans"


def _code_of(row: OutboxRow) -> SignInCode:
    return SignInCode.objects.get(pk=row.about_id)


def _code_to(row: OutboxRow, code: SignInCode) -> list[Recipient]:
    if not code.sendable or timezone.now() >= code.expires_at:
        return []
    language = row.ids.get("language") or CITY_LANGUAGE
    return [Recipient(as_role="asker", phone=code.phone, language=language)]


def _code_words(row: OutboxRow, code: SignInCode, recipient: Recipient) -> Wording:
    if not code.sendable:
        return Wording(title=_("验证码"))
    return _code_wording(code.purpose, code.sendable)


def _code_wording(purpose: str, digits: str) -> Wording:
    if purpose == SignInCode.Purpose.RESET:
        line = _("%(code)s 是您重设密码的验证码，5 分钟内有效。不是您本人操作，请不要理会，也不要告诉别人。")
    else:
        line = _("%(code)s 是您的登录验证码，5 分钟内有效。工作人员不会向您要验证码，请不要告诉别人。")
    return Wording(title=_("验证码"), sms=line % {"code": digits})


def _code_sample() -> list[tuple[str, Wording]]:
    return [("asker", _code_wording(purpose, "482913")) for purpose in SignInCode.Purpose.values]


def _code_sent(row: OutboxRow) -> None:
    _code_of(row).was_sent(timezone.now())


def _invitation_of(row: OutboxRow) -> Invitation:
    return Invitation.objects.select_related("person", "invited_by").get(pk=row.about_id)


def _invitation_to(row: OutboxRow, invitation: Invitation) -> list[Recipient]:
    if not invitation.sendable or invitation.used_at or invitation.withdrawn_at:
        return []
    person = invitation.person
    return [Recipient(as_role="invited", phone=person.phone, language=person.language or CITY_LANGUAGE)]


def _invitation_words(row: OutboxRow, invitation: Invitation, recipient: Recipient) -> Wording:
    if not invitation.sendable:
        return Wording(title=_("加入邀请"))
    link = f"{settings.SITE_URL.rstrip('/')}{reverse('invitation', args=[invitation.sendable])}"
    return _invitation_wording(invitation.person.name, link)


def _invitation_wording(name: str, link: str) -> Wording:
    line = _("%(name)s，请您加入社区工作平台。点开链接核对姓名、设好密码就能用，7 天内有效：%(link)s")
    return Wording(title=_("加入邀请"), sms=line % {"name": name, "link": link})


def _invitation_sample() -> list[tuple[str, Wording]]:
    return [("invited", _invitation_wording("赵卫东", "https://…/invitation/…/"))]


def _invitation_sent(row: OutboxRow) -> None:
    _invitation_of(row).was_sent()


outbox.kinds.register("accounts.code", gettext_lazy("短信验证码"))
outbox.kinds.register("accounts.invited", gettext_lazy("工作人员邀请"))
notice_kinds.register(
    "accounts.code",
    NoticeKind(
        kind="accounts.code",
        label=gettext_lazy("短信验证码"),
        subject=_code_of,
        to=_code_to,
        words=_code_words,
        channels={"asker": ("sms",)},
        urgency="urgent",
        sent=_code_sent,
        life_seconds=int(rules.CODE_LIFE.total_seconds()),
        sample=_code_sample,
    ),
)
notice_kinds.register(
    "accounts.invited",
    NoticeKind(
        kind="accounts.invited",
        label=gettext_lazy("工作人员邀请"),
        subject=_invitation_of,
        to=_invitation_to,
        words=_invitation_words,
        channels={"invited": ("sms",)},
        urgency="urgent",
        sent=_invitation_sent,
        life_seconds=int(rules.INVITATION_LIFE.total_seconds()),
        sample=_invitation_sample,
    ),
)
