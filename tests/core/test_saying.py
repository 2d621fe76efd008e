"""Moments and deadlines as people say them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core import saying

CITY = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 14, 5, tzinfo=CITY)  # a Wednesday


def at(day: int, hour: int, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CITY)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at(25, 8), "今天 08:00"),
        (at(24, 17, 20), "昨天 17:20"),
        (at(26, 10), "明天 10:00"),
        (at(27, 9), "后天 09:00"),
        (at(23, 9), "前天 09:00"),
        (at(20, 8, 14), "周五 08:14"),
        (at(28, 8, 14), "周六 08:14"),
        (at(3, 9), "11月3日 09:00"),
        (at(3, 9, year=2025), "2025年11月3日 09:00"),
    ],
)
def test_moments(moment, said):
    assert saying.when_words(moment, now=NOW) == said


def test_a_moment_is_said_in_the_citys_time_whatever_its_zone():
    utc = datetime(2026, 11, 25, 6, 0, tzinfo=ZoneInfo("UTC"))
    assert saying.when_words(utc, now=NOW) == "今天 14:00"


def test_a_deadline_says_before_when():
    assert saying.due_words(at(25, 18), now=NOW) == "今天 18:00 前"


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (timedelta(minutes=38), "剩 38 分钟"),
        (timedelta(hours=3, minutes=10), "剩 3 小时"),
        (timedelta(days=1, hours=3), "剩 1 天 3 小时"),
        (timedelta(days=12, hours=3), "剩 12 天"),
        (timedelta(hours=-2), "已超 2 小时"),
        (timedelta(days=-2), "已超 2 天"),
        (timedelta(seconds=10), "剩 1 分钟"),
    ],
)
def test_what_is_left(gap, said):
    assert saying.left_words(NOW + gap, now=NOW) == said
