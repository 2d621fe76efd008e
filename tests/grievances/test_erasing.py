"""What was said is erased three years after the end; the history still verifies and says so."""

from datetime import timedelta

from django.utils import timezone

from core import sealing
from core.history import StepText, texts_of
from core.media import actions as media
from core.media.keeping import private
from core.media.models import Photo
from grievances import actions
from grievances.models import Case, CaseHistory, CasePhoto
from tests.cast import Cast


def ended(cast: Cast) -> Case:
    """A case of 李 that she withdrew."""
    case = actions.report(
        by=cast["li"], area=cast.areas["滨河社区第1网格"], text="楼道灯不亮，电话 13812342046", at=timezone.now(),
        address="3 号楼",
    )  # fmt: skip
    return actions.withdraw(case_id=case.pk, by=cast["li"], at=timezone.now())


def test_after_three_years_the_words_are_gone_and_the_chain_holds(cast):
    case = ended(cast)
    later = timezone.now() + timedelta(days=1096)
    assert actions.erase_old(at=later) == 1
    assert actions.erase_old(at=later) == 0
    case.refresh_from_db()
    assert (case.title, case.address, case.erased_at) == ("", "", later)
    words = texts_of(list(case.history.all()))
    assert words
    assert all(text.body == "" and text.erased_at == later for text in words.values())
    assert list(sealing.faults(CaseHistory)) == []


def test_before_that_and_while_open_nothing_is_erased(cast):
    ended(cast)
    actions.report(by=cast["li"], area=cast.areas["滨河社区"], text="还开着的一件事", at=timezone.now())
    assert actions.erase_old(at=timezone.now() + timedelta(days=1094)) == 0
    assert actions.erase_old(at=timezone.now() + timedelta(days=4000)) == 1
    assert StepText.objects.filter(erased_at=None).count() == 1


def test_photos_of_an_erased_case_go_with_their_files(cast, shoot):
    photos = shoot(cast["li"], 2)
    case = actions.report(
        by=cast["li"], area=cast.areas["滨河社区"], text="楼道灯不亮", at=timezone.now(),
        photo_ids=photos, owner=f"person:{cast['li'].pk}",
    )  # fmt: skip
    actions.withdraw(case_id=case.pk, by=cast["li"], at=timezone.now())
    kept = Photo.objects.get(pk=photos[0]).original_key
    assert private().exists(kept)
    media.delete_expired(at=timezone.now() + timedelta(days=1094))
    assert private().exists(kept), "the case is not erased yet"
    later = timezone.now() + timedelta(days=1096)
    actions.erase_old(at=later)
    assert not CasePhoto.objects.filter(case=case).exists()
    media.delete_expired(at=later)
    assert not Photo.objects.filter(pk__in=photos).exists()
    assert not private().exists(kept)
    assert list(sealing.faults(CaseHistory)) == []
