"""The demo city made through the actions: once, whatever is killed between."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from communities.models import Area
from core import doctor, jobs
from core.history import HasHistory
from core.media.models import Photo
from core.outbox import OutboxWork
from grievances.models import Case, CaseHistory, WallItem
from notifications.models import Delivery
from portal.demo import work
from portal.demo.cases import REQUESTS
from portal.demo.roster import roster
from portal.tasks import make_demo_cases

SMALL = 12
HAND_WRITTEN = slice(0, 4)


class Killed(BaseException):
    """Stands for kill -9: nothing of ours catches it."""


@pytest.fixture
def city(db, monkeypatch, settings, tmp_path):
    """A city with a plan of twelve cases, four of them hand-written."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("portal.demo.plan.REQUESTS", REQUESTS[HAND_WRITTEN])
    monkeypatch.setattr("portal.demo.work.REQUESTS", REQUESTS[HAND_WRITTEN])
    call_command("load_categories", verbosity=0)
    started = timezone.now()
    work.lay(started=started, total=SMALL)
    return started


def both_lanes(**options):
    return sum(work.make(lane=lane, **options) for lane in work.LANES)


def test_the_city_is_made_once_and_cases_go_on_where_they_stopped(city, monkeypatch):
    assert Person.objects.filter(is_demo=True).count() == roster().size
    assert Area.objects.filter(kind="district").count() == 17
    work.lay(started=timezone.now(), total=SMALL)
    assert Person.objects.filter(is_demo=True).count() == roster().size

    assert both_lanes(until=5) == 5
    assert both_lanes(until=5) == 0
    whole = work.Maker.tell
    monkeypatch.setattr(work.Maker, "tell", lambda maker, planned: (whole(maker, planned), killed())[0])
    with pytest.raises(Killed):
        work.make(lane=1)
    assert Case.objects.count() == 5

    monkeypatch.setattr(work.Maker, "tell", whole)
    assert both_lanes() == SMALL - 5
    assert both_lanes() == 0
    progress = work.progress()
    assert (progress.done, progress.total, progress.finished) == (SMALL, SMALL, True)
    assert Case.objects.count() == SMALL
    assert len({case.reported_at for case in Case.objects.all()}) == SMALL
    the_past_is_told_and_nothing_is_sent(city)


def killed():
    raise Killed


def the_past_is_told_and_nothing_is_sent(started):
    assert not OutboxWork.objects.filter(done_at=None).exists()
    assert not Delivery.objects.filter(state=Delivery.State.WAITING).exists()
    assert not CaseHistory.objects.filter(at__gt=started).exists()
    assert not Case.objects.filter(reported_at__lt=started - timedelta(days=183)).exists()
    assert issubclass(Case, HasHistory)
    assert WallItem.objects.exists()
    assert Photo.objects.exclude(attached_to="").count() == Photo.objects.count()


def test_a_worker_makes_the_rest_and_the_page_says_how_far_it_is(city, client, monkeypatch):
    asked = []
    monkeypatch.setattr(make_demo_cases, "apply_async", lambda **options: asked.append(options))
    json = {"headers": {"accept": "application/json"}}
    assert client.get(reverse("demo_progress"), **json).json() == {"done": 0, "total": SMALL, "finished": False}
    bar = client.get(reverse("demo_progress")).content.decode()
    assert f"0 / {SMALL}" in bar
    assert 'hx-trigger="every 6s"' in bar
    assert f"0 / {SMALL}" in client.get(reverse("demo_people")).content.decode()
    turns = 0
    while make_demo_cases():
        turns += 1
    assert len(asked) == turns > 0
    assert Case.objects.count() == SMALL
    assert client.get(reverse("demo_progress"), **json).json()["finished"] is True
    assert doctor.was_here(), "the page of the doctor is not empty in a demo"
    assert not work.look_over(at=timezone.now()), "once is enough"
    assert "hx-get" not in client.get(reverse("demo_progress")).content.decode()


def test_outside_a_demo_nothing_of_it_is_there(client, db, settings):
    settings.DEMO = False
    assert client.get(reverse("demo_progress")).status_code == 404
    assert make_demo_cases() == 0


def test_a_job_counts_in_the_transaction_that_does_the_work(db):
    job = jobs.begin(name="areas.1", total=3, at=timezone.now())
    assert jobs.begin(name="areas.1", total=9, at=timezone.now()).total == 3
    assert jobs.progress("areas.").percent == 0
    jobs.advance(job, at=timezone.now(), by=2)
    assert not jobs.progress("areas.").finished
    jobs.advance(jobs.lock("areas.1"), at=timezone.now(), by=5)
    assert jobs.progress("areas.").finished
    assert jobs.progress("nothing.") is None
