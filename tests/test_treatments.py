"""Transplants, gene therapies and granulocytes in hospital words: after which of them a result says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import (
    ICD,
    PCS,
    SCT,
    Resource,
    asked,
    concept,
    condition,
    criteria,
    determination,
    flow,
    lad,
    patient,
    quantity,
    request,
    subject,
)

CPT = "http://www.ama-assn.org/go/cpt"
BEFORE = "2025-06-01"
"""The day of the treatment; the flow cytometry is of 2026-03-04."""
SPOILT, USED = "unknown", "not-met"


def done(text: str | None, date: str | None = BEFORE, code: tuple[str, str] | None = None, **more: Any) -> Resource:
    base = {"resourceType": "Procedure", "id": "done", "status": "completed", "subject": subject()}
    dated = {"performedDateTime": date} if date else {}
    return base | {"code": concept(text, *([code] if code else []))} | dated | more


def given(product: str | Resource, date: str = BEFORE, **more: Any) -> Resource:
    """An administration of a product, in words, or through its Medication."""
    drug = {"medicationCodeableConcept": concept(product)} if isinstance(product, str) else product
    base = {"resourceType": "MedicationAdministration", "id": "given", "status": "completed", "subject": subject()}
    return base | drug | {"effectiveDateTime": date} | more


HSCT = done("Allogeneic bone marrow transplant", "2026-06-01", (CPT, "38240"))


def medication(product: str) -> Resource:
    return {"resourceType": "Medication", "id": "m", "code": concept(product)}


def contained(product: str) -> Resource:
    return {"medicationReference": {"reference": "#m"}, "contained": [medication(product)]}


def status(code: str, **more: Any) -> Resource:
    return condition("status", concept(None, (ICD, code)), **more)


def high(*resources: Resource) -> str:
    """I.A.1 of a patient whose CD18, CD11a and CD11b are normal: not met, unless something spoils the results."""
    results = [flow(value=95), flow("CD11a", 96), flow("CD11b", 97)]
    return str(criteria(determination(request([patient(), lad(), *results, *resources])))["I.A.1"]["status"])


WORDS = [
    # ICD-10-PCS titles, beside codes that are not known here
    ("related marrow", done("Transfusion of Allogeneic Related Bone Marrow into Central Vein, Percutaneous Approach",
                            code=(PCS, "30243G2")), SPOILT),
    ("unrelated cells", done("Transfusion of Allogeneic Unrelated Hematopoietic Stem Cells into Central Vein",
                             code=(PCS, "30243Y3")), SPOILT),
    ("cord blood", done("Transfusion of Allogeneic Related Cord Blood Stem Cells into Central Vein",
                        code=(PCS, "30243X2")), SPOILT),
    ("depleted cells", done("Transfusion of Allogeneic T-cell Depleted Hematopoietic Stem Cells into Central Vein"),
     SPOILT),
    ("the patient's own marrow", done("Transfusion of Autologous Bone Marrow into Peripheral Vein"), SPOILT),
    # hospital words
    ("peripheral blood stem cells", done("Infusion of allogeneic peripheral blood stem cells"), SPOILT),
    ("progenitor cells", done("Hematopoietic progenitor cell infusion (allogeneic)"), SPOILT),
    ("day 0, from a sibling", done("Stem cell infusion, day 0, matched sibling donor"), SPOILT),
    ("alloSCT", done("alloSCT"), SPOILT),
    ("haplo-SCT", done("Haplo-SCT"), SPOILT),
    ("PBSCT", done("PBSCT"), SPOILT),
    ("UCBT", done("UCBT"), SPOILT),
    ("rescue", done("Stem cell rescue"), SPOILT),
    ("a boost", done("CD34+ selected stem cell boost"), SPOILT),
    ("a product by apheresis", done("HPC, Apheresis, infusion"), SPOILT),
    ("donor lymphocytes", done("Donor lymphocyte infusion"), SPOILT),
    # what is none
    ("SCT, the trait", done("SCT counselling: sickle cell trait"), USED),
    ("SCT, bare", done("SCT"), USED),
    ("a harvest", done("Bone marrow harvest"), USED),
    ("a collection", done("Stem cell collection by apheresis"), USED),
    ("mobilisation", done("Infusion for stem cell mobilization"), USED),
    ("an evaluation", done("Evaluation for stem cell infusion"), USED),
    ("a biopsy", done("Bone marrow biopsy"), USED),
    ("a drug into the marrow", done("Introduction of Other Antineoplastic into Bone Marrow"), USED),
    ("an intraosseous line", done("Fluid infusion into bone marrow"), USED),
    ("not done", done("Stem cell infusion", status="not-done"), USED),
    ("denied", done("No stem cell infusion"), USED),
    ("a kidney", done("Kidney transplant"), USED),
    ("a donor's kidney", done("Allogeneic renal transplant"), USED),
    ("the patient's own skin", done("Autologous skin transplant"), USED),
    ("a donor's, of what is not said", done("Allogeneic transplant"), SPOILT),
    # administrations
    ("cells given", given("Allogeneic hematopoietic stem cells, infusion"), SPOILT),
    ("a marrow product", given("Bone marrow transplant product, allogeneic"), SPOILT),
    ("a cord blood unit", given("Umbilical cord blood unit, unrelated"), SPOILT),
    ("HPC, Apheresis", given("HPC, Apheresis"), SPOILT),
    ("cells of a Medication that was sent", given({"medicationReference": {"reference": "Medication/m"}}), SPOILT),
    ("cells of a contained Medication", given(contained("Allogeneic stem cells")), SPOILT),
    ("cells named beside the reference", given({"medicationReference": {"display": "Allogeneic stem cells"}}), SPOILT),
    ("a drug that mobilises", given("Plerixafor for stem cell mobilization"), USED),
    ("a drug's class", given("Hematopoietic Stem Cell Mobilizer"), USED),
    ("a drug before a transplant", given("Busulfan, conditioning for bone marrow transplant"), USED),
    ("a drug after a transplant", given("Tacrolimus post bone marrow transplant"), USED),
    ("another contained Medication", given(contained("Tacrolimus")), USED),
    ("a Medication that was not sent", given({"medicationReference": {"reference": "Medication/gone"}}), USED),
]  # fmt: skip


@pytest.mark.parametrize(("treatment", "answer"), [row[1:] for row in WORDS], ids=[row[0] for row in WORDS])
def test_transplants_in_hospital_words(treatment: Resource, answer: str) -> None:
    """High results after cells were given say nothing; what only goes with a transplant spoils nothing."""
    assert high(treatment, medication("Allogeneic hematopoietic stem cells")) == answer


AROUND = [
    "CT chest pre-BMT", "ECHO PEDS PRE-BMT", "Echocardiogram prior to gene therapy", "Broviac placement for BMT",
    "Dental clearance for BMT", "Ovarian tissue cryopreservation prior to BMT", "Stem cell transplant conference",
    "Stem cell transplant clinic visit", "Second opinion regarding HSCT", "BMT tumor board", "Lumbar puncture pre-BMT",
    "ECG pre gene therapy", "IR tunneled CVC placement for gene therapy", "Care conference - gene therapy",
    "Video visit: gene therapy", "Gene therapy infusion education", "Sedated MRI pre Kresladi", "BMT case management",
    "Stem cell transplant orientation", "HSCT committee meeting", "BMT central line placement",
    "Bone marrow transplant evaluation", "Consent for bone marrow transplant", "Pre-transplant stem cell collection",
    "ATG infusion pre-BMT", "Gene therapy - consultation", "Bone marrow harvesting for transplantation; allogeneic",
    "Transplant preparation of hematopoietic progenitor cells; cryopreservation and storage",
]  # fmt: skip


@pytest.mark.parametrize("text", AROUND)
def test_what_goes_with_a_transplant_or_gene_therapy_is_none(text: str) -> None:
    """What is for one, comes before one or is about one gives nothing, and spoils no result."""
    assert high(done(text)) == USED


REAL = [
    "Infusion of peripheral blood stem cells collected by apheresis",
    "Allogeneic bone marrow transplant, marrow harvested from father",
    "Haploidentical HSCT; graft collected from mother",
    "Cord blood transplant, unit selected after HLA typing", "Allogeneic HSCT, screened unrelated donor",
    "Allogeneic stem cell transplant - consent signed", "TCR alpha/beta depleted haplo transplant",
    "MUD PBSC transplant", "Marrow infusion from sister", "Infusion of haploidentical marrow", "MSD transplant",
    "Stem cell infusion from cousin donor", "Infusion of modified cells for gene therapy", "Gene therapy day 0",
    "Kresladi infusion following busulfan conditioning", "Admission for HSCT", "BMT day 0",
    "Infusion of bone marrow for transplant",
]  # fmt: skip


@pytest.mark.parametrize("text", REAL)
def test_a_word_beside_a_transplant_does_not_undo_it(text: str) -> None:
    """Consent, collection and typing undo a transplant only where they stand directly before or behind it."""
    assert high(done(text)) == SPOILT


AFTERWARDS = [
    # remark, what is on record, what high results of 2026-03-04 say
    ("a scan after one", [done("CT chest post-BMT")], SPOILT),
    ("an evaluation after one", [done("Post-BMT evaluation")], SPOILT),
    ("a follow-up", [done("BMT follow-up")], SPOILT),
    ("a later follow-up, of one that may be older", [done("BMT follow-up", "2026-08-01")], SPOILT),
    ("a later follow-up, of a later one", [done("BMT follow-up", "2026-08-01", id="visit"), HSCT], USED),
    ("a later scan after a gene therapy, of a donor's cells on record",
     [done("Echocardiogram after gene therapy", "2026-08-01", id="visit"), HSCT], SPOILT),
]  # fmt: skip


@pytest.mark.parametrize(("treatments", "answer"), [row[1:] for row in AFTERWARDS], ids=[row[0] for row in AFTERWARDS])
def test_what_comes_after_a_transplant_tells_of_it(treatments: list[Resource], answer: str) -> None:
    """A visit after a transplant says that there was one before it, unless one on record explains it."""
    assert high(*treatments) == answer


ADMINISTERED = [
    ("a gene therapy without a name", given("Autologous gene-modified CD34+ cells"), SPOILT),
    ("a drug that mobilises for one", given("Plerixafor for gene therapy mobilization"), USED),
    ("a drug before Kresladi", given("Acetaminophen prior to Kresladi"), USED),
    ("a drug that conditions for Kresladi", given("Busulfan (conditioning for Kresladi)"), USED),
]


@pytest.mark.parametrize(("drug", "answer"), [row[1:] for row in ADMINISTERED], ids=[row[0] for row in ADMINISTERED])
def test_gene_therapies_administered(drug: Resource, answer: str) -> None:
    """Cells that were corrected spoil what comes later; a drug on the way to them does not."""
    assert high(drug) == answer


WHITE_CELLS = [
    ("granulocytes as a product", given("Granulocytes, apheresis, irradiated", "2026-03-02"), SPOILT),
    ("granulocytes of a Medication", given(contained("Granulocytes, irradiated"), "2026-03-02"), SPOILT),
    ("leukocytes", done("Leukocyte transfusion", "2026-03-02"), SPOILT),
    ("leucocytes", done("Leucocyte transfusion", "2026-03-02"), SPOILT),
    ("white blood cells", done("Transfusion of white blood cells", "2026-03-02"), SPOILT),
    ("white cells by ICD-10-PCS", done("Transfusion of Nonautologous White Cells into Peripheral Vein", "2026-03-02"),
     SPOILT),
    ("WBC", done("WBC transfusion", "2026-03-02"), SPOILT),
    ("a granulocyte infusion", done("Granulocyte infusion", "2026-03-02"), SPOILT),
    ("a buffy coat", done("Buffy coat transfusion", "2026-03-02"), SPOILT),
    ("8 days before", done("Leukocyte transfusion", "2026-02-24"), USED),
    ("leukocyte-reduced red cells", done("Transfusion of leukocyte-reduced red blood cells", "2026-03-02"), USED),
    ("red cells, leukocytes reduced", done("Red blood cells, leukocytes reduced, transfusion", "2026-03-02"), USED),
    ("leukoreduced platelets", done("Leukoreduced platelet transfusion", "2026-03-02"), USED),
    ("a growth factor", given("Filgrastim (granulocyte colony-stimulating factor)", "2026-03-02"), USED),
    ("a growth factor, infused", done("Granulocyte colony-stimulating factor infusion", "2026-03-02"), USED),
    ("red cells in this disease", done("Red cell transfusion in leukocyte adhesion deficiency", "2026-03-02"), USED),
    ("red cells at a low count", done("Transfusion of red cells, WBC 0.4", "2026-03-02"), USED),
    ("a count", done("White blood cell count before transfusion", "2026-03-02"), USED),
    ("a consent", done("Consent for granulocyte transfusion", "2026-03-02"), USED),
    ("denied", done("No granulocyte transfusion given", "2026-03-02"), USED),
]  # fmt: skip


@pytest.mark.parametrize(("treatment", "answer"), [row[1:] for row in WHITE_CELLS], ids=[row[0] for row in WHITE_CELLS])
def test_white_cells_in_hospital_words(treatment: Resource, answer: str) -> None:
    """Within 7 days after a donor's white cells a result says nothing, however the transfusion is called."""
    assert high(treatment) == answer


CORRECTED = done("Lentiviral gene therapy", "2026-06-01")
TRACES = [
    # remark, what is on record, what results of 2026-03-04 say
    ("a status from before the transplant on record", [status("Z94.84", onsetDateTime="2025-02-01"), HSCT], SPOILT),
    ("a complication from before it", [status("T86.5", onsetDateTime="2025-02-01"), HSCT], SPOILT),
    ("a history in words from before it",
     [condition("s", concept("S/p stem cell transplant"), onsetDateTime="2025-02-01"), HSCT], SPOILT),
    ("a status at an age before it", [status("Z94.84", onsetAge=quantity(13, "mo")), HSCT], SPOILT),
    ("a status written down before it", [status("Z94.84", recordedDate="2025-02-01"), HSCT], SPOILT),
    ("a gene therapy from before it", [status("Z92.86", onsetDateTime="2025-02-01"), HSCT], SPOILT),
    ("a gene therapy without a date beside it", [status("Z92.86"), HSCT], SPOILT),
    ("a donor's cells without a date beside a gene therapy",
     [condition("s", concept("S/p allogeneic HSCT")), CORRECTED], SPOILT),
    ("a status without a date", [status("Z94.84"), HSCT], USED),
    ("a status written down after it", [status("Z94.84", recordedDate="2026-08-01"), HSCT], USED),
    ("a status of its day", [status("Z94.84", onsetDateTime="2026-06-01"), HSCT], USED),
    ("a status of its year", [status("Z94.84", onsetDateTime="2026"), HSCT], USED),
    ("a complication after it", [status("T86.5", onsetDateTime="2026-09-01"), HSCT], USED),
    ("a gene therapy without a date beside its procedure", [status("Z92.86"), CORRECTED], USED),
    ("a gene therapy without a date beside cells of the patient's own",
     [status("Z92.86"), done("Stem cell transplant", "2026-06-01", (CPT, "38241"))], USED),
    *[(f"had: {text}", [condition("s", concept(text), onsetDateTime="2025-02-01")], SPOILT) for text in (
        "S/p BMT from sibling", "S/p sibling BMT", "History of matched sibling donor HSCT",
        "Brother healthy; s/p HSCT", "Sister is donor, s/p BMT",
        "Encounter for follow-up after bone marrow transplant",
        # by what came of it
        "Complications of bone marrow transplant", "Complications of stem cell transplant",
        "Complication, bone marrow transplant", "Bone marrow transplant failure", "Failed bone marrow transplant",
        "Failed haploidentical stem cell transplant", "BMT in 2019 failed", "Bone marrow transplant rejection",
        "Rejection of bone marrow transplant", "Rejection, transplant, bone marrow", "Bone marrow transplant infection",
        "Bone marrow graft rejection", "Rejection of stem cell graft", "Late effect of bone marrow transplant",
        "Sequelae of stem cell transplantation", "Mucositis due to bone marrow transplant",
        "HSCT-associated thrombotic microangiopathy", "Failed gene therapy", "Failed BMT, second BMT planned",
        "Graft versus host disease following bone marrow transplant", "Chronic GVHD after allo-HSCT",
        "Graft vs. host disease due to stem cell transplant", "BMT from father, GVHD of the skin",
        "Chronic graft-versus-host disease", "Acute GVHD of the gut", "Donor lymphocyte infusion after HSCT",
        "Graft failure in sibling donor BMT", "Graft failure in matched sibling HSCT", "S/p BMT for marrow failure",
        "Infertility due to stem cell transplantation", "Other complications of bone marrow transplant",
        "Failure, transplant, bone marrow", "Personal history, BMT", "Hematopoietic stem cell transplantation failure",
        "Complication of transplanted bone marrow", "Graft v. host disease, skin", "HSCT x1 (2019), graft loss",
        "Infection of bone marrow transplant",
        # by a history
        "Hx of BMT", "Hx of cord blood transplant", "PMHx: HSCT", "BMT (hx)", "Past medical history: BMT",
        "Previous BMT", "Prior allogeneic HSCT", "Underwent HSCT 2019", "Bone marrow transplant status",
        "Hx of gene therapy")],
    *[(f"not had: {text}", [condition("s", concept(text), onsetDateTime="2025-02-01")], USED) for text in (
        "Sibling with LAD-I s/p bone marrow transplant", "Brother s/p HSCT", "Mother: s/p bone marrow transplant",
        "History of stem cell transplant in brother", "Status post gene therapy consultation",
        "Family history of bone marrow transplant", "Family hx of BMT", "FHx: BMT", "No history of BMT", "No hx of BMT",
        "Brother's bone marrow transplant failure", "Bone marrow transplant failure in brother",
        "Complications of bone marrow transplant in sister", "Chronic GVHD in brother", "Brother with GVHD",
        "Kidney transplant failure", "Renal transplant rejection", "Graft failure", "Risk of graft failure",
        "Risk of bone marrow transplant failure", "At risk for infertility due to BMT",
        "At risk for GVHD", "GVHD prophylaxis", "Graft-versus-host disease prophylaxis", "No GVHD",
        "Evaluation for BMT", "BMT candidate", "Prior to BMT", "BMT status: candidate",
        "Bone marrow failure requiring transplant", "Bone marrow failure, BMT candidate",
        "Renal failure, awaiting bone marrow transplant", "Failed antibiotics, gene therapy",
        "Failure to find a donor for HSCT", "Failed bone marrow transplant evaluation",
        "Anxiety due to upcoming bone marrow transplant", "Recurrent infections, HSCT planned",
        "Recurrent infections due to LAD-I, gene therapy planned", "Infections secondary to LAD-I requiring HSCT",
        "Lentivirus infection", "Infection with lentivirus", "Bone marrow transplant, related donor",
        "BMT infection prophylaxis", "HSCT infection risk", "Prior authorization for BMT",
        "LAD-I complicated by infections, HSCT donor not available", "Graft-versus-host disease risk",
        "Allogeneic kidney transplant failure", "HSCT, risk of graft failure", "Family history of GVHD")],
    ("a refuted status", [status("Z94.84", onsetDateTime="2025-02-01") | {
        "verificationStatus": concept(None, ("vs", "refuted"))}, HSCT], USED),
    ("a status beside a transplant without a date", [status("Z94.84"), done("HSCT", None)], SPOILT),
    ("a failure alone, its transplant of unknown date",
     [condition("s", concept("Bone marrow transplant failure"), onsetDateTime="2026-06-01")], SPOILT),
    ("an infection of one, its transplant of unknown date",
     [condition("s", concept("Bone marrow transplant infection"), onsetDateTime="2026-06-01")], SPOILT),
    ("a graft against the host alone, its transplant of unknown date",
     [condition("s", concept("Chronic GVHD"), onsetDateTime="2026-06-01")], SPOILT),
    ("a graft against the host after the transplant on record",
     [condition("s", concept("Chronic GVHD"), onsetDateTime="2026-09-01"), HSCT], USED),
    ("a graft against the host, which corrected cells never are",
     [condition("s", concept("Chronic GVHD"), onsetDateTime="2026-09-01"), CORRECTED], SPOILT),
    ("a later transplant from a related donor, in words",
     [condition("s", concept("S/p matched related donor HSCT"), onsetDateTime="2026-06-01")], USED),
    ("a later transplant for infections, in words",
     [condition("s", concept("S/p HSCT for recurrent infections"), onsetDateTime="2026-06-01")], USED),
    ("a later history alone", [condition("s", concept("Hx of BMT"), onsetDateTime="2026-06-01")], USED),
    ("a later status alone", [status("Z94.84", onsetDateTime="2026-06-01")], USED),
    ("a complication alone, its transplant of unknown date", [status("T86.5", onsetDateTime="2026-06-01")], SPOILT),
    ("another organ's status", [condition("s", concept(None, (SCT, "1")), onsetDateTime="2025-02-01")], USED),
]  # fmt: skip


@pytest.mark.parametrize(("treatments", "answer"), [row[1:] for row in TRACES], ids=[row[0] for row in TRACES])
def test_what_a_diagnosis_tells_of_an_earlier_transplant(treatments: list[Resource], answer: str) -> None:
    """A diagnosis is explained by a dated procedure only where it may be that procedure's trace."""
    assert high(*treatments) == answer


def test_a_low_result_after_an_earlier_transplant_is_not_used() -> None:
    """The transplant of which only the status is left comes first; the one on record is the second."""
    chart = [patient(), lad(), flow(), status("Z94.84", onsetDateTime="2025-02-01"), HSCT]
    assert asked("I.A.1.a", chart)["status"] == "unknown"


@pytest.mark.parametrize(
    "text", ["Complications of bone marrow transplant", "Hx of BMT", "Chronic GVHD after allo-HSCT"]
)
def test_a_low_result_after_a_transplant_that_a_diagnosis_tells_of_is_not_used(text: str) -> None:
    """It may be of a donor's cells: never a met."""
    chart = [patient(), lad(), flow(value=0.4), condition("s", concept(text), onsetDateTime="2025-02-01")]
    assert asked("I.A.1.a", chart)["status"] == "unknown"
