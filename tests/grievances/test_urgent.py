"""Urgent cases stand over every page of those on duty until somebody accepts them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from communities import roles
from core.memo import remembering
from core.notices import notice_kinds
from core.outbox import OutboxRow
from core.timers import Timer, sweep
from grievances import actions, queries
from tests.communities import make
from tests.grievances.town import Town


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def report(town: Town, **facts):
    """An urgent case that waits for dispatch."""
    case = town.report(**facts)
    return actions.triage(
        case_id=case.pk, by=town.sun, category=town.categories["gas"], urgency="urgent", at=town.at(minutes=70)
    )


def dispatched(town: Town, holder=None, **facts):
    """An urgent case that nobody accepted yet."""
    return actions.dispatch(
        case_id=report(town, **facts).pk, by=town.sun, holder=holder or town.holder(), why="属第 1 网格",
        at=town.at(hours=1),
    )  # fmt: skip


@pytest.fixture
def gas(town: Town):
    return dispatched(town, text="三号楼有燃气味。")


def page(person, name: str = "me", *args) -> str:
    return signed_in(person).get(reverse(name, args=args)).content.decode()


def test_the_bar_stands_over_every_page_of_the_holder_until_it_is_accepted(town: Town, gas) -> None:
    for name in ("me", "queue", "inbox", "home"):
        assert "三号楼有燃气味" in page(town.zhao, name)
        assert 'class="urgent"' in page(town.zhao, name)
    actions.accept(case_id=gas.pk, by=town.zhao, at=town.now)
    assert 'class="urgent"' not in page(town.zhao, "me")


def test_one_press_accepts(town: Town, gas) -> None:
    client = signed_in(town.zhao)
    assert reverse("case_step", args=[gas.pk, "accept"]) in client.get(reverse("me")).content.decode()
    client.post(reverse("case_step", args=[gas.pk, "accept"]), {"seen": gas.last_seq})
    gas.refresh_from_db()
    assert gas.handler == town.zhao


def test_who_neither_holds_nor_dispatches_sees_no_bar(town: Town, gas) -> None:
    for person in (town.qian, town.chen, town.feng, town.sun, town.zhou, town.li, town.you, town.qin):
        assert queries.urgent_for(person) is None
    assert 'id="urgent"' not in page(town.li)


def test_what_waits_for_dispatch_stands_with_the_dispatchers(town: Town) -> None:
    case = report(town)
    bar = queries.urgent_for(town.sun)
    assert (bar.case, bar.accepts) == (case, False)
    assert f"{reverse('case', args=[case.pk])}#dispatch" in page(town.sun)
    for person in (town.zhao, town.feng, town.zhou):
        assert queries.urgent_for(person) is None
    actions.dispatch(case_id=case.pk, by=town.sun, holder=town.holder(), why="属第 1 网格", at=town.now)
    assert queries.urgent_for(town.sun) is None
    assert queries.urgent_for(town.zhao).accepts


def test_where_nobody_dispatches_the_head_has_it(town: Town) -> None:
    report(town)
    town.sun.role_grants.update(valid_until=town.at(days=1))
    assert queries.urgent_for(town.zhou) is not None
    assert queries.urgent_for(town.han) is None


def test_what_came_back_waits_again(town: Town, gas) -> None:
    actions.give_back(case_id=gas.pk, by=town.zhao, reason="归物业", proposed="物业", at=town.now)
    assert queries.urgent_for(town.zhao) is None
    assert queries.urgent_for(town.sun).case == gas


def test_a_unit_and_a_named_person_have_it(town: Town) -> None:
    dispatched(town, holder=queries.body_holder(town.company))
    assert queries.urgent_for(town.you).accepts
    assert queries.urgent_for(town.zhao) is None


def test_the_newest_is_named_and_the_others_are_counted(town: Town, gas) -> None:
    newest = dispatched(town, text="电梯困人了。", at=town.at(hours=1, minutes=30))
    bar = queries.urgent_for(town.zhao)
    assert (bar.case, bar.more) == (newest, 1)
    assert "还有 1 件" in page(town.zhao)


def test_a_confidential_title_is_not_said(town: Town) -> None:
    dispatched(town, text="有人私接燃气管。", kind="offence")
    text = page(town.zhao)
    assert "一件保密诉求" in text
    assert "私接燃气管" not in text


def test_it_goes_small_on_its_own_page(town: Town, gas) -> None:
    assert "urgent--here" in page(town.zhao, "case", gas.pk)
    assert "urgent--here" not in page(town.zhao, "queue")


def test_the_fragment_says_nothing_where_nothing_changed(town: Town, gas) -> None:
    client, mark = signed_in(town.zhao), queries.urgent_for(town.zhao).mark
    assert client.get(reverse("urgent"), {"seen": mark}).status_code == 204
    assert "三号楼" in client.get(reverse("urgent"), {"seen": ""}).content.decode()
    actions.accept(case_id=gas.pk, by=town.zhao, at=town.now)
    gone = client.get(reverse("urgent"), {"seen": mark}).content.decode()
    assert 'class="urgent"' not in gone
    assert "seen=&amp;" in gone
    assert client.get(reverse("urgent"), {"seen": ""}).status_code == 204


def test_a_visitor_is_sent_to_sign_in() -> None:
    assert Client().get(reverse("urgent")).status_code == 302


def test_nothing_near_costs_one_question(town: Town, django_assert_num_queries) -> None:
    town.dispatched()
    with remembering():
        roles.grants_of(town.zhao)
        with django_assert_num_queries(1):
            assert queries.urgent_for(town.zhao) is None


def test_a_stand_in_has_the_bar_too(town: Town, gas) -> None:
    make.stand_in(town.zhao, town.qian, at=town.now)
    assert queries.urgent_for(town.qian).case == gas


def told(case, kind: str) -> dict[str, tuple[str, bool]]:
    """Who hears of the newest row of a kind, in which role, and whether by SMS."""
    row = OutboxRow.objects.filter(about=f"grievances.case:{case.pk}", kind=kind).latest("pk")
    notice, loaded = notice_kinds.get(kind), queries.for_notice(row)
    heard = notice.to(row, loaded)
    return {
        Person.objects.get(pk=one.person_id).name: (
            one.as_role, "sms" in notice.channels[one.as_role] and bool(notice.words(row, loaded, one).sms)
        )
        for one in heard
    }  # fmt: skip


def test_the_holder_is_told_by_sms_in_words_of_its_own(town: Town, gas) -> None:
    assert told(gas, "grievances.dispatched")["赵建国"] == ("urgent_holder", True)
    calm = town.dispatched()
    assert told(calm, "grievances.dispatched")["赵建国"] == ("holder", True)


def test_the_dispatchers_are_told_by_sms_when_it_comes_back_to_them(town: Town, gas) -> None:
    actions.give_back(case_id=gas.pk, by=town.zhao, reason="归物业", proposed="物业", at=town.now)
    assert told(gas, "grievances.returned")["孙丽"] == ("urgent_dispatcher", True)
    calm = town.returned()
    assert told(calm, "grievances.returned")["孙丽"] == ("dispatcher", False)


def test_a_case_that_becomes_urgent_is_told_to_its_holder(town: Town) -> None:
    case = town.dispatched()
    actions.triage(
        case_id=case.pk, by=town.sun, category=town.categories["gas"], urgency="urgent", reason="有气味", at=town.now
    )
    assert told(case, "grievances.triaged")["赵建国"] == ("urgent_holder", True)


def test_who_stands_in_is_told_too_and_where_both_are_away_the_dispatcher(town: Town, gas) -> None:
    make.stand_in(town.zhao, town.qian, at=town.now)
    assert set(told(gas, "grievances.dispatched")) == {"李晓梅", "赵建国", "钱芳"}
    make.stand_in(town.qian, town.zhou, at=town.now)
    assert set(told(town.dispatched(), "grievances.dispatched")) >= {"赵建国"}
    assert town.zhou.name not in told(gas, "grievances.dispatched")


def ring(case, town: Town) -> None:
    """Ten minutes more went by."""
    Timer.objects.filter(subject_id=case.pk).exclude(step="alarm").delete()
    Timer.objects.filter(subject_id=case.pk, step="alarm").update(due_at=town.now)
    sweep(at=timezone.now())


def test_what_nobody_accepts_goes_up_a_level_every_ten_minutes(town: Town, gas) -> None:
    waits = Timer.objects.get(subject_id=gas.pk, step="alarm")
    assert waits.due_at - gas.history.latest("seq").at == timedelta(minutes=10)
    heard = []
    for _level in range(6):
        if not Timer.objects.filter(subject_id=gas.pk, step="alarm").exists():
            break
        ring(gas, town)
        heard.append({name: how for name, how in told(gas, "grievances.alarmed").items() if how[0] == "superior"})
    rows = gas.history.filter(step="alarm").count()
    assert heard[0] == {"周敏": ("superior", True)}
    assert set(heard[1]) == {"韩磊", "魏宁"}
    assert rows == len({frozenset(names) for names in heard[:rows]})
    assert not Timer.objects.filter(subject_id=gas.pk, step="alarm").exists()


def test_the_level_that_was_told_has_the_bar_until_somebody_accepts(town: Town, gas) -> None:
    assert queries.urgent_for(town.zhou) is None
    ring(gas, town)
    bar = queries.urgent_for(town.zhou)
    assert (bar.case, bar.accepts, bar.only_told) == (gas, False, True)
    assert "去过问" in page(town.zhou)
    assert queries.urgent_for(town.han) is None
    actions.accept(case_id=gas.pk, by=town.zhao, at=timezone.now())
    assert queries.urgent_for(town.zhou) is None


def test_the_alarm_is_silent_once_somebody_accepted(town: Town, gas) -> None:
    actions.accept(case_id=gas.pk, by=town.zhao, at=town.now)
    assert not Timer.objects.filter(subject_id=gas.pk, step="alarm").exists()


def test_the_alarm_is_silent_where_it_turns_out_not_to_be_urgent(town: Town, gas) -> None:
    actions.triage(
        case_id=gas.pk, by=town.sun, category=town.categories["gas"], urgency="normal", reason="误报", at=town.now
    )
    assert not Timer.objects.filter(subject_id=gas.pk, step="alarm").exists()
    actions.triage(
        case_id=gas.pk, by=town.sun, category=town.categories["gas"], urgency="urgent", reason="又有", at=town.now
    )
    assert Timer.objects.filter(subject_id=gas.pk, step="alarm").exists()


def test_whoever_has_it_next_has_ten_minutes_too(town: Town, gas) -> None:
    ring(gas, town)
    moved = actions.transfer(
        case_id=gas.pk, by=town.sun, holder=town.holder(town.next_grid), reason="他近", at=timezone.now()
    )
    due = Timer.objects.get(subject_id=gas.pk, step="alarm").due_at
    assert due - moved.history.latest("seq").at == timedelta(minutes=10)
    ring(gas, town)
    assert set(told(gas, "grievances.alarmed")) >= {"周敏"}
    assert "韩磊" not in told(gas, "grievances.alarmed")
