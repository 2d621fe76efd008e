"""bin/test and .ci/run: a failure is never swallowed, a missing browser never silent, a hang never endless."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from _run import browser, check
from _run.place import Place
from _run.say import Stop
from _run.steps import Clock

from tests.bin.conftest import ROOT


@pytest.fixture
def report(tmp_path: Path) -> check.Report:
    return check.Report(Place(tmp_path, tmp_path / "var"), {})


def test_one_failed_step_fails_the_run_and_is_named(report: check.Report, capsys: pytest.CaptureFixture[str]) -> None:
    report.step("good", "true")
    report.step("bad", "false")
    report.step("good again", "true")
    assert report.failed == ["bad"]
    assert check._summary(report, Clock()) == 1
    assert "没有通过：bad" in capsys.readouterr().out


def test_all_steps_passed(report: check.Report, capsys: pytest.CaptureFixture[str]) -> None:
    report.step("good", "true")
    assert check._summary(report, Clock()) == 0
    assert "全部通过" in capsys.readouterr().out


def test_no_tests_found_is_a_failure_unless_there_may_be_none(report: check.Report) -> None:
    report.step("tests of a path", "sh", "-c", "exit 5")
    report.step("long tests", "sh", "-c", "exit 5", nothing_is_fine=True)
    assert report.failed == ["tests of a path"]


def test_options_go_to_pytest_with_a_path_only() -> None:
    asked = check._arguments(["tests/core", "-k", "clock"])
    assert check._pytest(asked) == ["pytest", "-q", "-m", "not long", "-k", "clock", "tests/core"]
    with pytest.raises(SystemExit):
        check._arguments(["--slow"])


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Place:
    """A machine without a browser, and a person who may not install one."""
    monkeypatch.setattr(browser, "_browser", lambda: "")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)
    return Place(tmp_path, tmp_path / "var")


def test_a_missing_browser_is_told_loudly(no_browser: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert browser.prepare_browser(no_browser) == ""
    said = capsys.readouterr().out
    assert "!!!!!!!!" in said
    assert "SKIPPED" in said


def test_a_missing_browser_is_refused_where_one_is_required(no_browser: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_BROWSER", "1")
    with pytest.raises(Stop, match="apt install chromium"):
        browser.prepare_browser(no_browser)


def ci(folder: Path, test_command: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run .ci/run beside a bin/test of ours."""
    (folder / ".ci").mkdir()
    (folder / "bin").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")
    (folder / "bin" / "test").write_text(f"#!/bin/sh\n{test_command}\n")
    (folder / "bin" / "test").chmod(0o755)
    env = dict(os.environ) | variables
    return subprocess.run(["bash", folder / ".ci" / "run"], env=env, capture_output=True, text=True, check=False)


def test_ci_runs_the_tests_and_the_long_ones_and_requires_a_browser(tmp_path: Path) -> None:
    answer = ci(tmp_path, 'echo "ran $* with $REQUIRE_BROWSER"')
    assert answer.returncode == 0
    assert answer.stdout.splitlines() == ["ran  with 1", "ran --long with 1"]


def test_ci_fails_with_the_tests(tmp_path: Path) -> None:
    assert ci(tmp_path, "exit 3").returncode == 3


def test_ci_stops_loudly_when_the_tests_hang(tmp_path: Path) -> None:
    answer = ci(tmp_path, "exec sleep 50", CI_LIMIT="0.3")
    assert answer.returncode == 124
    assert "STOPPED after 0.3" in answer.stderr
