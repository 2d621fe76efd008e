"""The board of a place, and the list behind each of its numbers."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from communities.access import holds
from core.figures import figures
from core.htmx import render_page
from core.pager import Pager
from grievances.queries import approvals_count
from grievances.queries import board as cases
from grievances.queries.board import key_of
from grievances.queries.board_places import BOARD_ROLES
from portal.board.asked import Asked, asked_of
from portal.board.tiles import TABLE, Board

ROWS = 50


@holds(*BOARD_ROLES)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """One page of a place's figures: what waits for the asker first, then tiles, places, topics, work in hand."""
    asked = asked_of(request.user.person, request.GET)
    shown = Board(asked)
    context = {
        "asked": asked, "place": asked.scope.place, "crumbs": _crumbs(asked), "above": shown.above(),
        "tiles": shown.tiles(), "share": shown.share(), "places": shown.places(), "topics": shown.topics(),
        "loads": shown.loads(), "approvals": approvals_count(request.user.person),
    }  # fmt: skip
    return render_page(request, "portal/board.html", context)


@holds(*BOARD_ROLES)
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases that a number counts, page by page, under that very number."""
    asked = asked_of(request.user.person, request.GET)
    shown = cases.read(asked.figure, asked.scope)
    pager = Pager(shown.cases, order=shown.order, after=request.GET.get("after"), size=ROWS)
    names = TABLE if asked.figure in TABLE else (asked.figure, *TABLE)
    context = {
        "asked": asked, "place": asked.scope.place, "crumbs": _crumbs(asked), "count": shown.count, "pager": pager,
        "rows": cases.rows_of(asked.figure, asked.scope, pager.items), "figure": figures.get(key_of(asked.figure)),
        "timeless": asked.figure not in cases.DATED, "back": asked.board_url(), "holder": cases.holder_words_of(asked.scope),
        "others": [(figures.get(key_of(name)), asked.list_url(name, worker=None), name == asked.figure) for name in names],
    }  # fmt: skip
    return render_page(request, "portal/board_cases.html", context, part="rows")


def _crumbs(asked: Asked) -> list[tuple[str, str]]:
    """The way down to the place: names, with the address of the board where it is the asker's."""
    place = asked.scope.place
    return [(area.name, asked.board_url(area=area.pk) if place.is_mine(area) else "") for area in place.path]
