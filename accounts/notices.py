"""What this app tells people: codes and invitations by SMS, kept nowhere after; what happened to their account."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import queries, rules
from accounts.models import AccountEvent, ActingFor, Invitation, Person, SignInCode
from core import outbox
from core.notices import NoticeKind, Recipient, Wording, notice_kinds
from core.outbox import OutboxRow
from core.personal import mask_name


def _code_of(row: OutboxRow) -> SignInCode:
    return SignInCode.objects.get(pk=row.about_id)


def _code_to(row: OutboxRow, code: SignInCode) -> list[Recipient]:
    if not code.sendable or timezone.now() >= code.expires_at:
        return []
    language = row.ids.get("language") or rules.CITY_LANGUAGE
    return [Recipient(as_role="asker", phone=code.phone, language=language)]


def _code_words(row: OutboxRow, code: SignInCode, recipient: Recipient) -> Wording:
    if not code.sendable:
        return Wording(title=_("验证码"))
    return _code_wording(code.purpose, code.sendable)


def _code_wording(purpose: str, digits: str) -> Wording:
    if purpose == SignInCode.Purpose.RESET:
        line = _("%(code)s 是您重设密码的验证码，5 分钟内有效。不是您本人操作，请不要理会，也不要告诉别人。")
    elif purpose == SignInCode.Purpose.CONFIRM:
        line = _("%(code)s 是确认您本人的验证码，5 分钟内有效。换手机号或注销账户时用，请不要告诉别人。")
    elif purpose == SignInCode.Purpose.CHANGE:
        line = _("%(code)s 是绑定新手机号的验证码，5 分钟内有效。不是您本人操作，请不要理会，也不要告诉别人。")
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
    return [Recipient(as_role="invited", phone=person.phone, language=person.language or rules.CITY_LANGUAGE)]


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


def _event_of(row: OutboxRow) -> AccountEvent:
    return AccountEvent.objects.select_related("person").get(pk=row.about_id)


def _phone_to(row: OutboxRow, event: AccountEvent) -> list[Recipient]:
    """The person's inbox, and the number they had: whoever holds it must know that it opens nothing any more."""
    person = event.person
    found = [Recipient(as_role="self", person_id=person.pk, phone=person.phone, language=_language(person))]
    if event.sendable:
        found.append(Recipient(as_role="old_number", phone=event.sendable, language=_language(person)))
    return found


def _phone_words(row: OutboxRow, event: AccountEvent, recipient: Recipient) -> Wording:
    return _phone_wording(recipient.as_role)


def _phone_wording(as_role: str) -> Wording:
    title = _("手机号已改绑")
    if as_role == "old_number":
        return Wording(
            title=title,
            sms=_("您的社区平台账户已改绑到新手机号，这个号码不能再登录了。不是您本人操作，请马上联系社区。"),
        )
    return Wording(
        title=title,
        body=_("以后请用新号码登录，其他设备都已退出。不是您本人操作，请马上联系社区。"),
        url=reverse("me_security"),
    )


def _phone_sent(row: OutboxRow) -> None:
    _event_of(row).was_sent()


def _language(person: Person) -> str:
    return person.language or rules.CITY_LANGUAGE


def _person_of(row: OutboxRow) -> Person:
    return Person.objects.get(pk=row.about_id)


def _self(row: OutboxRow, person: Person) -> list[Recipient]:
    return [Recipient(as_role="self", person_id=person.pk, phone=person.phone, language=_language(person))]


def _ready_words(row: OutboxRow, person: Person, recipient: Recipient) -> Wording:
    return _ready_wording()


def _ready_wording() -> Wording:
    return Wording(
        title=_("您的资料副本准备好了"),
        body=_("7 天内可以下载，只有您本人能打开，过期自动删除。"),
        url=reverse("me_data"),
    )


def _helper_of(row: OutboxRow) -> ActingFor:
    return queries.acting_of(row.about_id)


def _helper_to(row: OutboxRow, acting: ActingFor) -> list[Recipient]:
    who = acting.person if row.ids["to"] == "helper" else acting.for_person
    as_role = "asked" if row.ids["sms"] else "told"
    return [Recipient(as_role=as_role, person_id=who.pk, phone=who.phone, language=_language(who))]


def _helper_words(row: OutboxRow, acting: ActingFor, recipient: Recipient) -> Wording:
    other = acting.for_person if row.ids["to"] == "helper" else acting.person
    return _helper_wording(row.ids["what"], mask_name(other.name) or str(_("一位居民")))


def _helper_wording(what: str, who: str) -> Wording:
    address = reverse("me_helpers")
    said = {
        "confirmed": (_("%(who)s 答应替您办事"), _("以后可以替您反映问题。您随时可以收回。")),
        "declined": (_("%(who)s 这次不能替您办事"), _("您可以再请别人。")),
        "ended": (_("和 %(who)s 的代办结束了"), _("从现在起不能再替对方办事。")),
    }
    if what in said:
        title, body = said[what]
        return Wording(title=title % {"who": who}, body=body, url=address)
    return Wording(
        title=_("%(who)s 请您代办社区的事") % {"who": who}, body=_("您答应以后才算数，也可以不答应。"), url=address,
        sms=_("%(who)s 请您在社区平台替他办事。用这个手机号登录，在“我的 → 代办”里答应或谢绝：%(link)s")
        % {"who": who, "link": f"{settings.SITE_URL.rstrip('/')}{address}"},
    )  # fmt: skip


outbox.kinds.register("accounts.code", gettext_lazy("短信验证码"))
outbox.kinds.register("accounts.invited", gettext_lazy("工作人员邀请"))
outbox.kinds.register("accounts.phone_changed", gettext_lazy("手机号改绑"))
outbox.kinds.register("accounts.export_ready", gettext_lazy("资料副本准备好了"))
outbox.kinds.register("accounts.helper", gettext_lazy("代办"))
outbox.kinds.register("accounts.closed", gettext_lazy("账户注销"))
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
notice_kinds.register(
    "accounts.phone_changed",
    NoticeKind(
        kind="accounts.phone_changed",
        label=gettext_lazy("手机号改绑"),
        subject=_event_of,
        to=_phone_to,
        words=_phone_words,
        channels={"self": ("inbox",), "old_number": ("sms",)},
        urgency="urgent",
        sent=_phone_sent,
        life_seconds=int(rules.DAY.total_seconds()) * 7,
        sample=lambda: [(role, _phone_wording(role)) for role in ("self", "old_number")],
    ),
)
notice_kinds.register(
    "accounts.export_ready",
    NoticeKind(
        kind="accounts.export_ready",
        label=gettext_lazy("资料副本准备好了"),
        subject=_person_of,
        to=_self,
        words=_ready_words,
        channels={"self": ("inbox",)},
        sample=lambda: [("self", _ready_wording())],
    ),
)
notice_kinds.register(
    "accounts.helper",
    NoticeKind(
        kind="accounts.helper",
        label=gettext_lazy("代办"),
        subject=_helper_of,
        to=_helper_to,
        words=_helper_words,
        channels={"asked": ("inbox", "sms"), "told": ("inbox",)},
        sample=lambda: [
            ("asked", _helper_wording("asked", "李**")),
            *(("told", _helper_wording(what, "李**")) for what in ("confirmed", "declined", "ended")),
        ],
    ),
)
