"""How many queries each page costs, kept in query_counts.json.

After a change that was meant: UPDATE_QUERY_COUNTS=1 bin/test tests/site/test_query_counts.py
"""

import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communities.queries import COOKIE, COOKIE_SALT
from grievances import actions, queries
from grievances.models import Case

KEPT = Path(__file__).with_name("query_counts.json")
PAGES = {
    "home (visitor)": (None, "/"),
    "home (resident)": ("li", "/"),
    "report": ("li", "/report/"),
    "my cases": ("li", "/my-cases/"),
    "case (resident)": ("li", "/cases/{case}/"),
    "inbox": ("li", "/inbox/"),
    "me": ("li", "/me/"),
    "queue": ("zhao", "/queue/"),
    "case (worker)": ("zhao", "/cases/{case}/"),
    "desk": ("sun", "/desk/?state=all"),
    "desk with a case": ("sun", "/desk/?state=all&case={case}"),
    "people": ("qin", "/staff/people/"),
    "view as": ("qin", "/staff/view-as/"),
    "choose": (None, "/communities/"),
    "categories": ("qin", "/staff/categories/"),
    "rules": ("qin", "/staff/rules/"),
    "modules": ("qin", "/staff/modules/"),
    "duty": ("qin", "/staff/duty/"),
    "calendar": ("qin", "/staff/calendar/"),
    "board": ("han", "/staff/board/"),
    "list behind a number": ("han", "/staff/cases/?figure=in"),
    "wall": (None, "/wall/"),
    "waiting for the wall": ("sun", "/desk/wall/"),
}


@pytest.fixture
def counted(cast, client) -> dict[str, int]:
    """The number of queries of every page, over a community with six cases."""
    call_command("load_categories", verbosity=0, stdout=StringIO())
    for number in range(6):
        report(cast, f"第 {number} 件：楼道灯不亮，晚上看不见")
    case = Case.objects.order_by("pk").first()
    grid = cast.areas["滨河社区第1网格"]
    for each in Case.objects.order_by("pk"):
        holder = queries.grid_holder(grid)
        actions.dispatch(case_id=each.pk, by=cast["sun"], holder=holder, why="属第一网格", at=timezone.now())
    return {name: count(client, cast, who, path.format(case=case.pk)) for name, (who, path) in PAGES.items()}


def report(cast, text: str) -> None:
    actions.report(by=cast["li"], area=cast.areas["滨河社区第1网格"], text=text, at=timezone.now())


def count(client, cast, who: str | None, path: str) -> int:
    client.logout()
    if who:
        client.force_login(cast[who].user)
    community = cast.areas["滨河社区"]
    client.cookies[COOKIE] = signed(community.pk)
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return len(captured)


def signed(pk: int) -> str:
    from django.core.signing import get_cookie_signer

    return get_cookie_signer(salt=COOKIE + COOKIE_SALT).sign(pk)


def test_pages_cost_what_is_written_down(counted):
    if os.environ.get("UPDATE_QUERY_COUNTS") == "1":
        KEPT.write_text(json.dumps(counted, indent=2, ensure_ascii=False) + "\n", "utf-8")
    kept = json.loads(KEPT.read_text("utf-8"))
    assert counted == kept


def test_a_longer_list_costs_no_more_queries(counted, cast, client):
    for number in range(10):
        report(cast, f"又一件 {number}：垃圾没有清走")
    assert count(client, cast, "sun", "/desk/?state=all") <= counted["desk"]
    assert count(client, cast, "li", "/my-cases/") <= counted["my cases"]
    assert reverse("desk") == "/desk/"
