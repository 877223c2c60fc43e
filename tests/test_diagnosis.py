"""I.A.1.diagnosis: what says LAD-I, what only may, what denies it, row by row."""

from __future__ import annotations

import pytest

from tests.charts import (
    ICD,
    SCT,
    Resource,
    asked,
    causes,
    complete,
    concept,
    condition,
    criteria,
    determination,
    lad,
    order,
    request,
    without,
)

OMIM = "http://www.omim.org"
ICD_OID = "urn:oid:2.16.840.1.113883.6.90"
MODIFIER = [{"url": "https://ehr.example/negated", "valueBoolean": True}]


def diagnosed(*conditions: Resource, **more: object) -> Resource:
    """The diagnosis of a chart that is complete but for these conditions."""
    return asked("I.A.1.diagnosis", [*without(complete(), "dx"), *conditions], **more)


def dx(code: Resource, verification: str | None = "confirmed", id_: str = "dx", **more: object) -> Resource:
    return condition(id_, code, verification, **more)


def words(text: str) -> Resource:
    return dx(concept(text))


def coded(text: str | None, *codings: tuple[str, str]) -> Resource:
    return dx(concept(text, *codings))


SAYS = [
    # what says LAD-I, by code
    ("D71.1 with its dot", coded(None, (ICD, "D71.1")), "met"),
    ("D71.1 without dot, in small letters", coded(None, (ICD, "d711")), "met"),
    ("D71.1 under ICD-10-CM's OID", coded(None, (ICD_OID, "D71.1")), "met"),
    ("OMIM 116920", coded(None, (OMIM, "116920")), "met"),
    ("D71.1 beside the old D71", coded(None, (ICD, "D71"), (ICD, "D71.1")), "met"),
    ("D71.1 beside an unknown SNOMED code", coded(None, (SCT, "999"), (ICD, "D71.1")), "met"),
    # what says LAD-I, in words
    ("LAD-I in words", words("LAD-I"), "met"),
    ("LAD 1 in words", words("LAD 1"), "met"),
    ("LAD-1 beside what it does", words("LAD-1 with recurrent skin infections"), "met"),
    ("LAD of a coronary artery, one vessel", words("CAD, LAD 1-vessel disease"), "unknown"),
    ("LAD of lymph nodes, with a size", words("Cervical LAD 1 cm"), "unknown"),
    ("LAD of lymph nodes, with a decimal", words("LAD 1.5 cm, submandibular"), "unknown"),
    ("LAD of lymph nodes, counted", words("Inguinal LAD 1 node"), "unknown"),
    ("LAD of a coronary artery, its segment", words("Mid LAD 1 disease"), "unknown"),
    ("LAD of a coronary artery, proximal", words("Proximal LAD-1 disease"), "unknown"),
    ("LAD of a coronary artery, calcified", words("LAD 1 calcification"), "unknown"),
    ("LAD type I", words("LAD type I"), "met"),
    ("written out, Roman numeral", words("Leukocyte adhesion deficiency, type I"), "met"),
    ("written out, British, digit", words("Leucocyte adhesion deficiency type 1"), "met"),
    ("type first", words("Type 1 leukocyte adhesion deficiency"), "met"),
    ("abbreviation in brackets", words("Leukocyte adhesion deficiency (LAD-I)"), "met"),
    ("a Roman numeral that is one character", words("LAD-Ⅰ"), "met"),
    ("an en dash", words("LAD–I"), "met"),
    ("beside a stenosis elsewhere", words("Leukocyte adhesion deficiency type I with laryngeal stenosis"), "met"),
    ("not otherwise specified", words("Leukocyte adhesion deficiency type I, NOS"), "met"),
    # another type
    ("type II in words", words("LAD-II"), "unknown"),
    ("type III in words", words("Leukocyte adhesion deficiency type III"), "unknown"),
    ("LAD-I variant is type III", words("LAD-I variant"), "unknown"),
    ("LAD-1/variant is type III", words("LAD-1/variant"), "unknown"),
    ("D71.1 whose text says type II", coded("Leukocyte adhesion deficiency type II", (ICD, "D71.1")), "unknown"),
    ("D71.1 whose text says type first", coded("Type III leukocyte adhesion deficiency", (ICD, "D71.1")), "unknown"),
    ("D71.1 beside OMIM of type III", coded(None, (ICD, "D71.1"), (OMIM, "612840")), "unknown"),
    ("D71.1 beside OMIM of type II", coded(None, (ICD, "D71.1"), (OMIM, "266265")), "unknown"),
    ("D71.1 by the other name of type II", coded("Rambam-Hasharon syndrome", (ICD, "D71.1")), "unknown"),
    ("D71.1 by the protein of type III", coded("Kindlin-3 deficiency", (ICD, "D71.1")), "unknown"),
    ("D71.1 by the gene of type II", coded("SLC35C1-CDG", (ICD, "D71.1")), "unknown"),
    ("both types at once", words("Leukocyte adhesion deficiency type I or II"), "unknown"),
    ("LAD-I/LAD-III", words("LAD-I / LAD-III"), "unknown"),
    # hedged or denied words
    ("rule out", words("r/o LAD-I"), "unknown"),
    ("rule-out with a hyphen", words("Rule-out LAD-I"), "unknown"),
    ("suspected", words("Suspected LAD-I"), "unknown"),
    ("possible", words("Possible leukocyte adhesion deficiency type I"), "unknown"),
    ("may be", words("May be LAD-I"), "unknown"),
    ("question mark", words("LAD-I?"), "unknown"),
    ("denied", words("No evidence of LAD-I"), "unknown"),
    ("excluded afterwards", words("LAD-I excluded by flow cytometry"), "unknown"),
    ("against another", words("LAD-I vs CGD"), "unknown"),
    ("only like it", words("LAD-I-like phenotype"), "unknown"),
    ("provisional in its words", words("LAD-I, provisional"), "unknown"),
    ("provisional before it", words("Provisional diagnosis: LAD-I"), "unknown"),
    ("a differential diagnosis", words("LAD-I differential"), "unknown"),
    ("a code whose text is provisional", coded("LAD-I (provisional)", (ICD, "D71.1")), "unknown"),
    ("exposure to a trial", words("Exposure to LAD-I trial"), "unknown"),
    ("a trial of it", words("LAD-I gene therapy trial"), "unknown"),
    ("a study for it", words("Enrolled in study for LAD-I"), "unknown"),
    ("counselling", words("Counseling about LAD-I"), "unknown"),
    ("counselling after its name", words("LAD-I counselling"), "unknown"),
    ("a referral", words("Referred for LAD-I"), "unknown"),
    ("a donor's", words("Donor for LAD-I patient"), "unknown"),
    ("the disease, beside a trial", words("LAD-I, enrolled in gene therapy trial"), "met"),
    ("counselling before a comma", words("Counseling, LAD-I"), "unknown"),
    ("the disease, after a visit of another kind", words("Referred. LAD-I"), "met"),
    ("the disease, counselling given", words("LAD-I; counseling given to the parents"), "met"),
    ("a carrier", words("LAD-I carrier"), "unknown"),
    ("family history", words("Family history of LAD-I"), "unknown"),
    ("an uncle's", words("LAD-I in uncle"), "unknown"),
    ("screening", words("Screening for LAD-I"), "unknown"),
    ("D71.1 taken back by its text", coded("r/o LAD", (ICD, "D71.1")), "unknown"),
    ("D71.1 doubted by its text", coded("Suspected immunodeficiency", (ICD, "D71.1")), "unknown"),
    # a differential, a working diagnosis, a trait, a risk, a diagnosis given up
    ("DDx", words("DDx LAD-I"), "unknown"),
    ("a list of differentials", words("DDx: CGD, LAD-I"), "unknown"),
    ("Diff. dx", words("Diff. dx: LAD-I"), "unknown"),
    ("a diagnosis", words("Dx: LAD-I"), "met"),
    ("a working diagnosis", words("Working diagnosis: LAD-I"), "unknown"),
    ("a trait", words("LAD-I trait"), "unknown"),
    ("heterozygous", words("Heterozygous for ITGB2 (LAD-I)"), "unknown"),
    ("a heterozygote", words("LAD-I, heterozygote"), "unknown"),
    ("heterozygous, in brackets", words("LAD-I (heterozygous)"), "unknown"),
    ("homozygous", words("LAD-I (homozygous ITGB2)"), "met"),
    ("compound heterozygous", words("Compound heterozygous ITGB2 LAD-I"), "met"),
    ("compound heterozygous, after its name", words("LAD-I (compound heterozygous)"), "met"),
    ("heterozygous compound", words("Heterozygous compound ITGB2 LAD-I"), "met"),
    ("susceptibility", words("Genetic susceptibility to LAD-I"), "unknown"),
    ("a risk", words("Risk for LAD-I"), "unknown"),
    ("potential", words("Potential LAD-I"), "unknown"),
    ("suspicion", words("LAD-I suspicion"), "unknown"),
    ("high suspicion", words("LAD-I, high suspicion"), "unknown"),
    ("suspicious", words("Suspicious for LAD-I"), "unknown"),
    ("misdiagnosed", words("Misdiagnosed LAD-I"), "unknown"),
    ("misdiagnosed, after its name", words("LAD-I (misdiagnosed)"), "unknown"),
    ("misdiagnosed as another", words("LAD-I, initially misdiagnosed as CGD"), "met"),
    ("misdiagnosed as another, said first", words("Initially misdiagnosed as CGD, LAD-I"), "met"),
    ("thought before", words("Previously thought to have LAD-I"), "unknown"),
    ("another disease now", words("Initially diagnosed as LAD-I, now CGD"), "unknown"),
    ("known to be another disease now", words("LAD-I, now known to be CGD"), "unknown"),
    ("revised", words("LAD-I, diagnosis revised"), "unknown"),
    ("diagnosed before", words("LAD-I, previously diagnosed at outside hospital"), "met"),
    ("diagnosed previously", words("LAD-I diagnosed previously"), "met"),
    ("diagnosed first in 2024", words("LAD-I initially diagnosed in 2024"), "met"),
    ("a history of it", words("History of LAD-I"), "met"),
    ("its state now", words("LAD-I, now on antibiotics"), "met"),
    ("absent", words("LAD-I absent"), "unknown"),
    ("absent CD18", words("LAD-I with absent CD18"), "met"),
    ("CD18 absent", words("LAD-I, CD18 absent"), "met"),
    ("CD18 negative", words("LAD-I (CD18 negative)"), "met"),
    ("less likely", words("LAD-I less likely"), "unknown"),
    ("doubtful", words("LAD-I, doubtful"), "unknown"),
    ("not present", words("LAD-I not present"), "unknown"),
    ("to be confirmed", words("LAD-I, to be confirmed"), "unknown"),
    ("doubtful at the end of the line", words("LAD-I with recurrent skin infections since birth, doubtful"), "unknown"),
    ("a sib's", words("Sib of child with LAD-I"), "unknown"),
    ("Mom's", words("Mom has LAD-I"), "unknown"),
    ("Dad's, after its name", words("LAD-I in dad"), "unknown"),
    ("a twin's", words("Twin of child with LAD-I"), "unknown"),
    ("a twin who has it", words("Twin A, LAD-I"), "met"),
    ("a grandmother's", words("Grandmother with LAD-I"), "unknown"),
    ("a relative in brackets", words("LAD-I (cousin)"), "unknown"),
    ("the patient's, of consanguineous parents", words("Consanguineous parents, LAD-I"), "met"),
    ("a sibling beside", words("LAD-I, sister not affected"), "met"),
    ("prevention", words("LAD-I prevention"), "unknown"),
    ("what it puts the patient at risk of", words("At risk for infection due to LAD-I"), "met"),
    ("awaiting a treatment", words("LAD-I, awaiting gene therapy"), "met"),
    ("awaiting its confirmation", words("Awaiting confirmation of LAD-I"), "unknown"),
    ("D71.1 beside a trait", coded("Trait", (ICD, "D71.1")), "unknown"),
    ("D71.1 beside a doubtful word", coded("Immunodeficiency, doubtful", (ICD, "D71.1")), "unknown"),
    ("D71.1 beside a differential", coded("DDx immunodeficiency", (ICD, "D71.1")), "unknown"),
    # the type, however it is put
    ("the type after a comma", words("LAD, type I"), "met"),
    ("the type first, abbreviated", words("Type 1 LAD"), "met"),
    ("the type after a comma, type II", words("LAD, type II"), "unknown"),
    ("types I to III", words("Leukocyte adhesion deficiency type I-III"), "unknown"),
    ("an age after it", words("LAD-I, 2 years old"), "met"),
    ("a heart attack of type 1", words("LAD, type 1 MI"), "unknown"),
    ("levels of lymph nodes", words("LAD I-IV levels neck"), "unknown"),
    ("a level of lymph nodes", words("LAD I level, neck"), "unknown"),
    ("a lymph node", words("LAD-1 node, right axilla"), "unknown"),
    ("swollen nodes of the neck", words("LAD-I neck"), "unknown"),
    ("swollen nodes, their side first", words("Cervical LAD I"), "unknown"),
    ("an abscess of the neck", words("LAD-I, neck abscess"), "met"),
    ("nodes beside the disease", words("LAD-I with cervical lymphadenopathy"), "met"),
    # too broad, or something else
    ("D71 alone", coded(None, (ICD, "D71")), "unknown"),
    ("D84.0 alone", coded(None, (ICD, "D84.0")), "unknown"),
    ("written out without a type", words("Leukocyte adhesion deficiency"), "unknown"),
    ("D71.8 is something else", coded("Chronic granulomatous disease", (ICD, "D71.8")), "unknown"),
    ("the coronary artery", words("LAD stenosis"), "unknown"),
    ("the coronary artery, with a digit", words("Stent in LAD 1"), "unknown"),
    ("left anterior descending", words("Left anterior descending artery disease (LAD)"), "unknown"),
    # type II or III, however it stands beside the code or the name
    ("D71.1, type II or III: a comma", coded("LAD, type III", (ICD, "D71.1")), "unknown"),
    ("D71.1, type II or III: a slash", coded("LAD/III", (ICD, "D71.1")), "unknown"),
    ("D71.1, type II or III: a colon", coded("Leukocyte adhesion deficiency: type III", (ICD, "D71.1")), "unknown"),
    (
        "D71.1, type II or III: after a bracket",
        coded("Leukocyte adhesion deficiency [LAD] type III", (ICD, "D71.1")),
        "unknown",
    ),
    (
        "D71.1, type II or III: after a bracket and colon",
        coded("Leukocyte adhesion deficiency (LAD): III", (ICD, "D71.1")),
        "unknown",
    ),
    (
        "D71.1, type II or III: two types",
        coded("Leukocyte adhesion deficiency types II/III", (ICD, "D71.1")),
        "unknown",
    ),
    (
        "D71.1, type II or III: two types in words",
        coded("Leukocyte adhesion deficiency types II and III", (ICD, "D71.1")),
        "unknown",
    ),
    ("D71.1, type II or III: of a syndrome", coded("LAD syndrome type II", (ICD, "D71.1")), "unknown"),
    ("D71.1, type II or III: type before", coded("Type III LAD", (ICD, "D71.1")), "unknown"),
    ("D71.1, type II or III: in German", coded("Leukozytenadhäsionsdefekt Typ III", (ICD, "D71.1")), "unknown"),
    (
        "D71.1, type II or III: in French",
        coded("Déficit d'adhésion leucocytaire de type III", (ICD, "D71.1")),
        "unknown",
    ),
    (
        "D71.1, type II or III: in Spanish",
        coded("Deficiencia de adhesión leucocitaria tipo 3", (ICD, "D71.1")),
        "unknown",
    ),
    ("D71.1, another type: ruled out", coded("LAD-I. Types II and III excluded", (ICD, "D71.1")), "met"),
    (
        "D71.1, another type: type 2 of something else",
        coded("Leukocyte adhesion deficiency, type 2 diabetes", (ICD, "D71.1")),
        "met",
    ),
    ("D71.1, another type: an age", coded("Leukocyte adhesion deficiency, 3 years old", (ICD, "D71.1")), "met"),
    ("D71.1, another type: suspected", coded("LAD, suspected type III", (ICD, "D71.1")), "unknown"),
    ("ruled-out, with a hyphen", words("LAD-I ruled-out"), "unknown"),
    ("the brother's, in brackets", words("LAD-I (brother)"), "unknown"),
    ("no, after a colon", words("LAD-I: no"), "unknown"),
    ("to be confirmed", words("LAD-I to be confirmed"), "unknown"),
    ("a test awaited", words("LAD-I (awaiting flow cytometry)"), "unknown"),
    ("a treatment awaited", words("LAD-I awaiting gene therapy"), "met"),
    ("counselling awaited", words("LAD-I awaiting genetic counseling"), "met"),
    ("under investigation", words("LAD-I under investigation"), "unknown"),
    ("to investigate", words("Investigate for LAD-I"), "unknown"),
    ("the end of a sentence, not a short form", words("No hepatitis B. LAD-I"), "met"),
    ("another code that begins alike", coded(None, (ICD, "D71.11")), "unknown"),
    ("D71.1 of another system", coded(None, ("https://lab.example/codes", "D71.1")), "unknown"),
]


@pytest.mark.parametrize(("stated", "status"), [row[1:] for row in SAYS], ids=[row[0] for row in SAYS])
def test_what_a_condition_says(stated: Resource, status: str) -> None:
    """One confirmed Condition: its codes and its words together say LAD-I, or they do not."""
    assert diagnosed(stated)["status"] == status


STATUSES = [
    ("confirmed", lad("confirmed"), "met", set()),
    ("not stated", lad(None), "met", set()),
    ("provisional", lad("provisional"), "unknown", {"unusable"}),
    ("differential", lad("differential"), "unknown", {"unusable"}),
    ("unconfirmed", lad("unconfirmed"), "unknown", {"unusable"}),
    ("refuted", lad("refuted"), "not-met", set()),
    ("entered in error is as if not there", lad("entered-in-error"), "unknown", {"absent"}),
    ("provisional in words alone", lad(None, verificationStatus={"text": "Provisional"}), "unknown", {"unusable"}),
    ("a status of the site's own", lad("rule-out"), "unknown", {"unusable"}),
    ("resolved counts", lad(clinicalStatus=concept(None, ("cs", "resolved"))), "met", set()),
    ("inactive counts", lad(clinicalStatus=concept(None, ("cs", "inactive"))), "met", set()),
    ("a modifier extension", lad(modifierExtension=MODIFIER), "unknown", {"unusable"}),
    ("masked", lad(meta={"security": [{"code": "MASKED"}]}), "unknown", {"unusable"}),
    ("another patient's", lad(subject={"reference": "Patient/brother"}), "unknown", {"absent"}),
    ("nobody's", lad(subject={"display": "baby"}), "unknown", {"unusable"}),
    ("noted as type III", dx(concept(None, (ICD, "D71.1")), None, note=[{"text": "FERMT3, LAD-III"}]), "unknown",
     {"unusable"}),
    ("ruled out in its note", lad(note=[{"text": "Ruled out by flow cytometry 2026-05."}]), "unknown", {"unusable"}),
    ("ruled out by name in its note", lad(note=[{"text": "Normal CD18. LAD-I has been excluded"}]), "unknown",
     {"unusable"}),
    ("entered by mistake, says its note", lad(note=[{"text": "The mother's; entered here by mistake"}]), "unknown",
     {"unusable"}),
    ("noted that another disease is ruled out", lad(note=[{"text": "CGD ruled out; LAD-I confirmed by flow"}]), "met",
     set()),
    ("noted that it was suspected first", lad(note=[{"text": "Suspected at birth, confirmed by flow"}]), "met", set()),
    ("noted as a misdiagnosis", lad(note=[{"text": "Misdiagnosed"}]), "unknown", {"unusable"}),
    ("noted that it was misdiagnosed as another", lad(note=[{"text": "Misdiagnosed as CGD at first"}]), "met", set()),
    ("noted that type III is excluded", lad(note=[{"text": "LAD-III excluded"}]), "met", set()),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "status", "why"), [row[1:] for row in STATUSES], ids=[row[0] for row in STATUSES])
def test_how_certain_it_is(stated: Resource, status: str, why: set[str]) -> None:
    """The verification status decides, whatever the clinical status; the causes tell why it is open."""
    found = diagnosed(stated)
    assert (found["status"], causes(found)) == (status, why)


def other(text: str, verification: str | None = "confirmed", *codings: tuple[str, str]) -> Resource:
    return dx(concept(text, *codings), verification, "other")


SEVERAL = [
    ("refuted, and a confirmed one", [lad("refuted"), other("LAD-I")], "met", set()),
    ("refuted, and a provisional one", [lad("refuted"), other("LAD-I", "provisional")], "unknown", {"unusable"}),
    ("refuted, and one too broad", [lad("refuted"), other("", None, (ICD, "D71"))], "unknown", {"unusable"}),
    ("refuted, and another type refuted", [lad("refuted"), other("LAD-II", "refuted")], "not-met", set()),
    ("refuted, and a confirmed type III", [lad("refuted"), other("LAD-III")], "not-met", set()),
    ("refuted, and a provisional type III", [lad("refuted"), other("LAD-III", "provisional")], "not-met", set()),
    (
        "refuted, a confirmed type III and one in doubt",
        [lad("refuted"), other("LAD-III"), condition("more", concept("Possible LAD-I"))],
        "unknown",
        {"unusable"},
    ),
    ("another type refuted alone", [other("LAD-II", "refuted")], "unknown", {"absent"}),
    ("confirmed, another type refuted", [lad(), other("LAD-II", "refuted")], "met", set()),
    ("confirmed, another type provisional", [lad(), other("LAD-II", "provisional")], "met", set()),
    ("D71.1, and a confirmed type III", [dx(concept(None, (ICD, "D71.1"))), other("LAD-III")], "unknown", {"conflict"}),
    ("D71.1, and swollen lymph nodes", [dx(concept(None, (ICD, "D71.1"))), other("Cervical LAD 2 cm")], "met", set()),
    ("D71.1, and a lymph node, its size", [dx(concept(None, (ICD, "D71.1"))), other("LAD: 2 cm")], "met", set()),
    (
        "D71.1, and a type III after a comma",
        [dx(concept(None, (ICD, "D71.1"))), other("LAD, type III")],
        "unknown",
        {"conflict"},
    ),
    ("type I and type II, both confirmed", [lad(), other("LAD-II")], "unknown", {"conflict"}),
    ("confirmed, and one entered in error as type II", [lad(), other("LAD-II", "entered-in-error")], "met", set()),
]


@pytest.mark.parametrize(("stated", "status", "why"), [row[1:] for row in SEVERAL], ids=[row[0] for row in SEVERAL])
def test_several_conditions(stated: list[Resource], status: str, why: set[str]) -> None:
    """What several Conditions say together."""
    found = diagnosed(*stated)
    assert (found["status"], causes(found)) == (status, why)


BY_THE_ORDER = [
    ("by code", {"reasonCode": [concept(None, (ICD, "D71.1"))]}, [], "met"),
    ("by words", {"reasonCode": [concept("LAD-I")]}, [], "met"),
    ("by hedged words", {"reasonCode": [concept("suspected LAD-I")]}, [], "unknown"),
    ("by reference", {"reasonReference": [{"reference": "Condition/dx"}]}, [lad()], "met"),
    ("by reference to a provisional one", {"reasonReference": [{"reference": "Condition/dx"}]}, [lad("provisional")],
     "unknown"),
    ("by reference to a refuted one", {"reasonReference": [{"reference": "Condition/dx"}]}, [lad("refuted")],
     "not-met"),
    ("by reference to another patient's", {"reasonReference": [{"reference": "Condition/dx"}]},
     [lad(subject={"reference": "Patient/brother"})], "unknown"),
    ("by reference to what was not sent", {"reasonReference": [{"reference": "Condition/gone", "display": "LAD-I"}]},
     [], "unknown"),
    ("by the words beside a reference", {"reasonReference": [{"display": "LAD-I"}]}, [], "met"),
    ("by a contained Condition", {"reasonReference": [{"reference": "#c"}], "contained": [lad() | {"id": "c"}]}, [],
     "met"),
    ("by a contained, unconfirmed Condition",
     {"reasonReference": [{"reference": "#c"}], "contained": [lad("unconfirmed") | {"id": "c"}]}, [], "unknown"),
    ("by a contained, refuted Condition",
     {"reasonReference": [{"reference": "#c"}], "contained": [lad("refuted") | {"id": "c"}]}, [], "not-met"),
    ("by a contained, refuted Condition, confirmed on the chart",
     {"reasonReference": [{"reference": "#c"}], "contained": [lad("refuted") | {"id": "c"}]}, [lad()], "met"),
    ("by several, one of them LAD-I", {"reasonCode": [concept("fever"), concept("LAD-I")]}, [], "met"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "stated", "status"), [row[1:] for row in BY_THE_ORDER], ids=[row[0] for row in BY_THE_ORDER]
)
def test_the_orders_own_reason(reason: Resource, stated: list[Resource], status: str) -> None:
    """The order's reason says LAD-I as a Condition does, and no better than the Condition it refers to."""
    assert diagnosed(*stated, orders=[order(**reason)])["status"] == status


def test_a_refuted_diagnosis_is_no_answer_while_conditions_are_unread() -> None:
    """Refuted "and no other" cannot be said of the first page of a problem list."""
    body = request([*without(complete(), "dx"), lad("refuted")])
    body["prefetch"]["conditions"]["link"] = [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]
    found = criteria(determination(body))["I.A.1.diagnosis"]
    assert (found["status"], causes(found)) == ("unknown", {"unavailable"})


def test_evidence_names_the_condition() -> None:
    """The evidence of the diagnosis is the Condition, with its verification status."""
    assert diagnosed(lad(None))["evidence"] == [
        {
            "reference": "Condition/dx",
            "says": "Leukocyte adhesion deficiency type I (verification not stated)",
        }
    ]
