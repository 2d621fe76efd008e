"""Words that staff begin from: which fit a case and a step, and with the case's facts filled in."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from communities import queries as places
from grievances import routing
from grievances.models import Area, Case, StandardText

PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
KNOWN: Final = ("编号", "标题", "承办", "时限", "社区", "称呼")


@dataclass(frozen=True)
class Ready:
    """A standard text for one case: its name, and its words with the placeholders filled."""

    name: str
    words: str


def text_subject(pk: int) -> str:
    """How a standard text is named among the changes of settings."""
    return f"text:{pk}"


def unknown_placeholders(body: str) -> list[str]:
    """Names in braces that no case can fill, in the order they stand."""
    return [name for name in dict.fromkeys(PLACEHOLDER.findall(body)) if name not in KNOWN]


def texts_for(case: Case, steps: Collection[str]) -> dict[str, list[Ready]]:
    """What fits the case, by step: the nearest place's first, the case's own category before every category."""
    offered = [step for step in steps if step in StandardText.ForStep.values]
    if "result_to_check" in steps:
        offered.append(StandardText.ForStep.RESULT)
    if not offered:
        return {}
    path = list(reversed(places.ancestors_of(case.area)))
    depth: dict[int | None, int] = {place.pk: number for number, place in enumerate(path)}
    depth[None] = len(path)
    kinds = [case.category_id, case.category.parent_id] if case.category is not None else []
    fitting = StandardText.objects.filter(
        Q(area=None) | Q(area__in=path), Q(category=None) | Q(category__in=[pk for pk in kinds if pk]),
        step__in=offered, is_active=True,
    )  # fmt: skip
    facts = _facts(case)
    found: dict[str, list[Ready]] = {}
    for text in sorted(fitting, key=lambda one: (depth[one.area_id], one.category_id is None, one.order, one.pk)):
        found.setdefault(text.step, []).append(Ready(text.name, filled(text.body, facts)))
    return found


def filled(body: str, facts: dict[str, str]) -> str:
    """The words with each known placeholder replaced; an unknown one stays as it is written."""
    return PLACEHOLDER.sub(lambda match: facts.get(match[1], match[0]), body)


def texts_at(area: Area) -> list[StandardText]:
    """Every standard text that holds at a place, those switched off too: its own, then those from above."""
    path = list(reversed(places.ancestors_of(area)))
    depth: dict[int | None, int] = {place.pk: number for number, place in enumerate(path)}
    depth[None] = len(path)
    found = StandardText.objects.filter(Q(area=None) | Q(area__in=path)).select_related("area", "category")
    return sorted(found, key=lambda one: (one.step, depth[one.area_id], one.order, one.pk))


def standard_text(pk: int) -> StandardText | None:
    """A standard text with its place and category, or None."""
    return StandardText.objects.select_related("area", "category").filter(pk=pk).first()


def _facts(case: Case) -> dict[str, str]:
    """What a case fills into placeholders; no name of the reporter, because a result may come onto the public wall."""
    community = case.community or case.area
    return {
        "编号": case.number, "标题": case.title, "承办": routing.holder_of(case).words or _("社区"),
        "时限": f"{timezone.localtime(case.due_at):%Y-%m-%d %H:%M}", "社区": community.name,
        "称呼": _("居民朋友"),
    }  # fmt: skip
