"""What the chart shows: the sentences of `Evidence`, each with its date where the chart gives one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from cds_service.timing import When

SEVERE = "recorded as severe"
RECURRENT = "recurrent"
EXTENSIVE = "extensive by its description"
WEIGHT = "Body weight"
RECORDED_ANSWERS = "The recorded answers"
PRESCRIBES = "prescribes"
SIGNS = "signs the order"
ATTESTS = "made the attestation"
ON_CARE_TEAM = "on the active care team"
NAMED_IN_ANSWERS = "named in the recorded answers"
ONE_INFUSION = "Ordered as one infusion"
ON_SEVERAL_DAYS = "Ordered on several days"
SIGNED_TOGETHER = "another order for Kresladi in the same call"
STABLE = "clinically stable"
ELIGIBLE = "eligible for myeloablative conditioning and HSCT"
SPECIALTY = {
    "transplant-specialist": "haematopoietic cell transplant",
    "haematologist": "haematology",
    "oncologist": "oncology",
    "immunologist": "immunology",
    "infectious-disease-specialist": "infectious diseases",
    "transplant-surgery": "transplant surgery",
    "paediatric-haematology-oncology": "paediatric haematology-oncology",
    "oncologist-other-kind": "oncology of another kind",
}
_THINGS = {
    "MedicationAdministration": "Kresladi administration",
    "MedicationDispense": "Kresladi dispense",
    "MedicationStatement": "Kresladi medication statement",
    "MedicationRequest": "Another Kresladi order",
    "ServiceRequest": "Another Kresladi order",
    "Immunization": "Kresladi recorded as an immunization",
}
_READ_THROUGH = {
    "MedicationRequest": "medication orders",
    "MedicationAdministration": "administrations",
    "Procedure": "procedures",
}


def dated(says: str, when: When | None) -> str:
    """A sentence with its date; without one where there is none."""
    return f"{clipped(says)}, {when.text}" if when else clipped(says)


def clipped(says: str) -> str:
    """Words of the chart on one line, of a length that a card can bear."""
    line = " ".join(says.split())
    return f"{line[:197]}…" if len(line) > 200 else line


def named(name: str) -> str:
    return clipped(name) or "unnamed"


PROCEDURE_NOT_USABLE = "a transplant, gene therapy or transfusion whose record cannot be used"


def event(name: str, when: When | None) -> str:
    return dated(name or "a procedure without a name", when)


def marker(name: str, value: str, when: When | None, *, gated: bool) -> str:
    cells = "of neutrophils" if gated else "(gate not stated)"
    return f"{name} {clipped(value)} {cells}, {when.text if when else 'no date'}"


def marker_as_entered(name: str, value: str, when: When, author: str) -> str:
    return f"{name} {clipped(value)} of neutrophils, {when.text}, as entered by {author}"


def diagnosis(name: str, status: str) -> str:
    return f"{named(name)} ({status or 'verification not stated'})"


def reason_for_order(name: str) -> str:
    return f"Ordered for {named(name)}"


def variant(name: str, when: When | None) -> str:
    return dated(f"ITGB2 variant {name}".strip(), when)


def pathogenic(says: str) -> str:
    return f"{says}, pathogenic"


def homozygous(says: str) -> str:
    return f"{says}, homozygous"


def two_alleles() -> str:
    return "ITGB2 variants on both alleles"


def cord(name: str, days: Decimal | None) -> str:
    if days is None:
        return named(name)
    return f"{named(name)}: {f'{days.normalize():f}' if days == days.to_integral_value() else round(days, 1)} days"


def sign(name: str, when: When | None) -> str:
    return dated(named(name), when)


def relative(relation: str, disease: str) -> str:
    return f"{named(relation or 'A relative, relation not said')}: {named(disease)}"


def answered_family_history(answer: bool, when: When | None) -> str:
    return dated(f"Recorded answer: {'a' if answer else 'no'} family history of LAD-I", when)


def answered_sibling_donor(answer: bool, when: When | None) -> str:
    return dated(f"Recorded answer: {'an' if answer else 'no'} HLA-matched sibling donor is available", when)


def infection(name: str, when: When | None) -> str:
    return dated(named(name), when)


def corroborated(says: str, why: str) -> str:
    return f"{says}; {why}"


def two_episodes(first: When, other: When) -> str:
    return f"episodes at {first.text} and {other.text}"


def hospital_stay(when: When | None) -> str:
    return dated("hospital stay", when)


def culture(organism: str, when: When | None) -> str:
    return dated(f"positive culture, {clipped(organism)}", when)


def intravenous(name: str, when: When | None) -> str:
    return dated(f"{named(name)} intravenously", when)


def involved(how: str, words: str) -> str:
    return f"{clipped(words)}: {how}"


def specialty(words: str) -> str:
    return f"Specialty: {clipped(words)}"


def same_person(says: str) -> str:
    return f"{says} (the same clinician as the transplant specialist)"


def wrote_note(when: When | None) -> str:
    return dated("wrote a consult note", when)


def saw_patient(when: When | None) -> str:
    return dated("saw the patient", when)


def consulted(when: When | None) -> str:
    return dated("completed a consultation", when)


def attested(what: str, answer: bool, when: When | None) -> str:
    verb = "attests" if answer else "answers that the patient is not"
    return dated(f"A transplant specialist {verb} {what}", when)


def match(said: str, relation: str, when: When | None) -> str:
    return dated(f"HLA match “{clipped(said)}”, donor: {clipped(relation) or 'relation not said'}", when)


def donor_statement(name: str, said: str, when: When | None) -> str:
    return dated(f"{named(name)}: {clipped(said)}" if said != name else named(name), when)


_PER_KG = re.compile(r"(?<= )10[*^]6/kg(?= |$)")


def dose(said: str) -> str:
    """A dose as ordered; the UCUM code for millions per kg in the words of the clinic."""
    return f"Ordered: {clipped(_PER_KG.sub('× 10⁶ CD34+ cells per kg', said))}"


def dose_by_weight(said: str, weights: Sequence[str], per_kg: Sequence[str]) -> str:
    """`weights` are all that may be the one that counts, `per_kg` the ends of what they make of the dose."""
    return f"{dose(said)}, {' or '.join(weights)}: {' to '.join(per_kg)} × 10⁶ CD34+ cells per kg"


def weight(said: str, when: When | None) -> str:
    return dated(f"body weight {clipped(said)}", when)


def refills(number: int) -> str:
    return f"The order allows {number} refills"


def timing_repeats(every: str) -> str:
    return f"The order's timing runs more than once ({every})"


def dose_record(resource_type: str, status: str, when: When | None) -> str:
    return dated(f"{_THINGS[resource_type]}, {status}", when)


def dose_procedure(name: str, status: str, when: When | None) -> str:
    return dated(f"Procedure {named(name)}, {status}", when)


def billed(when: When | None) -> str:
    return dated("Kresladi was billed", when)


def paid(when: When | None) -> str:
    return dated("A paid claim for Kresladi", when)


def read_through(resource_type: str, number: int) -> str:
    return f"No dose among the {_READ_THROUGH[resource_type]} on record ({number})"


def coverage(name: str) -> str:
    return clipped(name)


def active_order(when: When | None) -> str:
    return dated("An active order for Kresladi", when)
