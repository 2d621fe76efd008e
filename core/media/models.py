"""The table of photos."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.personal import Personal, declare


class Photo(models.Model):
    """One photo: a draft of its owner until it is attached to something, then a part of that.

    The files lie in the private storage under random names; `original_key` is what was sent, `shown_key`
    and `thumb_key` are the stripped copies that a worker makes. Whether somebody may see it is asked of
    what it is attached to, by the app that owns that.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("已收到，正在处理")
        READY = "ready", _("可以看了")
        BROKEN = "broken", _("打不开")

    class Type(models.TextChoices):
        JPEG = "image/jpeg", "JPEG"
        PNG = "image/png", "PNG"
        WEBP = "image/webp", "WebP"
        HEIC = "image/heic", "HEIC"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    content_type = models.CharField(max_length=20, choices=Type.choices)
    byte_size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    attached_to = models.CharField(max_length=120, blank=True)
    attached_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    original_key = models.CharField(max_length=200, unique=True)
    shown_key = models.CharField(max_length=200, blank=True)
    thumb_key = models.CharField(max_length=200, blank=True)
    versions_due_at = models.DateTimeField(null=True, blank=True)
    version_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        app_label = "core"
        db_table = "core_photo"
        verbose_name = _("照片")
        verbose_name_plural = _("照片")
        constraints = [
            models.CheckConstraint(
                name="core_photo_draft_or_attached",
                condition=(
                    Q(attached_to="", attached_at__isnull=True, expires_at__isnull=False)
                    | (~Q(attached_to="") & Q(attached_at__isnull=False, expires_at__isnull=True))
                ),
            ),
            models.CheckConstraint(
                name="core_photo_ready_has_copies",
                condition=~Q(state="ready") | (~Q(shown_key="") & ~Q(thumb_key="")),
            ),
            models.CheckConstraint(
                name="core_photo_place_is_whole",
                condition=(
                    Q(latitude__isnull=True, longitude__isnull=True)
                    | Q(
                        latitude__isnull=False,
                        longitude__isnull=False,
                        latitude__range=(-90, 90),
                        longitude__range=(-180, 180),
                    )
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "created_at"], condition=Q(attached_to=""), name="core_photo_drafts"),
            models.Index(fields=["expires_at"], condition=Q(attached_to=""), name="core_photo_expiring"),
            models.Index(
                fields=["attached_to", "attached_at", "position"],
                condition=~Q(attached_to=""),
                name="core_photo_attached",
            ),
            models.Index(
                fields=["versions_due_at"],
                condition=Q(versions_due_at__isnull=False),
                name="core_photo_versions_due",
            ),
        ]

    def __str__(self) -> str:
        return f"photo {self.id}"

    @property
    def is_draft(self) -> bool:
        """Not attached to anything yet."""
        return not self.attached_to


_UNTIL = "what it is attached to is erased; a draft goes after 24 hours"
declare(
    Photo,
    fields={
        "owner": Personal("contact", "a draft is shown to its sender only", "the sender", None, _UNTIL),
        "latitude": Personal("contact", "find the place of what is reported", "the sender", None, _UNTIL),
        "longitude": Personal("contact", "find the place of what is reported", "the sender", None, _UNTIL),
        "taken_at": Personal("contact", "tell whether a photo is of now", "the sender", None, _UNTIL),
        "original_key": Personal("image", "show what is reported", "the sender", None, _UNTIL, on_erase="delete"),
        "shown_key": Personal("image", "show what is reported", "the sender", None, _UNTIL, on_erase="delete"),
        "thumb_key": Personal("image", "show what is reported", "the sender", None, _UNTIL, on_erase="delete"),
    },
    plain=("sha256", "attached_to"),
)
