"""What the pages of one case show: the case, its steps, the forms that are possible now, what was just typed."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from core import once
from core.media.owner import owner_of
from core.media.queries import for_owner
from core.workflow import Actor
from grievances import actions, queries, routing, rules
from grievances.forms.steps import FORMS, DispatchForm, StepForm
from grievances.models import Case
from grievances.views.turns import is_drawn, turns_of
from grievances.workflow import WORKING, State

SHOWN_STEPS = 60


@dataclass
class Sent:
    """What a form just sent that has to be shown again: the step, its form, the refusal, its photos."""

    step: str = ""
    form: StepForm | None = None
    refusal: str = ""
    photos: dict[str, list[str]] = field(default_factory=dict)


def page_context(request: HttpRequest, found: Case, sent: Sent) -> dict[str, Any]:
    """Everything that a case's page or the side of the dispatcher's desk shows."""
    person, now = request.user.person, timezone.now()
    steps = queries.steps_of(found)
    newest = {view.row.step: view for view in steps}
    possible = {step.name: step for step in actions.flow.possible(found, Actor.of(person), now)}
    proposal = queries.proposal_for(found, newest.get("return")) if "dispatch" in possible else None
    chosen = sent.step or request.GET.get("turn", "")
    drawn = [name for name in possible if name in FORMS and is_drawn(name, chosen)]
    forms = {name: _form_of(name, found, sent, proposal) for name in drawn}
    return {
        "case": found, "turns": turns_of(possible, forms), "asked": _asked(found, steps),
        "merged": queries.merged_into(found) if found.is_open else [],
        "ready": queries.texts_for(found, forms.keys()),
        "timeline": steps[::-1][:SHOWN_STEPS], "older": steps[::-1][SHOWN_STEPS:],
        "steps": steps, "newest": newest, "possible": possible, "forms": forms, "sent": sent,
        "result": queries.result_of(steps) if found.state != State.CHECKING else None, "dispatched": newest.get("dispatch"), "proposal": proposal,
        "photos": [shot for view in steps for shot in view.photos if shot.slot == "report"],
        "draft_photos": _drafts(request, sent), "rating": queries.rating_of(found),
        "may_see_reporter": rules.may_see_reporter(person, found), "most": actions.MOST_PHOTOS,
        "once": once.fresh_key(), "holder_words": queries.holder_words(found),
        "in_hands": found.state in (*WORKING, State.FEEDBACK),
        "says_more": _says_more(found, newest), "opens_here": "contact" not in possible,
        "call": queries.call_for(found), "may_publish": "release" in possible or "unrelease" in possible,
        "back_to": request.POST.get("back") or request.get_full_path(),
    }  # fmt: skip


def _asked(found: Case, steps: list[queries.StepView]) -> queries.StepView | None:
    """The step that waits for a decision."""
    return next((view for view in steps if found.asked and view.row.seq == found.asked_seq), None)


def _says_more(found: Case, newest: dict[str, queries.StepView]) -> bool:
    """Whether the report says more than its title, which is its first sentence."""
    report = next((newest[name] for name in ("report", "report_for", "patrol_done") if name in newest), None)
    return report is not None and str(report.texts.get("text", "")).strip("。！？.!? \n") != found.title


def _form_of(name: str, found: Case, sent: Sent, proposal: routing.Proposal | None) -> StepForm:
    if sent.step == name and sent.form is not None:
        return sent.form
    form_class = FORMS[name][0]
    if form_class is DispatchForm:
        return DispatchForm(case=found, prefix=name, proposal=proposal)
    return form_class(case=found, prefix=name)


def _drafts(request: HttpRequest, sent: Sent) -> dict[str, list[Any]]:
    if not any(sent.photos.values()) or sent.form is None:
        return {}
    mine = {str(photo.pk): photo for photo in for_owner(owner_of(request))}
    return {name: [mine[pk] for pk in ids if pk in mine] for name, ids in sent.photos.items()}
