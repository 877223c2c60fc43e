"""The ValueSets: each code with its source and note, and the look-up in every way that codes are written."""

from __future__ import annotations

from typing import Any

import pytest
from fhir.resources.R4B.valueset import ValueSet

from cds_service.errors import TerminologyError
from cds_service.fhir.terminology import ICD10PCS as PCS
from cds_service.fhir.terminology import NDC, Terminology, normalised, packaged_value_sets, prefix_of
from tests.charts import ICD, SCT, TERMINOLOGY

SOURCE = "https://kresladi-cds.example/StructureDefinition/source"
NOTE = "http://hl7.org/fhir/StructureDefinition/valueset-concept-comments"
VALUE_SETS = packaged_value_sets()


def components(value_set: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything that a ValueSet includes: its concepts, and its includes by filter."""
    found = []
    for include in value_set["compose"]["include"]:
        found += include.get("concept", [])
        found += [include] if "filter" in include else []
    return found


@pytest.mark.parametrize("value_set", VALUE_SETS, ids=lambda each: each["id"])
def test_every_code_has_a_source_and_a_note(value_set: dict[str, Any]) -> None:
    """A code that nobody can trace is no code."""
    assert components(value_set)
    for component in components(value_set):
        said = {extension["url"]: extension["valueString"].strip() for extension in component["extension"]}
        assert said.get(SOURCE)
        assert said.get(NOTE)


@pytest.mark.parametrize("value_set", VALUE_SETS, ids=lambda each: each["id"])
def test_every_value_set_is_fhir(value_set: dict[str, Any]) -> None:
    """They validate, say their version and date, and are named as their id says."""
    model = ValueSet.model_validate(value_set)
    assert model.version
    assert model.date
    assert model.url == f"https://kresladi-cds.example/ValueSet/{model.id}"


@pytest.mark.parametrize(
    ("system", "code", "meaning", "holds", "remark"),
    [
        (ICD, "D71.1", "lad-type-not-said", True, "as printed"),
        (ICD, "d711", "lad-type-not-said", True, "lower case, no dot"),
        (ICD, " D71.1 ", "lad-type-not-said", True, "stray blanks"),
        (ICD, "D71.1X", "lad-type-not-said", True, "a filler at its end"),
        (ICD, "D71.1XX", "lad-type-not-said", True, "two fillers at its end"),
        (ICD, "D71.X", "lad-too-broad", True, "the header with a filler"),
        (ICD, "H66.3X1", "infection-tier-a", True, "a filler in the midst of a code"),
        (ICD, "H65.X", "infection-never", True, "what never counts, with a filler"),
        (PCS, "30243Y0X", "stem-cell-transplant", False, "in ICD-10-PCS each character counts"),
        ("urn:oid:2.16.840.1.113883.6.90", "D71.1", "lad-type-not-said", True, "the system by its OID"),
        ("http://hl7.org/fhir/sid/icd-10", "D71.1", "lad-type-not-said", False, "another ICD-10"),
        (ICD, "D71", "lad-too-broad", True, "the header alone"),
        (ICD, "D71.8", "lad-too-broad", False, "D71 is a code, not a prefix"),
        (ICD, "A41.01", "infection-tier-a", True, "sepsis with an organism"),
        (ICD, "A41.9", "infection-tier-a", False, "sepsis, organism not said"),
        (ICD, "A41.9", "infection-tier-b", True, "needs corroboration"),
        (ICD, "B44.81", "infection-tier-a", False, "allergic aspergillosis"),
        (ICD, "B44.81", "infection-never", True, "allergic aspergillosis"),
        (ICD, "B44.1", "infection-tier-a", True, "invasive aspergillosis"),
        (ICD, "L88", "infection-never", True, "pyoderma gangrenosum"),
        (ICD, "M86.30", "infection-never", True, "chronic multifocal osteomyelitis"),
        (ICD, "M86.10", "infection-tier-a", True, "acute osteomyelitis"),
        (ICD, "H65.20", "infection-never", True, "serous otitis"),
        (ICD, "H66.10", "infection-tier-a", True, "chronic suppurative otitis"),
        (ICD, "J15.7", "infection-tier-a", False, "mycoplasma"),
        (SCT, "52486002", "infection-tier-a", True, "necrotising fasciitis"),
        (SCT, "233604007", "infection-tier-b", True, "pneumonia, organism not said"),
        (NDC, "83537-034-01", "kresladi", True, "10 digits, as on the label"),
        (NDC, "83537-0034-01", "kresladi", True, "11 digits with dashes"),
        (NDC, "83537003401", "kresladi", True, "11 digits"),
        (NDC, "83537-034", "kresladi", True, "the product alone"),
        (NDC, "51167-290-01", "kresladi", False, "Casgevy"),
        (None, "83537-034-01", "kresladi", True, "an NDC without a system"),
        ("", "83537003401", "kresladi", True, "11 digits without a system"),
        ("NDC", "83537003401", "kresladi", True, "an NDC under its name"),
        ("https://hl7.org/fhir/sid/ndc", "83537-034", "kresladi", True, "an address that is nearly NDC's"),
        ("urn:oid:1.2.3", "83537-0034-01", "kresladi", True, "an NDC in a hospital's own list"),
        ("urn:oid:1.2.3", "83537-034", "kresladi", False, "two numbers in a hospital's own list"),
        ("urn:oid:1.2.3", "2740386", "kresladi", False, "a number of RxNorm in a hospital's own list"),
        ("http://snomed.info/sct", "83537-034-01", "kresladi", False, "an NDC in a system that is another"),
        ("http://fdasis.nlm.nih.gov", "rd86xhh46n", "kresladi", True, "UNII in small letters"),
        ("urn:oid:2.16.840.1.113883.4.9", "RD86XHH46N", "kresladi", True, "UNII by its object identifier"),
        (PCS, "30243C0", "genetically-modified-cell-infusion", True, "ICD-10-PCS"),
        (PCS, "30243c0", "genetically-modified-cell-infusion", True, "ICD-10-PCS in small letters"),
    ],
)
def test_look_up(system: str, code: str, meaning: str, holds: bool, remark: str) -> None:
    """A code is found in every way of writing it, and prefixes stop where they should."""
    assert (meaning in TERMINOLOGY.meanings(system, code)) is holds, remark


def test_a_terminology_without_package_numbers_knows_none() -> None:
    """A number that is written like one of NDC's means nothing by itself."""
    assert Terminology([]).meanings(None, "83537-034-01") == frozenset()


def test_infection_tiers_do_not_overlap() -> None:
    """No exact code of any ValueSet is in two tiers."""
    tiers = {"infection-tier-a", "infection-tier-b", "infection-never"}
    for value_set in VALUE_SETS:
        for include in value_set["compose"]["include"]:
            for concept in include.get("concept", ()):
                found = TERMINOLOGY.meanings(include["system"], concept["code"]) & tiers
                assert len(found) <= 1, concept["code"]


@pytest.mark.parametrize(
    ("rule", "remark"),
    [
        ({"property": "code", "op": "regex", "value": "A.*B"}, "not a literal prefix"),
        ({"property": "code", "op": "is-a", "value": "128045006"}, "needs a terminology server"),
        ({"property": "display", "op": "regex", "value": "A.*"}, "not on the code"),
    ],
)
def test_other_filters_are_refused(rule: dict[str, Any], remark: str) -> None:
    """A filter that would be read wrongly is an error, not a guess."""
    with pytest.raises(TerminologyError, match="literal prefix"):
        prefix_of(rule)
    assert remark


def test_an_unknown_code_means_nothing() -> None:
    """No code, no system, no meaning; and an unknown code is not remembered."""
    terminology = Terminology(VALUE_SETS)
    assert terminology.meanings(None, None) == frozenset()
    assert terminology.meanings(SCT, "1") == frozenset()
    assert normalised(None, "x").system == ""
