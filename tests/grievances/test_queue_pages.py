"""待办: the most urgent case first, words beside every deadline."""

from datetime import timedelta

import pytest
from django.urls import reverse

from grievances import actions
from grievances.models import Case
from grievances.routing import Holder


def queue(browser, **query):
    return browser.get(reverse("queue"), query)


def text(answer) -> str:
    return answer.content.decode()


def due_in(case, hours):
    """The case with its completion due in ``hours``, and its resident already called."""
    Case.objects.filter(pk=case.pk).update(due_at=case.due_at.now(tz=case.due_at.tzinfo) + timedelta(hours=hours),
                                           contacted_at=case.reported_at)  # fmt: skip
    return case


def test_the_most_urgent_case_owns_the_screen(town, at_work):
    due_in(town.dispatched(text="不急的事情"), 30)
    urgent = due_in(town.dispatched(text="急得不行的事"), -2)
    answer = queue(at_work(town.zhao))
    assert answer.context["first"] == urgent
    body = text(answer)
    assert "赵建国，1 件过了时限" in body
    assert "已超 2 小时" in body
    assert body.index("急得不行的事") < body.index("不急的事情")
    assert reverse("case_step", args=[urgent.pk, "accept"]) in body
    assert f"{reverse('case', args=[urgent.pk])}#contact" in body


def test_what_is_being_handled_is_photographed_next(town, at_work):
    case = town.handling()
    body = text(queue(at_work(town.zhao)))
    assert "到了，拍现场" in body
    assert reverse("case_step", args=[case.pk, "accept"]) not in body


def test_until_somebody_called_the_first_contact_is_due(town, at_work):
    case = town.dispatched(category=town.categories["leak"])
    answer = queue(at_work(town.zhao))
    assert answer.context["first"].next_due == case.contact_due
    assert "首次联系" in text(answer)


def test_only_my_own_work(town, at_work):
    town.dispatched(text="赵的事情")
    town.dispatched(text="钱的事情", holder=town.holder(town.next_grid))
    town.dispatched(text="物业的事情", holder=Holder(organisation=town.company))
    assert "赵的事情" in text(queue(at_work(town.zhao)))
    body = text(queue(at_work(town.you)))
    assert "物业的事情" in body
    assert "赵的事情" not in body


@pytest.mark.parametrize(("state", "shown"), [("", 3), ("new", 2), ("doing", 1), ("late", 1), ("nonsense", 3)])
def test_chips(town, at_work, state, shown):
    due_in(town.dispatched(), 30)
    due_in(town.dispatched(), -1)
    due_in(town.handling(), 20)
    assert len(queue(at_work(town.zhao), state=state).context["pager"].items) == shown


def test_nothing_to_do_is_said_kindly(town, at_work):
    assert "手上没有事" in text(queue(at_work(town.zhao)))
    assert queue(at_work(town.li)).status_code == 200


def test_accepting_from_the_queue(town, at_work):
    case = town.dispatched()
    browser = at_work(town.zhao)
    answer = queue(browser)
    browser.post(
        reverse("case_step", args=[case.pk, "accept"]), {"once": answer.context["once"], "seen": case.last_seq}
    )
    case.refresh_from_db()
    assert case.handler == town.zhao


def test_a_visitor_is_led_to_sign_in(town, client):
    assert queue(client).status_code == 302


def test_the_second_page_goes_on_where_the_first_ended(town, at_work):
    for number in range(33):
        town.dispatched(text=f"第 {number} 件事情")
    browser = at_work(town.zhao)
    first = queue(browser)
    second = queue(browser, after=first.context["pager"].next)
    seen = [case.pk for answer in (first, second) for case in answer.context["pager"].items]
    assert len(seen) == len(set(seen)) == 33
    assert second.context["first"] is None


def test_the_page_costs_the_same_for_one_row_as_for_thirty(town, at_work, django_assert_max_num_queries):
    for number in range(20):
        town.dispatched(text=f"第 {number} 件事情")
    browser = at_work(town.zhao)
    queue(browser)
    with django_assert_max_num_queries(20):
        queue(browser)


def test_what_was_given_back_is_gone_from_the_queue(town, at_work):
    case = town.dispatched()
    actions.give_back(case_id=case.pk, by=town.zhao, reason="不归我", proposed="物业", at=town.now)
    assert queue(at_work(town.zhao)).context["first"] is None
