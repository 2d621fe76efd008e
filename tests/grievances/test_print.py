"""A case on paper: whoever may see the case, in the words that are theirs."""

import pytest

from core import qr
from grievances import actions


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_reporter_prints_plain_words(town, at_work):
    case = town.finished()
    page = text_of(at_work(town.li).get(f"/cases/{case.pk}/print/"))
    assert case.number in page
    assert "网格员赵师傅" in page
    assert "赵建国" not in page
    assert "nav" not in page.replace("nav.", "")
    assert f"/cases/{case.pk}/print/" in text_of(at_work(town.li).get(f"/cases/{case.pk}/"))


def test_the_code_on_the_paper_opens_the_case(town, at_work):
    case = town.finished()
    page = text_of(at_work(town.li).get(f"/cases/{case.pk}/print/"))
    assert qr.draw(f"http://testserver/cases/{case.pk}/").path in page
    assert qr.draw(f"http://testserver/cases/{case.pk + 1}/").path not in page


def test_staff_print_every_step_and_no_number_of_the_reporter(town, at_work):
    case = town.finished()
    actions.add(case_id=case.pk, by=town.li, added="水表也坏了", at=town.now)
    for who in (town.zhao, town.sun):
        page = text_of(at_work(who).get(f"/cases/{case.pk}/print/"))
        assert "赵建国" in page
        assert "水表也坏了" in page
        assert town.li.phone not in page
        assert "李晓梅" not in page


@pytest.mark.parametrize("who", ["wang", "feng", "chen"])
def test_strangers_find_nothing(town, at_work, who):
    assert at_work(town.people[who]).get(f"/cases/{town.handling().pk}/print/").status_code == 404


def test_a_visitor_signs_in_first(town, client):
    assert client.get(f"/cases/{town.handling().pk}/print/").status_code == 302
