"""I.A.4: no HLA-matched sibling donor is available. Silence never says so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import (
    LOINC,
    NO_DONOR,
    ROLE_CODE,
    Resource,
    asked,
    causes,
    concept,
    condition,
    observation,
    patient,
    response,
    subject,
)

MATCH = concept("HLA donor match status", (LOINC, "96061-7"))
AVAILABLE = {"sibling-donor-available": True}
MARCH, MAY = "2026-03-04", "2026-05-06"


def ask(*resources: Resource) -> Resource:
    return asked("I.A.4", [patient(), *resources])


def related(code: str | None = "NSIS", text: str | None = None, id_: str = "sib", **more: Any) -> Resource:
    relationship = concept(text, (ROLE_CODE, code)) if code else concept(text)
    return {
        "resourceType": "RelatedPerson",
        "id": id_,
        "patient": subject(),
        "relationship": [relationship],
    } | more


def match(said: Any = "10/10", id_: str = "match", focus: str | None = "RelatedPerson/sib", **more: Any) -> Resource:
    """A match result; what it says is words, or a dict with a `value[x]`."""
    value = said if isinstance(said, dict) else {"valueCodeableConcept": concept(said)}
    about = {"focus": [{"reference": focus}]} if focus else {}
    return observation(id_, MATCH, **(value | about | more))


def none_available(authored: str | None = MAY) -> Resource:
    stated = response(NO_DONOR, author=None) | {"authored": authored}
    return {key: value for key, value in stated.items() if value is not None}


def said(name: str, id_: str = "said", **more: Any) -> Resource:
    return observation(id_, concept(name), **more)


def fmh(code: str = "NSIS", id_: str = "fmh", disease: str = "Leukocyte adhesion deficiency type I") -> Resource:
    return {
        "resourceType": "FamilyMemberHistory",
        "id": id_,
        "status": "completed",
        "patient": subject(),
        "relationship": concept(None, (ROLE_CODE, code)),
        "condition": [{"code": concept(disease)}],
    }


# --- what the policy's row says ---------------------------------------------------------------------------------------

ROWS = [
    ("silence", [], "unknown", {"absent"}),
    ("the answer that none is available", [none_available()], "met", set()),
    ("the answer that one is available", [response(AVAILABLE)], "not-met", set()),
    ("a draft answer", [response(NO_DONOR, status="in-progress")], "unknown", {"unusable"}),
    ("an answer to both", [response(NO_DONOR, "a"), response(AVAILABLE, "b")], "unknown", {"conflict"}),
    ("a newer answer takes back an older one",
     [response(AVAILABLE, "a") | {"authored": MARCH}, response(NO_DONOR, "b") | {"authored": MAY}], "met", set()),
    ("an answer without a date beside one that contradicts it",
     [response(AVAILABLE, "a") | {"authored": None}, response(NO_DONOR, "b")], "unknown", {"conflict"}),
    ("an answer without a date beside one that agrees",
     [response(NO_DONOR, "a") | {"authored": None}, response(NO_DONOR, "b")], "met", set()),
    ("a matched full sister", [related(), match()], "not-met", set()),
    ("a matched full brother", [related("NBRO"), match()], "not-met", set()),
    ("a matched full sibling", [related("NSIB"), match()], "not-met", set()),
    ("a matched fraternal twin", [related("FTWINSIS"), match()], "not-met", set()),
    ("a matched twin", [related("TWIN"), match()], "not-met", set()),
    ("an identical twin", [related("ITWIN"), match()], "unknown", {"unusable"}),
    ("an identical twin brother", [related("ITWINBRO"), match()], "unknown", {"unusable"}),
    ("SIS: full or half not said", [related("SIS"), match()], "unknown", {"unusable"}),
    ("BRO: full or half not said", [related("BRO"), match()], "unknown", {"unusable"}),
    ("SIB: full or half not said", [related("SIB"), match()], "unknown", {"unusable"}),
    ("a half-sister", [related("HSIS"), match()], "unknown", {"unusable"}),
    ("a half-brother", [related("HBRO"), match()], "unknown", {"unusable"}),
    ("a stepsister", [related("STPSIS"), match()], "unknown", {"unusable"}),
    ("coded as full, said to be half", [related("NSIS", "Half-sister"), match()], "unknown", {"unusable"}),
    ("coded as full, said to be adopted", [related("NBRO", "Adopted brother"), match()], "unknown", {"unusable"}),
    ("a sister in words", [related(None, "Sister"), match()], "unknown", {"unusable"}),
    ("the mother", [related("NMTH"), match()], "unknown", {"unusable"}),
    ("the father", [related("FTH"), match("Matched")], "unknown", {"unusable"}),
    ("a cousin", [related("COUSN"), match()], "unknown", {"unusable"}),
    ("an unrelated donor", [related("FRND", "Unrelated donor"), match()], "unknown", {"unusable"}),
    ("a donor of whom nothing is said", [match(focus=None)], "unknown", {"unusable"}),
    ("a sibling who does not match", [related(), match("Mismatched")], "unknown", {"unusable"}),
    ("two siblings who do not match",
     [related(), related("NBRO", id_="bro"), match("Mismatched"), match("5/10", "m2", "RelatedPerson/bro")],
     "unknown", {"unusable"}),
    ("one who does not, one who does",
     [related(), related("NBRO", id_="bro"), match("Mismatched"), match("10/10", "m2", "RelatedPerson/bro")],
     "not-met", set()),
    ("somebody else's RelatedPerson", [related(patient={"reference": "Patient/p2"}), match()], "unknown", {"unusable"}),
    ("a RelatedPerson who is not there", [match()], "unknown", {"unusable"}),
    ("a matched sister who has LAD-I", [related(), match(), fmh("NSIS")], "unknown", {"unusable"}),
    ("a matched sister; a sister, full or half not said, has it", [related(), match(), fmh("SIS")], "unknown",
     {"unusable"}),
    ("a matched sister; a sibling has it", [related(), match(), fmh("NSIB")], "unknown", {"unusable"}),
    ("a matched sister; a brother has it", [related(), match(), fmh("NBRO")], "not-met", set()),
    ("a matched sister; a half-sister has it", [related(), match(), fmh("HSIS")], "not-met", set()),
    ("a matched sister; a sister is a carrier", [related(), match(), fmh("NSIS", disease="LAD-I carrier")],
     "not-met", set()),
    ("a preliminary match", [related(), match(status="preliminary")], "unknown", {"unusable"}),
    ("a registered match", [related(), match(status="registered")], "unknown", {"unusable"}),
    ("an amended match", [related(), match(status="amended")], "not-met", set()),
    ("a corrected match", [related(), match(status="corrected")], "not-met", set()),
    ("a cancelled match", [related(), match(status="cancelled")], "unknown", {"absent"}),
    ("a match entered in error", [related(), match(status="entered-in-error")], "unknown", {"absent"}),
    ("another patient's match", [related(), match(subject={"reference": "Patient/p2"})], "unknown", {"absent"}),
    ("the sibling's own typing", [observation("t", concept("HLA-A", (LOINC, "57290-9")),
     subject={"reference": "Patient/sib"}, valueString="A*02:01")], "unknown", {"absent"}),
    ("the patient's own typing", [observation("t", concept("HLA-A [Type]", (LOINC, "57290-9")),
     valueString="A*08:08")], "unknown", {"absent"}),
    ("the patient's own haplotype", [observation("t", concept("Haplotype name", (LOINC, "84414-2"), (LOINC, "57290-9")),
     valueCodeableConcept=concept("HLA-A*03:01:01:01"))], "unknown", {"absent"}),
    ("the patient's own haplotype, called HLA in words", [observation("t", concept("HLA haplotype", (LOINC, "84414-2")),
     valueString="A*03:01")], "unknown", {"absent"}),
    ("a sister who shares one haplotype", [related(), observation("t", concept("HLA typing, donor"),
     focus=[{"reference": "RelatedPerson/sib"}], valueString="Shares one haplotype")], "unknown", {"unusable"}),
    ("a match whose meaning is modified",
     [related(), match(modifierExtension=[{"url": "urn:x", "valueBoolean": True}])], "unknown", {"unusable"}),
    ("a match named by its text only",
     [related(), observation("m", concept("HLA match with sister"), valueString="10/10 matched")],
     "unknown", {"unusable"}),
    ("availability in words",
     [said("HLA-matched sibling donor available", valueBoolean=True)], "unknown", {"unusable"}),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "resources", "status", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_who_is_a_matched_sibling_donor(
    remark: str, resources: list[Resource], status: str, expected: set[str]
) -> None:
    """Only a matched full sibling on record is one; only a word that there is none says that there is none."""
    found = ask(*resources)
    assert found["status"] == status, remark
    assert causes(found) == expected, remark


def test_a_possible_match_is_named() -> None:
    """The gap names the match of a sister who may be a full one."""
    gap = ask(related("SIS", "Sister"), match("10/10"))["gaps"][0]
    assert "10/10" in gap["because"]
    assert "Sister" in gap["because"]


# --- what counts as a match -------------------------------------------------------------------------------------------

MATCHES = [
    ("6/6", "not-met"), ("8/8", "not-met"), ("10/10", "not-met"), ("12/12", "not-met"), ("10 of 10", "not-met"),
    ("8 out of 8 alleles", "not-met"), ("Matched", "not-met"), ("HLA identical", "not-met"),
    ("HLA-identical sibling", "not-met"), ("Full match (12/12)", "not-met"), ("10/10, no mismatches", "not-met"),
    ("9/10", "unknown"), ("5/10", "unknown"), ("7/8", "unknown"), ("7/7", "unknown"), ("5/5", "unknown"),
    ("3/6", "unknown"), ("14/14", "unknown"), ("10/8", "unknown"), ("8", "unknown"),
    ("Mismatched", "unknown"), ("Not matched", "unknown"), ("Not an HLA match", "unknown"), ("No match", "unknown"),
    ("Not a 10/10 match", "unknown"), ("Partially matched", "unknown"), ("Haploidentical", "unknown"),
    ("10/10 matched unrelated donor", "unknown"), ("Possible match", "unknown"), ("Probably 10/10", "unknown"),
    ("10/10?", "unknown"), ("Pending", "unknown"), ("Unknown", "unknown"), ("Typed 10/10/2026", "unknown"),
    ("10/10 at low resolution, 9/10 at high resolution", "unknown"), ("B*08:08", "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "status"), MATCHES, ids=[row[0] for row in MATCHES])
@pytest.mark.parametrize("shape", ["valueCodeableConcept", "valueString"])
def test_what_a_match_result_says(words: str, status: str, shape: str) -> None:
    """n of n loci with n 6, 8, 10 or 12, or plain words; nothing less, nothing supposed."""
    value = {shape: concept(words) if shape == "valueCodeableConcept" else words}
    assert ask(related(), match(value))["status"] == status


@pytest.mark.parametrize(
    ("matched", "of", "more", "status"),
    [
        (10, 10, {}, "not-met"),
        (12, 12, {}, "not-met"),
        (9, 10, {}, "unknown"),
        (7, 7, {}, "unknown"),
        (10, 10, {"comparator": "<"}, "unknown"),
    ],
)
def test_a_match_as_a_ratio(matched: int, of: int, more: Resource, status: str) -> None:
    """The loci as numerator and denominator."""
    ratio = {"numerator": {"value": matched} | more, "denominator": {"value": of}}
    assert ask(related(), match({"valueRatio": ratio}))["status"] == status


RELATION = concept("Donor relationship to patient")
SHAPES = [
    ("in the focus", [related(), match()], "not-met"),
    ("in a component", [match(focus=None, component=[
        {"code": RELATION, "valueCodeableConcept": concept(None, (ROLE_CODE, "NSIS"))}])], "not-met"),
    ("in a component, in words",
     [match(focus=None, component=[{"code": RELATION, "valueString": "sister"}])], "unknown"),
    ("in the performer", [related(), match(focus=None, performer=[{"reference": "RelatedPerson/sib"}])], "not-met"),
    ("a contained RelatedPerson", [match(focus="#r", contained=[related(id_="r")])], "not-met"),
    ("the focus goes before the performer", [related("NMTH"), related(id_="sis"), match(
        performer=[{"reference": "RelatedPerson/sis"}])], "unknown"),
    ("the result as a component of a panel", [related(), observation(
        "panel", concept("HLA typing, sibling donor"), focus=[{"reference": "RelatedPerson/sib"}],
        component=[{"code": MATCH, "valueCodeableConcept": concept("10/10")}])], "not-met"),
    ("a sister and her half-sister in one", [related(), related("HSIS", id_="h"), match(
        focus=None, component=[
            {"code": RELATION, "valueCodeableConcept": concept(None, (ROLE_CODE, "NSIS"))},
            {"code": RELATION, "valueCodeableConcept": concept(None, (ROLE_CODE, "HSIS"))}])], "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "resources", "status"), SHAPES, ids=[row[0] for row in SHAPES])
def test_where_the_relation_stands(remark: str, resources: list[Resource], status: str) -> None:
    """The donor's relation to the patient may stand in three places."""
    assert ask(*resources)["status"] == status, remark


def test_related_persons_that_were_not_sent_are_unavailable() -> None:
    """A donor who is referred to, among related persons that were not sent."""
    found = asked("I.A.4", [patient(), match()], leave_out=("relatedPersons",))
    assert found["status"] == "unknown"
    assert "unavailable" in causes(found)


# --- which is newer ---------------------------------------------------------------------------------------------------

NEWER = [
    ("none, newer", none_available("2026-03-05"), match(), "met", set()),
    ("none, older", none_available("2026-03-03"), match(), "unknown", {"conflict"}),
    ("none, the same day", none_available(MARCH), match(), "unknown", {"conflict"}),
    ("none, undated", none_available(None), match(), "unknown", {"conflict"}),
    ("none, in the month of the match", none_available("2026-03"), match(), "unknown", {"conflict"}),
    ("none, in the month after", none_available("2026-04"), match(), "met", set()),
    ("none, dated; the match undated", none_available(), match(effectiveDateTime=None), "unknown", {"conflict"}),
    ("none, newer than the day the match was issued", none_available(),
     match(effectiveDateTime=None, issued="2026-03-04T10:00:00Z"), "met", set()),
    ("none, later on the day of the match", none_available("2026-03-04T12:00:00Z"),
     match(effectiveDateTime="2026-03-04T08:00:00Z"), "met", set()),
    ("none, older than a possible match", none_available("2026-03-03"), match(id_="possible"), "unknown",
     {"conflict"}),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "statement", "matched", "status", "expected"), NEWER, ids=[row[0] for row in NEWER])
def test_none_available_beside_a_match(
    remark: str, statement: Resource, matched: Resource, status: str, expected: set[str]
) -> None:
    """A newer "none available" settles it and both are shown; anything else is a conflict."""
    sibling = related("SIS" if matched["id"] == "possible" else "NSIS")
    found = ask(sibling, statement, matched)
    assert found["status"] == status, remark
    assert causes(found) == expected, remark
    assert {each["reference"] for each in found["evidence"]} == {
        "QuestionnaireResponse/qr",
        f"Observation/{matched['id']}",
    }


DOUBTS = [
    ("a match in words", related("NSIS"), said("HLA match with sister", valueString="10/10 matched"), "unknown"),
    ("a preliminary match", related("NSIS"), match(status="preliminary"), "unknown"),
    ("a match of a donor not told", related("NSIS"), match(focus=None), "unknown"),
    ("a half-sister's match", related("HSIS"), match(), "met"),
    ("a mismatch", related("NSIS"), match("Mismatched"), "met"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "sibling", "matched", "status"), DOUBTS, ids=[row[0] for row in DOUBTS])
def test_an_older_none_does_not_hold_against_what_may_be_a_match(
    remark: str, sibling: Resource, matched: Resource, status: str
) -> None:
    """What came after "none available" and may be a matched sibling leaves the question open."""
    assert ask(sibling, none_available("2026-01-02"), matched)["status"] == status, remark
    assert ask(sibling, none_available(MAY), matched)["status"] == "met", remark


# --- in words ---------------------------------------------------------------------------------------------------------

WORDS = [
    ("no siblings", said("Siblings", valueString="No siblings"), "met"),
    ("no siblings, as the name", said("No siblings"), "met"),
    ("only child", said("Family structure: siblings", valueString="Only child"), "met"),
    ("no brothers or sisters", said("Siblings", valueString="No brothers or sisters"), "met"),
    ("no HLA-matched sibling donor", said("Donor search", valueString="No HLA-matched sibling donor"), "met"),
    ("no matched sibling donor available", said("Donor search",
     valueString="No matched sibling donor available."), "met"),
    ("no related donor", said("Donor search", valueString="No suitable related donor identified"), "met"),
    ("none of them matches", said("Donor search", valueString="None of his siblings is a match"), "met"),
    ("siblings not matched", said("Donor search", valueString="Siblings are not HLA-matched"), "met"),
    ("asked and answered no", said("HLA-matched sibling donor available", valueBoolean=False), "met"),
    ("asked and answered none", said("HLA-matched sibling donor",
     valueCodeableConcept=concept("None available")), "met"),
    ("has siblings: no", said("Has siblings", valueBoolean=False), "met"),
    ("number of siblings: 0", said("Number of siblings", valueInteger=0), "met"),
    ("number of siblings: 0, as quantity", said("Number of siblings", valueQuantity={"value": 0}), "met"),
    ("number of matched siblings: 0", said("Number of HLA-matched siblings", valueInteger=0), "met"),
    ("siblings: none", said("Siblings", valueString="None"), "met"),
    ("a condition", condition("c", concept("No siblings"), recordedDate=MARCH), "met"),
    ("number of siblings: 2", said("Number of siblings", valueInteger=2), "unknown"),
    ("number of siblings: fewer than", said("Number of siblings", valueQuantity={"value": 0, "comparator": ">"}),
     "unknown"),
    ("number of siblings with LAD: 0", said("Number of siblings with LAD-I", valueInteger=0), "unknown"),
    ("number of siblings tested: 0", said("Number of siblings tested", valueInteger=0), "unknown"),
    ("has siblings with LAD: no", said("Has siblings with LAD-I", valueBoolean=False), "unknown"),
    ("typing done: no", said("Sibling donor HLA typing done", valueBoolean=False), "unknown"),
    ("no sibling donor yet", said("Donor search", valueString="No sibling donor typed yet"), "unknown"),
    ("no sibling typing", said("Donor search", valueString="No sibling HLA typing available"), "unknown"),
    ("no siblings tested", said("Donor search", valueString="No siblings tested"), "unknown"),
    ("no other siblings", said("Siblings", valueString="No other siblings"), "unknown"),
    ("no siblings except one", said("Siblings", valueString="No siblings, except one sister"), "unknown"),
    ("no siblings affected", said("Siblings", valueString="No siblings affected"), "unknown"),
    ("the mother's siblings", said("Mother", valueString="No siblings"), "unknown"),
    ("the mother has none", said("Siblings", valueString="Mother has no siblings"), "unknown"),
    ("perhaps none", said("Siblings", valueString="Possibly no siblings"), "unknown"),
    ("no unrelated donor", said("Donor search", valueString="No matched unrelated donor"), "unknown"),
    ("one sibling does not match", said("Donor search", valueString="Sibling is not matched"), "unknown"),
    ("one sister does not match", said("Donor search", valueString="Sister is not HLA-matched"), "unknown"),
    ("no siblings: not so", said("No siblings", valueBoolean=False), "unknown"),
    ("no siblings: not known", said("No siblings", valueString="Unknown"), "unknown"),
    ("no siblings: not asked", said("No siblings", dataAbsentReason=concept("Not asked")), "unknown"),
    ("preliminary", said("Siblings", valueString="No siblings", status="preliminary"), "unknown"),
    ("cancelled", said("Siblings", valueString="No siblings", status="cancelled"), "unknown"),
    ("another patient's", said("Siblings", valueString="No siblings", subject={"reference": "Patient/p2"}), "unknown"),
    ("a refuted condition", condition("c", concept("No siblings"), "refuted"), "unknown"),
    ("an unconfirmed condition", condition("c", concept("No siblings"), "unconfirmed"), "unknown"),
    ("a condition no longer so", condition("c", concept("Only child"), clinicalStatus=concept(
        None, ("http://terminology.hl7.org/CodeSystem/condition-clinical", "resolved"))), "unknown"),
    ("a long text", said("Siblings", valueString="no full " * 200 + "siblings"), "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "statement", "status"), WORDS, ids=[row[0] for row in WORDS])
def test_none_in_words(remark: str, statement: Resource, status: str) -> None:
    """A whole clause that there is no sibling or no match counts; words that only come near it do not."""
    assert ask(statement)["status"] == status, remark


# --- who cannot donate ------------------------------------------------------------------------------------------------

CANNOT = "Donor eligibility"
SISTER = [{"reference": "RelatedPerson/sib"}]
BROTHER = [{"reference": "RelatedPerson/bro"}]
DONATION = [
    ("the matched sister cannot, newer",
     [related(), match(), said(CANNOT, valueString="Ineligible", focus=SISTER, effectiveDateTime=MAY)], "met"),
    ("the matched sister cannot, older",
     [related(), match(), said(CANNOT, valueString="Ineligible", focus=SISTER, effectiveDateTime="2026-01-02")],
     "unknown"),
    ("the matched sister cannot, undated",
     [related(), match(), said(CANNOT, valueString="Ineligible", focus=SISTER, effectiveDateTime=None)], "unknown"),
    ("the matched sister is eligible",
     [related(), match(), said(CANNOT, valueString="Eligible", focus=SISTER, effectiveDateTime=MAY)], "not-met"),
    ("the matched sister is not ineligible",
     [related(), match(), said(CANNOT, valueString="Not ineligible", focus=SISTER, effectiveDateTime=MAY)], "not-met"),
    ("the brother cannot, the matched sister still can",
     [related(), related("NBRO", id_="bro"), match(),
      said(CANNOT, valueString="Ineligible", focus=BROTHER, effectiveDateTime=MAY)], "not-met"),
    ("one of two matched siblings cannot",
     [related(), related("NBRO", id_="bro"), match(), match("10/10", "m2", "RelatedPerson/bro"),
      said(CANNOT, valueString="Ineligible", focus=BROTHER, effectiveDateTime=MAY)], "not-met"),
    ("both matched siblings cannot",
     [related(), related("NBRO", id_="bro"), match(), match("10/10", "m2", "RelatedPerson/bro"),
      said(CANNOT, "s1", valueString="Ineligible", focus=BROTHER, effectiveDateTime=MAY),
      said(CANNOT, "s2", valueString="Declined", focus=SISTER, effectiveDateTime=MAY)], "met"),
    ("the only match cannot, in words",
     [related(), match(), said("Sibling donor unable to donate", effectiveDateTime=MAY)], "met"),
    ("the matched one cannot, in words alone",
     [said("Donor search", valueString="Matched sibling donor is medically unfit")], "met"),
    ("the matched one cannot, of two who match",
     [related(), related("NBRO", id_="bro"), match(), match("10/10", "m2", "RelatedPerson/bro"),
      said("Donor search", valueString="Matched sibling donor is medically unfit", effectiveDateTime=MAY)], "not-met"),
    ("a sibling cannot, whether matched is not said",
     [said("Donor search", valueString="Sibling is too young to donate")], "unknown"),
    ("a sister cannot, whether matched is not said",
     [related(), said(CANNOT, valueString="Ineligible", focus=SISTER)], "unknown"),
    ("the mother cannot", [related("NMTH"), said(CANNOT, valueString="Ineligible", focus=SISTER)], "unknown"),
    ("the typing was declined", [said("Sibling donor typing declined")], "unknown"),
    ("eligible: no", [related(), match(),
     said("Donor eligible", valueBoolean=False, focus=SISTER, effectiveDateTime=MAY)], "met"),
    ("ineligible: no", [related(), match(),
     said("Donor ineligible", valueBoolean=False, focus=SISTER, effectiveDateTime=MAY)], "not-met"),
    ("cannot, but preliminary", [related(), match(),
     said(CANNOT, valueString="Ineligible", focus=SISTER, effectiveDateTime=MAY, status="preliminary")], "not-met"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "resources", "status"), DONATION, ids=[row[0] for row in DONATION])
def test_a_donor_who_cannot_donate(remark: str, resources: list[Resource], status: str) -> None:
    """Only what is newer than the match, and about that donor, says that the match is not available."""
    assert ask(*resources)["status"] == status, remark
    assert ask(*reversed(resources))["status"] == status, remark


@pytest.mark.parametrize("key", ["observations", "questionnaireResponses"])
def test_a_part_that_was_not_sent_is_said(key: str) -> None:
    """Where statements on donors may stand, and were not sent, nothing is concluded."""
    found = asked("I.A.4", [patient()], leave_out=(key,))
    assert found["status"] == "unknown"
    assert causes(found) == {"unavailable"}
