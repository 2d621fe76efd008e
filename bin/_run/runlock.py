"""One run at a time for one `var/`: a locked file that says who runs, since when and where."""

import fcntl
import json
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from _run.place import read_json
from _run.processes import Identity, end
from _run.say import Stop, say


class RunLock:
    """Held from the start of a run to its end.

    The kernel gives the lock back when its holder dies, however it dies; what the file then still says is
    used to clear up after it.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._open: IO[str] | None = None
        self._facts: dict[str, Any] = {}

    def take(self, *, what: str, address: str) -> None:
        """Take the lock, clearing up after a run that was killed.

        Args:
            what: name of the command, for the sentence another start gets.
            address: where the portal of this run will answer; may be empty.

        Raises:
            Stop: another run holds it.
        """
        self._open = self.file.open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._open, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _already_running(read_json(self.file), what) from None
        self._clear_up(read_json(self.file))
        who = Identity.of(os.getpid())
        self._facts = {
            "pid": who.pid,
            "started": who.started,
            "address": address,
            "children": {},
            "folders": [],
        }
        self._write()

    def note_children(self, children: dict[str, tuple[int, int]]) -> None:
        """Write down which processes run: by name, number and the signal that asks it to stop."""
        self._facts["children"] = {
            name: {"pid": pid, "started": Identity.of(pid).started, "stop": int(stop)}
            for name, (pid, stop) in children.items()
        }
        self._write()

    def note_folder(self, folder: Path) -> None:
        """Write down a folder outside `var/` that has to go when the run ends."""
        self._facts["folders"].append(str(folder))
        self._write()

    def release(self) -> None:
        """Give the lock back and remove what the run made outside `var/`."""
        if self._open is None:
            return
        for folder in self._facts["folders"]:
            remove_sockets(Path(folder))
        self._open.truncate(0)
        self._open.close()
        self._open = None

    def _write(self) -> None:
        if self._open is None:
            return
        self._open.seek(0)
        self._open.truncate()
        json.dump(self._facts, self._open, ensure_ascii=False)
        self._open.flush()

    def _clear_up(self, facts: dict[str, Any]) -> None:
        if not facts.get("pid"):
            return
        say(
            f"上一次运行（进程 {facts['pid']}）没有正常结束，现在接着用它的数据",
            f"the last run, process {facts['pid']}, was killed: taking over",
        )
        orphans = [
            (Identity(int(child["pid"]), str(child["started"])), int(child.get("stop", signal.SIGTERM)))
            for child in facts.get("children", {}).values()
        ]
        ended = end(orphans, seconds=10)
        if ended:
            say(f"结束了它留下的 {len(ended)} 个进程", f"ended {len(ended)} processes it had left")
        for folder in facts.get("folders", []):
            remove_sockets(Path(folder))


def address_of_run(file: Path) -> str:
    """Return where the portal of the run that holds the lock answers; empty where nobody holds it."""
    try:
        with file.open("r", encoding="utf-8") as held:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return str(read_json(file).get("address", ""))
    except OSError:
        return ""
    return ""


def remove_sockets(folder: Path) -> None:
    """Remove a folder of sockets that we made; anything else in it keeps it where it is."""
    with suppress(OSError):
        for entry in folder.iterdir():
            if entry.is_socket() or entry.name.endswith(".lock"):
                entry.unlink()
        folder.rmdir()


def _already_running(facts: dict[str, Any], what: str) -> Stop:
    address, pid = facts.get("address", ""), facts.get("pid", "?")
    if address:
        return Stop(
            f"{what} 已经在运行：打开 {address} ，或者先按 Ctrl-C 停掉它（进程 {pid}）",
            f"{what} is already running at {address}: open it, or stop process {pid} first",
        )
    return Stop(
        f"{what} 已经在运行（进程 {pid}）：等它结束，或者先停掉它",
        f"{what} is already running as process {pid}: wait for it or stop it first",
    )
