"""The report names what was missed, and says how pages grew."""

from datetime import UTC, datetime

from bench.report import Run, missed, write
from bench.run import Measured

FLOOR = [Measured("trivial view", 2, 3, 400, None), Measured("plain page of 50 rows", 5, 7, 300, None)]


def written(tmp_path, *runs, fsync="on"):
    page = tmp_path / "benchmarks.md"
    at = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    write(page, list(runs), load=0.2, at=at, database={"fsync": fsync})
    return page.read_text("utf-8")


def test_slow_rare_and_chatty_pages_are_missed():
    found = [*FLOOR, Measured("create a case", 30, 40, 20, None), Measured("one case", 10, 20, 90, 13)]
    assert missed(found) == [
        "create a case: 30.0 / 40.0 ms, wanted 10 / 20 (15.0 × the trivial view)",
        "create a case: 20 a second, wanted 150",
        "one case: 13 queries, wanted 12",
    ]


def test_the_ratio_to_the_floor_is_said_where_it_holds():
    found = [*FLOOR, Measured("create a case", 18, 40, 200, None)]
    assert missed(found) == [
        "create a case: 18.0 / 40.0 ms, wanted 10 / 20 (9.0 × the trivial view; the ratio holds)",
    ]


def test_what_is_as_wanted_is_not_named(tmp_path):
    run = Run(1000, [*FLOOR, Measured("one case", 10, 20, 90, 12)], {"grievances_case": 1500.0})
    assert "Nothing of what is measured." in written(tmp_path, run)


def test_growth_bytes_and_a_database_that_does_not_wait_for_the_disk_are_said(tmp_path):
    rate = Measured("notices (a second and core)", 0, 0, 600, None)
    small = Run(1000, [*FLOOR, Measured("one case", 10, 20, 90, 12), rate], {"grievances_case": 1500.0})
    large = Run(9000, [*FLOOR, Measured("one case", 14, 20, 90, 12), rate], {"grievances_case": 4500.0})
    page = written(tmp_path, small, large, fsync="off")
    assert "| one case | 1.40 × |" in page
    assert "case and history: 4500 bytes, wanted 4200" in page
    assert "fsync off" in page
    assert "## 9,000 cases" in page
