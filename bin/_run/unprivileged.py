"""Whom PostgreSQL runs as: it refuses root, so root lends it the rights of a user that owns nothing."""

import os
import pwd
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _run.say import Stop

_NAMES = ("nobody", "daemon")


@dataclass(frozen=True)
class User:
    """An existing user without rights."""

    uid: int
    gid: int


def rights(user: User | None) -> dict[str, Any]:
    """Return what `subprocess` has to be told to start a program as a user; nothing for ourselves."""
    return {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}


def server_user() -> User | None:
    """Return whom to drop to, or None where we are an ordinary person and need not.

    Raises:
        Stop: we are root and the machine has no such user.
    """
    if os.geteuid() != 0:
        return None
    for name in _NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return User(entry.pw_uid, entry.pw_gid)
    raise Stop(
        "PostgreSQL 不能用 root 运行，这台机器又没有 nobody 用户：换一个普通用户再运行一次",
        "PostgreSQL refuses to run as root and this machine has no user nobody: run as an ordinary user",
    )


def reaches(user: User | None, path: Path, mode: int) -> bool:
    """Say whether a user may open a path in a mode (os.R_OK, os.W_OK, os.X_OK); asked as that user.

    Every folder above counts too. A child process that has really become the user asks the kernel.
    """
    return _as(user, lambda: os.access(path, mode))


def reads_all(user: User | None, folder: Path) -> bool:
    """Say whether a user may read every file below a folder."""

    def look() -> bool:
        if not os.access(folder, os.R_OK | os.X_OK):
            return False
        return all(
            os.access(os.path.join(base, name), os.R_OK)
            for base, folders, files in os.walk(folder)
            for name in [*folders, *files]
        )

    return _as(user, look)


def _as(user: User | None, ask: Callable[[], bool]) -> bool:
    if user is None:
        return ask()
    child = os.fork()
    if child == 0:
        answer = 1
        try:
            os.setgroups([])
            os.setgid(user.gid)
            os.setuid(user.uid)
            answer = 0 if ask() else 1
        finally:
            os._exit(answer)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
