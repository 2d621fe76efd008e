"""bin/test: every check and every test, each with a heading and its time, and a summary at the end."""

import argparse
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from _run.browser import prepare_browser
from _run.messages import compile_messages
from _run.node import prepare_node
from _run.place import ROOT, Place
from _run.portal import prepare_static
from _run.prepare import one_at_a_time
from _run.python_env import prepare_python
from _run.say import line, say
from _run.servers import Run
from _run.steps import Clock, clean_env

_NO_TESTS = 5
_PARALLEL = ["-n", "2"]


@dataclass
class Report:
    """Runs steps and keeps how each went."""

    place: Place
    env: Mapping[str, str]
    rows: list[tuple[str, str, float]] = field(default_factory=list)

    def step(self, name: str, *command: str, nothing_is_fine: bool = False) -> None:
        """Run one step in sight of the person.

        Args:
            name: heading.
            command: program of the environment (or of the machine) and its arguments.
            nothing_is_fine: no test at all is no failure.
        """
        line(f"\n=== {name}")
        start = time.monotonic()
        program = self.place.venv / "bin" / command[0]
        words = [str(program) if program.exists() else command[0], *command[1:]]
        code = subprocess.run(
            words, cwd=self.place.root, env=clean_env(**self.env), stdin=subprocess.DEVNULL, check=False
        ).returncode
        nothing = code == _NO_TESTS and nothing_is_fine
        self.note(name, "none" if nothing else "ok" if code == 0 else f"FAILED ({code})", time.monotonic() - start)

    def note(self, name: str, result: str, seconds: float = 0.0) -> None:
        """Keep a result."""
        self.rows.append((name, result, seconds))
        line(f"--- {name}: {result}, {seconds:.1f} s")

    @property
    def failed(self) -> list[str]:
        """Names of the steps that failed."""
        return [name for name, result, _ in self.rows if result.startswith("FAILED")]


def main(words: Sequence[str]) -> int:
    """Run the checks and tests.

    Args:
        words: the arguments of the command line.

    Returns:
        0 where all is well, 1 where something failed.

    Raises:
        Stop: they cannot be run.
    """
    asked = _arguments(words)
    place = Place(ROOT, ROOT / "var" / "test")
    clock = Clock()
    with Run(place, "bin/test") as run:
        with one_at_a_time(place):
            prepare_python(place, lock="test")
            prepare_node(place)
            compile_messages(place)
        browser = prepare_browser(place)
        env = _environment(place, browser) | run.start_servers(careless=True)
        prepare_static(place, run.stamps, env, collect=False)
        say(f"准备好了，用了 {clock}", "ready")
        report = Report(place, env)
        if asked.paths:
            report.step("pytest", *_pytest(asked))
        elif asked.long:
            _long(report, browser)
        else:
            _checks(report)
            _tests(report, browser)
    return _summary(report, clock)


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/test", description="检查和测试 (every check and every test)")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="只跑这些测试 (only the tests of these files)")
    parser.add_argument(
        "--long", action="store_true", help="跑要几分钟的测试：并发、故障、性能 (the tests that take minutes)"
    )
    asked, options = parser.parse_known_args(words)
    asked.options = options
    if options and not asked.paths:
        parser.error(f"不认识 {' '.join(options)} (unknown options; with a PATH they are handed to pytest)")
    return asked


def _environment(place: Place, browser: str) -> dict[str, str]:
    env = {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "VAR_DIR": str(place.var),
        "BROWSER": "1" if browser else "0",
        "SECRET_KEY": "only-for-tests-" + "x" * 40,
    }
    return env | ({"CHROMIUM": browser} if browser else {})


def _checks(report: Report) -> None:
    place = report.place
    report.step("ruff check", "ruff", "check", ".")
    report.step("ruff format", "ruff", "format", "--check", ".")
    settings = (place.root / "pyproject.toml").read_text(encoding="utf-8")
    if "[tool.importlinter]" in settings or (place.root / ".importlinter").is_file():
        report.step("import-linter", "lint-imports")
    if "[tool.mypy]" in settings:
        report.step("mypy", "mypy", *_packages(place))
    report.step("migrations", "python", "manage.py", "makemigrations", "--check", "--dry-run")
    templates = [
        str(path.relative_to(place.root)) for path in sorted(place.root.glob("**/templates")) if _ours(place, path)
    ]
    if templates:
        report.step("djlint lint", "djlint", "--lint", "--quiet", *templates)
    _translations(report)


def _translations(report: Report) -> None:
    if not shutil.which("msgfmt"):
        report.note("translations", "skipped: no msgfmt")
        return
    for source in sorted(report.place.root.glob("**/LC_MESSAGES/*.po")):
        if _ours(report.place, source):
            name = source.relative_to(report.place.root)
            report.step(f"translations {name}", "msgfmt", "--check", "--statistics", "-o", os.devnull, str(name))


def _tests(report: Report, browser: str) -> None:
    report.step(
        "pytest",
        "pytest",
        "-q",
        *_PARALLEL,
        "-m",
        "not browser and not long",
        *_without_folder(report, "browser"),
    )
    _browser_tests(report, browser, "browser and not long")


def _long(report: Report, browser: str) -> None:
    """What takes minutes: side by side, but for the tests that kill processes and watch the clock."""
    report.step(
        "pytest, long",
        "pytest",
        "-q",
        *_PARALLEL,
        "-m",
        "long and not browser",
        *_without_folder(report, "browser"),
        *_without_folder(report, "bin"),
        nothing_is_fine=True,
    )
    if (report.place.root / "tests" / "bin").is_dir():
        report.step("pytest, processes", "pytest", "-q", "-m", "long", "tests/bin", nothing_is_fine=True)
    _browser_tests(report, browser, "browser and long", nothing_is_fine=True)


def _browser_tests(report: Report, browser: str, marks: str, *, nothing_is_fine: bool = False) -> None:
    folder = report.place.root / "tests" / "browser"
    if not folder.is_dir():
        return
    if not browser:
        report.note("pytest, browser", "SKIPPED: no chromium")
        return
    report.step(
        "pytest, browser",
        "pytest",
        "-q",
        *_PARALLEL,
        "-m",
        marks,
        "tests/browser",
        nothing_is_fine=nothing_is_fine,
    )


def _pytest(asked: argparse.Namespace) -> list[str]:
    return ["pytest", "-q", *([] if asked.long else ["-m", "not long"]), *asked.options, *asked.paths]


def _without_folder(report: Report, name: str) -> list[str]:
    return [f"--ignore=tests/{name}"] if (report.place.root / "tests" / name).is_dir() else []


def _packages(place: Place) -> list[str]:
    return sorted(path.parent.name for path in place.root.glob("*/__init__.py") if path.parent.name != "tests")


def _ours(place: Place, path: os.PathLike[str]) -> bool:
    top = os.path.relpath(path, place.root).split(os.sep)[0]
    return not top.startswith(".") and top not in {"var", "node_modules"}


def _summary(report: Report, clock: Clock) -> int:
    line("\n=== 小结 (summary)")
    for name, result, seconds in report.rows:
        line(f"{result:>12}  {seconds:7.1f} s  {name}")
    if report.failed:
        say(f"没有通过：{'、'.join(report.failed)}，一共 {clock}", "failed")
        return 1
    say(f"全部通过，一共 {clock}", "all passed")
    return 0
