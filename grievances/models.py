"""Cases (诉求), their categories and rules, and what residents answered."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from communities.models import Area, Organisation, Placed, Role
from core.history import HasHistory, History
from core.media.models import Photo
from core.personal import Personal, declare
from grievances.workflow import Outcome, State

STATE_WORDS: dict[str, Any] = {
    State.REPORTED: _("已收到，等派单"),
    State.DISPATCHED: _("已派单"),
    State.HANDLING: _("正在处理"),
    State.RETURNED: _("正在换人办"),
    State.FEEDBACK: _("已办好，等您评价"),
}


class Kind(models.TextChoices):
    """What a person wants of the city."""

    HELP = "help", _("求助")
    COMPLAINT = "complaint", _("投诉")
    QUESTION = "question", _("咨询")
    PROPOSAL = "proposal", _("建议")
    OFFENCE = "offence", _("举报")
    PRAISE = "praise", _("表扬")


class Source(models.TextChoices):
    """How a case came in."""

    RESIDENT = "resident", _("居民上报")
    PROXY = "proxy", _("他人代办")
    QR = "qr", _("扫码")
    COUNTER = "counter", _("窗口")
    PHONE = "phone", _("电话")
    HOTLINE = "12345", _("12345 转办")
    PATROL = "patrol", _("巡查")
    WECHAT = "wechat", _("微信群")
    BOX = "box", _("意见箱")
    VISIT = "visit", _("走访")


class Visibility(models.TextChoices):
    """Who may see a case; confidential hides the reporter even from the holder."""

    PUBLIC = "public", _("可以公开")
    NOT_PUBLIC = "not_public", _("不公开")
    CONFIDENTIAL = "confidential", _("保密")


class Tier(models.TextChoices):
    """小事业主治、大物业办、难事社区商."""

    SMALL = "small", _("小事")
    LARGE = "large", _("大事")
    HARD = "hard", _("难事")


class Urgency(models.TextChoices):
    """How quickly somebody must look."""

    NORMAL = "normal", _("一般")
    URGENT = "urgent", _("紧急")


class Category(models.Model):
    """A main (no parent) or sub category with its deadlines in working hours and what a result must show."""

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="subs")
    code = models.CharField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)
    icon = models.CharField(_("图标"), max_length=40, blank=True)
    tier = models.CharField(_("分级"), max_length=8, choices=Tier.choices, default=Tier.SMALL)
    contact_hours = models.PositiveSmallIntegerField(_("首次联系时限（工作小时）"), default=4)
    done_hours = models.PositiveSmallIntegerField(_("办结时限（工作小时）"), default=40)
    photos_before = models.PositiveSmallIntegerField(_("处理前照片"), default=0, validators=[MaxValueValidator(3)])
    photos_after = models.PositiveSmallIntegerField(_("处理后照片"), default=0, validators=[MaxValueValidator(3)])
    least_text = models.PositiveSmallIntegerField(_("结果说明至少字数"), default=10)
    handler = models.CharField(_("默认承办"), max_length=20, default=Role.GRID_WORKER)
    is_safety = models.BooleanField(_("涉及安全"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("诉求类别")
        verbose_name_plural = _("诉求类别")
        ordering = ("order", "id")
        constraints = [
            models.CheckConstraint(condition=Q(photos_before__lte=3, photos_after__lte=3), name="category_photos"),
            models.CheckConstraint(condition=Q(contact_hours__lte=F("done_hours")), name="category_contact_first"),
        ]

    def __str__(self) -> str:
        return f"{self.parent.name} · {self.name}" if self.parent else self.name


class DispatchRule(models.Model):
    """Who receives a category in an area: the first that fits, walking up the tree from the grid."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    order = models.PositiveSmallIntegerField(_("顺序"), default=100)
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices, blank=True)
    organisation_kind = models.CharField(_("单位类型"), max_length=20, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at_once = models.BooleanField(_("不经派单员，直接派出"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("派单规则")
        verbose_name_plural = _("派单规则")
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(organisation__isnull=True, person__isnull=True) & (~Q(role="") ^ ~Q(organisation_kind=""))
                    | Q(role="", organisation_kind="") & (Q(organisation__isnull=False) ^ Q(person__isnull=False))
                ),
                name="rule_one_target",
            )
        ]
        indexes = [models.Index(fields=["area", "order"], name="rule_area_order")]


class Case(Placed, HasHistory):
    """One request of a resident, or a patrol's find, with its place, holder and clocks.

    The words of the report, the result and every step are texts of its history. The holder is a
    person, an organisation, or a role at an area (so that a successor takes over); ``handler`` is
    the person who accepted it.
    """

    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices, default=Kind.HELP)
    source = models.CharField(_("来源"), max_length=12, choices=Source.choices, default=Source.RESIDENT)
    visibility = models.CharField(_("公开"), max_length=12, choices=Visibility.choices, default=Visibility.NOT_PUBLIC)
    title = models.CharField(_("标题"), max_length=60)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    urgency = models.CharField(_("紧急程度"), max_length=8, choices=Urgency.choices, default=Urgency.NORMAL)
    reporter = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proxy = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reporter_left = models.BooleanField(default=False)
    address = models.CharField(_("地点"), max_length=120, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lng = models.FloatField(null=True, blank=True)

    holder_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    holder_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    holder_role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    holder_area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    handler = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    reported_at = models.DateTimeField()
    contact_due = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    contacted_at = models.DateTimeField(null=True, blank=True)
    contact_in_time = models.BooleanField(null=True, blank=True)
    result_at = models.DateTimeField(null=True, blank=True)
    result_in_time = models.BooleanField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    is_late = models.BooleanField(default=False)
    reopened = models.PositiveSmallIntegerField(default=0)
    returned = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("诉求")
        verbose_name_plural = _("诉求")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(holder_role="", holder_area__isnull=True)
                | ~Q(holder_role="") & Q(holder_area__isnull=False),
                name="case_role_has_area",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["dispatched", "handling", "feedback"])
                | Q(holder_person__isnull=False)
                | Q(holder_organisation__isnull=False)
                | ~Q(holder_role=""),
                name="case_has_holder",
            ),
            models.CheckConstraint(condition=~Q(state=State.CLOSED) | ~Q(outcome=""), name="case_closed_has_outcome"),
        ]
        indexes = [
            models.Index(fields=["reporter", "-reported_at", "-id"], name="case_reporter"),
            models.Index(fields=["proxy", "-reported_at", "-id"], name="case_proxy", condition=Q(proxy__isnull=False)),
            models.Index(fields=["community", "state", "due_at", "id"], name="case_community_state"),
            models.Index(fields=["street", "state", "due_at", "id"], name="case_street_state"),
            models.Index(fields=["holder_person", "state", "due_at", "id"], name="case_holder_person"),
            models.Index(fields=["holder_organisation", "state", "due_at", "id"], name="case_holder_org"),
            models.Index(fields=["holder_area", "holder_role", "state", "due_at", "id"], name="case_holder_role"),
            models.Index(fields=["handler", "state", "due_at", "id"], name="case_handler"),
            models.Index(
                fields=["closed_at", "id"],
                name="case_to_erase",
                condition=Q(closed_at__isnull=False, erased_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        """The number people quote, e.g. LF2611-004213."""
        return f"{settings.CASE_NUMBER_PREFIX}{timezone.localtime(self.reported_at):%y%m}-{self.pk:06d}"

    @property
    def pk_words(self) -> str:
        """The id as text, for addresses that are put together in templates."""
        return str(self.pk)

    def get_state_display(self) -> str:
        """The state in the words of staff."""
        return str(State(self.state).label)

    def get_state_words(self) -> str:
        """The state in the words of a resident."""
        return str(STATE_WORDS.get(self.state) or State(self.state).label)

    @property
    def place_words(self) -> str:
        """Where it is, as neighbours say: the compound (or community), the grid, and the address."""
        near = self.compound or self.community or self.area
        inner = "" if self.area_id == near.pk else self.area.name
        return " · ".join(filter(None, (near.name, inner, self.address)))

    @property
    def is_open(self) -> bool:
        """Whether something still has to happen."""
        return self.state not in (State.CLOSED, State.REJECTED, State.WITHDRAWN)

    @property
    def is_safety(self) -> bool:
        """Whether the category is one of danger or safety."""
        return self.category is not None and self.category.is_safety

    @property
    def is_confidential(self) -> bool:
        """Whether the reporter is hidden even from the holder."""
        return self.visibility == Visibility.CONFIDENTIAL


class CaseHistory(History):
    """One step of a case; never changed, never deleted (a trigger refuses both)."""

    subject = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="history")
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    acted_for = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("办理经过")
        verbose_name_plural = _("办理经过")
        constraints = [models.UniqueConstraint(fields=["subject", "seq"], name="casehistory_subject_seq")]


class CaseHolder(models.Model):
    """Who holds or held a case: it stays visible to them."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holders")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) ^ Q(organisation__isnull=False), name="caseholder_one"
            ),
            models.UniqueConstraint(fields=["person", "case"], name="caseholder_person"),
            models.UniqueConstraint(fields=["organisation", "case"], name="caseholder_organisation"),
        ]


class CasePhoto(models.Model):
    """A photo of a case: with the report, of the scene before, or after the work."""

    class Slot(models.TextChoices):
        """Where in the case the photo belongs."""

        REPORT = "report", _("上报")
        BEFORE = "before", _("处理前")
        AFTER = "after", _("处理后")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="photos")
    photo = models.OneToOneField(Photo, on_delete=models.PROTECT, related_name="+")
    slot = models.CharField(max_length=8, choices=Slot.choices)
    seq = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["case", "slot", "id"], name="casephoto_slot")]


class Rating(models.Model):
    """What the resident answered to a result: contacted, solved, stars from 1 to 5 (words: history)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ratings")
    seq = models.PositiveIntegerField()
    contacted = models.BooleanField()
    solved = models.BooleanField()
    stars = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    at = models.DateTimeField()
    by_link = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="rating_case_seq"),
            models.CheckConstraint(condition=Q(stars__isnull=True) | Q(stars__range=(1, 5)), name="rating_stars"),
        ]


declare(Category, plain=("code", "name", "icon", "handler"))
declare(DispatchRule, plain=("organisation_kind",))
declare(
    Case,
    fields={
        "title": Personal("text", "to tell one case from another", "the reporter", 1095, "the case is closed"),
        "address": Personal("contact", "to find the place", "the reporter", 1095, "the case is closed"),
        "lat": Personal("contact", "to find the place", "the reporter", 1095, "the case is closed"),
        "lng": Personal("contact", "to find the place", "the reporter", 1095, "the case is closed"),
    },
    plain=("state", "state_before_pause", "last_hash"),
)
declare(
    CaseHistory,
    plain=("part", "step", "from_state", "to_state", "actor_kind", "role", "given", "texts", "prev_hash", "hash"),
)
