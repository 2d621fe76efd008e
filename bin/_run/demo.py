"""bin/demo: the whole portal on one machine, for one person to try."""

import argparse
import errno
import http.client
import os
import shutil
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from _run.messages import compile_messages
from _run.node import prepare_node
from _run.place import ROOT, Place, own_secrets
from _run.portal import demo_people, prepare_database, prepare_static, services
from _run.postgres_files import remove_files
from _run.prepare import one_at_a_time
from _run.python_env import prepare_python
from _run.runlock import address_of_run
from _run.say import Stop, line, say, warn
from _run.servers import Run
from _run.steps import Clock
from _run.waiting import cases_made, wait_for_cases

_KEPT_BY_RESET = {"test", "run.lock", "prepare.lock"}


def main(words: Sequence[str]) -> int:
    """Start the portal and keep it running until Ctrl-C.

    Args:
        words: the arguments of the command line.

    Returns:
        The exit code, 0 after a clean stop.

    Raises:
        Stop: it cannot start.
    """
    asked = _arguments(words)
    place = Place(ROOT, ROOT / "var")
    if asked.wait and not asked.reset and (running := address_of_run(place.lock)):
        wait_for_cases(running)
        return 0
    if asked.reset and os.environ.get("DATABASE_URL"):
        raise Stop(
            "--reset 只清空 bin/demo 自己的数据库：先去掉环境变量 DATABASE_URL，再运行一次",
            "--reset clears bin/demo's own database only: unset DATABASE_URL first",
        )
    clock = Clock()
    address = f"http://127.0.0.1:{asked.port}"
    with Run(place, "bin/demo", address) as run, _listener(asked.port) as listener:
        if asked.reset:
            _reset(place)
        with one_at_a_time(place):
            prepare_python(place, lock="demo")
            prepare_node(place)
            compile_messages(place)
        env = _environment(place, asked.port, address) | run.start_servers()
        once = env | {"DB_POOL": "0"}
        with ThreadPoolExecutor(1) as beside:
            static = beside.submit(prepare_static, place, run.stamps, once, collect=True)
            prepare_database(place, run.stamps, once, own="DATABASE_URL" not in os.environ)
            static.result()
        listener.listen(512)
        web, *others = services(place, env, listener.fileno())
        run.supervisor.start(web)
        log = place.shown(place.log("web"))
        run.supervisor.wait_for("web", lambda: _answers(asked.port), seconds=120, log=log)
        line("")
        say(f"门户已打开，用了 {clock}：{address}", "the portal is open")
        for service in others:
            run.supervisor.start(service)
        _welcome(place, once, address)
        run.signals.note_only()
        if asked.wait:
            _wait_watching(run, address)
        run.supervisor.watch()
    say("已停止", "stopped")
    return 0


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/demo", description="在这台机器上打开演示门户 (open the demo portal on this machine)"
    )
    parser.add_argument(
        "--port", type=_port, default=8000, metavar="N", help="网页端口，默认 8000 (port of the web pages)"
    )
    parser.add_argument(
        "--reset",
        action="store_true",
        help="清空演示数据，重新载入 (clear the demo's data and load them anew)",
    )
    parser.add_argument(
        "--wait",
        action="store_true",
        help="等全部演示数据都生成；已经在运行时，只等 (wait until all of the demo's data are made)",
    )
    return parser.parse_args(words)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("端口是 1 到 65535 之间的数 (a port is a number from 1 to 65535)")
    return int(text)


def _listener(port: int) -> socket.socket:
    """Take the port at once, so that a busy one is told before anything slow; it listens later."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        if _somebody_answers(port):
            raise OSError(errno.EADDRINUSE, "in use")
    except OSError as problem:
        listener.close()
        raise _port_refused(port, problem) from None
    return listener


def _somebody_answers(port: int) -> bool:
    """Say whether somebody listens on the port of all addresses, which binding does not always notice."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5):
            return True
    except OSError:
        return False


def _port_refused(port: int, problem: OSError) -> Stop:
    other = 8001 if port == 8000 else 8000
    if problem.errno == errno.EACCES:
        return Stop(
            f"不能使用端口 {port}（小于 1024 的端口要管理员权限）：换一个，例如 bin/demo --port {other}",
            f"port {port} needs an administrator: choose another, for example bin/demo --port {other}",
        )
    return Stop(
        f"端口 {port} 被别的程序占用：换一个，例如 bin/demo --port {other}",
        f"port {port} is in use by another program: choose another, for example bin/demo --port {other}",
    )


def _reset(place: Place) -> None:
    say("清空演示数据", "clearing the demo's data")
    remove_files(place)
    for entry in place.var.iterdir():
        if entry.name in _KEPT_BY_RESET:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    place.make()


def _environment(place: Place, port: int, address: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DEMO": "1",
        "SECRET_KEY": own_secrets(place)["secret_key"],
        "SITE_URL": address,
        "WEB_PORT": str(port),
        "VAR_DIR": str(place.var),
        "PYTHONUNBUFFERED": "1",
    }


def _answers(port: int) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        link.request("GET", "/")
        status = link.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()
    if status >= 500:
        warn(f"首页回答 {status}，看 var/logs/web.log", f"the home page answers {status}, see var/logs/web.log")
    return True


def _welcome(place: Place, env: dict[str, str], address: str) -> None:
    people = demo_people(place, env)
    say("可以登录的人，其余在登录页", "who can sign in; the others are on the sign-in page")
    for text in _some_of_each(people):
        line(f"  {text}")
    _say_what_comes(address)
    say("按 Ctrl-C 停止", "Ctrl-C stops it")


def _wait_watching(run: Run, address: str) -> None:
    """Wait for the cases while the supervisor watches; a portal that stands still goes on running."""
    try:
        wait_for_cases(address, asked=lambda: run.signals.asked, pause=run.supervisor.watch_for)
    except Stop as stop:
        line(f"! {stop}")


def _say_what_comes(address: str) -> None:
    made = cases_made(address)
    if made is not None and not made.finished:
        say(
            f"现在有 {made.done} 件诉求，其余到 {made.total} 件在后台生成，几分钟就好；bin/demo --wait 可以看着它做完",
            f"{made.done} requests now, a worker makes the rest up to {made.total}; bin/demo --wait waits for them",
        )


def _some_of_each(people: list[str]) -> list[str]:
    """Return the headings and the first person below each: the whole city is too long for a terminal."""
    return [
        text
        for above, text in zip(["", *people], people, strict=False)
        if not text.startswith(" ") or not above.startswith(" ")
    ]
