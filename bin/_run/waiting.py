"""Waiting until the demo's cases are made, as the running portal tells it."""

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from _run.say import Stop, say
from _run.steps import Clock

PAUSE_SECONDS = 2.0
LINE_EVERY_SECONDS = 10.0
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Made:
    """How many of the demo's cases are made."""

    done: int
    total: int
    finished: bool


def cases_made(address: str) -> Made | None:
    """Ask the portal at ``address`` how many cases are made; None where it does not tell."""
    link = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        link.request("GET", "/demo/progress/", headers={"Accept": "application/json"})
        facts = json.loads(link.getresponse().read())
        return Made(int(facts["done"]), int(facts["total"]), bool(facts["finished"]))
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return None
    finally:
        link.close()


def wait_for_cases(
    address: str,
    *,
    asked: Callable[[], bool] = lambda: False,
    pause: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> None:
    """Wait until every case is made, with a line of progress every ten seconds.

    Args:
        address: where the portal answers.
        asked: whether somebody wants to stop: then it returns.
        pause: how to wait so many seconds.
        now: the clock, in seconds.

    Raises:
        Stop: nothing was made for two minutes, or the portal does not tell.
    """
    clock, begun = Clock(), now()
    last, moved, told = None, begun, begun - LINE_EVERY_SECONDS
    while not asked():
        made = cases_made(address)
        if made is not None and made.finished:
            say(f"演示数据都齐了：{made.total} 件诉求，等了 {clock}", f"all {made.total} requests are there")
            return
        if made is not None and made != last:
            last, moved = made, now()
        if now() - moved > PATIENCE_SECONDS:
            raise Stop(
                "两分钟没有进展：看 var/logs/worker.log，再运行一次 bin/demo --wait",
                "no progress for two minutes: see var/logs/worker.log, then bin/demo --wait again",
            )
        if made is not None and now() - told >= LINE_EVERY_SECONDS:
            told = now()
            say(f"演示数据还在生成 {made.done}/{made.total}", f"{made.done} of {made.total} requests are made")
        pause(PAUSE_SECONDS)
