"""People the city knows, their sign-ins, and what guards both."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core import personal
from core.personal import Personal


class Theme(models.TextChoices):
    """Colours of the pages."""

    AUTO = "auto", _("跟随系统")
    LIGHT = "light", _("浅色")
    DARK = "dark", _("深色")


class Language(models.TextChoices):
    """Languages a person may choose; the empty choice follows the browser."""

    BROWSER = "", _("跟随浏览器")
    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class Person(models.Model):
    """Someone the city knows. Needs no sign-in: owners on a roll, elders on a register, callers."""

    name = models.CharField(_("姓名"), max_length=60, blank=True, default="")
    phone = models.CharField(_("手机号"), max_length=11, blank=True, default="")
    phone2 = models.CharField(_("备用电话"), max_length=20, blank=True, default="")
    id_hash = models.CharField(_("证件号摘要"), max_length=64, blank=True, default="", editable=False)
    birth_date = models.DateField(_("出生日期"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("已并入"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
    )
    language = models.CharField(
        _("语言"), max_length=10, choices=Language.choices, default=Language.BROWSER, blank=True
    )
    elder_mode = models.BooleanField(_("长者模式"), default=False)
    theme = models.CharField(_("颜色"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    is_demo = models.BooleanField(_("演示人员"), default=False, editable=False)
    demo_words = models.CharField(_("演示身份"), max_length=80, blank=True, default="", editable=False)
    created_at = models.DateTimeField(_("登记时间"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        constraints = [
            models.UniqueConstraint(
                fields=["phone"],
                condition=~Q(phone=""),
                name="person_phone_once",
            ),
            models.UniqueConstraint(
                fields=["id_hash"],
                condition=~Q(id_hash=""),
                name="person_id_once",
            ),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=r"^1[3-9][0-9]{9}$"),
                name="person_phone_shape",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
                name="person_not_into_self",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("居民"))


class UserManager(BaseUserManager["User"]):
    """Makes sign-ins; a login is kept in lower case."""

    def create_user(self, login: str, password: str | None = None, *, person: Person, **fields: Any) -> User:
        """Make the sign-in of a person.

        Args:
            login: phone digits or a staff name; unique.
            password: None leaves the password unusable (sign-in by code only).
            person: whose sign-in it is; at most one each.
            fields: further fields of `User`.

        Returns:
            The saved user.
        """
        user = self.model(login=login.strip().lower(), person=person, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, login: str, password: str | None = None, **fields: Any) -> User:
        """Make an administrator with a person of the same name; for the command line only."""
        person = fields.pop("person", None) or Person.objects.create(name=login)
        return self.create_user(login, password, person=person, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, login: str | None) -> User:
        """The user of this login, in any case of letters, with the person already fetched."""
        return self.select_related("person").get(login=(login or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A sign-in of a person, at most one each."""

    person = models.OneToOneField(Person, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="user")
    login = models.CharField(_("登录名"), max_length=40, unique=True)
    is_active = models.BooleanField(_("可以登录"), default=True)
    is_staff = models.BooleanField(_("可进入后台"), default=False)
    created_at = models.DateTimeField(_("开通时间"), default=timezone.now, editable=False)
    session_epoch = models.PositiveIntegerField(_("会话批次"), default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("登录账户")
        verbose_name_plural = _("登录账户")

    def __str__(self) -> str:
        return str(self.person)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Bind sessions to the password and to the epoch: raising the epoch ends them all at once."""
        return salted_hmac(
            "accounts.User.session",
            f"{self.password}:{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def get_full_name(self) -> str:
        """The person's name, as templates of Django and its packages ask for it."""
        return self.person.name

    def get_short_name(self) -> str:
        """The person's name."""
        return self.person.name


class Consent(models.Model):
    """A person's yes to one version of a text; a new version asks again."""

    class What(models.TextChoices):
        PRIVACY = "privacy_notice", _("个人信息保护告知")
        ACTING = "acting_for", _("委托他人代办")

    person = models.ForeignKey(Person, verbose_name=_("谁同意"), on_delete=models.PROTECT, related_name="consents")
    what = models.CharField(_("同意什么"), max_length=20, choices=What.choices)
    text_version = models.CharField(_("文本版本"), max_length=20)
    at = models.DateTimeField(_("时间"))
    taken_by = models.ForeignKey(
        Person,
        verbose_name=_("由谁当面记录"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("同意记录")
        verbose_name_plural = _("同意记录")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "text_version"],
                condition=Q(what="privacy_notice", withdrawn_at=None),
                name="consent_privacy_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.text_version}"


class ActingFor(models.Model):
    """Someone may act for someone else, with that person's consent, from–until."""

    person = models.ForeignKey(Person, verbose_name=_("代办人"), on_delete=models.PROTECT, related_name="acts_for")
    for_person = models.ForeignKey(
        Person, verbose_name=_("为谁办"), on_delete=models.PROTECT, related_name="acted_for_by"
    )
    consent = models.ForeignKey(Consent, verbose_name=_("委托同意"), on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateTimeField(_("开始"))
    valid_until = models.DateTimeField(_("结束"), null=True, blank=True)

    class Meta:
        verbose_name = _("代办关系")
        verbose_name_plural = _("代办关系")
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("for_person")), name="acting_for_another"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="acting_for_ends_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.for_person}"


class OpeningLog(models.Model):
    """Who opened which masked value of whom, when and why.

    A trigger refuses to change or delete a row; only the reason may be blanked, when its time is over.
    """

    opener = models.ForeignKey(Person, verbose_name=_("谁看的"), on_delete=models.PROTECT, related_name="openings_made")
    person = models.ForeignKey(Person, verbose_name=_("看了谁的"), on_delete=models.PROTECT, related_name="openings")
    field = models.CharField(_("哪一项"), max_length=60)
    subject = models.CharField(_("因哪件事"), max_length=80, blank=True, default="")
    reason = models.CharField(_("理由"), max_length=200)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("查看记录")
        verbose_name_plural = _("查看记录")
        indexes = [models.Index(fields=["person", "-at"], name="openinglog_person_at")]

    def __str__(self) -> str:
        return f"{self.opener} → {self.person}: {self.field}"

    def field_words(self) -> str:
        """What was looked at, in words."""
        words = {field.name: field.verbose_name for field in Person._meta.fields}
        return str(words.get(self.field, self.field))


class SignInCode(models.Model):
    """A six-digit code for one phone: five minutes, five tries, once."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("登录")
        RESET = "reset", _("重设密码")

    phone = models.CharField(_("手机号"), max_length=11)
    purpose = models.CharField(_("用途"), max_length=10, choices=Purpose.choices)
    code_hash = models.CharField(_("验证码摘要"), max_length=64)
    sendable = models.CharField(_("待发验证码"), max_length=6, blank=True, default="")
    created_at = models.DateTimeField(_("生成时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(_("输错次数"), default=0)

    class Meta:
        verbose_name = _("短信验证码")
        verbose_name_plural = _("短信验证码")
        indexes = [
            models.Index(fields=["phone", "purpose", "-created_at"], name="signincode_latest"),
            models.Index(fields=["expires_at"], name="signincode_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.created_at:%Y-%m-%d %H:%M}"

    def was_sent(self, at: datetime) -> None:
        """Blank the sendable copy: the message is on its way."""
        self.sendable, self.sent_at = "", at
        self.save(update_fields=["sendable", "sent_at"])


class Invitation(models.Model):
    """A one-time link with which a member of staff sets a first password."""

    person = models.ForeignKey(Person, verbose_name=_("请谁"), on_delete=models.PROTECT, related_name="invitations")
    token_hash = models.CharField(_("链接摘要"), max_length=64, unique=True)
    sendable = models.CharField(_("待发链接"), max_length=60, blank=True, default="")
    invited_by = models.ForeignKey(
        Person, verbose_name=_("谁邀请的"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("生成时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("作废时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("邀请")
        verbose_name_plural = _("邀请")

    def __str__(self) -> str:
        return f"{self.person} {self.created_at:%Y-%m-%d}"

    def was_sent(self) -> None:
        """Blank the sendable copy: the message is on its way."""
        self.sendable = ""
        self.save(update_fields=["sendable"])


class Limit(models.Model):
    """How often something was tried within one window of time. Kept here, not in the cache."""

    key = models.CharField(_("计数对象"), max_length=100)
    window_start = models.DateTimeField(_("时段开始"))
    ends_at = models.DateTimeField(_("时段结束"))
    count = models.PositiveIntegerField(_("次数"), default=0)

    class Meta:
        verbose_name = _("次数限制")
        verbose_name_plural = _("次数限制")
        constraints = [models.UniqueConstraint(fields=["key", "window_start"], name="limit_key_window_once")]
        indexes = [models.Index(fields=["ends_at"], name="limit_ends")]

    def __str__(self) -> str:
        return f"{self.key} {self.count}"


personal.declare(
    Person,
    fields={
        "name": Personal("contact", purpose="称呼本人，核对身份", after="account closed", keep_days=365, mask="name"),
        "phone": Personal("contact", purpose="登录，联系本人", after="account closed", keep_days=365, mask="phone"),
        "phone2": Personal("contact", purpose="联系本人", after="account closed", keep_days=365, mask="phone"),
        "id_hash": Personal("identity", purpose="同一人只登记一次", after="account closed", keep_days=365),
        "birth_date": Personal("identity", purpose="按年龄提供服务", after="account closed", keep_days=365),
    },
    plain=("demo_words",),
)
personal.declare(
    User,
    fields={
        "login": Personal("contact", purpose="登录", after="account closed", keep_days=365, on_erase="hash"),
        "password": Personal("secret", purpose="登录", after="account closed", keep_days=0),
    },
)
personal.declare(Consent, plain=("text_version",))
personal.declare(
    OpeningLog,
    fields={"reason": Personal("text", purpose="说明为什么查看", whose="opener", after="opening", keep_days=1095)},
    plain=("field", "subject"),
)
personal.declare(
    SignInCode,
    fields={
        "phone": Personal("contact", purpose="发验证码", after="sending", keep_days=1, on_erase="delete", mask="phone"),
        "code_hash": Personal("secret", purpose="核对验证码", after="sending", keep_days=1, on_erase="delete"),
        "sendable": Personal("secret", purpose="发验证码", after="sending", keep_days=0),
    },
)
personal.declare(
    Invitation,
    fields={
        "token_hash": Personal("secret", purpose="核对邀请链接", after="use", keep_days=365, on_erase="delete"),
        "sendable": Personal("secret", purpose="发邀请链接", after="sending", keep_days=0),
    },
)
personal.declare(Limit, plain=("key",))
