"""People and roles: who is listed, who may give and end what, and that nothing reaches beyond one's own tree."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import OpeningLog, Person
from communities.models import Membership, RoleGrant
from tests.communities import make
from tests.grievances.town import BEGINNING, newcomer


@pytest.fixture
def admin(town):
    """The administrator of 滨河社区."""
    who = newcomer("吴管", 13812349001)
    make.grant(who, "area_admin", town.areas["滨河社区"], at=BEGINNING)
    return who


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin.user)
    return client


def grant_of(person, role="") -> RoleGrant:
    return person.role_grants.filter(**({"role": role} if role else {})).latest("pk")


def test_the_list_is_the_own_tree_only(as_admin, town):
    page = as_admin.get("/staff/people/").content.decode()
    assert "赵建国" in page
    assert "孙丽" in page
    assert "陈刚" not in page
    assert "秦岚" not in page


def test_filters_stand_in_the_address(as_admin, town):
    def page(query):
        return as_admin.get(f"/staff/people/?{query}").content.decode()

    assert "孙丽" not in page("q=赵")
    assert "赵建国" in page("q=赵")
    assert "赵建国" in page(f"q={town.zhao.phone[-4:]}")
    assert "赵建国" not in page("role=community_staff")
    assert "赵建国" not in page(f"area={town.next_grid.pk}")
    assert "赵建国" not in page("past=1")
    assert as_admin.get(f"/staff/people/?area={town.far_grid.pk}").status_code == 404


def test_the_list_costs_the_same_however_long(as_admin, town, django_assert_max_num_queries):
    as_admin.get("/staff/people/")
    with CaptureQueriesContext(connection) as few:
        as_admin.get("/staff/people/")
    for number in range(20):
        make.grant(newcomer(f"新{number}", 13812349500 + number), "grid_worker", town.grid, at=BEGINNING)
    with django_assert_max_num_queries(len(few)):
        as_admin.get("/staff/people/")


def test_the_pages_stand_in_the_menu_of_administrators(as_admin, client, town):
    assert 'href="/staff/view-as/"' in as_admin.get("/staff/people/").content.decode()
    client.force_login(town.sun.user)
    assert "/staff/people/" not in client.get("/desk/").content.decode()


@pytest.mark.parametrize("who", ["sun", "han", "zhao", "li"])
def test_others_do_not_come_in(client, town, who):
    client.force_login(getattr(town, who).user)
    assert client.get("/staff/people/").status_code == 403


def test_phones_are_masked_and_open_with_a_reason(as_admin, admin, town):
    page = as_admin.get(reverse("person", args=[town.zhao.pk])).content.decode()
    assert town.zhao.phone not in page
    sent = {"person": town.zhao.pk, "field": "phone", "subject": f"communities.person:{town.zhao.pk}", "reason": "排班"}
    assert town.zhao.phone in as_admin.post(reverse("open_value"), sent).content.decode()
    assert OpeningLog.objects.get().opener == admin
    sent |= {"person": town.chen.pk, "subject": f"communities.person:{town.chen.pk}"}
    assert as_admin.post(reverse("open_value"), sent).status_code == 404


def test_a_person_of_the_next_place_is_not_there(as_admin, town):
    grant = grant_of(town.chen)
    for name, pk in [
        ("person", town.chen.pk),
        ("grant_new", town.chen.pk),
        ("person_hand_over", town.chen.pk),
        ("grant", grant.pk),
    ]:
        assert as_admin.get(reverse(name, args=[pk])).status_code == 404
        if name != "person":
            assert as_admin.post(reverse(name, args=[pk]), {"end": "1", "end-reason": "x"}).status_code == 404
    assert as_admin.post(reverse("person_sign_out", args=[town.chen.pk])).status_code == 404
    grant.refresh_from_db()
    assert grant.valid_until is None


def give(client, person, **sent):
    return client.post(reverse("grant_new", args=[person.pk]), sent)


def test_a_role_until_a_day(as_admin, admin, town):
    until = timezone.localdate() + timedelta(days=10)
    answer = give(as_admin, town.zhao, area=town.next_grid.pk, role="grid_worker", until=until.isoformat())
    assert answer.status_code == 302
    grant = grant_of(town.zhao)
    assert (grant.area, grant.granted_by) == (town.next_grid, admin)
    assert timezone.localtime(grant.valid_until).date() == until + timedelta(days=1)


def test_a_forged_place_next_door_is_not_there(as_admin, town):
    assert give(as_admin, town.zhao, area=town.far_grid.pk, role="grid_worker").status_code == 404
    assert give(as_admin, town.zhao, area=town.areas["鼓楼西街街道"].pk, role="street_official").status_code == 404
    assert town.zhao.role_grants.count() == 1


def test_a_role_that_does_not_fit_or_stands_above_is_refused(as_admin, client, town):
    here = town.areas["滨河社区"]
    assert give(as_admin, town.zhao, area=here.pk, role="grid_worker").status_code == 422
    city = town.areas["临汾市"]
    who = newcomer("郑辖", 13812349002)
    make.grant(who, "area_admin", city, at=BEGINNING)
    client.force_login(who.user)
    assert give(client, town.zhao, area=city.pk, role="city_admin").status_code == 422
    assert give(client, town.zhao, area=city.pk, role="auditor").status_code == 302


def test_the_same_role_twice_says_so_and_a_form_twice_gives_one(as_admin, town):
    answer = give(as_admin, town.zhao, area=town.grid.pk, role="grid_worker")
    assert answer.status_code == 409
    assert "已经是" in answer.content.decode()
    sent = {"area": town.next_grid.pk, "role": "grid_worker", "once": "5b0b3c57-8d3e-4b70-9a0e-6d4a5e1d2c33"}
    assert [give(as_admin, town.zhao, **sent).status_code for _ in range(2)] == [302, 302]
    assert town.zhao.role_grants.count() == 2


def test_a_role_withdrawn_while_the_page_is_open_loses_no_words(as_admin, admin, town):
    url = reverse("grant", args=[grant_of(town.zhao).pk])
    assert as_admin.get(url).status_code == 200
    make.actions.revoke_role(grant_id=grant_of(admin).pk, by=None, at=timezone.now())
    answer = as_admin.post(url, {"end": "1", "end-reason": "调到别的街道去了"})
    assert answer.status_code == 403
    assert "调到别的街道去了" in answer.content.decode()
    assert grant_of(town.zhao).valid_until is None


def test_a_role_ends_with_a_reason_and_is_extended(as_admin, admin, town):
    url = reverse("grant", args=[grant_of(town.qian).pk])
    day = timezone.localdate() + timedelta(days=3)
    assert as_admin.post(url, {"extend-until": day.isoformat()}).status_code == 302
    assert f"改到 {day.isoformat()}" in as_admin.get(url).content.decode()
    assert as_admin.post(url, {"extend-until": "2020-01-01"}).status_code == 422
    assert as_admin.post(url, {"end": "1"}).status_code == 422
    assert as_admin.post(url, {"end": "1", "end-reason": "合同到期"}).status_code == 302
    grant = grant_of(town.qian)
    assert (grant.end_reason, grant.revoked_by) == ("合同到期", admin)
    assert grant.valid_until <= timezone.now()
    page = as_admin.get(reverse("person", args=[town.qian.pk])).content.decode()
    assert "合同到期" in page


def test_somebody_new_is_invited_with_a_role(as_admin, town, client):
    sent = {"area": town.grid.pk, "role": "grid_worker", "phone": "138 1234 9111", "name": "何新"}
    assert as_admin.post(reverse("people_invite"), sent).status_code == 302
    person = Person.objects.get(phone="13812349111")
    assert grant_of(person).area == town.grid
    assert person.invitations.count() == 1
    assert as_admin.post(reverse("people_invite"), sent | {"area": town.far_grid.pk}).status_code == 404
    assert as_admin.post(reverse("people_invite"), sent | {"phone": "12"}).status_code == 422


def test_members_of_an_organisation(as_admin, town):
    url = reverse("unit", args=[town.company.pk])
    assert "锦绣物业" in as_admin.get(reverse("units")).content.decode()
    sent = {"phone": "13812349222", "name": "金师傅", "position": "维修", "is_lead": "on"}
    assert as_admin.post(url, sent).status_code == 302
    member = Membership.objects.get(person__phone="13812349222")
    assert (member.position, member.is_lead, grant_of(member.person).role) == ("维修", True, "org_lead")
    assert as_admin.post(reverse("member_end", args=[member.pk])).status_code == 302
    assert grant_of(member.person).valid_until is not None
    far = make.organisation(town.areas["府东小区"], name="府东物业")
    assert as_admin.get(reverse("unit", args=[far.pk])).status_code == 404
    assert as_admin.post(reverse("unit", args=[far.pk]), sent).status_code == 404


def test_a_lost_phone_is_signed_out_everywhere(as_admin, town, client):
    before = town.zhao.user.session_epoch
    sent = {"device": "all", "cause": "lost"}
    assert as_admin.post(reverse("person_sign_out", args=[town.zhao.pk]), sent).status_code == 302
    town.zhao.user.refresh_from_db()
    assert town.zhao.user.session_epoch == before + 1
