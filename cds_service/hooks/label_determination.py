"""What the label's clauses come to for one order or patient, on the wire."""

from __future__ import annotations

from cds_service.hooks.determination import STATUS, criterion_shape
from cds_service.hooks.shapes import Shape, without_empties
from cds_service.policy.label import LabelEvaluation, label


def label_determination_shape(evaluation: LabelEvaluation, *, explain: bool = False) -> Shape | None:
    """The clauses that apply, and the lowest of their answers as outcome; None where no clause applies."""
    if not evaluation.criteria:
        return None
    lowest = min(criterion.finding.answer for criterion in evaluation.criteria)
    about = {"order": evaluation.order.reference} if evaluation.order else {"patient": evaluation.patient}
    shape: Shape = without_empties(
        about
        | {
            "label": {"revised": label.revised},
            "outcome": STATUS[lowest],
            "criteria": [criterion_shape(each, explain=explain) for each in evaluation.criteria],
        }
    )
    return shape
