"""What a policy is: clauses with ids, in a tree; and what comes of asking them about a chart."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import field
from enum import Enum, auto
from functools import wraps
from typing import Any, Generic, TypeVar

from cds_service.course import Bedside
from cds_service.facts import Advised, Chart
from cds_service.frozen import frozen
from cds_service.logic import Answer, Asked, Evidence, Finding
from cds_service.policy.routing import Directions

Facts = TypeVar("Facts", bound=Asked)
"""What clauses are asked about: a `Chart` by the policy, a `Bedside` by the label."""


class Outcome(Enum):
    """What a chart documents, taken together. Never a decision on coverage."""

    EARLIER_DOSE = auto()
    """The chart documents a dose: there is one in a lifetime."""
    OTHER_INDICATION = auto()
    """The order is for another disease: the criteria for LAD-I do not apply."""
    SIBLING_DONOR = auto()
    """A matched sibling donor is on record."""
    CRITERIA_NOT_MET = auto()
    """The chart contradicts a criterion."""
    DOCUMENTATION_MISSING = auto()
    """A criterion is undecided."""
    CRITERIA_MET = auto()
    """Every criterion is documented."""


@frozen
class Clause:
    """One clause: its id, its title, the question it asks of a chart, and where we had to choose a reading.

    It applies unless one of `applies` answers that it does not; without any, always.
    """

    id: str
    title: str
    question: Callable[[Any], Finding]
    applies: tuple[Callable[[Any], Answer], ...] = ()

    @property
    def meaning(self) -> str:
        """The clause in a sentence or two, from its docstring."""
        return " ".join((inspect.getdoc(self.question) or "").split())

    @property
    def readings(self) -> tuple[str, ...]:
        """The comments in the clause's own source that begin with "We read"."""
        return tuple(_comments_that_begin("We read", inspect.getsource(self.question)))


@frozen
class Criterion:
    """A clause asked about one chart, with its sub-clauses."""

    clause: Clause
    finding: Finding
    parts: tuple[Criterion, ...] = ()

    def leaves(self) -> Iterator[Criterion]:
        """The criteria below this one that have no parts, or itself."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


@frozen
class Determination:
    """What one policy says of one chart: its section, the outcome, the tree of criteria, and advice beside it."""

    section: str
    outcome: Outcome
    criteria: tuple[Criterion, ...]
    advice: tuple[Advised, ...] = ()

    def criterion(self, clause_id: str) -> Criterion | None:
        """The top-level criterion of that id, if this section has it."""
        return next((each for each in self.criteria if each.clause.id == clause_id), None)

    def answered(self, answer: Answer) -> tuple[Criterion, ...]:
        """The top-level criteria with that answer, in the policy's order."""
        return tuple(each for each in self.criteria if each.finding.answer is answer)


@frozen
class Clauses(Generic[Facts]):
    """Clauses in their document's own order, registered one by one."""

    clauses: dict[str, Clause] = field(default_factory=dict, init=False)
    _parts: dict[str, list[Clause]] = field(default_factory=dict, init=False)

    def clause(
        self, clause_id: str, title: str, applies: tuple[Callable[[Facts], Answer], ...] = ()
    ) -> Callable[[Callable[[Facts], Finding]], Callable[[Facts], Finding]]:
        """Register the decorated question as a clause; about the same facts it is asked once."""

        def register(question: Callable[[Facts], Finding]) -> Callable[[Facts], Finding]:
            if clause_id in self.clauses:
                raise ValueError(f"clause {clause_id} stands twice")

            @wraps(question)
            def once(facts: Facts) -> Finding:
                if clause_id not in facts.findings:
                    facts.findings[clause_id] = question(facts)
                return facts.findings[clause_id]

            clause = Clause(clause_id, title, once, applies)
            self.clauses[clause_id] = clause
            self._parts.setdefault(self._parent(clause_id), []).append(clause)
            return once

        return register

    def parts_of(self, clause_id: str) -> tuple[Clause, ...]:
        """The clauses directly below one: `I.A.1.b` has `I.A.1.b.i`, not the other way round."""
        return tuple(self._parts.get(clause_id, ()))

    def asked(self, clause_id: str, facts: Facts) -> Criterion:
        """The clause and everything below it, asked about the chart."""
        clause = self.clauses[clause_id]
        parts = tuple(self.asked(part.id, facts) for part in self.parts_of(clause_id))
        return Criterion(clause, clause.question(facts), parts)

    def checked(self, facts: Facts) -> tuple[Criterion, ...]:
        """The clauses of the first level that are not known to be beside the point, asked about the chart."""
        return tuple(
            self.asked(clause.id, facts)
            for clause in self.parts_of("")
            if all(condition(facts) is not Answer.NOT_MET for condition in clause.applies)
        )

    def _parent(self, clause_id: str) -> str:
        above = [other for other in self.clauses if clause_id.startswith(f"{other}.")]
        return max(above, key=len, default="")


@frozen
class Policy(Clauses[Chart]):
    """A numbered policy of a health plan."""

    number: str
    effective: str
    revised: str


@frozen
class Label(Clauses[Bedside]):
    """A product's label, as of the year in which it was revised."""

    product: str
    revised: str


def _comments_that_begin(words: str, source: str) -> Iterator[str]:
    """Whole comments, over several lines where they run on."""
    block: list[str] = []
    for line in [*source.splitlines(), ""]:
        text = line.strip()
        if text.startswith("#"):
            text = text.lstrip("# ").rstrip()
            if text.startswith(words) and block:
                yield " ".join(block)
                block = []
            if text.startswith(words) or block:
                block.append(text)
        elif block:
            yield " ".join(block)
            block = []


@frozen
class Order:
    """An order for Kresladi, as an answer refers to it. `id` is None where it has none."""

    reference: str
    id: str | None = None


@frozen
class Evaluation:
    """All that is said of one order. `determination` is None where the order names another patient."""

    order: Order
    determination: Determination | None
    other_active_orders: tuple[Evidence, ...] = ()
    directions: tuple[Directions, ...] = ()
