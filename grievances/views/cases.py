"""One case: its page, the steps taken on it, its photos."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import once
from core.access import signed_in
from core.htmx import render_page
from core.media.actions import receive
from core.media.owner import owner_of
from core.media.queries import for_owner
from core.media.serving import photo_response
from core.once import AlreadyDone
from core.refusals import Refused
from core.saying import when_words
from core.workflow import Actor, Missing, StepRefused
from grievances import actions, queries, routing, rules, telling
from grievances.forms.steps import FORMS, ResultForm, StepForm
from grievances.workflow import Relation


@dataclass
class Sent:
    """What a form just sent that has to be shown again: the step, its form, the refusal, its photos."""

    step: str = ""
    form: StepForm | None = None
    refusal: str = ""
    photos: dict[str, list[str]] = field(default_factory=dict)


@signed_in
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a case, for whoever may see it."""
    return _page(request, queries.get_for(request.user.person, pk), Sent())


@signed_in
@require_POST
def case_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a step; what was typed stays on the page when it is refused."""
    person = request.user.person
    found = queries.get_for(person, pk)
    if step not in FORMS:
        raise Http404
    form_class, action = FORMS[step]
    form = form_class(request.POST, case=found, prefix=step)
    photos, refusal = _photos(request, form)
    sent = Sent(step, form, refusal, photos)
    if refusal or not form.is_valid():
        return _page(request, found, sent, status=422)
    owner = owner_of(request)
    extra: dict[str, Any] = {**photos, "owner": owner} if form.photo_fields else {}
    try:
        form.take(
            action, by=person, at=timezone.now(), once=once.from_request(request, owner), expect=_expected(request),
            **extra,
        )  # fmt: skip
    except AlreadyDone as already:
        return redirect(already.address or "case", **({} if already.address else {"pk": pk}))
    except Refused as why:
        sent.refusal = _sentence(why)
        return _page(request, queries.get_for(person, pk), sent, status=why.status)
    messages.success(request, _("已记下：%(step)s。") % {"step": actions.flow.steps[step].label})
    return redirect(_back(request, pk))


@signed_in
def case_photo(request: HttpRequest, pk: int, photo_id: uuid.UUID, version: str) -> HttpResponseBase:
    """A photo of a case, to whoever may see the case."""
    shot = queries.photo_for(request.user.person, pk, str(photo_id))
    return photo_response(shot.photo, "thumb" if version == "thumb" else "shown", request)


def page_context(request: HttpRequest, found: Any, sent: Sent) -> dict[str, Any]:
    """Everything that a case's page or the side of the dispatcher's desk shows."""
    person, now = request.user.person, timezone.now()
    actor = Actor.of(person)
    steps = queries.steps_of(found)
    newest = {view.row.step: view for view in steps}
    possible = {step.name: step for step in actions.flow.possible(found, actor, now)}
    proposal = routing.propose(found.area, found.category) if "dispatch" in possible else None
    forms = {name: _form_of(name, found, sent, proposal) for name in possible if name in FORMS}
    return {
        "case": found, "steps": steps, "newest": newest, "possible": possible, "forms": forms, "sent": sent,
        "result": newest.get("result"), "dispatched": newest.get("dispatch"), "proposal": proposal,
        "photos": [shot for view in steps for shot in view.photos if shot.slot == "report"],
        "draft_photos": _drafts(request, sent), "rating": queries.rating_of(found),
        "may_see_reporter": rules.may_see_reporter(person, found), "most": actions.MOST_PHOTOS,
        "once": once.fresh_key(), "holder_words": queries.holder_words(found),
    }  # fmt: skip


def _page(request: HttpRequest, found: Any, sent: Sent, status: int = 200) -> HttpResponse:
    context = page_context(request, found, sent)
    relations = actions.flow.relations(Actor.of(request.user.person), found, timezone.now())
    mine = relations & {Relation.REPORTER, Relation.PROXY} and not relations & {Relation.HOLDER, Relation.DISPATCHER}
    if mine:
        context |= _for_resident(request, context)
    template = "grievances/case_resident.html" if mine else "grievances/case_staff.html"
    return render_page(request, template, context, status=status)


def _for_resident(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The same case in plain words, for the one who reported it."""
    found, result, rating = context["case"], context["result"], context["rating"]
    is_result_newer = rating is not None and result is not None and result.row.seq > rating.seq
    return {
        "told": telling.told(found, context["steps"], request.user.person),
        "next_words": telling.next_words(found, timezone.now()),
        "took": telling.took_words(found), "in_hands_of": telling.in_hands_of(found),
        "rating": None if is_result_newer else rating,
    }  # fmt: skip


def _form_of(name: str, found: Any, sent: Sent, proposal: routing.Proposal | None) -> StepForm:
    if sent.step == name and sent.form is not None:
        return sent.form
    initial = {}
    if name == "dispatch" and proposal is not None:
        initial = {"holder": proposal.holder.code, "why": proposal.why}
        initial["category"] = found.category.code if found.category else ""
    return FORMS[name][0](case=found, prefix=name, initial=initial)


def _photos(request: HttpRequest, form: StepForm) -> tuple[dict[str, list[str]], str]:
    """Draft ids per field, with files of a browser without scripts taken in; and the first refusal."""
    found: dict[str, list[str]] = {}
    refusal = ""
    for name in form.photo_fields:
        found[name] = request.POST.getlist(name)
        for upload in request.FILES.getlist(f"{name}_files"):
            try:
                found[name].append(str(receive(owner=owner_of(request), upload=upload, at=timezone.now()).pk))
            except Refused as why:
                refusal = why.sentence()
    return found, refusal


def _drafts(request: HttpRequest, sent: Sent) -> dict[str, list[Any]]:
    if not any(sent.photos.values()) or not isinstance(sent.form, ResultForm):
        return {}
    mine = {str(photo.pk): photo for photo in for_owner(owner_of(request))}
    return {name: [mine[pk] for pk in ids if pk in mine] for name, ids in sent.photos.items()}


def _expected(request: HttpRequest) -> int | None:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdigit() else None


def _sentence(why: Refused) -> str:
    """The refusal as the person reads it: with who was first, and what is missing."""
    if isinstance(why, StepRefused) and why.last is not None:
        who = why.last.actor.name if why.last.actor is not None else _("系统")
        step = actions.flow.steps[why.last.step].label
        when = when_words(why.last.at, now=timezone.now())
        return _("%(who)s刚办了“%(step)s”（%(when)s），您的这一步没有保存，填的内容还在下面。") % {
            "who": who, "step": step, "when": when,
        }  # fmt: skip
    if isinstance(why, Missing):
        return _("还差：%(names)s。") % {"names": "、".join(why.names)}
    return why.sentence()


def _back(request: HttpRequest, pk: int) -> str:
    back = request.POST.get("back", "")
    return back if back.startswith(("/desk/", "/queue/")) else f"/cases/{pk}/"
