"""Workflow: a table of steps, and the only code that assigns a state.

An app writes its table in ``workflow.py`` and binds it once in ``actions.py``::

    flow = Workflow(Case, STEPS, history=CaseHistory, relations=rules.relations)

``take`` locks the row, works out what the actor is to it, checks the table, writes one history row,
changes the state and puts outbox rows, all in one transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core import figures, outbox, statements
from core import once as once_module
from core.history import GENESIS, HasHistory, History, StepText
from core.refusals import Refused
from core.statements import Given, Statement

SAME: Final = "(same)"
BACK: Final = "(back)"
SYSTEM: Final = "system"
GUEST: Final = "guest"
PERSON: Final = "person"
OLDEST = timedelta(hours=72)
AHEAD = timedelta(minutes=2)

S = TypeVar("S", bound=HasHistory)
tables: "dict[str, Workflow[Any]]" = {}


@dataclass(frozen=True)
class Actor:
    """Who takes a step: a person (perhaps for another), the clock, or the holder of a signed link."""

    kind: str
    person: Any = None
    acted_for: Any = None
    link: str = ""

    @classmethod
    def of(cls, person: Any, acted_for: Any = None) -> "Actor":
        """A person, acting for ``acted_for`` where given."""
        return cls(PERSON, person, acted_for)

    @classmethod
    def system(cls) -> "Actor":
        """The clock or a rule."""
        return cls(SYSTEM)

    @classmethod
    def guest(cls, link: str) -> "Actor":
        """The holder of a signed link, named by the link's id."""
        return cls(GUEST, link=link)

    @property
    def person_id(self) -> int | None:
        """The person's id, or None for the clock and for links."""
        return self.person.pk if self.person is not None else None


@dataclass(frozen=True)
class Step:
    """One row of the table. ``sources`` holds the from-states; None in it stands for 'not yet there'.

    ``needs`` names what must be given (in ``given`` or ``texts``), ``puts`` the outbox kinds, ``clock``
    says in a word what happens to the deadlines, ``pause`` marks steps that BACK later undoes,
    ``undo_seconds`` delays the notices, ``when(subject, at)`` is what else must hold of the subject.
    """

    name: str
    label: str | Promise
    sources: frozenset[str | None]
    to: str
    by: frozenset[str]
    needs: tuple[str, ...] = ()
    puts: tuple[str, ...] = ()
    clock: str = ""
    pause: bool = False
    undo_seconds: int = 0
    when: Callable[[Any, datetime], bool] | None = None

    def open_to(self, subject: Any, at: datetime) -> bool:
        """Whether the subject's state and facts allow the step at that moment."""
        return subject.state in self.sources and (self.when is None or self.when(subject, at))


class StepRefused(Refused):
    """The subject's state does not allow the step; ``last`` is the history row that came before."""

    def __init__(self, step: Step, state: str, last: History | None) -> None:
        super().__init__(_("这件事的状态已经变了，现在不能“%(step)s”。请看看最新经过再决定。") % {"step": step.label})
        self.step, self.state, self.last = step, state, last


class Stale(StepRefused):
    """Somebody else took a step since the page was drawn."""


class NotYours(Refused):
    """The actor is not the one who may take this step."""

    status = 403

    def __init__(self, step: Step) -> None:
        super().__init__(_("“%(step)s”不由您来办。如需办理，请联系所在社区。") % {"step": step.label})
        self.step = step


class Missing(Refused):
    """Something that the step needs was not given; ``names`` says what."""

    status = 422

    def __init__(self, step: Step, names: Sequence[str]) -> None:
        super().__init__(_("还差几项没有填，填好再提交。"))
        self.step, self.names = step, tuple(names)


class BadMoment(Refused):
    """The moment of the step lies before the last step, in the future, or more than 72 hours back."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("办理时间不对：不能早于上一步，不能晚于现在，也不能超过 72 小时。"))


class Workflow(Generic[S]):
    """A table of steps bound to a model, its history and the function that names relations.

    ``relations(actor, subject, at)`` returns what a person or guest is to the subject at that moment
    (reporter, holder …); the clock is always and only ``system``. ``facts(subject)`` says what the subject
    counts for on boards: each step writes what it changed of that.
    """

    def __init__(
        self,
        model: type[S],
        steps: Iterable[Step],
        *,
        history: type[History],
        relations: Callable[[Actor, S, datetime], set[str]],
        facts: Callable[[S], Iterable[figures.Fact]] | None = None,
    ) -> None:
        self.model, self.history, self._relations = model, history, relations
        self._facts = facts or _no_facts
        self.steps: dict[str, Step] = {}
        for step in steps:
            if step.name in self.steps:
                raise ValueError(f"step {step.name!r} stands twice in the table")
            self.steps[step.name] = step
        self.label = model._meta.label_lower
        rows: Any = history._default_manager
        self._last: Statement[History] = Statement(
            lambda: rows.filter(subject_id=Given("subject"), seq=Given("seq")).select_related("actor")
        )
        self._lock: Statement[S] = Statement(
            lambda: model._default_manager.select_for_update(no_key=True, of=("self",)).filter(pk=Given("pk"))
        )
        # The first binding of a model is its app's; a test may bind the model again for itself.
        tables.setdefault(self.label, self)

    @property
    def states(self) -> list[str]:
        """Every state that the table names, in the table's order."""
        seen: dict[str, None] = {}
        for step in self.steps.values():
            for state in (*sorted(s for s in step.sources if s), step.to):
                if state not in (SAME, BACK):
                    seen[state] = None
        return list(seen)

    def relations(self, actor: Actor, subject: S, at: datetime) -> set[str]:
        """What the actor is to the subject at that moment."""
        return {SYSTEM} if actor.kind == SYSTEM else self._relations(actor, subject, at)

    def possible(self, subject: S, actor: Actor, at: datetime) -> list[Step]:
        """The steps that the actor may take at that moment: pages draw their buttons from it."""
        mine = self.relations(actor, subject, at)
        return [step for step in self.steps.values() if step.open_to(subject, at) and step.by & mine]

    def begin(
        self, name: str, subject: S, *, actor: Actor, at: datetime, recorded_at: datetime | None = None,
        once: once_module.Key | None = None, address: Callable[[S], str] | None = None,
        texts: Mapping[str, str] | None = None, then: Callable[[S, History], None] | None = None, **given: Any,
    ) -> S:  # fmt: skip
        """Take a step that brings the subject into being; saves ``subject`` and returns it.

        It has its id before it is written, once, with all that ``then`` sets: what ``then`` writes may point to it
        (foreign keys are looked at when the transaction ends), but finds it in no query.

        ``address(subject)`` is what a repeated form with the same ``once`` key is answered with.
        Raises the refusals of ``take``.
        """
        step, recorded = self.steps[name], recorded_at or timezone.now()
        if None not in step.sources:
            raise StepRefused(step, "", None)
        with transaction.atomic():
            subject.pk = statements.next_id(self.model)
            once_module.spend(once, address(subject) if address else "")
            role = self._may(step, actor, subject, at)
            self._complete(step, texts, given)
            _judge_moment(at, recorded, earliest=None)
            subject.state, subject.last_seq, subject.last_hash = step.to, 0, GENESIS
            row = self._write(step, subject, actor, role, "", step.to, at, recorded, texts, given)
            self._settle(subject, row, then, [], statements.insert)
        return subject

    def take(
        self, name: str, pk: int, *, actor: Actor, at: datetime, recorded_at: datetime | None = None,
        once: once_module.Key | None = None, address: str = "", expect: int | None = None,
        texts: Mapping[str, str] | None = None, then: Callable[[S, History], None] | None = None, **given: Any,
    ) -> S:  # fmt: skip
        """Take the step ``name`` on the subject ``pk`` and return the locked, saved subject.

        ``given`` holds codes, ids, numbers and dates; ``texts`` free text by name; ``expect`` the
        ``last_seq`` the page was drawn with (what only the clock wrote since does not count); ``then(subject, row)`` runs in the same transaction for
        what else the step changes: fields it sets are saved with the state, in one statement, so that
        constraints over both hold. Raises AlreadyDone, Stale, StepRefused, NotYours, Missing,
        BadMoment, or the model's DoesNotExist.
        """
        step, recorded = self.steps[name], recorded_at or timezone.now()
        with transaction.atomic():
            subject = self._locked(pk)
            once_module.spend(once, address)
            last = self.last_row(subject)
            if not step.open_to(subject, at):
                raise StepRefused(step, subject.state, last)
            # Before the right is asked for: who lost it by that very step is told who was first.
            if expect is not None and expect != subject.last_seq and self._turned_since(subject, expect):
                raise Stale(step, subject.state, last)
            role = self._may(step, actor, subject, at)
            self._complete(step, texts, given)
            _judge_moment(at, recorded, earliest=last.at if last else None)
            facts = list(self._facts(subject))
            before, after = subject.state, self._target(step, subject)
            if step.pause:
                subject.state_before_pause = before
            subject.state = after
            row = self._write(step, subject, actor, role, before, after, at, recorded, texts, given)
            self._settle(subject, row, then, facts, statements.update)
        return subject

    def last_row(self, subject: S) -> History | None:
        """The subject's newest history row."""
        return self._last.first(subject=subject.pk, seq=subject.last_seq)

    def _locked(self, pk: int) -> S:
        """The subject, locked until the transaction ends; raises the model's DoesNotExist."""
        subject = self._lock.first(pk=pk)
        if subject is None:
            raise self.model.DoesNotExist(pk)
        return subject

    def _turned_since(self, subject: S, seq: int) -> bool:
        """Whether somebody took a step after row ``seq``, or the clock one that changed the state."""
        manager: Any = self.history._default_manager
        rows = manager.filter(subject_id=subject.pk, seq__gt=seq)
        return bool(rows.exclude(actor_kind=SYSTEM, from_state=F("to_state")).exists()) or seq > subject.last_seq

    def _target(self, step: Step, subject: S) -> str:
        if step.to == SAME:
            return subject.state
        return subject.state_before_pause if step.to == BACK else step.to

    def _may(self, step: Step, actor: Actor, subject: S, at: datetime) -> str:
        mine = self.relations(actor, subject, at) & step.by
        if not mine:
            raise NotYours(step)
        return min(mine)

    @staticmethod
    def _complete(step: Step, texts: Mapping[str, str] | None, given: Mapping[str, Any]) -> None:
        filled = {name for name, text in (texts or {}).items() if text.strip()}
        filled |= {name for name, value in given.items() if value not in (None, "", [], ())}
        missing = [name for name in step.needs if name not in filled]
        if missing:
            raise Missing(step, missing)

    def _write(
        self, step: Step, subject: S, actor: Actor, role: str, before: str, after: str, at: datetime,
        recorded: datetime, texts: Mapping[str, str] | None, given: Mapping[str, Any],
    ) -> History:  # fmt: skip
        written = {name: StepText.write(body) for name, body in (texts or {}).items() if body}
        row = self.history(
            seq=subject.last_seq + 1, step=step.name, from_state=before, to_state=after, actor_kind=actor.kind,
            role=role, at=at, recorded_at=recorded, given={**given, **({"link": actor.link} if actor.link else {})},
            texts={name: text.pk for name, text in written.items()}, prev_hash=bytes(subject.last_hash),
        )  # fmt: skip
        row.subject_id = subject.pk
        row.actor_id = actor.person_id
        row.acted_for_id = actor.acted_for.pk if actor.acted_for is not None else None
        row.hash = row.digest({name: bytes(text.digest) for name, text in written.items()})
        statements.insert(row)
        subject.last_seq, subject.last_hash = row.seq, row.hash
        return row

    def _settle(
        self, subject: S, row: History, then: Callable[[S, History], None] | None, facts: list[figures.Fact],
        save: Callable[[S], None],
    ) -> None:  # fmt: skip
        """What else the step changes is saved with the state, in one statement: constraints span both."""
        if then is not None:
            then(subject, row)
        save(subject)
        figures.write(facts, self._facts(subject))
        self._put(self.steps[row.step], subject, row)

    def _put(self, step: Step, subject: S, row: History) -> None:
        due = row.recorded_at + timedelta(seconds=step.undo_seconds)
        for kind in step.puts:
            outbox.put(
                kind,
                about=f"{self.label}:{subject.pk}",
                key=f"{kind}:{subject.pk}:{row.seq}",
                ids={"seq": row.seq, "row": row.pk},
                at=row.recorded_at,
                due_at=due,
            )


def _no_facts(subject: Any) -> list[figures.Fact]:
    return []


def _judge_moment(at: datetime, recorded: datetime, *, earliest: datetime | None) -> None:
    late = at > recorded + AHEAD or at < recorded - OLDEST
    if late or (earliest is not None and at < earliest):
        raise BadMoment
