"""Cases (诉求), their history, holders and photos."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from communities.models import Area, Organisation, Placed, Role
from core.history import HasHistory, History
from core.media.models import Photo
from core.personal import Personal, declare
from core.reference import KnownKey
from grievances.models.catalogue import Category, Tier, Urgency
from grievances.workflow import (
    ENDED,
    IN_HANDS,
    ON_WALL,
    PAUSED,
    WAITING_FOR_WALL,
    Asked,
    Outcome,
    State,
    Suspension,
    Wall,
)

STATE_WORDS: dict[str, Any] = {
    State.REPORTED: _("已收到，等派单"),
    State.DISPATCHED: _("已派单"),
    State.HANDLING: _("正在处理"),
    State.WAITING: _("等您补充"),
    State.RETURNED: _("正在换人办"),
    State.SUSPENDED: _("先等一等"),
    State.CHECKING: _("办好了，正在核查"),
    State.FEEDBACK: _("已办好，等您评价"),
    State.MERGED: _("和另一件一起办"),
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


_LEVELS: dict[str, list[str]] = {"": [], "_street": ["street"], "_community": ["community"]}
_OPEN = Q(closed_at__isnull=True)
UNTAKEN = Q(urgency=Urgency.URGENT, state__in=[State.REPORTED, State.DISPATCHED, State.RETURNED])
"""Urgent, and nobody has accepted it yet: it stands over every page of those on duty."""
UNDECIDED = ~Q(asked="") | Q(state__in=[State.RETURNED, State.CHECKING])
"""Somebody asked for something, gave it back, or says that it is done: somebody else decides."""
_WITH_RESULT = Q(result_in_time__isnull=False)


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
    category = KnownKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    wall = models.CharField(_("公开栏"), max_length=5, choices=Wall.choices, blank=True, default=Wall.NEVER)
    urgency = models.CharField(_("紧急程度"), max_length=8, choices=Urgency.choices, default=Urgency.NORMAL)
    tier = models.CharField(_("分级"), max_length=8, choices=Tier.choices, blank=True)
    reporter = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proxy = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reporter_left = models.BooleanField(default=False)
    address = models.CharField(_("地点"), max_length=120, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lng = models.FloatField(null=True, blank=True)

    holder_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    holder_organisation = KnownKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    holder_role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    holder_area = KnownKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    handler = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    reported_at = models.DateTimeField()
    contact_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    done_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    round_the_clock = models.BooleanField(default=False)
    contact_due = models.DateTimeField(null=True, blank=True)
    warn_contact_at = models.DateTimeField(null=True, blank=True)
    warn_at = models.DateTimeField(null=True, blank=True)
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
    extended_to = models.DateTimeField(null=True, blank=True)
    asked = models.CharField(max_length=10, choices=Asked.choices, blank=True, default=Asked.NOTHING)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_seq = models.PositiveIntegerField(default=0)
    urge_due = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )

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
                condition=~Q(state__in=[*sorted(IN_HANDS), State.FEEDBACK])
                | Q(holder_person__isnull=False)
                | Q(holder_organisation__isnull=False)
                | ~Q(holder_role=""),
                name="case_has_holder",
            ),
            models.CheckConstraint(condition=~Q(state=State.CLOSED) | ~Q(outcome=""), name="case_closed_has_outcome"),
            models.CheckConstraint(
                condition=Q(state=State.MERGED, merged_into__isnull=False)
                | ~Q(state=State.MERGED) & Q(merged_into__isnull=True),
                name="case_merged_into",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="case_not_into_itself"),
            models.CheckConstraint(
                condition=Q(asked="", asked_by__isnull=True) | ~Q(asked="") & Q(asked_by__isnull=False),
                name="case_asked_by",
            ),
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
                fields=["community", "reported_at", "id"],
                name="case_to_wall",
                condition=Q(wall__in=sorted(WAITING_FOR_WALL)),
            ),
            # Lists behind the figures of the boards: open ones by deadline, others by the day that they count on.
            *(
                models.Index(fields=[*place, "due_at", "id"], name=f"case_open{name}", condition=_OPEN)
                for name, place in _LEVELS.items()
            ),
            *(
                models.Index(fields=[*place, "reported_at", "id"], name=f"case_in{name}")
                for name, place in _LEVELS.items()
            ),
            *(
                models.Index(fields=[*place, "closed_at", "id"], name=f"case_out{name}", condition=~_OPEN)
                for name, place in _LEVELS.items()
            ),
            *(
                models.Index(fields=[*place, "result_at", "id"], name=f"case_done{name}", condition=_WITH_RESULT)
                for name, place in _LEVELS.items()
            ),
            models.Index(fields=["community", "reported_at", "id"], name="case_urgent", condition=UNTAKEN),
            models.Index(fields=["merged_into", "id"], name="case_merged", condition=Q(merged_into__isnull=False)),
            models.Index(
                fields=["street", "due_at", "id"],
                name="case_to_decide",
                condition=UNDECIDED,
            ),
            models.Index(fields=["community", "asked", "due_at", "id"], name="case_asked", condition=~Q(asked="")),
            models.Index(fields=["id"], name="case_open_id", condition=_OPEN),
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
        return self.state not in ENDED

    @property
    def is_paused(self) -> bool:
        """Whether its clocks stand still."""
        return self.state in PAUSED

    @property
    def needs_check(self) -> bool:
        """Whether somebody else looks at a result before the resident reads it."""
        return self.category is not None and self.category.needs_check

    @property
    def tier_now(self) -> str:
        """小事, 大事 or 难事: as raised by a dispatcher, else as the category says."""
        return self.tier or (self.category.tier if self.category is not None else Tier.SMALL)

    def get_tier_now_display(self) -> str:
        """The tier in words."""
        return str(Tier(self.tier_now).label)

    @property
    def is_safety(self) -> bool:
        """Whether the category is one of danger or safety."""
        return self.category is not None and self.category.is_safety

    @property
    def is_on_wall(self) -> bool:
        """Whether everybody reads it on the public wall now."""
        return self.wall in ON_WALL and self.visibility == Visibility.PUBLIC

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
        indexes = [
            # What somebody did on a day: their work log.
            models.Index(fields=["actor", "at", "id"], name="casehistory_actor_at", condition=Q(actor__isnull=False)),
        ]


class CaseHolder(models.Model):
    """Who holds or held a case: it stays visible to them."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holders")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    organisation = KnownKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) ^ Q(organisation__isnull=False), name="caseholder_one"
            ),
            models.UniqueConstraint(fields=["person", "case"], name="caseholder_person"),
            models.UniqueConstraint(fields=["organisation", "case"], name="caseholder_organisation"),
        ]


class CasePause(models.Model):
    """A stretch of time in which the clocks of a case stand still; ``until`` is when it should end at the latest."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pauses")
    state = models.CharField(max_length=24, choices=State.choices)
    code = models.CharField(max_length=12, choices=Suspension.choices, blank=True)
    seq = models.PositiveIntegerField()
    began_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], name="pause_one_open", condition=Q(ended_at__isnull=True)),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")), name="pause_ends_after"
            ),
            models.CheckConstraint(condition=Q(state__in=sorted(PAUSED)), name="pause_state"),
        ]
        indexes = [
            models.Index(fields=["case", "began_at"], name="pause_of_case"),
            models.Index(fields=["began_at", "id"], name="pause_open", condition=Q(ended_at__isnull=True)),
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
    on_wall = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["case", "slot", "id"], name="casephoto_slot")]


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
declare(CasePause, plain=("code",))
