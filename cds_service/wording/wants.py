"""What a clause wants of a chart: the first words of a `Gap`."""

from __future__ import annotations

NO_EARLIER_DOSE = "A chart that shows no earlier dose of Kresladi (RP-L201)"
DIAGNOSIS = "A confirmed diagnosis of LAD-I on the problem list"
REASON = "The disease that the order is for"
VARIANT = "A genetic result that shows a pathogenic ITGB2 variant"
BIALLELIC = "Pathogenic variants on both alleles of ITGB2"
CORD = "The age at separation of the umbilical cord (3 weeks or later)"
SIGNS = "Two further signs of LAD-I: omphalitis, inflamed skin, inflamed mucosa, no pus, slow wound healing"
TRANSPLANT_SPECIALIST = "A specialist in haematopoietic cell transplant who prescribes or is consulted"
SECOND_SPECIALIST = (
    "A haematologist, oncologist, immunologist or infectious-disease specialist who prescribes or is consulted"
)
FAMILY_HISTORY = "A word on family history of LAD-I"
INFECTION = "A significant bacterial or fungal infection, with what shows that it was significant"
NO_SIBLING_DONOR = "A word on whether an HLA-matched sibling donor is available"
STABLE = "A transplant specialist's statement that the patient is clinically stable"
ELIGIBLE = "A transplant specialist's statement that the patient is eligible for myeloablative conditioning and HSCT"
SINGLE_INFUSION = "An order for one infusion"
DOSE = "A dose of at least 2.8 × 10⁶ CD34+ cells per kg"
WEIGHT = "A body weight measured before the first apheresis"


def marker_level(marker: str) -> str:
    return f"{marker} by flow cytometry, as percent of neutrophils"
