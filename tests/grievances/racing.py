"""Races between two people on many copies of one case, each runner on one connection for all of them."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connections

from core.refusals import Refused
from core.workflow import Actor, StepRefused
from grievances import actions
from grievances.models import Case, CaseHistory, CasePause
from tests.grievances.town import LONG_ENOUGH

PATIENCE = 60
Call = Callable[[int], Any]


@dataclass(frozen=True)
class Race:
    """A case that is ready (copied for every try), and what two do with a copy at one moment."""

    case: Case
    left: Call
    right: Call


def copies(case: Case, number: int) -> list[int]:
    """Ids of so many copies of a case, each with its history and its open pause."""
    case.refresh_from_db()
    rows, pauses = list(case.history.order_by("seq")), list(case.pauses.all())
    made = Case.objects.bulk_create([_copy(case) for _try in range(number)])
    CaseHistory.objects.bulk_create([_copy(row, subject_id=one.pk) for one in made for row in rows])
    CasePause.objects.bulk_create([_copy(pause, case_id=one.pk) for one in made for pause in pauses])
    return [one.pk for one in made]


def _copy(row: Any, **changed: Any) -> Any:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    values.pop("id")
    return type(row)(**values | changed)


def run(calls: Sequence[tuple[Callable[[], Any], Callable[[], Any]]]) -> list[tuple[Any, Any]]:
    """Run each pair at one moment, pair after pair; gives results, refusals and errors in order."""
    barrier = threading.Barrier(2)

    def side(number: int) -> list[Any]:
        answers: list[Any] = []
        try:
            for pair in calls:
                barrier.wait(PATIENCE)
                try:
                    answers.append(pair[number]())
                except (Refused, Exception) as why:
                    answers.append(why)
        finally:
            connections.close_all()
        return answers

    with ThreadPoolExecutor(2) as pool:
        left, right = pool.map(side, (0, 1))
    return list(zip(left, right, strict=True))


def fight(race: Race, tries: int) -> list[str]:
    """What went wrong in so many tries: exactly one wins, the other is told by whom and of what."""
    ids = copies(race.case, tries)
    answers = run([(lambda pk=pk: race.left(pk), lambda pk=pk: race.right(pk)) for pk in ids])
    rows = {row.subject_id: row for row in CaseHistory.objects.filter(subject__in=ids).order_by("seq")}
    wrong = []
    for pk, pair in zip(ids, answers, strict=True):
        won = [answer for answer in pair if isinstance(answer, Case)]
        lost = [answer for answer in pair if isinstance(answer, StepRefused)]
        told = lost[0].last if lost else None
        newest = rows[pk]
        if (len(won), len(lost)) != (1, 1) or told is None or (told.pk, told.step) != (newest.pk, newest.step):
            wrong.append(f"{pk}: {pair!r}")
    return wrong


def races(town) -> dict[str, Race]:
    """Every step as a race of two who may both take it, or of one person with two pages open."""
    now, far = town.now, town.at(days=-30)
    people = town.people
    next_door = town.holder(town.next_grid)

    def twice(make, action, left, right=None, **given) -> Race:
        """The same step by two, each with the page as it was before."""
        case = make()

        def call(who):
            return lambda pk: action(case_id=pk, by=people[who], at=now, expect=case.last_seq, **given)

        return Race(case, call(left), call(right or left))

    def answers(make, action, **given) -> Race:
        """The same answer by the resident and by the link in the message."""
        case = make()
        left, right = Actor.of(town.li), Actor.guest("rate:1")
        return Race(
            case,
            *(
                lambda pk, who=who: action(case_id=pk, actor=who, at=now, expect=case.last_seq, **given)
                for who in (left, right)
            ),
        )

    def asked(what, **given):
        case = town.handling()
        return getattr(actions, f"ask_{what}")(case_id=case.pk, by=town.zhao, at=town.at(minutes=9), **given)

    def urged():
        case = town.handling()
        return actions.urge(case_id=case.pk, by=town.zhou, words="快办", until=far, at=town.at(minutes=9))

    def proposed():
        case = town.twice_reopened()
        return actions.propose_settlement(
            case_id=case.pk, by=town.han, reason="难", door="court", at=town.at(minutes=9)
        )

    def returned_twice():
        case = town.returned()
        Case.objects.filter(pk=case.pk).update(returned=2)
        return Case.objects.get(pk=case.pk)

    def shown():
        case = town.report(visibility="public")
        return actions.release(
            case_id=case.pk, by=town.sun, public_title="漏水", public_text="楼道漏水", at=town.at(minutes=9)
        )

    lift = {"category": town.categories["lift"]}
    rest = {"code": "funds", "until": far}
    main = town.report(text="六号楼也漏水。").pk
    return {
        "dispatch": twice(town.report, actions.dispatch, "sun", "mei", holder=town.holder(), why="归他"),
        "accept": twice(town.dispatched, actions.accept, "zhao", "qian"),
        "rate": answers(town.finished, actions.rate, contacted=True, stars=5),
        "reopen": answers(town.finished, actions.reopen, reason="还在漏"),
        "triage": twice(town.report, actions.triage, "sun", "mei", category=town.categories["leak"], urgency="urgent"),
        "recategorise": twice(
            town.handling, actions.triage, "sun", "mei", category=town.categories["leak"], urgency="urgent", reason="错"
        ),
        "answer_directly": twice(town.report, actions.answer_directly, "sun", "mei", result_text=LONG_ENOUGH),
        "transfer": twice(town.handling, actions.transfer, "sun", "mei", holder=next_door, reason="他近"),
        "contact": twice(town.handling, actions.contact, "zhao", "qian", how="phone", line="打过"),
        "return": twice(town.dispatched, actions.give_back, "zhao", "qian", reason="不归我", proposed="物业"),
        "rule_return": twice(returned_twice, actions.rule_return, "zhou", "han", holder=next_door, reason="归他"),
        "ask_reporter": twice(town.handling, actions.ask_reporter, "zhao", "qian", question="几楼？"),
        "reporter_answers": twice(town.waiting, actions.reporter_answers, "li", answer="三楼"),
        "end_waiting": twice(town.waiting, actions.end_waiting, "zhao", "qian"),
        "ask_extension": twice(town.handling, actions.ask_extension, "zhao", "qian", new=far, reason="缺件"),
        "decide_extension": twice(
            lambda: asked("extension", new=far, reason="缺件"), actions.decide_extension, "zhou", "han", granted=True,
            reason="好",
        ),
        "ask_suspension": twice(town.handling, actions.ask_suspension, "zhao", "qian", **rest, reason="等钱"),
        "suspend": twice(lambda: asked("suspension", **rest, reason="等钱"), actions.suspend, "zhou", "han", **rest),
        "refuse_suspension": twice(
            lambda: asked("suspension", **rest, reason="等钱"), actions.refuse_suspension, "zhou", "han", reason="不"
        ),
        "resume": twice(town.suspended, actions.resume, "zhao", "zhou"),
        "result": twice(town.handling, actions.result, "zhao", "qian", result_text=LONG_ENOUGH),
        "result_to_check": twice(
            lambda: town.handling(**lift), actions.result, "zhao", "qian", result_text=LONG_ENOUGH
        ),
        "check_pass": twice(town.checking, actions.check_pass, "sun", "zhou"),
        "check_fail": twice(town.checking, actions.check_fail, "sun", "zhou", reason="还在响"),
        "propose_settlement": twice(
            town.twice_reopened, actions.propose_settlement, "han", "wei", reason="难", door="court"
        ),
        "settle": twice(proposed, actions.settle, "wei", "zhu"),
        "drop_settlement": twice(proposed, actions.drop_settlement, "han", "wei", reason="再试"),
        "merge": twice(town.dispatched, actions.merge, "sun", "mei", main=main),
        "unmerge": twice(town.merged, actions.unmerge, "sun", "mei", reason="两件事"),
        "urge": twice(town.handling, actions.urge, "zhou", "han", words="快办", until=far),
        "answer_urge": twice(urged, actions.answer_urge, "zhao", "qian", words="在办"),
        "comment": twice(town.handling, actions.comment, "zhao", "sun", words="记一笔"),
        "reject": twice(town.report, actions.reject, "sun", "mei", code="court", where_instead="法院"),
        "withdraw": twice(town.dispatched, actions.withdraw, "li"),
        "leave": twice(lambda: town.dispatched(category=town.categories["gas"]), actions.leave, "li"),
        "add": twice(town.dispatched, actions.add, "li", added="还有一句"),
        "wish": twice(town.dispatched, actions.change_wish, "li", visibility="public"),
        "release": twice(
            lambda: town.report(visibility="public"), actions.release, "sun", "mei", public_title="漏水",
            public_text="楼道漏水",
        ),
        "unrelease": twice(shown, actions.unrelease, "sun", "mei"),
    }  # fmt: skip
