"""A person leaves: their open cases and the rules that name them go to those who take over."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities import queries as places
from core.htmx import render_page
from grievances import queries
from grievances.actions import Handed, hand_over_all
from grievances.queries import Heap
from portal.people.forms import ReasonForm
from portal.people.places import tops_of
from portal.people.views.shared import admins, or_404


@admins
@require_http_methods(["GET", "HEAD", "POST"])
def person_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands in somebody's name, in heaps; one press gives what was chosen to those who take over."""
    tops, now = tops_of(request), timezone.now()
    leaving = or_404(places.staff_person, pk, tops)
    heaps = queries.heaps_of(leaving, tops, now)
    rules = [(rule, queries.rule_takers(rule, leaving, now)) for rule in queries.rules_naming(leaving)]
    form = ReasonForm(request.POST or None)
    context = {
        "person": leaving, "heaps": [(heap, request.POST.get(f"to-{heap.key}", "")) for heap in heaps],
        "rules": [(rule, takers, request.POST.get(f"rule-{rule.pk}", "")) for rule, takers in rules],
        "form": form, "named": queries.named_words(leaving),
    }  # fmt: skip
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render_page(request, "portal/people/hand_over.html", context, status=status)
    cases = {case_id: to for heap in heaps for case_id, to in _chosen(request, heap)}
    named = {rule.pk: _taker(request, f"rule-{rule.pk}", takers) for rule, takers in rules}
    handed = hand_over_all(
        leaving=leaving, cases=cases, rules={key: to for key, to in named.items() if to is not None},
        reason=form.cleaned_data["reason"], by=request.user.person, at=now,
    )  # fmt: skip
    _say(request, handed)
    return redirect("person_hand_over" if queries.named_words(leaving) else "person", pk)


def _chosen(request: HttpRequest, heap: Heap) -> Iterable[tuple[int, Any]]:
    """The ticked cases of a heap with who takes them; nobody chosen leaves the heap as it is."""
    to = _taker(request, f"to-{heap.key}", heap.takers)
    ticked = set(request.POST.getlist("case"))
    return [(case.pk, to) for case in heap.cases if to is not None and str(case.pk) in ticked]


def _taker(request: HttpRequest, name: str, takers: Iterable[tuple[int, str]]) -> Any:
    sent = request.POST.get(name, "")
    pk = next((pk for pk, _words in takers if str(pk) == sent), None)
    return places.person_by_id(pk) if pk is not None else None


def _say(request: HttpRequest, handed: Handed) -> None:
    facts: dict[str, Any] = {"cases": handed.cases, "rules": handed.rules}
    if handed.cases or handed.rules:
        messages.success(request, _("移交了 %(cases)s 件、%(rules)s 条规则，接手的人会收到消息。") % facts)
    elif not handed.refused:
        messages.warning(request, _("还没有移交：请给每一堆选接手的人。"))
    for sentence in sorted(set(handed.refused)):
        messages.warning(request, sentence)
