"""The label's advice, in sentences."""

from __future__ import annotations

from collections.abc import Callable

Sentence = Callable[[str], str]

PAEDIATRIC = "The label is for paediatric patients; this patient is 18 or older."
BIALLELIC = "The label is for LAD-I due to biallelic ITGB2 variants; the chart does not show variants on both alleles."


def weight(used: str) -> str:
    return f"The label doses by the weight before the first apheresis; no apheresis is on record beside {used}."


def product_form(dose: str) -> str:
    return f"Two bags of 30 mL at 6.1 × 10⁶ CD34+ cells/mL, the most the product holds, cannot contain {dose}."


def coverage_scope(coverage: str) -> str:
    return f"The policy names commercial, marketplace and Medicaid plans; the coverage on record is {coverage}."


def prior_transplant(transplant: str) -> str:
    return f"An allogeneic transplant is on record: {transplant}."
