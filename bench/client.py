"""A browser of few words: keeps its connection and its cookies, and says how long an answer took."""

import http.client
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Final
from urllib.parse import urlencode

TIMEOUT: Final = 30


class Unexpected(Exception):
    """An answer that is not what the run measures: a refusal must not count as a quick page."""


@dataclass
class Browser:
    """One connection to ``port`` of this machine, with cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)

    def get(self, path: str) -> float:
        """Seconds until the page was read whole; Unexpected unless it answers 200."""
        return self._ask("GET", path, None, 200)[0]

    def post(self, path: str, said: dict[str, str]) -> tuple[float, str]:
        """Seconds until a form's answer, and where it leads; Unexpected unless it redirects."""
        body = urlencode(said | {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")})
        return self._ask("POST", path, body.encode(), 302, "application/x-www-form-urlencoded")

    def send(self, path: str, file: bytes) -> float:
        """Seconds until a photo was taken in; Unexpected unless it is kept."""
        mark = "a-photo-of-the-bench"
        head = f'--{mark}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
        body = head.encode() + file + f"\r\n--{mark}--\r\n".encode()
        return self._ask("POST", path, body, 201, f"multipart/form-data; boundary={mark}")[0]

    def _ask(
        self, method: str, path: str, body: bytes | None, wanted: int, content_type: str = ""
    ) -> tuple[float, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": content_type, "X-CSRFToken": self.cookies.get("csrftoken", "")}
        began = time.perf_counter()
        self._line.request(method, path, body, headers)
        answer = self._line.getresponse()
        answer.read()
        took = time.perf_counter() - began
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status != wanted:
            raise Unexpected(f"{method} {path} answered {answer.status}, not {wanted}")
        return took, answer.headers.get("Location", "")


def one_by_one(take: Callable[[], float], count: int) -> tuple[float, float]:
    """p50 and p95 of ``count`` calls in milliseconds, after three that warm up; ``count`` at least 2."""
    for _warm in range(3):
        take()
    cuts = quantiles((take() for _number in range(count)), n=20, method="inclusive")
    return cuts[9] * 1000, cuts[18] * 1000


def together(takes: list[Callable[[], float]], seconds: float) -> float:
    """Answers a second while every one of ``takes`` is called again and again on a thread of its own."""
    began = time.perf_counter()
    end = began + seconds

    def work(take: Callable[[], float]) -> int:
        done = 0
        while time.perf_counter() < end:
            take()
            done += 1
        return done

    with ThreadPoolExecutor(len(takes)) as pool:
        done = sum(pool.map(work, takes))
    return done / (time.perf_counter() - began)
