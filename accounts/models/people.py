"""People the city knows, and their sign-ins."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
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
    closed_at = models.DateTimeField(_("注销时间"), null=True, blank=True, editable=False)

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
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(name="", phone="", phone2="", id_hash="", birth_date=None),
                name="person_closed_is_blank",
            ),
        ]

    def __str__(self) -> str:
        if self.closed_at is not None:
            return str(_("已注销居民"))
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
    ended_sessions = ArrayField(
        models.CharField(max_length=64), verbose_name=_("已结束的会话摘要"), default=list, blank=True, editable=False
    )

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


personal.declare(
    Person,
    fields={
        "name": Personal("contact", purpose="称呼本人，核对身份", after="account closed", keep_days=0, mask="name"),
        "phone": Personal("contact", purpose="登录，联系本人", after="account closed", keep_days=0, mask="phone"),
        "phone2": Personal("contact", purpose="联系本人", after="account closed", keep_days=0, mask="phone"),
        "id_hash": Personal("identity", purpose="同一人只登记一次", after="account closed", keep_days=0),
        "birth_date": Personal("identity", purpose="按年龄提供服务", after="account closed", keep_days=0),
    },
    plain=("demo_words",),
)
personal.declare(
    User,
    fields={
        "login": Personal("contact", purpose="登录", after="account closed", keep_days=0, on_erase="hash"),
        "password": Personal("secret", purpose="登录", after="account closed", keep_days=0),
    },
    plain=("ended_sessions",),
)
