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
    """One Evaluation per order in scope, what was fetched for them, and all that was read.

    Nobody looks into `read` again; it is kept so that it can be let go of once the answer is on its way. A chart is
    thousands of objects, and to take them apart takes its time.
    """

    evaluations: tuple[Evaluation, ...] = ()
    fetched: tuple[Fetched, ...] = ()
    read: object = None


@frozen
class LabelEvaluated:
    """One LabelEvaluation per order (or for the patient) with a clause that applies, and the same of what was read."""

    evaluations: tuple[LabelEvaluation, ...] = ()
    fetched: tuple[Fetched, ...] = ()
    read: object = None
