"""What a changed rule would move, as a page shows it: from whom to whom, and the first cases with links."""

from collections.abc import Iterable
from dataclasses import dataclass

from grievances import queries, routing, trying
from grievances.models import Case, RuleTrial
from grievances.rulebook import Holder

PAIRS_SHOWN = 30


@dataclass(frozen=True)
class Move:
    """One case that would move."""

    case: Case
    before: str
    after: str


@dataclass(frozen=True)
class Found:
    """How many of how many would move; the largest pairs as (from, to, how many); how many pairs are not shown."""

    cases: int
    moved: int
    pairs: list[tuple[str, str, int]]
    more: int
    first: list[Move]


def moves_of(trial: trying.Trial) -> Found:
    """The words of a trial that was just made."""
    return _found(trial.moves, {code: holder.words for code, holder in trial.holders().items()})


def moves_kept(kept: RuleTrial) -> Found:
    """The words of a trial that ran as a job."""
    moves = trying.Moves(kept.cases, first=[(pk, one, two) for pk, one, two in kept.first])
    moves.pairs.update({(one, two): n for one, two, n in kept.moves})
    shown = [code for pair, _n in moves.pairs.most_common(PAIRS_SHOWN) for code in pair]
    return _found(moves, _words([*shown, *(code for _pk, *pair in moves.first for code in pair)]))


def _words(codes: Iterable[str]) -> dict[str, str]:
    return {code: (routing.from_code(code) or Holder()).words for code in set(codes)}


def _found(moves: trying.Moves, words: dict[str, str]) -> Found:
    cases = queries.cases_by_id([pk for pk, _one, _two in moves.first])
    pairs = [(words.get(one, ""), words.get(two, ""), n) for (one, two), n in moves.pairs.most_common(PAIRS_SHOWN)]
    first = [Move(cases[pk], words.get(one, ""), words.get(two, "")) for pk, one, two in moves.first if pk in cases]
    return Found(moves.cases, moves.moved, pairs, max(len(moves.pairs) - PAIRS_SHOWN, 0), first)
