"""What the cards say. A card says what the chart documents; it never decides coverage."""

from __future__ import annotations

from collections.abc import Sequence

COMMITTEE = (
    "The plan decides: its Precision Drug Action Committee (CC.PHAR.21) reviews every request. "
    "This card shows what the chart documents."
)
BESIDE = "Beside the policy:"

EARLIER_DOSE = "Do not sign before review: the chart documents an earlier dose of Kresladi, given once in a lifetime."
EARLIER_DOSE_DETAIL = "The policy (II.A) covers one infusion per lifetime. On record:"

SIBLING_DONOR = "A matched sibling donor is on record: settle whether that donor can be used before signing Kresladi."
SIBLING_DONOR_DETAIL = (
    "The label puts transplant from a matched sibling first, and the policy (I.A.4) asks that no such donor is "
    "available. On record:"
)

POSSIBLE_DOSE = "Settle before signing: the chart holds something that may be an earlier dose of Kresladi."
POSSIBLE_DOSE_DETAIL = (
    "The policy (II.A) covers one infusion per lifetime. Ask the treating centre whether cells were infused and "
    "record the answer. In question:"
)

NOT_MET_DETAIL = "Correct the order or the record if it is wrong:"
MISSING_DETAIL = "Open, with what settles each:"
UNAVAILABLE_DETAIL = "Nothing is concluded from what could not be read. Check it in the chart itself:"

DUPLICATE = "Another order for Kresladi is active for this patient: sign only one."

WRONG_PATIENT = "This Kresladi order names another patient than the chart that is open: check it before signing."
WRONG_PATIENT_DETAIL = "The order was not held against the policy, because it is not for the patient of this chart."

OTHER_INDICATION = (
    "Kresladi is ordered for another disease than LAD-I: not covered unless another policy's terms are met."
)
OTHER_INDICATION_DETAIL = (
    "CP.PHAR.599 lists only LAD-I; another use is not covered (III) unless the evidence that these policies ask for is "
    "met. The order's reason:"
)
OTHER_POLICIES = "Use instead:"
STATE_RULES = "For Medicaid, state rules come first where they differ."

ALL_MET = "The chart documents every criterion of CP.PHAR.599 for Kresladi."
ALL_MET_DETAIL = (
    "The policy then provides 3 months and one infusion per lifetime. Billing codes J3590 and C9399 are unclassified: "
    "give the name and NDC 83537-034-01 with them. Documented by:"
)

SHORT = {
    "II.A": "earlier doses",
    "I.A.1": "LAD-I by flow cytometry",
    "I.A.2": "specialists",
    "I.A.3": "family history or infection",
    "I.A.4": "sibling donor",
    "I.A.5": "attestation",
    "I.A.6": "dose",
}
"""The criteria in a word or two, for a reader who does not know their numbers."""
SETTLED_BY = {
    "I.A.1": (
        "Settled by a confirmed diagnosis with CD18 below 2 % of neutrophils; or, at 2 % or more, with CD11a or CD11b "
        "below 2 %, a pathogenic ITGB2 variant and a fitting history."
    ),
    "I.A.2": "Settled by a care team, consult note or visit that names both specialists with their specialty.",
    "I.A.3": "Settled by either one: a relative with LAD-I, or one significant infection.",
    "I.A.4": "Settled by HLA typing of all full siblings, or the recorded answer that no matched sibling is available.",
    "I.A.5": "Settled by both statements in the prior-authorization questionnaire, by the transplant specialist.",
    "I.A.6": "Settled by one dose on the order, in 10⁶ CD34+ cells per kg, or total cells with a body weight.",
}

DELETE = "Remove this Kresladi order"
WORKSHEET = "Fill in what is missing (documentation worksheet)"

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


def heading(clause_id: str, *, met: bool = False) -> str:
    """The criterion's short name at the head of its item."""
    short = _short(clause_id, met=met)
    return short[0].upper() + short[1:]


def missing(clause_ids: Sequence[str]) -> str:
    return f"Document before the Kresladi request: {_listed(clause_ids)}."


def not_met(clause_ids: Sequence[str]) -> str:
    return f"Review: the chart contradicts the Kresladi policy on {_listed(clause_ids)}."


def unavailable(clause_ids: Sequence[str]) -> str:
    undecided = _listed(clause_ids) if len(clause_ids) <= 2 else f"{len(clause_ids)} criteria"
    return f"Part of the chart could not be read; undecided: {undecided}."


def documented(clause_ids: Sequence[str]) -> str:
    """What is documented already, in one line."""
    named = [_short(clause_id, met=True) for clause_id in clause_ids]
    return f"Documented already: {', '.join(named)}." if named else ""


def beside_order(order: str) -> str:
    """What stands above the other orders; the order that the card is about is named, for there may be two cards."""
    return f"Kresladi is given once in a lifetime. Beside {order} there is:"


def not_found(wanted: Sequence[str]) -> str:
    return f"Not found in the chart: {'; '.join(wanted)}"


def delete_action(order: str) -> str:
    return f"Delete {order}, the order for Kresladi"


def use_policy(line: str, numbers: Sequence[str], after_label_change: Sequence[str]) -> str:
    later = f"; after a recent label change {' or '.join(after_label_change)}" if after_label_change else ""
    return f"{line}: {' or '.join(numbers)}{later}"


def _short(clause_id: str, *, met: bool) -> str:
    # Earlier doses are documented by their absence.
    return "no earlier dose on record" if met and clause_id == "II.A" else SHORT[clause_id]


def _listed(clause_ids: Sequence[str]) -> str:
    return ", ".join(SHORT[clause_id] for clause_id in clause_ids)
