"""The logic of documentation: three answers, and the reasons behind each.

A chart says yes, says no, or does not say. The third is never folded into the second. Everything here is pure:
no FHIR, no clock, no files.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from enum import Enum, IntEnum
from typing import NoReturn, TypeVar

from cds_service.frozen import frozen

T = TypeVar("T")


class Answer(IntEnum):
    """One of three answers, ordered: the lowest decides "all of", the highest decides "any of"."""

    NOT_MET = 0
    UNKNOWN = 1
    MET = 2

    def __bool__(self) -> NoReturn:
        raise TypeError("an Answer has three values: compare it with `is`")

    @property
    def opposite(self) -> Answer:
        """The answer to the negated question; unknown stays unknown."""
        return Answer(Answer.MET - self.value)


class Cause(Enum):
    """Why a datum is missing."""

    ABSENT = "absent"
    """It was looked for and is not there."""
    UNUSABLE = "unusable"
    """Something is there, but it will not do."""
    CONFLICT = "conflict"
    """What is there disagrees with itself."""
    UNAVAILABLE = "unavailable"
    """It could not be looked at."""


class Remedy(Enum):
    """What an office can order to close a gap."""

    FLOW_CYTOMETRY = "flow-cytometry"
    ITGB2_ANALYSIS = "itgb2-analysis"
    SIBLING_HLA_TYPING = "sibling-hla-typing"
    TRANSPLANT_CONSULT = "transplant-consult"


@frozen
class Evidence:
    """What a resource says, in words, and the resource that says it (`Type/id`)."""

    says: str
    source: str


@frozen
class Gap:
    """What is wanted, and why what is there (if anything, `source`) does not give it."""

    wanted: str
    because: str
    cause: Cause
    source: str | None = None
    remedy: Remedy | None = None


@frozen
class SetAside:
    """A resource that was looked at and does not bear on the question."""

    source: str
    because: str


@frozen
class Finding:
    """An answer with its reasons. A decided finding never nags: what would not have done is set aside, no gap."""

    answer: Answer
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    set_aside: tuple[SetAside, ...] = ()

    def __post_init__(self) -> None:
        if self.answer is not Answer.UNKNOWN and self.gaps:
            object.__setattr__(self, "set_aside", with_passed_over(self.set_aside, self.gaps, self.evidence))
            object.__setattr__(self, "gaps", ())


@frozen
class Asked:
    """Facts that questions are asked about, with what was found: several questions rest on the same ones."""

    findings: dict[str, Finding] = field(default_factory=dict, init=False, repr=False, compare=False)


def with_passed_over(
    set_aside: tuple[SetAside, ...], gaps: tuple[Gap, ...], evidence: tuple[Evidence, ...]
) -> tuple[SetAside, ...]:
    """What was set aside, with the resources that were looked at and leave a gap, now that others decide."""
    decided_by = {each.source for each in evidence}
    looked_at = (gap for gap in gaps if gap.cause is not Cause.UNAVAILABLE and gap.source not in decided_by)
    return unique((*set_aside, *(SetAside(gap.source, gap.because) for gap in looked_at if gap.source)))


def all_of(*findings: Finding) -> Finding:
    """Met when all are met, not met when one is not, otherwise unknown."""
    return _decided_by(min(_answers(findings)), findings)


def any_of(*findings: Finding) -> Finding:
    """Met when one is met, not met when none can be, otherwise unknown."""
    return _decided_by(max(_answers(findings)), findings)


def given(condition: Finding, then: Finding) -> Finding:
    """`all_of(condition, then)`, but nobody is asked for `then` before the condition is known to hold."""
    both = all_of(condition, then)
    if condition.answer is not Answer.UNKNOWN or both.answer is not Answer.UNKNOWN:
        return both
    return Finding(Answer.UNKNOWN, condition.evidence, condition.gaps, both.set_aside)


def unique(items: Iterable[T]) -> tuple[T, ...]:
    """The items in their order, each once."""
    several = tuple(items)
    return tuple(dict.fromkeys(several)) if len(several) > 1 else several


def _answers(findings: tuple[Finding, ...]) -> list[Answer]:
    if not findings:
        raise ValueError("a question about no findings has no answer")
    return [finding.answer for finding in findings]


def _decided_by(answer: Answer, findings: tuple[Finding, ...]) -> Finding:
    deciding = [finding for finding in findings if finding.answer is answer]
    return Finding(
        answer,
        unique([evidence for finding in deciding for evidence in finding.evidence]),
        unique([gap for finding in findings for gap in finding.gaps]),
        unique([aside for finding in findings for aside in finding.set_aside]),
    )
