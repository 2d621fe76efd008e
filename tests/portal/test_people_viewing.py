"""Looking as a role: what it sees, that it writes nothing anywhere, and that every look is kept."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communities import actions, roles
from communities.models import Viewing, ViewingEnd
from communities.rules import VIEWING_KEY, AboveLevel, NotAllowed, Shadow
from grievances.models import Case
from tests.communities import make
from tests.grievances.town import BEGINNING, newcomer
from tests.site.ground import addresses
from tests.site.test_access import CONVERTER, SAMPLES, WRITES

BAR = "您正以“网格员 · 锦绣花园第1网格”的身份查看"


@pytest.fixture
def looking(client, town):
    """秦, the city's administrator, looks as the grid worker of 赵's grid."""
    client.force_login(town.qin.user)
    assert look(client, town.grid, "grid_worker").status_code == 302
    return client


def look(client, area, role):
    return client.post(reverse("view_as"), {"area": area.pk, "role": role})


def routes():
    for address in addresses():
        arguments = {name: SAMPLES.get(name, SAMPLES.get(kind, "x")) for kind, name in CONVERTER.findall(address.route)}
        yield address.name, reverse(address.name, kwargs=arguments)


def test_the_queue_of_the_role_is_seen_under_a_bar(looking, town):
    case = town.dispatched()
    page = looking.get("/queue/").content.decode()
    assert BAR in page
    assert case.title in page
    assert looking.get("/desk/").status_code == 403
    assert looking.get("/staff/people/").status_code == 403


def test_personal_lists_are_empty(client, looking, town):
    town.report(by=town.qin)
    assert "楼道口漏水" not in looking.get("/my-cases/").content.decode()
    assert looking.get("/inbox/").status_code == 200
    assert "秦岚" not in looking.get("/me/").content.decode()


def test_nothing_can_be_sent_to_any_address(looking):
    for name, path in routes():
        if name == "view_as_leave":
            continue
        answer = looking.post(path, {"anything": "1"})
        assert answer.status_code == 403, name
        assert "只能看" in answer.content.decode(), name
        for method in (looking.put, looking.patch, looking.delete):
            assert method(path).status_code == 403, name


def test_looking_at_any_page_writes_nothing(looking):
    wrote = []
    for name, path in routes():
        with CaptureQueriesContext(connection) as queries:
            answer = looking.get(path)
        assert answer.status_code < 500, name
        wrote += [f"{name}: {query['sql'][:90]}" for query in queries if WRITES.match(query["sql"])]
    assert wrote == []


def test_the_database_itself_refuses_to_write(looking, settings, town, monkeypatch):
    """Even a page that forgot itself cannot mark, count or keep anything."""

    def forgetful(request):
        town.li.save()

    monkeypatch.setattr("grievances.views.queue.queries.queue_counts", lambda *given: forgetful(None))
    with pytest.raises(DatabaseError, match="read-only"), transaction.atomic():
        looking.get("/queue/")


def test_own_account_files_and_values_are_closed(looking, town):
    town.qin.user.is_staff = town.qin.user.is_superuser = True
    town.qin.user.save()
    for name in ("deliveries", "doctor"):
        assert looking.get(reverse(name)).status_code == 403
    for path in ("/me/security/", "/me/name/", "/demo/people/"):
        assert looking.get(path).status_code == 403
    sent = {"person": town.li.pk, "field": "phone", "subject": f"grievances.case:{town.dispatched().pk}", "reason": "x"}
    assert looking.post(reverse("open_value"), sent).status_code == 403


def test_a_confidential_case_and_reporters_stay_closed(client, town):
    case, other = town.dispatched(), town.dispatched()
    Case.objects.filter(pk=case.pk).update(visibility="confidential")
    client.force_login(town.qin.user)
    look(client, town.areas["滨河社区"], "community_head")
    assert client.get(reverse("case", args=[case.pk])).status_code == 404
    title = "一件不该让旁人看见的事"
    Case.objects.filter(pk=case.pk).update(title=title)
    for path in ("/desk/?state=all", "/queue/", "/staff/board/", "/staff/cases/"):
        assert title not in client.get(path).content.decode(), path
    page = client.get(reverse("case", args=[other.pk]))
    assert page.status_code == 200
    assert "查看号码" not in page.content.decode()


def test_leaving_ends_it_and_both_are_kept(looking, town):
    assert looking.post(reverse("view_as_leave")).status_code == 302
    assert BAR not in looking.get("/queue/").content.decode()
    viewing = Viewing.objects.get()
    assert (viewing.viewer, viewing.role, viewing.area) == (town.qin, "grid_worker", town.grid)
    assert viewing.end.at <= timezone.now()
    page = looking.get(reverse("view_as_log")).content.decode()
    assert "秦岚" in page
    assert "第1网格" in page


@pytest.mark.parametrize("change", [{"role": "dispatcher"}, {"until": BEGINNING}])
def test_the_log_cannot_be_changed(looking, change):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Viewing.objects.update(**change)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Viewing.objects.all().delete()
    looking.post(reverse("view_as_leave"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ViewingEnd.objects.update(at=BEGINNING)


def test_it_ends_by_itself_and_a_form_waits_for_another_press(looking, town):
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        answer = looking.post("/staff/people/invite/", {})
        assert answer.status_code == 403
        assert "查看结束了" in answer.content.decode()
        assert BAR not in looking.get("/").content.decode()


def test_it_ends_with_the_right_to_it(looking, town):
    make.actions.revoke_role(grant_id=town.qin.role_grants.get().pk, by=None, at=timezone.now())
    assert BAR not in looking.get("/").content.decode()


def test_the_session_of_another_opens_nothing(client, looking, town):
    viewing = Viewing.objects.get()
    client.force_login(town.han.user)
    session = client.session
    session[VIEWING_KEY] = viewing.pk
    session.save()
    assert BAR not in client.get("/").content.decode()


@pytest.fixture
def street_admin(town):
    who = newcomer("街管", 13812349001)
    make.grant(who, "area_admin", town.areas["鼓楼西街街道"], at=BEGINNING)
    return who


def test_only_roles_below_the_own_level(client, town, street_admin):
    client.force_login(street_admin.user)
    street = town.areas["鼓楼西街街道"]
    assert look(client, street, "area_admin").status_code == 422
    assert look(client, town.areas["尧都区"], "district_official").status_code == 404
    assert look(client, town.grid, "community_head").status_code == 422
    with pytest.raises(AboveLevel):
        actions.begin_viewing(viewer=street_admin, role="area_admin", area=street, at=timezone.now())
    with pytest.raises(NotAllowed):
        actions.begin_viewing(viewer=town.sun, role="grid_worker", area=town.grid, at=timezone.now())
    assert not Viewing.objects.exists()
    assert look(client, street, "street_official").status_code == 302


@pytest.mark.parametrize("who", ["sun", "han", "zhao", "li"])
def test_others_cannot_begin(client, town, who):
    client.force_login(getattr(town, who).user)
    assert look(client, town.grid, "grid_worker").status_code == 403
    assert not Viewing.objects.exists()


def test_every_question_about_the_shadow_knows_one_role(rf, looking, town):
    shadow = type(town.qin)(pk=-1)
    shadow.viewing_as = Shadow("community_staff", town.areas["滨河社区"].pk, 1, timezone.now())
    assert roles.roles_at(shadow, town.grid) == {"community_staff", "dispatcher"}
    assert roles.roles_at(shadow, town.far_grid) == frozenset()
    assert roles.roles_anywhere(shadow) == {"community_staff", "dispatcher"}
    assert roles.areas_where(shadow, {"dispatcher"}) == [town.areas["滨河社区"]]
    assert roles.areas_where(shadow, {"city_admin"}) == []
    assert [grant.role for grant in roles.grants_of(shadow)] == ["community_staff"]
    assert roles.organisations_of(shadow) == set()
