"""Whatever hinders a start is told in one sentence that says what to do, never as a trace of the program."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from _run import command as commands
from _run import node
from _run.place import Place
from _run.say import Stop

from tests.bin.conftest import Command

NOBODY = 65534


def the_sentence(answer: "subprocess.CompletedProcess[str]") -> str:
    """Return the only line of complaint of a command that failed."""
    assert answer.returncode == 1, answer
    assert "Traceback" not in answer.stdout + answer.stderr
    lines = answer.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def fake_python(folder: Path, version: str) -> Path:
    """Make a folder for PATH with a python3 that calls itself of an old version and refuses the rest."""
    folder.mkdir()
    program = folder / "python3"
    program.write_text(f'#!/bin/sh\ncase "$2" in *print*) echo {version} ;; *) exit 1 ;; esac\n')
    program.chmod(0o755)
    return folder


@pytest.mark.parametrize("name", ["bin/demo", "bin/test", "bin/lock"])
def test_python_too_old(command: Command, tmp_path: Path, name: str) -> None:
    sentence = the_sentence(command(name, PATH=str(fake_python(tmp_path / "old", "3.9"))))
    assert "3.9" in sentence
    assert "Python 3.11" in sentence


def test_no_python_at_all(command: Command, tmp_path: Path) -> None:
    assert "Python 3.11" in the_sentence(command("bin/demo", PATH=str(tmp_path)))


def test_port_busy_names_it_and_offers_another(command: Command) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        sentence = the_sentence(command("bin/demo", "--port", port))
    assert port in sentence
    assert "--port" in sentence


def test_port_that_is_no_port(command: Command) -> None:
    answer = command("bin/demo", "--port", "99999")
    assert answer.returncode == 2
    assert "65535" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_python_without_the_venv_module(command: Command, tmp_path: Path) -> None:
    (tmp_path / "ensurepip.py").write_text("raise ImportError('not packaged here')")
    sentence = the_sentence(command("bin/demo", "--port", free_port(), PYTHONPATH=str(tmp_path)))
    assert "apt install python3-venv" in sentence


def test_no_network_for_pip(command: Command, bare_checkout: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare_checkout / ".venv"], check=True)
    packages = next((bare_checkout / ".venv" / "lib").glob("python*")) / "site-packages" / "pip"
    packages.mkdir()
    (packages / "__main__.py").write_text("raise SystemExit('ERROR: Could not reach the index')")
    sentence = the_sentence(command("bin/demo", "--port", free_port()))
    assert "var/logs/pip.log" in sentence
    assert "Could not reach the index" in sentence
    assert "Could not reach the index" in (bare_checkout / "var" / "logs" / "pip.log").read_text()


def test_no_network_for_npm(bare_checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "npm"
    fake.write_text("#!/bin/sh\necho 'npm error network is unreachable' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(node, "npm_command", lambda place: [str(fake)])
    with pytest.raises(Stop, match=r"network is unreachable.*var/logs/npm\.log"):
        node.prepare_node(Place(bare_checkout, bare_checkout / "var"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.skipif(not shutil.which("python3", path="/usr/bin"), reason="needs a Python that everybody may run")
def test_read_only_folder(command: Command, bare_checkout: Path) -> None:
    sentence = the_sentence(command("bin/demo", "--port", free_port(), user=NOBODY, PATH="/usr/bin:/bin"))
    assert str(bare_checkout / "var") in sentence
    assert "不能写入" in sentence


def test_second_start_is_told_where_the_first_answers(command: Command, bare_checkout: Path) -> None:
    lock = bare_checkout / "var" / "run.lock"
    lock.parent.mkdir()
    lock.write_text(json.dumps({"pid": os.getpid(), "address": "http://127.0.0.1:8765"}))
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for words in (["bin/demo"], ["bin/demo", "--port", "8766"], ["bin/demo", "--reset"]):
            sentence = the_sentence(command(*words))
            assert "http://127.0.0.1:8765" in sentence
            assert str(os.getpid()) in sentence


def test_reset_leaves_a_database_alone_that_is_not_its_own(command: Command) -> None:
    sentence = the_sentence(command("bin/demo", "--reset", DATABASE_URL="postgresql://somebody@db.example/city"))
    assert "DATABASE_URL" in sentence


def test_reset_clears_everything_but_the_tests_data(command: Command, bare_checkout: Path, tmp_path: Path) -> None:
    var = bare_checkout / "var"
    for name in ("media/a.jpg", "test/kept", "secrets.json", "postgres/data/x"):
        (var / name).parent.mkdir(parents=True, exist_ok=True)
        (var / name).write_text("{}")
    (tmp_path / "ensurepip.py").write_text("raise ImportError('stop here, after the clearing')")
    command("bin/demo", "--reset", "--port", free_port(), PYTHONPATH=str(tmp_path))
    assert (var / "test" / "kept").exists()
    assert not any((var / name).exists() for name in ("media", "secrets.json", "postgres"))


def test_a_mistake_in_the_command_itself_is_a_sentence_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(words: object) -> int:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(commands, "ROOT", tmp_path)
    monkeypatch.setitem(commands._COMMANDS, "demo", broken)
    assert commands.main(["demo"]) == 1
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert "var/logs/command.log" in said.err
    assert "by nought" in (tmp_path / "var" / "logs" / "command.log").read_text()


def test_a_full_disk_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(words: object) -> int:
        raise OSError(28, "No space left on device", "var/x")

    monkeypatch.setattr(commands, "ROOT", tmp_path)
    monkeypatch.setitem(commands._COMMANDS, "demo", full)
    assert commands.main(["demo"]) == 1
    assert "No space left on device var/x" in capsys.readouterr().err


def free_port() -> str:
    """Return a port that is free at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return str(trial.getsockname()[1])
