"""I.A.3.a: a relative by blood with LAD-I. A carrier does not count; an explicit denial contradicts it."""

from __future__ import annotations

import pytest

from tests.charts import (
    ICD,
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

LAD_I = concept("Leukocyte adhesion deficiency type I", (ICD, "D71.1"))


def ask(*resources: Resource) -> Resource:
    return asked("I.A.3.a", [patient(), *resources])


def fmh(code: str | None = "NBRO", disease: Resource = LAD_I, text: str | None = None, **more: object) -> Resource:
    relationship = concept(text, (ROLE_CODE, code)) if code else concept(text)
    return {
        "resourceType": "FamilyMemberHistory",
        "id": "fmh",
        "status": "completed",
        "patient": subject(),
        "relationship": relationship,
        "condition": [{"code": disease}],
    } | more


RELATIVES = [
    ("natural mother", "NMTH", "met"), ("mother", "MTH", "met"), ("father", "FTH", "met"),
    ("natural father", "NFTH", "met"),
    ("parent", "PRN", "met"), ("natural brother", "NBRO", "met"), ("brother", "BRO", "met"), ("sister", "SIS", "met"),
    ("sibling", "SIB", "met"), ("half-brother", "HBRO", "met"), ("half-sister", "HSIS", "met"),
    ("twin sister", "TWINSIS", "met"), ("grandmother", "GRMTH", "met"), ("mother's father", "MGRFTH", "met"),
    ("aunt", "AUNT", "met"), ("mother's brother", "MUNCLE", "met"), ("cousin", "COUSN", "met"),
    ("father's cousin", "PCOUSN", "met"), ("child", "CHILD", "met"), ("natural daughter", "DAU", "met"),
    ("niece", "NIECE", "met"), ("nephew", "NEPHEW", "met"),
    ("stepbrother", "STPBRO", "unknown"), ("stepmother", "STPMTH", "unknown"),
    ("brother-in-law", "BROINLAW", "unknown"),
    ("father-in-law", "FTHINLAW", "unknown"), ("adoptive mother", "ADOPTM", "unknown"), ("spouse", "SPS", "unknown"),
    ("domestic partner", "DOMPART", "unknown"), ("friend", "FRND", "unknown"),
    ("a family member", "FAMMEMB", "unknown"),
    ("no code of that name", "FSIB", "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "code", "status"), RELATIVES, ids=[row[0] for row in RELATIVES])
def test_which_relatives_count(remark: str, code: str, status: str) -> None:
    """Relatives by blood count, whatever the degree; relatives by marriage or adoption do not."""
    assert ask(fmh(code))["status"] == status, remark


WORDS_OF_RELATION = [
    ("in words only", None, "Brother", "unknown"),
    ("coded as brother, said to be adopted", "BRO", "Adopted brother", "unknown"),
    ("coded as brother, said to be a step-brother", "BRO", "Step-brother", "unknown"),
    ("coded as mother, said to be in law", "MTH", "Mother-in-law", "unknown"),
    ("coded as uncle, by marriage", "UNCLE", "Uncle by marriage", "unknown"),
    ("coded as cousin, by marriage", "COUSN", "cousin by marriage", "unknown"),
    ("coded as brother, in other words", "BRO", "Older brother", "met"),
]


@pytest.mark.parametrize(("remark", "code", "text", "status"), WORDS_OF_RELATION, ids=[r[0] for r in WORDS_OF_RELATION])
def test_words_of_a_relation(remark: str, code: str | None, text: str, status: str) -> None:
    """The code decides, unless the words beside it say that it is not by blood."""
    assert ask(fmh(code, text=text))["status"] == status, remark


D71_1 = (ICD, "D71.1")
DISEASES = [
    ("D71.1 alone", concept(None, D71_1), "met", set()),
    ("D71.1 without a dot", concept(None, (ICD, "d711")), "met", set()),
    ("LAD-I in words", concept("LAD-I"), "met", set()),
    ("OMIM 116920", concept(None, ("http://www.omim.org", "116920")), "met", set()),
    ("D71.1, type II in words", concept("Leukocyte adhesion deficiency type II", D71_1), "unknown", {"unusable"}),
    ("D71.1, type III in words", concept("LAD-III", D71_1), "unknown", {"unusable"}),
    ("D71.1, types I and II", concept("LAD-I or LAD-II", D71_1), "unknown", {"unusable"}),
    ("D71: too broad", concept(None, (ICD, "D71")), "unknown", {"unusable"}),
    ("LAD, no type", concept("Leukocyte adhesion deficiency"), "unknown", {"unusable"}),
    ("a carrier", concept("LAD-I carrier"), "unknown", {"unusable"}),
    ("a carrier, coded D71.1", concept("Carrier", D71_1), "unknown", {"unusable"}),
    ("heterozygous, coded D71.1", concept("Heterozygous ITGB2 variant", D71_1), "unknown", {"unusable"}),
    ("suspected", concept("Suspected LAD-I"), "unknown", {"unusable"}),
    ("possible, coded D71.1", concept("Possible", D71_1), "unknown", {"unusable"}),
    ("ruled out", concept("LAD-I ruled out"), "unknown", {"unusable"}),
    ("a provisional diagnosis", concept("LAD-I, provisional"), "unknown", {"unusable"}),
    ("a denial of this one relative", concept("No LAD-I", D71_1), "unknown", {"unusable"}),
    ("a trait", concept("LAD-I trait"), "unknown", {"unusable"}),
    ("a trait, coded D71.1", concept("Trait", D71_1), "unknown", {"unusable"}),
    ("a differential", concept("DDx LAD-I"), "unknown", {"unusable"}),
    ("a working diagnosis", concept("Working diagnosis: LAD-I"), "unknown", {"unusable"}),
    ("misdiagnosed", concept("Misdiagnosed LAD-I"), "unknown", {"unusable"}),
    ("thought before", concept("Previously thought to have LAD-I"), "unknown", {"unusable"}),
    ("susceptibility", concept("Genetic susceptibility to LAD-I"), "unknown", {"unusable"}),
    ("compound heterozygous", concept("LAD-I, compound heterozygous"), "met", set()),
    ("the sib's", concept("Sib with LAD-I"), "met", set()),
    ("the twin's", concept("Twin with LAD-I"), "met", set()),
    ("Mom's", concept("Mom has LAD-I"), "met", set()),
    ("a grandfather's", concept("Maternal grandfather had LAD-I"), "met", set()),
    ("a coronary artery", concept("LAD stenosis"), "unknown", {"absent"}),
    ("another disease", concept("Asthma", (ICD, "J45.909")), "unknown", {"absent"}),
    ("family history of it, of the brother", concept("Family history of LAD-I"), "met", set()),
    ("the brother's", concept("Brother with leukocyte adhesion deficiency type I"), "met", set()),
    ("no family history of it", concept("No family history of leukocyte adhesion deficiency type I"), "not-met", set()),
    ("family history negative for it", concept("Family history negative for LAD-I"), "not-met", set()),
    ("no family history of something else", concept("No family history of diabetes; LAD-I"), "unknown",
     {"unusable"}),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "disease", "status", "expected"), DISEASES, ids=[row[0] for row in DISEASES])
def test_what_the_relative_has(remark: str, disease: Resource, status: str, expected: set[str]) -> None:
    """LAD-I, or D71.1 without a word of another type, of a carrier, or of doubt."""
    found = ask(fmh("NBRO", disease))
    assert found["status"] == status, remark
    assert causes(found) == expected, remark


NOTES = [
    ("a carrier, in the note", {"note": [{"text": "Carrier only, unaffected"}]}, "unknown"),
    ("adopted, in the note", {"note": [{"text": "Adopted at birth"}]}, "unknown"),
    ("by marriage, in the note", {"note": [{"text": "Related by marriage"}]}, "unknown"),
    ("a stepbrother by his name", {"name": "Stepbrother Tim"}, "unknown"),
    ("ruled out since, in the note", {"note": [{"text": "Ruled out by flow cytometry"}]}, "unknown"),
    ("a trait, in the note", {"note": [{"text": "Trait only"}]}, "unknown"),
    ("misdiagnosed, in the note", {"note": [{"text": "Misdiagnosed, has CGD"}]}, "unknown"),
    ("compound heterozygous, in the note", {"note": [{"text": "Compound heterozygous for ITGB2"}]}, "met"),
    ("carriers are others", {"note": [{"text": "Both parents are carriers"}]}, "met"),
    ("nothing that bears on it", {"note": [{"text": "Died at 8 months"}], "name": "Adam"}, "met"),
    ("a note that is none", {"note": "Carrier"}, "met"),
]


@pytest.mark.parametrize(("remark", "more", "status"), NOTES, ids=[row[0] for row in NOTES])
def test_notes_on_a_relative(remark: str, more: Resource, status: str) -> None:
    """A note may take back what the code says: the resource has no status of verification."""
    assert ask(fmh("NBRO") | more)["status"] == status, remark


def test_a_note_on_the_disease() -> None:
    """The note may stand on the relative's disease instead."""
    relative = fmh("NBRO")
    relative["condition"][0]["note"] = [{"text": "Carrier"}]
    assert ask(relative)["status"] == "unknown"


OUTCOMES = [
    ("ruled out", concept("Ruled out"), "unknown"),
    ("ruled out, as the code's display",
     {"coding": [{"system": "urn:x", "code": "r", "display": "Diagnosis excluded"}]}, "unknown"),
    ("refuted", concept("Refuted"), "unknown"),
    ("carrier only", concept("Carrier only"), "unknown"),
    ("died", concept("Died at 8 months"), "met"),
    ("a transplant", concept("Recovered after transplant"), "met"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "outcome", "status"), OUTCOMES, ids=[row[0] for row in OUTCOMES])
def test_what_came_of_the_disease(remark: str, outcome: Resource, status: str) -> None:
    """The outcome may take back what the code says, as a note may."""
    relative = fmh("NBRO")
    relative["condition"][0]["outcome"] = outcome
    assert ask(relative)["status"] == status, remark


STATUSES = [
    ("completed", {}, "met"),
    ("partial", {"status": "partial"}, "met"),
    ("health-unknown", {"status": "health-unknown"}, "unknown"),
    ("entered-in-error", {"status": "entered-in-error"}, "unknown"),
    ("another patient's family", {"patient": {"reference": "Patient/p2"}}, "unknown"),
    ("deceased", {"deceasedBoolean": True}, "met"),
    ("no condition", {"condition": []}, "unknown"),
    ("a condition modified in meaning",
     {"condition": [{"code": LAD_I, "modifierExtension": [{"url": "urn:x", "valueBoolean": True}]}]}, "unknown"),
    ("modified in meaning", {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]}, "unknown"),
    ("the second of two conditions", {"condition": [{"code": concept("Asthma")}, {"code": LAD_I}]}, "met"),
    ("cannot be read", {"condition": "LAD-I"}, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "changes", "status"), STATUSES, ids=[row[0] for row in STATUSES])
def test_the_record_of_a_relative(remark: str, changes: Resource, status: str) -> None:
    """Completed and partial histories of this patient's family count."""
    assert ask(fmh(**changes))["status"] == status, remark


YES, NO = {"family-history-of-lad-i": True}, {"family-history-of-lad-i": False}
STATEMENTS = [
    ("nothing", [], "unknown", {"absent"}),
    ("answered yes", [response(YES)], "met", set()),
    ("answered no", [response(NO)], "not-met", set()),
    ("answered no in a draft", [response(NO, status="in-progress")], "unknown", {"unusable"}),
    ("answered yes, then no", [response(YES, "a") | {"authored": "2026-01-02"}, response(NO, "b")], "not-met", set()),
    ("answered yes and no at once", [response(YES, "a"), response(NO, "b")], "unknown", {"conflict"}),
    ("a relative, and answered no", [fmh(), response(NO)], "unknown", {"conflict"}),
    ("a relative, and answered yes", [fmh(), response(YES)], "met", set()),
    ("a stepbrother, and answered no", [fmh("STPBRO"), response(NO)], "not-met", set()),
    ("a carrier, and answered no", [fmh(disease=concept("LAD-I carrier")), response(NO)], "not-met", set()),
    ("a brother has it, the mother not", [fmh(), fmh("NMTH", concept("No LAD-I")) | {"id": "m"}], "met", set()),
    ("Z83.2 alone", [condition("z", concept("Family history of immune disorder", (ICD, "Z83.2")))], "unknown",
     {"unusable"}),
    ("Z84.81 alone", [condition("z", concept("Family history of carrier", (ICD, "Z84.81")))], "unknown",
     {"unusable"}),
    ("Z84.81 without words", [condition("z", concept(None, (ICD, "Z8481")))], "unknown", {"unusable"}),
    ("Z84.81 of the mother", [fmh("NMTH", concept(None, (ICD, "Z84.81")))], "unknown", {"unusable"}),
    ("Z84.81 beside a brother with it", [fmh(), condition("z", concept(None, (ICD, "Z84.81")))], "met", set()),
    ("denied in a note", [fmh("FAMMEMB") | {"condition": [], "note": [{"text": "No family history of LAD-I"}]}],
     "not-met", set()),
    ("denied in a note for one side of the family",
     [fmh("FAMMEMB") | {"condition": [], "note": [{"text": "No family history of LAD-I on the mother's side"}]}],
     "unknown", {"unusable"}),
    ("no other, in the note on a brother who has it",
     [fmh() | {"note": [{"text": "No other family history of LAD-I"}]}], "met", set()),
    ("died of it, in a note", [fmh() | {"condition": [], "note": [{"text": "Died of LAD-I"}]}], "unknown",
     {"unusable"}),
    ("died of something else, in a note", [fmh() | {"condition": [], "note": [{"text": "Died of sepsis"}]}], "unknown",
     {"absent"}),
    ("denied in the value", [observation("o", concept("Family history"),
     valueString="No family history of LAD-I")], "not-met", set()),
    ("told in the value, not whose", [observation("o", concept("Family history"),
     valueString="Family history of LAD-I")], "unknown", {"unusable"}),
    ("something else denied in the value", [observation("o", concept("Family history"),
     valueString="No family history of diabetes")], "unknown", {"absent"}),
    ("Z83.2 that names LAD-I, not whose",
     [condition("z", concept("Family history of LAD-I", (ICD, "Z83.2")))], "unknown", {"unusable"}),
    ("a condition that denies it", [condition("z", concept("No family history of LAD-I"))], "not-met", set()),
    ("the same, refuted", [condition("z", concept("No family history of LAD-I"), "refuted")], "unknown", {"absent"}),
    ("the same, unconfirmed", [condition("z", concept("No family history of LAD-I"), "unconfirmed")], "unknown",
     {"absent"}),
    ("a condition that denies something else, and names a brother",
     [condition("z", concept("No family history of diabetes, brother has LAD-I"))], "unknown", {"unusable"}),
    ("an observation that denies it", [observation("o", concept("No family history of LAD-I"))], "not-met", set()),
    ("the same, in a withdrawn report", [observation("o", concept("No family history of LAD-I")), {
        "resourceType": "DiagnosticReport", "id": "r", "status": "cancelled", "code": concept("Intake"),
        "subject": subject(), "result": [{"reference": "Observation/o"}]}], "unknown", {"absent"}),
    ("the same: not so", [observation("o", concept("No family history of LAD-I"), valueBoolean=False)], "unknown",
     {"absent"}),
    ("the same, preliminary", [observation("o", concept("No family history of LAD-I"), status="preliminary")],
     "unknown", {"absent"}),
    ("asked and answered no",
     [observation("o", concept("Family history of LAD-I"), valueBoolean=False)], "not-met", set()),
    ("asked and answered yes, not whose",
     [observation("o", concept("Family history of LAD-I"), valueBoolean=True)], "unknown", {"unusable"}),
    ("asked, the answer not known", [observation("o", concept("Family history of LAD-I"),
     dataAbsentReason=concept("Unknown"))], "unknown", {"absent"}),
    ("the patient's own LAD-I", [condition("dx", LAD_I)], "unknown", {"absent"}),
    ("another patient's denial", [condition("z", concept("No family history of LAD-I"),
     subject={"reference": "Patient/p2"})], "unknown", {"absent"}),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "resources", "status", "expected"), STATEMENTS, ids=[row[0] for row in STATEMENTS])
def test_statements_on_the_family(remark: str, resources: list[Resource], status: str, expected: set[str]) -> None:
    """Yes, no, silence and contradiction are told apart."""
    found = ask(*resources)
    assert found["status"] == status, remark
    assert causes(found) == expected, remark


def test_the_evidence_names_the_relative() -> None:
    """The evidence is the history, with the relation and the disease."""
    found = ask(fmh("NBRO", text="Brother"))
    assert [each["reference"] for each in found["evidence"]] == ["FamilyMemberHistory/fmh"]
    assert "Brother" in found["evidence"][0]["says"]


@pytest.mark.parametrize("key", ["familyHistory", "questionnaireResponses"])
def test_a_part_that_was_not_sent_is_said(key: str) -> None:
    """Where a family history may stand, and was not sent, nothing is concluded."""
    found = asked("I.A.3.a", [patient()], leave_out=(key,))
    assert found["status"] == "unknown"
    assert causes(found) == {"unavailable"}
