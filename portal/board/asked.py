"""What a request asks of a board: the scope, and the addresses of other boards and lists from there."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from grievances.queries.board import KEYS, Scope, categories
from grievances.queries.board_places import board_place
from portal.board.forms import DAYS, MONTH_LONG, PERIODS, THIS_MONTH, TODAY, WEEK, AskForm

FIRST_FIGURE = "open"


@dataclass(frozen=True)
class Asked:
    """A scope, the form it came from, and the address of everything that can be asked from here."""

    form: AskForm
    scope: Scope
    today: date

    @property
    def figure(self) -> str:
        """Which number's list is wanted."""
        return self.form.wanted("figure") or FIRST_FIGURE

    @cached_property
    def query(self) -> dict[str, Any]:
        """The parameters of this page, without those that are as usual."""
        form, period = self.form, self.form.period_chosen
        found: dict[str, Any] = {"area": self.scope.area.pk}
        if period != MONTH_LONG:
            found["period"] = period
        if period == DAYS:
            found |= {"start": self.scope.span.start, "end": self.scope.span.end}
        if form.category_chosen is not None:
            found["category"] = form.category_chosen.pk
        if self.scope.worker:
            found["worker"] = self.scope.worker
        return found

    def board_url(self, **changes: Any) -> str:
        """The board with some parameters changed; None takes one out."""
        return self._url("board", {"worker": None, **changes})

    def list_url(self, figure: str, **changes: Any) -> str:
        """The list behind a number."""
        return self._url("case_list", {"figure": figure, **changes})

    def _url(self, name: str, changes: dict[str, Any]) -> str:
        query = {key: value for key, value in (self.query | changes).items() if value not in (None, "")}
        return f"{reverse(name)}?{urlencode(query)}"

    @property
    def periods(self) -> list[tuple[str, str, bool]]:
        """The periods to choose: address, words, whether it is this one."""
        chosen, view = self.form.period_chosen, "case_list" if self.form.wanted("figure") else "board"
        changes: dict[str, Any] = {"start": None, "end": None, "figure": self.form.wanted("figure")}
        return [
            (self._url(view, changes | {"period": value}), str(words), value == chosen)
            for value, words in PERIODS
            if value != DAYS
        ]

    @property
    def category_options(self) -> list[Any]:
        """The main categories, and the chosen one where it is none of them."""
        mains, chosen = self.form.mains, self.form.category_chosen
        return mains if chosen is None or chosen in mains else [chosen, *mains]

    @property
    def period_words(self) -> str:
        """The period in words: 近 30 天, 11月1日至11月20日."""
        if self.form.period_chosen != DAYS:
            return str(dict(PERIODS)[self.form.period_chosen])
        return pgettext("days", "%(start)s至%(end)s") % {
            "start": day_words(self.scope.span.start, self.today), "end": day_words(self.scope.span.end, self.today)
        }  # fmt: skip

    @property
    def before_words(self) -> str:
        """What the number beside it is compared with."""
        words = {
            TODAY: _("较昨天"),
            WEEK: _("较前 7 天"),
            MONTH_LONG: _("较前 30 天"),
            THIS_MONTH: _("较本月前同样天数"),
        }
        return words.get(self.form.period_chosen) or _("较前面同样天数")


def asked_of(asker: Any, query: QueryDict) -> Asked:
    """What a person asks for by the query of an address; raises Http404 for a place outside theirs."""
    now = timezone.now()
    form = AskForm(query, categories=categories(), names=KEYS)
    place = board_place(asker, form.wanted("area"))
    today = timezone.localdate(now)
    scope = Scope(place, form.span(today), now, form.category_chosen, form.wanted("worker") or "")
    return Asked(form, scope, today)


def day_words(day: date, today: date) -> str:
    """A day, with its year where that is not this one."""
    parts = {"y": day.year, "m": day.month, "d": day.day}
    if day.year == today.year:
        return pgettext("date", "%(m)s月%(d)s日") % parts
    return pgettext("date", "%(y)s年%(m)s月%(d)s日") % parts
