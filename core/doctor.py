"""The doctor: checks that say what is wrong with a running portal, and what to do about it.

Apps declare theirs in a room named ``checkups.py``. ``manage.py doctor`` runs all of them and keeps what it
found; the page of the city's administrators runs the quick ones and shows the slow ones as they were last.
"""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.registry import Registry

log = logging.getLogger(__name__)

Level = Literal["wrong", "watch"]
NAMED = 5


@dataclass(frozen=True)
class Finding:
    """Something a person should know of.

    ``what`` and ``todo`` are templates in the reader's language, filled with ``facts``. ``wrong`` means that
    the portal does not do what it promises; ``watch`` that somebody should look at it in the next days.
    """

    what: str | Promise
    todo: str | Promise
    facts: dict[str, Any] = field(default_factory=dict)
    level: Level = "wrong"

    def said(self) -> dict[str, Any]:
        """The finding in every language of the portal, as it is kept and sent: level, what, todo."""
        told: dict[str, Any] = {"level": self.level, "what": {}, "todo": {}}
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                told["what"][code] = str(self.what) % self.facts if self.facts else str(self.what)
                told["todo"][code] = str(self.todo) % self.facts if self.facts else str(self.todo)
        return told


@dataclass(frozen=True)
class Look:
    """How to look: ``at`` what moment, and ``full`` over everything instead of a sample."""

    at: datetime
    full: bool = False


@dataclass(frozen=True)
class Check:
    """One check: ``key`` like "core.outbox", ``words`` what is checked, ``run`` its findings.

    ``slow`` ones read much; they run in the command only. ``sampled`` ones look at everything with ``full`` only.
    """

    key: str
    words: str | Promise
    run: Callable[[Look], Iterable[Finding]]
    slow: bool = False
    sampled: bool = False


checks: Registry[Check] = Registry("check of the doctor")


class Checkup(models.Model):
    """What a check found when the command ran it last."""

    key = models.CharField(max_length=60, unique=True)
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    full = models.BooleanField(default=False)
    findings = models.JSONField(default=list)

    class Meta:
        app_label = "core"


@dataclass(frozen=True)
class Result:
    """What one check found, and when; ``findings`` as ``Finding.said`` gives them."""

    check: Check
    at: datetime | None
    milliseconds: int = 0
    full: bool = False
    findings: tuple[dict[str, Any], ...] = ()

    @property
    def level(self) -> str:
        """ok, watch, wrong, or never where it has not run yet."""
        if self.at is None:
            return "never"
        levels = {finding["level"] for finding in self.findings}
        return "wrong" if "wrong" in levels else "watch" if levels else "ok"

    @property
    def lines(self) -> list[dict[str, str]]:
        """The findings in the language that is active: level, what, todo."""
        return [in_language(finding) for finding in self.findings]


def in_language(finding: dict[str, Any], code: str = "") -> dict[str, str]:
    """One finding in one language (the active one by default)."""
    wanted = code or translation.get_language() or settings.LANGUAGE_CODE
    words = {name: finding[name].get(wanted) or finding[name][settings.LANGUAGE_CODE] for name in ("what", "todo")}
    return {"level": finding["level"], **words}


def register(
    key: str, words: str | Promise, *, slow: bool = False, sampled: bool = False
) -> Callable[..., Callable[..., Any]]:
    """Decorator: the function, which takes a ``Look`` and yields findings, is the check ``key``."""

    def remember(run: Callable[[Look], Iterable[Finding]]) -> Callable[[Look], Iterable[Finding]]:
        checks.register(key, Check(key, words, run, slow, sampled))
        return run

    return remember


def examine(look: Look, *, slow: bool) -> list[Result]:
    """Run the checks and return what each found, in the order of registration.

    Args:
        look: the moment, and whether to look at everything.
        slow: the slow ones too; without it, they are answered as they were last.
    """
    last = {} if slow else {row.key: row for row in Checkup.objects.all()}
    results = []
    for check in checks.all():
        if check.slow and not slow:
            results.append(_as_last(check, last.get(check.key)))
        else:
            results.append(_run(check, look))
    return results


def _as_last(check: Check, row: Checkup | None) -> Result:
    if row is None:
        return Result(check, None)
    return Result(check, row.at, row.milliseconds, row.full, tuple(row.findings))


def _run(check: Check, look: Look) -> Result:
    begun = time.monotonic()
    try:
        with _by_itself():
            found = tuple(finding.said() for finding in check.run(look))
    except Exception as error:
        log.warning("the check %s broke: %s", check.key, error)
        found = (_broken(error).said(),)
    return Result(check, look.at, int((time.monotonic() - begun) * 1000), look.full, found)


def _by_itself() -> AbstractContextManager[Any]:
    """Inside a transaction a check that breaks must not spoil it; outside, a check may open its own."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _broken(error: Exception) -> Finding:
    return Finding(
        _("这一项没有查成：%(error)s"),
        _("先看其他几项；都正常还查不成，把服务日志交给维护人员。"),
        {"error": f"{type(error).__name__}: {error}"[:200]},
    )


def keep(results: list[Result]) -> None:
    """Write down what a whole run found, for the page."""
    with transaction.atomic():
        for result in results:
            if result.at is None:
                continue
            Checkup.objects.update_or_create(
                key=result.check.key,
                defaults={
                    "at": result.at, "milliseconds": result.milliseconds, "full": result.full,
                    "findings": list(result.findings),
                },
            )  # fmt: skip
        Checkup.objects.exclude(key__in=[result.check.key for result in results]).delete()


def was_here() -> bool:
    """Whether a whole run was written down already."""
    return Checkup.objects.exists()


def some(names: Iterable[Any]) -> str:
    """The first few names, with … where there are more: for the facts of a finding."""
    listed = [str(name) for name in names]
    return "、".join(listed[:NAMED]) + ("…" if len(listed) > NAMED else "")
