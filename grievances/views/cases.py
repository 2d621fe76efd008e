"""One case: its page, the steps taken on it, its photos."""

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from communities.roles import roles_of_request
from core import once
from core.access import signed_in
from core.history import History
from core.htmx import render_page
from core.media.actions import receive
from core.media.owner import owner_of
from core.media.serving import photo_response
from core.once import AlreadyDone
from core.refusals import Refused
from core.saying import listed_words, when_words
from core.workflow import Actor, Missing, StepRefused
from grievances import actions, queries, routing, telling
from grievances.forms.steps import FORMS, StepForm
from grievances.models import Case
from grievances.views.desk import DESK_ROLES, desk_page
from grievances.views.shown import Sent, page_context
from grievances.workflow import Outcome, Relation

OUT_OF_HAND = frozenset({"return", "result", "result_to_check", "ask_reporter", "suspend"})
DONE = {
    "accept": _l("接下了，这件事现在由您来办。"), "contact": _l("联系记下了。"),
    "return": _l("退回了，派单员会重新派。"), "result": _l("结果已告诉居民，等居民评价。"),
    "dispatch": _l("派出去了，对方和居民都会收到消息。"), "reject": _l("已告诉居民该去哪里办。"),
    "triage": _l("改好了，时限也重新算了。"), "recategorise": _l("改好了，时限也重新算了，不用重新派单。"),
    "answer_directly": _l("答复已告诉居民，等居民评价。"), "transfer": _l("改派了，三方都会收到消息。"),
    "rule_return": _l("裁定好了，双方和居民都会收到消息。"), "ask_reporter": _l("问过去了，等回答的时候时限停下。"),
    "reporter_answers": _l("补充上了，接着办。"), "end_waiting": _l("不再等了，时限接着走。"),
    "ask_extension": _l("申请交上去了，批下来前时限照走。"), "decide_extension": _l("批好了，承办人会收到消息。"),
    "ask_suspension": _l("申请交上去了，批下来前时限照走。"), "suspend": _l("同意挂账了，到期自动恢复。"),
    "refuse_suspension": _l("没有同意，承办人会收到消息。"), "resume": _l("恢复办理，时限接着走。"),
    "result_to_check": _l("送去核查了，通过后告诉居民。"), "check_pass": _l("核查通过，结果已告诉居民。"),
    "check_fail": _l("退回接着办，承办人会收到消息。"), "propose_settlement": _l("提出了，等街道另一个人复核。"),
    "settle": _l("终结了，居民会看到理由和下一个去处。"), "drop_settlement": _l("不终结，继续办理。"),
    "merge": _l("并进去了，反映的人都会收到消息。"), "unmerge": _l("分开了，回到原来的状态接着办。"),
    "urge": _l("督办发出去了。"), "answer_urge": _l("答复交上去了。"), "comment": _l("留言记下了。"),
    "add": _l("补充上了，办理的人会收到消息。"), "wish": _l("改好了，马上按新的来。"),
    "withdraw": _l("撤回了，经过仍会保留。"), "leave": _l("好的，这件事不再打扰您，大家会继续办完。"),
}  # fmt: skip


@signed_in
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a case, for whoever may see it."""
    return _page(request, queries.get_for(request.user.person, pk), Sent())


@signed_in
@require_POST
def case_step(request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
    """Take a step; what was typed stays on the page when it is refused."""
    person = request.user.person
    if step not in FORMS:
        raise Http404
    form_class, action = FORMS[step]
    try:
        found = queries.get_for(person, pk)
    except Http404:
        return _out_of_sight(request, form_class, step)
    form = form_class(request.POST, case=found, prefix=step)
    photos, refusal = _photos(request, form)
    sent = Sent(step, form, refusal, photos)
    if refusal or not form.is_valid():
        return _again(request, found, sent, status=422)
    owner = owner_of(request)
    extra: dict[str, Any] = {**photos, "owner": owner} if form.photo_fields else {}
    try:
        form.take(
            action, by=person, at=timezone.now(), once=once.from_request(request, owner), expect=_expected(request),
            **extra,
        )  # fmt: skip
    except AlreadyDone:
        return _go(request, _next_address(request, pk, step))
    except Refused as why:
        sent.refusal = _sentence(why, form, theirs=person.pk in (found.reporter_id, found.proxy_id))
        return _again(request, queries.get_for(person, pk), sent, status=why.status)
    messages.success(request, DONE[step])
    return _go(request, _next_address(request, pk, step))


@signed_in
def case_photo(request: HttpRequest, pk: int, photo_id: uuid.UUID, version: str) -> HttpResponseBase:
    """A photo of a case, to whoever may see the case."""
    shot = queries.photo_for(request.user.person, pk, str(photo_id))
    return photo_response(shot.photo, "thumb" if version == "thumb" else "shown", request)


def _page(request: HttpRequest, found: Case, sent: Sent, status: int = 200) -> HttpResponse:
    context = page_context(request, found, sent)
    person = request.user.person
    relations = actions.flow.relations(Actor.of(person), found, timezone.now())
    theirs = person.pk in (found.reporter_id, found.proxy_id)
    if theirs and not relations & {Relation.HOLDER, Relation.DISPATCHER}:
        context |= _for_resident(request, context)
        return render_page(request, "grievances/case_resident.html", context, status=status)
    return render_page(request, "grievances/case_staff.html", context, status=status)


def _again(request: HttpRequest, found: Case, sent: Sent, status: int) -> HttpResponse:
    """The page the form was sent from, with everything that was typed and the reason."""
    back = request.POST.get("back", "")
    if back.startswith(reverse("desk")) and DESK_ROLES & roles_of_request(request).anywhere:
        return desk_page(request, QueryDict(urlsplit(back).query), found, sent, status=status)
    return _page(request, found, sent, status=status)


def _out_of_sight(request: HttpRequest, form_class: type[StepForm], step: str) -> HttpResponse:
    """Nothing there for this person (a role that ended while the page was open): what was typed comes back."""
    sent = ((field.label, request.POST.get(f"{step}-{name}", "")) for name, field in form_class.base_fields.items())
    typed = [(label, words) for label, words in sent if words]
    return render_page(request, "grievances/out_of_sight.html", {"typed": typed}, status=404)


def _for_resident(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The same case in plain words, for the one who reported it."""
    found, rating = context["case"], context["rating"]
    result = next(reversed(queries.told_results(context["steps"])), None)
    is_result_newer = rating is not None and result is not None and result.row.seq > rating.seq
    is_settled = found.outcome == Outcome.UNSOLVED_SETTLED
    return {
        "result": result,
        "next_doors": queries.next_doors(found) if is_settled else None,
        "told": telling.told(found, context["steps"], request.user.person),
        "next_words": telling.next_words(found, timezone.now()),
        "took": telling.took_words(found), "in_hands_of": telling.in_hands_and_place(found),
        "promised": queries.promises_of(found, context["steps"]) if found.reporter_id is not None else None,
        "rating": None if is_result_newer else rating, "joined": queries.joined_with(found),
    }  # fmt: skip


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


def _expected(request: HttpRequest) -> int | None:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdecimal() else None


def _sentence(why: Refused, form: StepForm, *, theirs: bool) -> str:
    """The refusal as the person reads it: with who was first, and what is missing.

    Residents are not told of what staff do among themselves.
    """
    if isinstance(why, StepRefused) and why.last is not None and not (theirs and why.last.step in telling.NOT_TOLD):
        return _("这件事刚刚%(what)s（%(when)s），您的改动没有保存，可以在下面接着改。") % {
            "what": _what_happened(why.last), "when": when_words(why.last.at, now=timezone.now()),
        }  # fmt: skip
    if isinstance(why, Missing):
        labels = [str(form.fields[name].label) if name in form.fields else name for name in why.names]
        return _("还差：%(names)s。") % {"names": listed_words(labels)}
    return why.sentence()


def _what_happened(last: History) -> str:
    """The last step with who took it; the reporter is never named."""
    by_resident = last.role in (Relation.REPORTER, Relation.PROXY, Relation.LINK_HOLDER)
    who = _("居民") if by_resident else last.actor.name if last.actor is not None else _("系统")
    holder = routing.from_code(str(last.given.get("holder", "")))
    if last.step == "dispatch" and holder is not None:
        return _("被%(who)s派给%(holder)s") % {"who": who, "holder": holder.words}
    return _("由%(who)s办了“%(step)s”") % {"who": who, "step": actions.flow.steps[last.step].label}


def _next_address(request: HttpRequest, pk: int, step: str) -> str:
    """Where to after a step: what the page asked for, the queue when the work is out of hand, else the case."""
    back, following = request.POST.get("back", ""), request.POST.get("next", "")
    for address in (following, back):
        if address.startswith((reverse("desk"), reverse("queue"))):
            return address
    return reverse("queue") if step in OUT_OF_HAND else reverse("case", args=[pk])


def _go(request: HttpRequest, address: str) -> HttpResponseBase:
    return HttpResponseClientRedirect(address) if getattr(request, "htmx", None) else redirect(address)
