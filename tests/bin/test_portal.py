"""What was done once is not done again, and is done again when what it was made from has changed."""

import sys
from pathlib import Path

import pytest
from _run import demo, portal
from _run.place import Place, Stamps
from _run.say import Stop


class Checkout:
    """A checkout with a migration and a style sheet, and a note of the commands that were run in it."""

    def __init__(self, root: Path) -> None:
        self.place = Place(root, root / "var")
        self.stamps = Stamps(root / "var" / "stamps.json")
        self.ran: list[str] = []
        self.write("core/migrations/0001.py", "first")
        self.write("static/css/a.css", "a {}")
        self.write("requirements/demo.txt", "django==5")
        self.write("package-lock.json", "{}")

    def write(self, name: str, text: str) -> None:
        file = self.place.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def manage(self, place: Place, env: dict[str, str], *words: str, loud: bool = False) -> None:
        self.ran.append(words[0])
        if words[0] == "collectstatic":
            (place.var / "collected").mkdir(parents=True, exist_ok=True)

    def run(self, *, own: bool = True) -> list[str]:
        """Prepare everything and return the commands it took."""
        self.ran = []
        portal.prepare_static(self.place, self.stamps, {}, collect=True)
        portal.prepare_database(self.place, self.stamps, {}, own=own)
        return self.ran


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    checkout = Checkout(tmp_path)
    monkeypatch.setattr(portal, "manage", checkout.manage)
    return checkout


def test_the_second_start_does_nothing_again(checkout: Checkout) -> None:
    assert checkout.run() == ["build_static", "collectstatic", "migrate", "load_demo"]
    assert checkout.run() == []


def test_a_new_style_is_collected_and_a_new_migration_applied(checkout: Checkout) -> None:
    checkout.run()
    checkout.write("static/css/a.css", "a { color: red }")
    assert checkout.run() == ["build_static", "collectstatic"]
    checkout.write("core/migrations/0002.py", "second")
    assert "migrate" in checkout.run()


def test_a_database_of_somebodys_own_is_asked_every_time(checkout: Checkout) -> None:
    checkout.run(own=False)
    assert checkout.run(own=False) == ["migrate", "load_demo"]
    assert checkout.run(own=True) == ["migrate", "load_demo"]


def test_a_new_cluster_is_migrated_and_loaded_anew(checkout: Checkout) -> None:
    checkout.run()
    checkout.stamps.forget("migrate", "load")
    assert checkout.run() == ["migrate", "load_demo"]


def test_a_failed_command_of_django_is_a_sentence_and_its_trace_lies_in_the_log(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path, tmp_path / "var")
    (place.venv / "bin").mkdir(parents=True)
    place.python.symlink_to(sys.executable)
    (tmp_path / "manage.py").write_text(
        "print('first street', flush=True)\n"
        "try:\n    1 / 0\n"
        "except ZeroDivisionError as problem:\n    raise ValueError('no such street\\nDETAIL: row 7') from problem\n"
    )
    with pytest.raises(Stop) as stop:
        portal.manage(place, {}, "load_demo", loud=True)
    said = capfd.readouterr()
    assert said.out == "  first street\n"
    assert said.err == ""
    assert "ValueError: no such street；" in str(stop.value)
    assert "var/logs/load_demo.log" in str(stop.value)
    log = place.log("load_demo").read_text()
    assert all(words in log for words in ("first street", "ZeroDivisionError", "DETAIL: row 7"))


def test_the_terminal_shows_one_person_of_each_role() -> None:
    told = ["居民", "  1  李", "  2  王", "网格员", "  3  赵"]
    assert demo._some_of_each(told) == ["居民", "  1  李", "网格员", "  3  赵"]
    assert demo._some_of_each([]) == []
