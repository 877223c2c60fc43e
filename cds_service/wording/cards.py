"""What the cards say. A card says what the chart documents; it never decides coverage."""

from __future__ import annotations

from collections.abc import Sequence

COMMITTEE = (
    "Every request is also reviewed by the plan's Precision Drug Action Committee (CC.PHAR.21). "
    "This card shows what the chart documents; the plan decides."
)

EARLIER_DOSE = (
    "The chart documents an earlier dose of Kresladi, which is given once in a lifetime: review before signing."
)
EARLIER_DOSE_DETAIL = "The policy (II.A) covers one infusion per lifetime. On record:"

SIBLING_DONOR = (
    "An HLA-matched sibling donor is on record: settle whether the donor is available before signing Kresladi."
)
SIBLING_DONOR_DETAIL = (
    "The label puts allogeneic transplant from a matched sibling first, and the policy (I.A.4) asks that no such donor is "
    "available. On record:"
)

POSSIBLE_DOSE = "The chart holds something that may be an earlier dose of Kresladi: settle it before signing."
POSSIBLE_DOSE_DETAIL = "The policy (II.A) covers one infusion per lifetime. To be settled:"

NOT_MET_DETAIL = "The chart contradicts what the policy asks for:"
MISSING_DETAIL = "The policy asks for these, and the chart does not document them yet:"
UNAVAILABLE_DETAIL = "These criteria are undecided because part of the chart could not be looked at. Nothing is concluded from that part:"

DUPLICATE = "Another order for Kresladi is active for this patient: sign only one."
DUPLICATE_DETAIL = "Kresladi is given once in a lifetime. The other order:"

WRONG_PATIENT = "This Kresladi order names another patient than the chart that is open: check it before signing."
WRONG_PATIENT_DETAIL = "The order was not held against the policy, because it is not for the patient of this chart."

OTHER_INDICATION = (
    "Kresladi is ordered for another disease than LAD-I: not covered unless another policy's evidence is met."
)
OTHER_INDICATION_DETAIL = (
    "Policy CP.PHAR.599 lists only LAD-I. Another use is not covered (III) unless the evidence that these policies ask for "
    "is met. The order's reason:"
)
STATE_RULES = "For Medicaid, state rules come first where they differ."

ALL_MET = "The chart documents every criterion of CP.PHAR.599 for Kresladi."
ALL_MET_DETAIL = (
    "What the policy provides then: 3 months, one infusion per lifetime. Billing codes J3590 and C9399 are unclassified: "
    "give the name and NDC 83537-034-01 with them."
)

SHORT = {
    "II.A": "earlier doses",
    "I.A.1": "diagnosis by flow cytometry",
    "I.A.2": "specialists",
    "I.A.3": "family history or infection",
    "I.A.4": "sibling donor",
    "I.A.5": "attestation",
    "I.A.6": "dose",
}

DELETE = "Remove this Kresladi order"
DELETE_ACTION = "Delete the order for Kresladi"

ORDERS = {
    "flow-cytometry": ("Order flow cytometry", "Flow cytometry for CD18, CD11a and CD11b on neutrophils"),
    "itgb2-analysis": ("Order ITGB2 analysis", "ITGB2 gene analysis"),
    "sibling-hla-typing": ("Order HLA typing of siblings", "HLA typing of the patient and all full siblings"),
    "transplant-consult": ("Order a transplant consult", "Consultation: haematopoietic cell transplant"),
}

OVERRIDES = {
    "documented-elsewhere": "Documented outside this chart",
    "will-document": "Will be documented before the request is sent",
    "donor-not-usable": "The donor cannot be used",
    "clinical-judgement": "Clinical judgement",
    "plan-exception": "The plan has agreed to an exception",
    "not-applicable": "Does not apply to this patient",
}


def missing(clause_ids: Sequence[str]) -> str:
    return f"Missing for the Kresladi request: {_listed(clause_ids)}."


def not_met(clause_ids: Sequence[str]) -> str:
    return f"The chart contradicts the Kresladi policy on: {_listed(clause_ids)}."


def unavailable(clause_ids: Sequence[str]) -> str:
    return f"Part of the chart could not be read; undecided: {_listed(clause_ids)}."


def documented(clause_ids: Sequence[str]) -> str:
    return f"Documented: {', '.join(clause_ids)}." if clause_ids else ""


def use_policy(line: str, numbers: Sequence[str], after_label_change: Sequence[str]) -> str:
    later = f"; after a recent label change {' or '.join(after_label_change)}" if after_label_change else ""
    return f"{line}: {' or '.join(numbers)}{later}"


def _listed(clause_ids: Sequence[str]) -> str:
    return ", ".join(SHORT[clause_id] for clause_id in clause_ids)
