"""Two dispatchers at one desk: soft claims, the next case, and one step on a selection."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from communities.rules import NotAllowed
from core.once import Key
from grievances import actions
from grievances.models import Case, DeskClaim
from grievances.routing import Holder
from tests.communities import make
from tests.grievances.test_races import together


@pytest.fixture
def two(town):
    """孙 and 周 both dispatch for 滨河社区."""
    make.grant(town.zhou, "dispatcher", town.areas["滨河社区"], at=town.at(days=1))
    return town


def looks(town, case, who, **options):
    return actions.look_at(case_id=case.pk, by=who, at=options.pop("at", town.now), **options)


def test_who_opens_first_is_shown_to_the_other_and_keeps_nobody_out(two):
    case = two.report()
    assert looks(two, case, two.sun).person == two.sun
    assert looks(two, case, two.zhou).person == two.sun
    taken = looks(two, case, two.zhou, take_over=True)
    assert (taken.person, taken.since) == (two.zhou, two.now)
    actions.dispatch(case_id=case.pk, by=two.sun, holder=two.holder(), why="属第 1 网格", at=two.now)
    assert looks(two, case, two.zhou) is None


def test_a_claim_ends_by_itself_and_is_renewed_while_open(two):
    case = two.report()
    looks(two, case, two.sun)
    later = two.now + timedelta(seconds=90)
    kept = looks(two, case, two.sun, at=later, leave=False)
    assert (kept.since, kept.until) == (two.now, later + timedelta(minutes=2))
    assert looks(two, case, two.zhou, at=later + timedelta(minutes=1)).person == two.sun
    assert looks(two, case, two.zhou, at=later + timedelta(minutes=3)).person == two.zhou


def test_a_clock_that_was_set_back_shortens_no_claim(two):
    case = two.report()
    first = looks(two, case, two.sun)
    assert looks(two, case, two.sun, at=two.now - timedelta(hours=1)).until == first.until


def test_only_who_dispatches_there_claims(two):
    case = two.report()
    for who in (two.zhao, two.feng, two.li):
        with pytest.raises(NotAllowed):
            looks(two, case, who)
        assert actions.next_case(by=who, at=two.now) != case.pk


def test_opening_another_case_leaves_the_first(two):
    first, second = two.report(), two.report(text="路灯不亮。")
    looks(two, first, two.sun)
    looks(two, second, two.sun)
    assert list(DeskClaim.objects.values_list("case", flat=True)) == [second.pk]


def test_next_is_what_waits_and_nobody_else_looks_at(two):
    first, second, third = (two.report(text=f"第{n}处路灯不亮。", at=two.at(hours=9 - n)) for n in (1, 2, 3))
    looks(two, first, two.zhou)
    assert actions.next_case(by=two.sun, at=two.now) == second.pk
    assert actions.next_case(by=two.sun, at=two.now, after=second) == third.pk
    assert actions.next_case(by=two.sun, at=two.now, after=third) == second.pk
    looks(two, third, two.zhou)
    assert actions.next_case(by=two.sun, at=two.now, after=second) == first.pk


def test_there_is_no_next_when_all_are_looked_at(two):
    looks(two, two.report(), two.zhou)
    assert actions.next_case(by=two.sun, at=two.now) is None


@pytest.mark.django_db(transaction=True)
def test_two_who_press_next_at_once_get_two_cases(two):
    cases = {two.report(text=f"第{n}处路灯不亮。").pk for n in range(12)}
    for _round in range(20):
        DeskClaim.objects.all().delete()
        got = together(*(lambda who=who: actions.next_case(by=who, at=two.now) for who in (two.sun, two.zhou)))
        assert len(set(got)) == 2
        assert set(got) <= cases


@pytest.mark.django_db(transaction=True)
def test_two_who_open_one_case_at_once_and_one_is_first(two):
    case = two.report()
    for _round in range(20):
        DeskClaim.objects.all().delete()
        got = together(*(lambda who=who: looks(two, case, who) for who in (two.sun, two.zhou)))
        assert len({claim.person_id for claim in got}) == 1
        assert DeskClaim.objects.count() == 1


def test_the_page_says_who_looks_and_lets_take_over(two, at_work):
    case = two.report()
    looks(two, case, two.zhou)
    browser = at_work(two.sun)
    page = browser.get(reverse("desk"), {"case": case.pk}).content.decode()
    assert "周敏正在看" in page
    assert "周敏在看" in page
    here = f"{reverse('desk')}?case={case.pk}"
    answer = browser.post(reverse("desk_claim", args=[case.pk]), {"take": "1", "back": here})
    assert (answer.status_code, answer["Location"]) == (302, here)
    assert DeskClaim.objects.get().person == two.sun
    assert "周敏正在看" not in browser.get(here).content.decode()


def test_the_list_asks_again_who_looks(two, at_work):
    case, far = two.report(), two.report(area=two.far_grid)
    looks(two, case, two.zhou)
    looks(two, far, two.feng)
    page = at_work(two.sun).get(reverse("desk_lookers"), {"rows": f"{case.pk},{far.pk},x"}).content.decode()
    assert "周敏在看" in page
    assert "冯涛" not in page


def test_the_button_next_opens_the_case_and_keeps_the_filters(two, at_work):
    first, second = two.report(at=two.at(hours=5)), two.report(text="路灯不亮。")
    browser = at_work(two.sun)
    answer = browser.post(reverse("desk_next"), {"back": "/desk/?kind=help&q=x"})
    assert answer["Location"] == f"/desk/?kind=help&case={first.pk}"
    answer = browser.post(reverse("desk_next"), {"back": f"/desk/?case={first.pk}"})
    assert answer["Location"] == f"/desk/?case={second.pk}"


@pytest.mark.parametrize("name", ["desk_next", "desk_bulk"])
def test_the_tools_are_for_those_who_dispatch(two, at_work, name):
    assert at_work(two.zhao).post(reverse(name), {"do": "proposals"}).status_code == 403


def test_a_case_next_door_is_not_there(two, at_work):
    far = two.report(area=two.far_grid)
    assert at_work(two.sun).post(reverse("desk_claim", args=[far.pk])).status_code == 404


def test_a_case_that_one_only_sees_is_not_claimed(town, at_work):
    case = town.report()
    assert at_work(town.zhou).post(reverse("desk_claim", args=[case.pk])).status_code == 403
    assert at_work(town.zhou).get(reverse("desk"), {"case": case.pk}).status_code == 200
    assert not DeskClaim.objects.exists()


def bulk(browser, step, cases, **fields):
    sent = {"do": step, "go": "1", "pick": [case.pk for case in cases], "once": str(uuid4()), "back": "/desk/"}
    return browser.post(reverse("desk_bulk"), sent | fields)


def test_each_takes_its_own_proposal_and_a_second_press_does_nothing_more(two, at_work):
    cases = [two.report(), two.report(area=two.next_grid), two.returned()]
    key, browser = str(uuid4()), at_work(two.sun)
    for _press in range(2):
        answer = bulk(browser, "proposals", cases, once=key)
        assert "3 件派出去了" in answer.content.decode()
    assert {Case.objects.get(pk=case.pk).state for case in cases} == {"dispatched"}
    assert [case.history.filter(step="dispatch").count() for case in cases] == [1, 1, 2]
    assert Case.objects.get(pk=cases[2].pk).holder_organisation == two.company


def test_what_moved_on_is_told_with_its_reason_and_the_rest_goes(two, at_work):
    gone, case, far = two.dispatched(), two.report(), two.report(area=two.far_grid)
    page = bulk(at_work(two.sun), "proposals", [gone, case, far])
    assert [done.pk for done in page.context["result"].done] == [case.pk]
    assert [one.pk for one, _why in page.context["result"].refused] == [gone.pk]
    assert f"case={gone.pk}" in page.content.decode()
    assert Case.objects.get(pk=far.pk).state == "reported"


def test_all_to_one_holder_with_one_reason(two):
    cases = [two.report(), two.report(area=two.next_grid)]
    holder = Holder(organisation=two.company)
    result = actions.dispatch_all(
        case_ids=[case.pk for case in cases], by=two.sun, holder=holder, why="都归物业", at=two.now
    )
    assert len(result.done) == 2
    far = actions.dispatch_all(
        case_ids=[two.report(area=two.far_grid).pk], by=two.feng, holder=holder, why="都归物业", at=two.now
    )
    assert "锦绣物业" in far.refused[0][1]


def test_the_form_for_one_holder_asks_first_and_keeps_what_was_typed(two, at_work):
    cases, browser = [two.report(), two.report(text="路灯不亮。")], at_work(two.sun)
    asked = browser.post(reverse("desk_bulk"), {"do": "dispatch", "pick": [case.pk for case in cases]})
    assert "2 件一起：派给同一个" in asked.content.decode()
    refused = bulk(browser, "dispatch", cases, why="都归物业")
    assert refused.status_code == 422
    assert "都归物业" in refused.content.decode()
    done = bulk(browser, "dispatch", cases, why="都归物业", holder=f"organisation:{two.company.pk}")
    assert "2 件派出去了" in done.content.decode()


def test_the_category_of_several_without_dispatching_again(two, at_work):
    cases, leak = [two.report(), two.handling()], two.categories["leak"]
    page = bulk(at_work(two.sun), "recategorise", cases, category="leak", reason="都是水管")
    assert "2 件改好了" in page.content.decode()
    for case, state in zip(cases, ("reported", "handling"), strict=True):
        case.refresh_from_db()
        assert (case.category, case.state) == (leak, state)


def test_several_are_turned_away_with_the_same_words(two, at_work):
    cases = [two.report(), two.report(text="商户纠纷。")]
    page = bulk(at_work(two.sun), "reject", cases, code="not_ours", where_instead="请拨打 12315")
    assert "2 件已告诉居民" in page.content.decode()
    assert {Case.objects.get(pk=case.pk).state for case in cases} == {"rejected"}


def test_nothing_selected_says_what_to_do(two, at_work):
    page = at_work(two.sun).post(reverse("desk_bulk"), {"do": "reject"})
    assert "一次最多 50 件" in page.content.decode()


def test_a_selection_on_paper(two, at_work):
    cases, browser = [two.report(), two.report(text="路灯不亮。")], at_work(two.sun)
    sent = browser.post(reverse("desk_bulk"), {"do": "print", "pick": [case.pk for case in cases]})
    page = browser.get(sent["Location"]).content.decode()
    assert all(case.number in page for case in cases)
    far = two.report(area=two.far_grid)
    assert browser.get(reverse("print_cases"), {"cases": far.pk}).status_code == 404


def test_one_key_for_several_cases_is_one_each(two):
    cases, key = [two.report(), two.report(text="路灯不亮。")], Key(f"person:{two.sun.pk}", uuid4())
    ids = [case.pk for case in cases]
    together(
        *[lambda: actions.dispatch_as_proposed(case_ids=ids, by=two.sun, at=two.now, once=key)]
    )  # fmt: skip
    assert len(actions.dispatch_as_proposed(case_ids=ids, by=two.sun, at=two.now, once=key).done) == 2


def test_a_number_finds_what_one_may_see(two, at_work):
    mine, far = two.dispatched(), two.report(area=two.far_grid)
    browser = at_work(two.zhao)
    assert "按编号找" in browser.get(reverse("queue")).content.decode()
    for typed in (mine.number, str(mine.pk), f" {mine.number.lower()} "):
        assert browser.get(reverse("find_case"), {"q": typed})["Location"] == reverse("case", args=[mine.pk])
    for typed in (far.number, "漏水", "", "9" * 30):
        answer = browser.get(reverse("find_case"), {"q": typed}, follow=True)
        assert "没有找到这个编号" in answer.content.decode()
