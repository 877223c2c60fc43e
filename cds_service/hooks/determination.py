"""The machine-readable determination, on the wire."""

from __future__ import annotations

from cds_service.hooks.shapes import Shape, without_empties
from cds_service.logic import Answer, Evidence, Gap, SetAside
from cds_service.policy.kresladi import policy
from cds_service.policy.model import Criterion, Evaluation, Outcome

STATUS = {Answer.MET: "met", Answer.NOT_MET: "not-met", Answer.UNKNOWN: "unknown"}
OUTCOME = {
    Outcome.EARLIER_DOSE: "prior-lifetime-dose",
    Outcome.OTHER_INDICATION: "other-indication",
    Outcome.SIBLING_DONOR: "sibling-donor",
    Outcome.CRITERIA_NOT_MET: "criteria-not-met",
    Outcome.DOCUMENTATION_MISSING: "documentation-missing",
    Outcome.CRITERIA_MET: "criteria-met",
}


def determination_shape(evaluation: Evaluation, *, explain: bool = False) -> Shape | None:
    """One order's determination; None where there is none. `explain` adds what was considered and set aside."""
    determination = evaluation.determination
    if determination is None:
        return None
    shape: Shape = without_empties(
        {
            "order": evaluation.order.reference,
            "policy": {"number": policy.number, "effective": policy.effective, "revised": policy.revised},
            "section": determination.section,
            "outcome": OUTCOME[determination.outcome],
            "criteria": [criterion_shape(each, explain=explain) for each in determination.criteria],
            "advice": [{"code": advised.code, "says": advised.says} for advised in determination.advice],
        }
    )
    return shape


def criterion_shape(criterion: Criterion, *, explain: bool) -> Shape:
    """One criterion with what stands below it; empty members are still in it."""
    shape: Shape = {
        "id": criterion.clause.id,
        "status": STATUS[criterion.finding.answer],
        "title": criterion.clause.title,
    }
    if criterion.parts:
        return shape | {"criteria": [criterion_shape(part, explain=explain) for part in criterion.parts]}
    shape |= {
        "evidence": [_evidence(each) for each in criterion.finding.evidence],
        "gaps": [_gap(each) for each in criterion.finding.gaps],
    }
    if explain:
        shape["considered"] = [_considered(each) for each in criterion.finding.set_aside]
    return shape


def _evidence(evidence: Evidence) -> Shape:
    return {"reference": evidence.source, "says": evidence.says}


def _gap(gap: Gap) -> Shape:
    return {"wanted": gap.wanted, "because": gap.because, "cause": gap.cause.value, "reference": gap.source}


def _considered(aside: SetAside) -> Shape:
    return {"reference": aside.source, "because": aside.because}
