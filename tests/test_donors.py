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
JANUARY, MARCH, MAY, AUGUST = "2026-01-02", "2026-03-04", "2026-05-06", "2026-08-09"
SISTER = [{"reference": "RelatedPerson/sib"}]
BROTHER = [{"reference": "RelatedPerson/bro"}]
RELATION = concept("Donor relationship to patient")
REDACTED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "REDACTED"}]}


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


def match(
    said: Any = "10/10",
    id_: str = "match",
    focus: str | None = "RelatedPerson/sib",
    focus_on: tuple[str, ...] = (),
    **more: Any,
) -> Resource:
    """A match result; what it says is words, or a dict with a `value[x]`. `focus_on`: several related persons."""
    value = said if isinstance(said, dict) else {"valueCodeableConcept": concept(said)}
    people = [focus] if focus else [f"RelatedPerson/{each}" for each in focus_on]
    about = {"focus": [{"reference": each} for each in people]} if people else {}
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
    ("a twin, said to be MZ", [related("TWIN", "MZ twin"), match()], "unknown", {"unusable"}),
    ("a twin, said to be DZ", [related("TWIN", "DZ twin"), match()], "not-met", set()),
    ("a twin, said to be non-MZ", [related("TWIN", "Non-MZ twin"), match()], "not-met", set()),
    ("a twin, identical", [related("TWINBRO", "Twin brother (identical)"), match()], "unknown", {"unusable"}),
    ("a sibling, said to be syngeneic", [related("NSIB", "Syngeneic sibling"), match()], "unknown", {"unusable"}),
    ("a twin, the result says that it is MZ", [related("TWIN"), match("Matched, MZ twin")], "unknown", {"unusable"}),
    ("a twin, the result says HLA identical", [related("TWIN", "Twin"), match("HLA identical")], "not-met", set()),
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
    ("a matched brother whose record is redacted", [related("NBRO", meta=REDACTED), match()], "unknown", {"unusable"}),
    ("a matched brother whose record is not in use", [related("NBRO", active=False), match()], "unknown",
     {"unusable"}),
    ("the mother and the brother in one", [related("NMTH", id_="mum"), related("NBRO"), match(focus=None, focus_on=(
        "mum", "sib"))], "unknown", {"unusable"}),
    ("two full brothers in one", [related("NBRO", id_="bro"), related("NBRO"), match(focus=None, focus_on=(
        "bro", "sib"))], "not-met", set()),
    ("the match answered yes", [related(), match("Yes")], "unknown", {"unusable"}),
    ("a match whose meaning is modified",
     [related(), match(modifierExtension=[{"url": "urn:x", "valueBoolean": True}])], "unknown", {"unusable"}),
    ("a match named by its text only",
     [related(), observation("m", concept("HLA match with sister"), valueString="10/10 matched")],
     "unknown", {"unusable"}),
    ("availability in words",
     [said("HLA-matched sibling donor available", valueBoolean=True)], "unknown", {"unusable"}),
    ("availability in words, whether matched is not said",
     [said("Sibling donor available", valueBoolean=True)], "unknown", {"unusable"}),
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


@pytest.mark.parametrize("contained", [False, True], ids=["alone", "contained"])
def test_a_related_person_not_in_use_is_said(contained: bool) -> None:
    """The gap says that the record is inactive, and not that no relation was stated."""
    person = related("NBRO", active=False)
    shown = [match(focus="#sib", contained=[person])] if contained else [person, match()]
    gap = ask(*shown)["gaps"][0]
    assert "inactive" in gap["because"]
    assert "10/10" in gap["because"]
    assert "inactive" not in ask(related(None, "Friend"), match())["gaps"][0]["because"]


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
    ("HLA-matched except DPB1", "unknown"), ("10/10 except for DPB1", "unknown"), ("Matched at HLA-A only", "unknown"),
    ("Matched apart from HLA-C", "unknown"), ("Near match", "unknown"), ("Best available match", "unknown"),
    ("Best match 10/10", "not-met"), ("Matched at A, B only", "unknown"), ("Only one 10/10 match", "not-met"),
    ("Preliminary match", "unknown"), ("Provisional 10/10", "unknown"), ("Matched, unconfirmed", "unknown"),
    ("Matched, confirmatory typing required", "unknown"), ("Match confirmed", "not-met"),
    ("Matched to mother", "unknown"), ("10/10 with the father", "unknown"), ("HLA identical to parent", "unknown"),
    ("Mother is a match", "unknown"), ("Matched to patient", "not-met"),
    ("ABO matched", "unknown"), ("Sex-matched", "unknown"), ("HLA-matched, ABO matched", "not-met"),
    ("10/10, ABO mismatch", "not-met"), ("ABO matched, HLA mismatched", "unknown"),
    ("Match", "not-met"), ("HLA match", "not-met"), ("Full match", "not-met"), ("10/10 match", "not-met"),
    ("Match: yes", "not-met"), ("Match found", "not-met"), ("HLA match identified.", "not-met"),
    ("Match status: positive", "not-met"), ("Match: full", "not-met"), ("100% match", "not-met"),
    ("Match (10/10)", "not-met"), ("Match:10/10", "not-met"), ("Match:9/10", "unknown"), ("B:08/08", "unknown"),
    ("Match at 10 of 10 alleles", "not-met"), ("Match grade: A 10/10", "not-met"),
    ("Match with patient by high-resolution typing", "not-met"), ("HLA match donor", "not-met"),
    ("Full match - sister", "not-met"), ("Match at all loci", "not-met"), ("Match for transplant", "not-met"),
    ("HLA-identical, match confirmed by typing", "not-met"), ("Siblings match the patient", "not-met"),
    ("Match grade: P", "unknown"), ("Match %: 50", "unknown"), ("Match likelihood 25%", "unknown"),
    ("Match score 0", "unknown"), ("Match level: 50 %", "unknown"), ("Match failed", "unknown"),
    ("Match cancelled", "unknown"), ("Match refused", "unknown"), ("Match excluded", "unknown"),
    ("Match QNS", "unknown"), ("Match run ordered", "unknown"), ("Match testing recommended", "unknown"),
    ("Match-typing sent", "unknown"), ("Match report scanned", "unknown"), ("Match in progress", "unknown"),
    ("Match to follow", "unknown"), ("Match: failed", "unknown"), ("Match donor search ordered", "unknown"),
    ("Match found: 0", "unknown"), ("Matches: 0", "unknown"), ("Matches: 5", "unknown"), ("0 matches", "unknown"),
    ("Matched alleles: 5", "unknown"), ("Matched alleles: 10/10", "not-met"), ("Matched: 2026-03-04", "not-met"),
    ("50% match", "unknown"), ("HLA-identical: 50 percent", "unknown"), ("10/10 match likelihood 25%", "unknown"),
    ("10/10: 60 %", "unknown"), ("HLA matched, grade P", "unknown"), ("Matched score 50", "unknown"),
    ("Failed match", "unknown"), ("Cancelled HLA match", "unknown"), ("Order HLA match", "unknown"),
    ("Search for a match", "unknown"), ("Cross-match", "unknown"), ("Crossmatch and HLA matched", "not-met"),
    ("Matched sibling search ordered", "unknown"), ("HLA-identical sibling typing sent", "unknown"),
    ("Matched; QNS", "unknown"), ("Matched - cancelled", "unknown"), ("10/10; later excluded", "unknown"),
    ("10/10 excluded by high-resolution typing", "unknown"), ("10/10, result withdrawn", "unknown"),
    ("10/10 (reported in error)", "unknown"), ("10/10 match, LAD-I excluded", "not-met"),
    ("10/10; previous transplant failed", "not-met"), ("10/10 match; harvest scheduled", "not-met"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "status"), MATCHES, ids=[row[0] for row in MATCHES])
@pytest.mark.parametrize("shape", ["valueCodeableConcept", "valueString"])
def test_what_a_match_result_says(words: str, status: str, shape: str) -> None:
    """n of n loci with n 6, 8, 10 or 12, or plain words; nothing less, nothing supposed."""
    value = {shape: concept(words) if shape == "valueCodeableConcept" else words}
    assert ask(related(), match(value))["status"] == status


@pytest.mark.parametrize("words", ["Match failed", "Match cancelled", "Typing refused", "QNS", "Testing ordered"])
def test_no_result_is_no_possible_match(words: str) -> None:
    """What was never found out does not stand against an older "none available"."""
    assert ask(related(), none_available(MARCH), match(words, effectiveDateTime=MAY))["status"] == "met"


@pytest.mark.parametrize("display", ["Possible match", "Match failed", "10/10; later excluded"])
def test_a_doubt_in_one_wording_is_a_doubt(display: str) -> None:
    """The text of a result says "Matched", the display of its code does not: nothing tells which holds."""
    coded = concept("Matched") | {"coding": [{"system": "urn:x", "code": "m", "display": display}]}
    assert ask(related(), match({"valueCodeableConcept": coded}))["status"] == "unknown"


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
    ("focus and component agree", [related(), match(component=[
        {"code": RELATION, "valueCodeableConcept": concept("Full sister", (ROLE_CODE, "NSIS"))}])], "not-met"),
    ("the component says that the sister is a full one", [related("SIS"), match(component=[
        {"code": RELATION, "valueCodeableConcept": concept(None, (ROLE_CODE, "NSIS"))}])], "not-met"),
    ("the component says no more", [related(), match(component=[
        {"code": RELATION, "valueString": "Related donor"}])], "not-met"),
    ("the component is a typing", [related(), match(component=[
        {"code": concept("HLA-A match"), "valueCodeableConcept": concept("Matched")}])], "not-met"),
    ("the component says unrelated", [related(), match(component=[
        {"code": RELATION, "valueString": "Unrelated"}])], "unknown"),
    ("the component says unrelated, as a concept", [related(), match(component=[
        {"code": concept("Donor type"), "valueCodeableConcept": concept("Matched unrelated donor")}])], "unknown"),
    ("the component says half-brother", [related("NBRO"), match(component=[
        {"code": RELATION, "valueCodeableConcept": concept(None, (ROLE_CODE, "HBRO"))}])], "unknown"),
    ("the component says mother", [related("NBRO"), match(component=[
        {"code": RELATION, "valueCodeableConcept": concept(None, (ROLE_CODE, "NMTH"))}])], "unknown"),
    ("the component says identical twin", [related("NBRO"), match(component=[
        {"code": RELATION, "valueString": "Identical twin"}])], "unknown"),
    ("a contained RelatedPerson of another patient", [match(focus="#r", contained=[
        related(id_="r", patient={"reference": "Patient/p2"})])], "unknown"),
    ("a brother with an emergency contact's role beside", [related("NBRO", relationship=[
        concept(None, (ROLE_CODE, "NBRO")), concept("Emergency contact")]), match()], "not-met"),
    ("a sister and her half-sister in one", [related(), related("HSIS", id_="h"), match(
        focus=None, component=[
            {"code": RELATION, "valueCodeableConcept": concept(None, (ROLE_CODE, "NSIS"))},
            {"code": RELATION, "valueCodeableConcept": concept(None, (ROLE_CODE, "HSIS"))}])], "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "resources", "status"), SHAPES, ids=[row[0] for row in SHAPES])
def test_where_the_relation_stands(remark: str, resources: list[Resource], status: str) -> None:
    """The donor's relation to the patient may stand in three places."""
    assert ask(*resources)["status"] == status, remark


# --- in a report ------------------------------------------------------------------------------------------------------


def report(status: str = "final", *, lists: str = "Observation/match", **more: Any) -> Resource:
    """A report that lists one result."""
    return {
        "resourceType": "DiagnosticReport",
        "id": "report",
        "status": status,
        "code": concept("HLA typing"),
        "subject": subject(),
        "effectiveDateTime": MARCH,
        "result": [{"reference": lists}],
    } | more


def holding(inside: Resource, status: str = "final", **more: Any) -> Resource:
    """A report that contains the result it lists."""
    return report(status, lists=f"#{inside['id']}") | {"contained": [inside]} | more


NOBODYS = {
    key: value for key, value in match(effectiveDateTime=None).items() if key not in ("subject", "effectiveDateTime")
}
IN_REPORTS = [
    ("contained in a final report", [related(), holding(match())], "not-met", set()),
    ("contained, without a subject of its own", [related(), holding(NOBODYS)], "not-met", set()),
    ("contained, whatever the report is called", [related(), holding(match(), code=concept("Lab report"))], "not-met",
     set()),
    ("contained in a panel", [related(), observation("panel", concept("Lab panel"), contained=[match()],
     hasMember=[{"reference": "#match"}])], "not-met", set()),
    ("contained with the related person", [holding(match(focus="#r"), contained=[match(focus="#r"), related(id_="r")])],
     "not-met", set()),
    ("the panel over it says who", [related(), observation("panel", concept("Donor typing"), focus=SISTER,
     hasMember=[{"reference": "Observation/match"}]), match(focus=None)], "not-met", set()),
    ("the panel inside the report says who", [related(), report(lists="#panel", contained=[
        observation("panel", concept("Typing"), focus=SISTER, hasMember=[{"reference": "#match"}]),
        match(focus=None)])], "not-met", set()),
    ("the panel over it is the mother's", [related("MTH"), observation("panel", concept("Donor typing"), focus=SISTER,
     hasMember=[{"reference": "Observation/match"}]), match(focus=None)], "unknown", {"unusable"}),
    ("contained, a component says who", [holding(match(focus=None, component=[
        {"code": RELATION, "valueCodeableConcept": concept(None, (ROLE_CODE, "NBRO"))}]))], "not-met", set()),
    ("contained in a preliminary report", [related(), holding(match(), "preliminary")], "unknown", {"unusable"}),
    ("contained in a report entered in error", [related(), holding(match(), "entered-in-error")], "unknown",
     {"absent"}),
    ("contained in a cancelled report", [related(), holding(match(), "cancelled")], "unknown", {"unusable"}),
    ("contained, itself entered in error", [related(), holding(match(status="entered-in-error"))], "unknown",
     {"absent"}),
    ("contained in another patient's report", [related(), holding(match(), subject={"reference": "Patient/p2"})],
     "unknown", {"absent"}),
    ("contained, of another patient", [related(), holding(match(subject={"reference": "Patient/p2"}))], "unknown",
     {"absent"}),
    ("contained, modified in meaning", [related(), holding(match(
        modifierExtension=[{"url": "urn:x", "valueBoolean": True}]))], "unknown", {"unusable"}),
    ("contained, none available", [holding(said("Siblings", valueString="No siblings"))], "met", set()),
    ("contained, none available, preliminary", [holding(said("Siblings", valueString="No siblings"), "preliminary")],
     "unknown", {"unusable"}),
    ("contained, on something else", [related(), holding(observation("wbc", concept("Leukocytes")))], "unknown",
     {"absent"}),
    ("contained, an older none", [related(), none_available("2026-03-03"), holding(NOBODYS)], "unknown",
     {"conflict"}),
    ("contained, a newer none", [related(), none_available("2026-03-05"), holding(NOBODYS)], "met", set()),
    ("listed in a final report", [related(), match(), report()], "not-met", set()),
    ("listed in a partial report", [related(), match(), report("partial")], "not-met", set()),
    ("listed in a report entered in error", [related(), match(), report("entered-in-error")], "unknown",
     {"unusable"}),
    ("listed in a cancelled report", [related(), match(), report("cancelled")], "unknown", {"unusable"}),
    ("listed in a withdrawn report, an older none", [related(), none_available("2026-03-03"), match(),
     report("cancelled")], "met", set()),
    ("listed in a withdrawn report and in one that stands", [related(), match(), report("cancelled"),
     report(id="r2")], "not-met", set()),
    ("none available, listed in a cancelled report", [said("No siblings", "match"), report("cancelled")], "unknown",
     {"unusable"}),
    ("cannot donate, listed in a cancelled report", [related(), match(id_="m"), said(
        "Donor eligibility", "match", valueString="Ineligible", focus=[{"reference": "RelatedPerson/sib"}],
        effectiveDateTime=MAY), report("cancelled")], "not-met", set()),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "resources", "status", "expected"), IN_REPORTS, ids=[row[0] for row in IN_REPORTS])
def test_a_result_in_a_report(remark: str, resources: list[Resource], status: str, expected: set[str]) -> None:
    """A result counts inside its report like any other, and is withdrawn with it."""
    found = ask(*resources)
    assert found["status"] == status, remark
    assert causes(found) == expected, remark


def test_contained_people_of_one_id_are_two() -> None:
    """`#r` in one report is not `#r` in another: that the one cannot donate says nothing of the other."""
    cannot = said(
        "Donor eligibility", "c", valueString="Ineligible", focus=[{"reference": "#r"}], effectiveDateTime=MAY
    )
    matched = match(id_="c", focus="#r")
    found = ask(
        holding(matched, contained=[matched, related("NBRO", id_="r")], id="one"),
        holding(cannot, contained=[cannot, related("NSIS", id_="r")], id="two"),
    )
    assert found["status"] == "not-met"


def test_reports_that_were_not_sent_are_said() -> None:
    """A match may stand in a report alone."""
    found = asked("I.A.4", [patient()], leave_out=("diagnosticReports",))
    assert causes(found) == {"unavailable"}


# --- two results on one donor -----------------------------------------------------------------------------------------

BRO = related("NBRO")
RESULTS = [
    ("6/6, then 9/10", [BRO, match("6/6", effectiveDateTime=JANUARY), match("9/10", "m2", effectiveDateTime=AUGUST)],
     "unknown", {"conflict"}),
    ("matched, then mismatched",
     [BRO, match("Matched", effectiveDateTime=JANUARY), match("Mismatched", "m2", effectiveDateTime=AUGUST)],
     "unknown", {"conflict"}),
    ("matched, then answered no",
     [BRO, match("Matched", effectiveDateTime=JANUARY), match("No", "m2", effectiveDateTime=AUGUST)],
     "unknown", {"conflict"}),
    ("matched and mismatched on one day",
     [BRO, match("Matched"), match("Mismatched", "m2")], "unknown", {"conflict"}),
    ("matched, and mismatched on no day",
     [BRO, match("Matched"), match("Mismatched", "m2", effectiveDateTime=None)], "unknown", {"conflict"}),
    ("9/10, then 10/10",
     [BRO, match("9/10", effectiveDateTime=JANUARY), match("10/10", "m2", effectiveDateTime=AUGUST)],
     "not-met", set()),
    ("matched, then mismatched, preliminary",
     [BRO, match(effectiveDateTime=JANUARY), match("9/10", "m2", effectiveDateTime=AUGUST, status="preliminary")],
     "not-met", set()),
    ("matched, then mismatched in words of a local code", [BRO, match(effectiveDateTime=JANUARY), said(
        "HLA match with brother", valueString="9/10", focus=[{"reference": "RelatedPerson/sib"}],
        effectiveDateTime=AUGUST)], "unknown", {"conflict"}),
    ("matched; another brother is mismatched", [BRO, related("NBRO", id_="bro"), match(effectiveDateTime=JANUARY),
     match("9/10", "m2", "RelatedPerson/bro", effectiveDateTime=AUGUST)], "not-met", set()),
    ("matched; a donor not told is mismatched",
     [BRO, match(effectiveDateTime=JANUARY), match("9/10", "m2", None, effectiveDateTime=AUGUST)], "not-met", set()),
    ("the brother matched, then mismatched; the sister matched", [BRO, related(id_="sis"), match(
        effectiveDateTime=JANUARY), match("9/10", "m2", effectiveDateTime=AUGUST),
     match("10/10", "m3", "RelatedPerson/sis")], "not-met", set()),
    ("matched, then mismatched, then none", [BRO, match("6/6", effectiveDateTime=JANUARY),
     match("9/10", "m2", effectiveDateTime="2026-04-01"), none_available()], "met", set()),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "resources", "status", "expected"), RESULTS, ids=[row[0] for row in RESULTS])
def test_two_results_on_one_donor(remark: str, resources: list[Resource], status: str, expected: set[str]) -> None:
    """A later result that the same donor does not match is a conflict; it does not say that nobody does."""
    for order in (resources, list(reversed(resources))):
        found = ask(*order)
        assert found["status"] == status, remark
        assert causes(found) == expected, remark


def test_both_results_are_shown() -> None:
    """The reader sees the match and the mismatch."""
    found = ask(BRO, match("6/6", effectiveDateTime=JANUARY), match("9/10", "m2", effectiveDateTime=AUGUST))
    assert {each["reference"] for each in found["evidence"]} == {"Observation/match", "Observation/m2"}


# --- reports and notes in words ---------------------------------------------------------------------------------------

FOUND = "10/10 HLA-matched sibling donor identified"


def concluding(conclusion: str, **more: Any) -> Resource:
    plain = {key: value for key, value in report(**more).items() if key != "result"}
    return plain | {"conclusion": conclusion, "effectiveDateTime": MAY} | more


def document(description: str, **more: Any) -> Resource:
    return {
        "resourceType": "DocumentReference",
        "id": "note",
        "status": "current",
        "type": concept("Donor search report"),
        "subject": subject(),
        "date": "2026-05-06T10:00:00Z",
        "description": description,
        "content": [{"attachment": {"title": "Report"}}],
    } | more


IN_WORDS = [
    ("a conclusion", concluding(FOUND), "unknown"),
    ("a conclusion of a report of any name", concluding(FOUND, code=concept("Lab report")), "unknown"),
    ("a coded conclusion", concluding("See below", conclusionCode=[concept("HLA-identical brother")]), "unknown"),
    ("a note's description", document(FOUND), "unknown"),
    ("a brother and a sister", document("Brother is a 10/10 match, sister is not"), "unknown"),
    ("loci listed", document("Brother 10/10 at A, B, C, DRB1 and DQB1"), "unknown"),
    ("a line of several", document("Donor search\nBrother 10/10\nSister not matched"), "unknown"),
    ("what was typed", document("HLA typing of brother: 10/10 match with the brother"), "unknown"),
    ("what is looked for", document("Recommend HLA typing of siblings to find a match"), "met"),
    ("what is weighed", document("Discussed matched sibling transplant as an option"), "met"),
    ("a preliminary conclusion", concluding(FOUND, status="preliminary"), "unknown"),
    ("a conclusion that was withdrawn", concluding(FOUND, status="cancelled"), "met"),
    ("a conclusion entered in error", concluding(FOUND, status="entered-in-error"), "met"),
    ("another patient's", document(FOUND, subject={"reference": "Patient/p2"}), "met"),
    ("a superseded note", document(FOUND, status="superseded"), "met"),
    ("no match", document("No HLA-matched sibling donor identified"), "met"),
    ("not a match", document("Brother is not a match"), "met"),
    ("nothing found", document("Search for an HLA-matched sibling donor"), "met"),
    ("a question", document("Matched sibling donor?"), "met"),
    ("an unrelated donor", document("10/10 matched unrelated donor; no sibling"), "met"),
    ("a half-brother", document("Half-brother 10/10"), "met"),
    ("a sibling with the disease", document("Brother seen in clinic"), "met"),
    ("cannot donate", document("The matched sibling donor is medically unfit to donate"), "met"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "words", "status"), IN_WORDS, ids=[row[0] for row in IN_WORDS])
def test_a_matched_sibling_in_words_is_not_passed_over(remark: str, words: Resource, status: str) -> None:
    """It does not count, but an older "none available" does not hold against it; a newer one settles it."""
    assert ask(none_available(MARCH), words)["status"] == status, remark
    assert ask(none_available(AUGUST), words)["status"] == "met", remark
    alone = ask(words)
    assert alone["status"] == "unknown", remark
    if status == "unknown":
        assert causes(alone) == {"unusable"}, remark
        assert causes(ask(none_available(MARCH), words)) == {"conflict"}, remark


def test_words_do_not_undo_what_the_results_settle() -> None:
    """A note of the match that is older than its donor's refusal leaves nothing open."""
    refused = said("Donor eligibility", valueString="Declined", focus=SISTER, effectiveDateTime=AUGUST)
    assert ask(related(), match(), document(FOUND), refused)["status"] == "met"
    unfit = said("Donor search", valueString="Matched sibling donor is medically unfit", effectiveDateTime=AUGUST)
    assert ask(related(), match(), document(FOUND), unfit)["status"] == "met"


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
    ("a yes with a qualification", related("NSIS"), said("Matched sibling donor", valueString="Yes - not cleared"),
     "unknown"),
    ("a match in words", related("NSIS"), said("HLA match with sister", valueString="10/10 matched"), "unknown"),
    ("a preliminary match", related("NSIS"), match(status="preliminary"), "unknown"),
    ("a match of a donor not told", related("NSIS"), match(focus=None), "unknown"),
    ("a half-sister's match", related("HSIS"), match(), "met"),
    ("a match answered yes", related("NSIS"), match("Yes"), "unknown"),
    ("a sibling donor available, in words", related("NSIS"), said("Sibling donor available", valueBoolean=True),
     "unknown"),
    ("a matched one available, in words", related("NSIS"), said("HLA-matched sibling donor available",
     valueBoolean=True), "unknown"),
    ("a donor who has two relations", related("NBRO"), match(component=[{"code": RELATION, "valueString": "Mother"}]),
     "unknown"),
    ("a match in a word that is not read", related("NSIS"), match("Identical"), "unknown"),
    ("a match in words that disagree", related("NSIS"), match("10/10 at low resolution, 9/10 at high"), "unknown"),
    ("a match that is still to come", related("NSIS"), match("Pending"), "met"),
    ("a match that was not looked for", related("NSIS"), match("Not tested"), "met"),
    ("a match answered no", related("NSIS"), match("No"), "met"),
    ("no match in words", related("NSIS"), said("Sibling match", valueString="No"), "met"),
    ("no mismatch in words", related("NSIS"), said("HLA mismatches", valueInteger=0, focus=SISTER), "unknown"),
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
    ("how many siblings: 0", said("How many siblings does the patient have?", valueInteger=0), "met"),
    ("how many siblings: none", said("How many full siblings do you have?", valueString="None"), "met"),
    ("how many siblings are there: 0", said("How many siblings are there", valueInteger=0), "met"),
    ("how many matched siblings: 0", said("How many HLA-matched siblings?", valueInteger=0), "met"),
    ("any sibling match: no", said("Any sibling match?", valueBoolean=False), "met"),
    ("sibling match found: no", said("HLA-matched sibling donor found", valueString="No"), "met"),
    *(
        (f"{question}: no", said(question, valueBoolean=False), "met")
        for question in (
            "Is an HLA-matched sibling donor available?", "Is there an available HLA-matched sibling donor?",
            "Does patient have an HLA-matched sibling donor?", "Does the patient have a matched sibling donor",
            "Has HLA-matched sibling donor", "Patient has an HLA-identical sibling donor",
            "Has an HLA-matched sibling donor been identified?", "Was a matched sibling donor found?",
            "Any HLA-matched siblings?", "Are there any HLA-identical siblings?",
            "Does the child have a matched sibling?", "HLA matched sibling identified?",
            "HLA-identical sibling available", "Is an HLA-matched sibling available?",
            "Are any of the siblings HLA-matched?", "Is any sibling a match?",
        )
    ),
    *(
        (f"{name}: no", said(name, valueString="No"), "unknown")
        for name in (
            "HLA-matched sibling", "Is the sibling HLA-matched?", "Is the HLA-matched sibling donor available?",
            "Any siblings tested?", "Has the sibling been HLA-typed?", "Does the mother have an HLA-matched sibling?",
            "Does patient have an HLA-matched unrelated donor?", "HLA-matched sibling donor typing available",
        )
    ),
    *(
        (name, said(name, valueBoolean=True), "met")
        for name in ("Patient lacks an HLA-matched sibling donor", "Absence of HLA-matched sibling donor")
    ),
    *(
        (f"matched sibling donor: {value}", said("Matched sibling donor", valueString=value), "unknown")
        for value in (
            "Yes - not cleared", "Yes, but declined", "Y - ineligible", "Available - declined", "Matched, not cleared",
            "Declined", "Refused", "Declined by family", "Deferred", "Not cleared", "Yes", "Pending",
        )
    ),
    ("donor search: yes with a qualification", said("Donor search",
     valueString="Matched sibling donor: yes, not cleared"), "unknown"),
    ("donor search: declined, by whom is not said", said("Donor search", valueString="Matched sibling donor: declined"),
     "unknown"),
    ("matched sibling donor: declined to donate", said("Matched sibling donor",
     valueString="Declined to donate"), "met"),
    ("matched sibling donor: ineligible", said("Matched sibling donor", valueString="Medically ineligible"), "met"),
    ("matched sibling donor declined", said("Donor search", valueString="Matched sibling donor declined"), "met"),
    ("none, as the mother tells", said("No siblings", performer=[{"reference": "RelatedPerson/mum"}]), "unknown"),
    ("how many are affected: 0", said("How many siblings are affected?", valueInteger=0), "unknown"),
    ("how many with LAD-I: none", said("How many siblings with LAD-I?", valueString="None"), "unknown"),
    ("how many have died: 0", said("How many siblings have died?", valueInteger=0), "unknown"),
    ("how many live with you: 0", said("How many siblings live with you?", valueInteger=0), "unknown"),
    ("how many does the mother have: 0", said("How many siblings does the mother have?", valueInteger=0), "unknown"),
    ("how many were typed: 0", said("How many siblings typed", valueInteger=0), "unknown"),
    ("with siblings: no", said("With siblings", valueBoolean=False), "unknown"),
    ("siblings: negative", said("Siblings", valueString="Negative"), "unknown"),
    ("sibling: no", said("Sibling", valueString="No"), "unknown"),
    ("sibling match: no", said("Sibling match", valueString="No"), "unknown"),
    ("sibling match: negative", said("Sibling match", valueString="Negative"), "unknown"),
    ("HLA sibling match, coded: no", match("No", focus=None) | {
        "code": concept("HLA sibling match", (LOINC, "96061-7"))}, "unknown"),
    ("matched sibling donor, coded: no", match("No", focus=None) | {
        "code": concept("HLA-matched sibling donor", (LOINC, "96061-7"))}, "unknown"),
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
    *(
        (words, said("Donor search", valueString=words), "met")
        for words in (
            "No HLA-matched sibling donor. Father is haploidentical.",
            "No HLA-identical sibling; haploidentical mother available",
            "No HLA-matched sibling donor, father is haploidentical", "No matched sibling donor (mother 5/10 match)",
            "Mother is haploidentical. No HLA-matched sibling donor.", "No siblings. Mother is haploidentical.",
            "No HLA-matched sibling donor. Sister 5/10, mother haploidentical.",
            "Matched sibling donor search complete. No matched sibling donor identified.",
        )
    ),
    *(
        (words, said("Donor search", valueString=words), "unknown")
        for words in (
            "Mother is healthy. No siblings.", "Mother: healthy, no siblings", "No siblings (maternal)",
            "Father is haploidentical, no siblings", "Father has no HLA-matched sibling donor. Mother is healthy.",
            "No HLA-matched sibling donor. Brother and mother match.",
            "No matched sibling donor; sister is a 10/10 match for transplant",
            "No matched sibling donor; sister is 10/10 matched", "No matched sibling donor. Sister: 10/10",
        )
    ),
    ("no siblings, in text of the mother", said("Siblings", valueCodeableConcept=concept("Mother has no siblings") | {
        "coding": [{"system": "urn:x", "code": "n", "display": "No siblings"}]}), "unknown"),
    ("a long text", said("Siblings", valueString="no full " * 200 + "siblings"), "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "statement", "status"), WORDS, ids=[row[0] for row in WORDS])
def test_none_in_words(remark: str, statement: Resource, status: str) -> None:
    """A whole clause that there is no sibling or no match counts; words that only come near it do not."""
    assert ask(statement)["status"] == status, remark


OF_ONE = [
    ("sibling match: no", said("Sibling match", valueString="No")),
    ("matched sibling donor: no", said("HLA-matched sibling donor", valueBoolean=False)),
    ("matched sibling donor available: no", said("HLA-matched sibling donor available", valueBoolean=False)),
    ("sibling donor available: no", said("Sibling donor available", valueBoolean=False)),
    ("no matched sibling donor", said("Donor search", valueString="No HLA-matched sibling donor")),
    ("no siblings", said("No siblings", valueBoolean=True)),
    ("none of them matches", said("Donor search", valueString="None of his siblings is a match")),
    ("HLA sibling match, coded: no", match("No", "said", focus=None) | {
        "code": concept("HLA sibling match", (LOINC, "96061-7"))}),
]  # fmt: skip
ON_ONE = [
    ("a brother in focus", "NBRO", {"focus": [{"reference": "RelatedPerson/sib"}]}),
    ("the mother in focus", "MTH", {"focus": [{"reference": "RelatedPerson/sib"}]}),
    ("somebody else's record in focus", "NBRO", {"focus": [{"reference": "Patient/bro"}]}),
    ("somebody by name in focus", "NBRO", {"focus": [{"display": "Tom"}]}),
    ("a brother who performs", "NBRO", {"performer": [{"reference": "RelatedPerson/sib"}]}),
    ("a brother in a component", "NBRO", {"component": [
        {"code": RELATION, "valueCodeableConcept": concept(None, (ROLE_CODE, "NBRO"))}]}),
    ("a brother in a component, in words", "NBRO", {"component": [{"code": RELATION, "valueString": "brother"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("who", "code", "about"), ON_ONE, ids=[row[0] for row in ON_ONE])
@pytest.mark.parametrize(("remark", "statement"), OF_ONE, ids=[row[0] for row in OF_ONE])
def test_a_no_about_one_is_no_none(remark: str, statement: Resource, who: str, code: str, about: Resource) -> None:
    """One who does not match does not say that none does, and the mother's siblings are not the patient's."""
    found = ask(related(code), related(id_="sister"), statement | about)
    assert found["status"] == "unknown", (remark, who)
    assert causes(found) == {"unusable"}, (remark, who)


def test_who_tells_is_not_whom_it_is_about() -> None:
    """The mother who says that there are no siblings speaks of the patient's."""
    told = said("No siblings", valueBoolean=True, performer=[{"reference": "RelatedPerson/mum"}])
    assert ask(related("NMTH", id_="mum"), told)["status"] == "met"
    assert ask(said("No siblings", focus=[{"reference": "Patient/p1"}]))["status"] == "met"


# --- who cannot donate ------------------------------------------------------------------------------------------------

CANNOT = "Donor eligibility"
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
    ("the matched sister: declined, of what is not said", [related(), match(),
     said("Matched sibling donor", valueString="Declined", focus=SISTER, effectiveDateTime=MAY)], "not-met"),
    ("the matched sister: yes, with a qualification", [related(), match(),
     said("Matched sibling donor", valueString="Yes - not cleared", focus=SISTER, effectiveDateTime=MAY)], "not-met"),
    ("ineligible: no", [related(), match(),
     said("Donor ineligible", valueBoolean=False, focus=SISTER, effectiveDateTime=MAY)], "not-met"),
    ("the matched sister is not available, newer", [related(), match(),
     said("Sibling donor available", valueBoolean=False, focus=SISTER, effectiveDateTime=MAY)], "met"),
    ("the sister is no matched donor, newer", [related(), match(),
     said("HLA-matched sibling donor", valueBoolean=False, focus=SISTER, effectiveDateTime=MAY)], "unknown"),
    ("the brother is not available, the matched sister still is", [related(), related("NBRO", id_="bro"), match(),
     said("Sibling donor available", valueBoolean=False, focus=BROTHER, effectiveDateTime=MAY)], "not-met"),
    *(
        (f"the matched sister: {words}", [related(), match(),
         said("Donor evaluation", valueString=words, focus=SISTER, effectiveDateTime=MAY)], status)
        for words, status in (
            ("Excluded", "met"), ("Sister excluded", "met"), ("Medically deferred", "met"),
            ("Excluded from donation", "met"), ("Donor has been excluded", "met"),
            ("LAD-I excluded", "not-met"), ("HIV and hepatitis B excluded", "not-met"),
            ("Vaccination deferred", "not-met"), ("Vaccination refused", "not-met"),
            ("CMV serology not available", "not-met"), ("Records unavailable", "not-met"),
        )
    ),
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
