"""What comes of a hook call before it is put into cards."""

from __future__ import annotations

from cds_service.frozen import frozen
from cds_service.policy.label import LabelEvaluation
from cds_service.policy.model import Evaluation


@frozen
class Fetched:
    """One thing that was asked of the EHR's FHIR server, and how that ended: no address, no id."""

    type: str
    ended: str
    milliseconds: int


@frozen
class Evaluated:
    """One Evaluation per order in scope, and what was fetched for them."""

    evaluations: tuple[Evaluation, ...] = ()
    fetched: tuple[Fetched, ...] = ()


@frozen
class LabelEvaluated:
    """One LabelEvaluation per order (or for the patient) with a clause that applies, and what was fetched."""

    evaluations: tuple[LabelEvaluation, ...] = ()
    fetched: tuple[Fetched, ...] = ()
