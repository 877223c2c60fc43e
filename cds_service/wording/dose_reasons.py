"""Why what a chart says of doses does not settle the order's, or an earlier one."""

from __future__ import annotations

from cds_service.wording.reasons import quoted

NO_WEIGHT = "The order gives total cells, and no measured body weight is in the chart"
DAYS_UNCLEAR = "The days it names are too partial to tell whether they are one day"
MIXED_DOSES = "Its doses cannot be added: they differ or mix per-kg and total amounts"
LESS_IN_WORDS = "The words of its dosage instruction give a lower dose than its quantity"
PART_OF_DOSE_NOT_SAID = "Some of its dosage instructions give no dose"
WEIGHT_ONLY_IN_WORDS = "A body weight is named only by a local code or text; coded as LOINC 29463-7 it would count"
WEIGHT_NOT_MEASURED = "A body weight is stated or estimated, or is the one at birth: a measured one counts"
WEIGHT_UNIT = "A body weight has no usable value in kg, g or lb"
WEIGHT_ONLY_AFTER = "Body weights are on record only after the first apheresis"
WEIGHT_DATE_UNCLEAR = "The dates do not tell whether the body weight was taken before the first apheresis"
APHERESIS_UNDATED = "The first apheresis has no date to hold the body weight against"


def dose_unit(said: str) -> str:
    return f"{quoted(said)} is not a number of CD34+ cells, per kg or in total"


def may_repeat(said: str) -> str:
    return f"Its words may ask for more than one infusion: {quoted(said)}"


def dose_only_in_words(said: str) -> str:
    return f"The dose stands only in words, not as one number with one unit: {quoted(said)}"


# earlier dose

ANOTHER_PRODUCT = "another product, or no treatment itself"
NO_PAID_CLAIM = "no paid claim for Kresladi"
TRIAL = "The patient is a subject of the RP-L201 trial (NCT03812263) and may have been given it there"


def may_be_a_dose(says: str) -> str:
    return f"{says}: it may have been given"


def unnamed_gene_therapy(says: str) -> str:
    return f"{says}: it may have been Kresladi"


def order_is_no_dose(status: str) -> str:
    return f"an order ({status}) is no dose"


def drug_not_told(resource_type: str) -> str:
    part = {
        "MedicationAdministration": "An administration",
        "Procedure": "A procedure that used a drug",
    }.get(resource_type, "A completed medication order")
    return f"{part} does not tell of which drug it is"
