"""Every address, as everybody, with ids that are not theirs or do not exist: nothing leaks, nothing breaks."""

import re
from io import StringIO
from itertools import product

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.signing import get_cookie_signer
from django.urls import reverse
from django.utils import timezone

from communities.queries import COOKIE, COOKIE_SALT
from grievances import actions, queries
from grievances.models import Case, Person, Visibility
from tests.site.ground import addresses

PARAMETER = re.compile(r"<(\w+):(\w+)>")
NOWHERE = "00000000-0000-4000-8000-000000000000"
TOO_LARGE = 2**63
WORDS = "密语甲乙丙丁：三楼东户半夜吵闹"
PLACE = "密址戊己庚"
RUBBISH = {
    "text": "\x00<script>" + "长" * 30_000, "area": "-1", "category": "x", "once": "x", "next": "//evil.example/",
    "person": "0", "reason": "'", "phone": "1e9", "day": "2026-02-30", "at": "x", "photos": NOWHERE, "role": "king",
}  # fmt: skip
HEADERS = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}  # fmt: skip
OUTSIDERS = [None, "wang", "liu", "feng"]


@pytest.fixture
def secret(cast) -> Case:
    """李's report, with words that nobody outside may read; a confidential one of hers lies beside it."""
    call_command("load_categories", verbosity=0, stdout=StringIO())
    given = {"by": cast["li"], "area": cast.areas["滨河社区第1网格"], "at": timezone.now(), "address": PLACE}
    case = actions.report(text=WORDS, **given)
    actions.report(text=WORDS, visibility=Visibility.CONFIDENTIAL, **given)
    holder = queries.grid_holder(cast.areas["滨河社区第1网格"])
    return actions.dispatch(case_id=case.pk, by=cast["sun"], holder=holder, why="属第一网格", at=timezone.now())


def values(kind: str, name: str, case: Case) -> list[object]:
    """What a parameter of an address is tried with; a parameter that nobody listed is refused."""
    tried: dict[str, list[object]] = {
        "pk": [case.pk, case.pk + 1, case.reporter_id, 0, TOO_LARGE],
        "step": ["accept", "rate", "nothing"],
        "photo_id": [NOWHERE], "version": ["thumb", "..%2f"], "token": ["x:y:z"], "key": ["grievances", "x"],
        "code": ["x", "utility"],
    }  # fmt: skip
    return [NOWHERE] if kind == "uuid" else tried[name]


def paths(case: Case) -> list[tuple[str, str]]:
    """Every address with every combination of its parameters: (name, path)."""
    found = []
    for address in addresses():
        given = PARAMETER.findall(address.route)
        names = [name for _kind, name in given]
        for chosen in product(*(values(kind, name, case) for kind, name in given)):
            found.append((address.name, reverse(address.name, kwargs=dict(zip(names, chosen, strict=True)))))
    return found


def sign_in(client, person: Person | None, case: Case) -> None:
    """Sign in as the person, or as nobody, with a community chosen."""
    client.logout()
    if person is not None:
        client.force_login(person.user)
    client.cookies[COOKIE] = get_cookie_signer(salt=COOKIE + COOKIE_SALT).sign(str(case.community_id))


def stays_here(answer) -> bool:
    """Whether a redirect leads to this site."""
    return not re.match(r"(?:[a-z]+:)?//", answer.headers.get("Location", ""))


def body_of(answer) -> str:
    """The whole body of an answer, streamed or not, without the word that was searched for."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8", "replace").replace('value="密语"', "")


def leaks(client, case: Case) -> list[str]:
    """The addresses that tell the words of the case, its place or its reporter's number."""
    asked = {"q": "密语", "case": case.pk, "area": case.area_id}
    told = ((path, body_of(client.get(path, asked))) for name, path in paths(case) if not name.startswith("demo"))
    return [path for path, body in told if any(word in body for word in (WORDS, PLACE, case.reporter.phone))]


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_outsider_reads_what_is_not_theirs(client, cast, secret, who):
    sign_in(client, cast[who] if who else None, secret)
    assert leaks(client, secret) == []


def test_the_crawl_finds_what_may_be_read(client, cast, secret):
    sign_in(client, cast["li"], secret)
    assert reverse("case", args=[secret.pk]) in leaks(client, secret)


@pytest.mark.parametrize("who", [None, "wang"])
def test_every_answer_stays_here_and_carries_the_headers(client, cast, secret, who):
    sign_in(client, cast[who] if who else None, secret)
    bare, away = [], []
    for _name, path in paths(secret):
        answer = client.get(path, {"next": "//evil.example/"})
        away += [path] if not stays_here(answer) else []
        bare += [path for header, value in HEADERS.items() if answer.headers.get(header) != value]
    assert (bare, away) == ([], [])


@pytest.mark.long
@pytest.mark.parametrize("who", [None, "wang", "li", "zhao", "feng", "sun", "han", "qin", "you"])
def test_rubbish_breaks_no_form(client, cast, secret, who):
    person = cast[who] if who else None
    sign_in(client, person, secret)
    broken, away = [], []
    for _name, path in paths(secret):
        for data in ({}, RUBBISH):
            answer = client.post(path, data)
            broken += [(path, len(data))] if answer.status_code >= 500 else []
            away += [path] if not stays_here(answer) else []
            if person is not None and settings.SESSION_COOKIE_NAME not in client.cookies:
                sign_in(client, person, secret)
    assert (broken, away) == ([], [])
    assert Case.objects.get(pk=secret.pk).reporter_id == secret.reporter_id


@pytest.mark.parametrize("who", [*OUTSIDERS, "li", "zhao", "sun", "zhou", "han", "qin", "you"])
def test_nobody_meets_a_broken_page(client, cast, secret, who):
    sign_in(client, cast[who] if who else None, secret)
    assert [path for _name, path in paths(secret) if client.get(path).status_code >= 500] == []
