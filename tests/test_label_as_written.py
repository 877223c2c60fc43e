"""Orders and records as hospitals write them, with all that is said beside the point: an attack on the readers."""

from __future__ import annotations

import pytest

from cds_service.chart.bedside.said import lines
from cds_service.course import Role
from cds_service.logic import Answer
from tests.bedside import asked, drug, infused, kresladi, planned, procedure, roles, service
from tests.charts import Resource, concept
from tests.test_label_triggers import (
    ALTERS,
    CONDITIONS,
    CYCLE,
    DONATES,
    INFUSES,
    MOBILISES,
    NOTHING,
    TRANSFUSES,
)

MET, NOT_MET, UNKNOWN = Answer.MET, Answer.NOT_MET, Answer.UNKNOWN

AS_WRITTEN = [
    (service("Blood bank: RBC (Irradiated, Leukoreduced), 15 mL/kg, transfuse over 3-4 hours"), TRANSFUSES),
    (service("Transfuse RBC: 1 unit. Indication: Hgb < 7 g/dL"), TRANSFUSES),
    (service("If Hgb < 7 transfuse 1 unit PRBC"), TRANSFUSES),
    (service("Red Blood Cells, Leukoreduced"), TRANSFUSES),
    (service("Leukocyte reduced red blood cells 2 units"), TRANSFUSES),
    (service("Pheresed platelets x1"), TRANSFUSES),
    (service("Single donor platelets, 1 unit"), TRANSFUSES),
    (service("PRBC", "No fever. Give 1 unit."), TRANSFUSES),
    (service("Massive transfusion protocol: PRBC/FFP/platelets 1:1:1"), TRANSFUSES),
    (service("Exchange transfusion, red cells"), TRANSFUSES),
    (service("Transfuse thawed plasma 10 mL/kg for INR > 2"), TRANSFUSES),
    (service("Convalescent plasma transfusion"), TRANSFUSES),
    (service("Hold PRBC"), TRANSFUSES),
    (service("Hemoglobin and hematocrit", "transfuse PRBC if Hgb < 7"), NOTHING),
    (service("Antibody screen (pre-transfusion)"), NOTHING),
    (service("Transfuse Plts"), TRANSFUSES),
    (service("Ferritin", reasonCode=[concept("Transfusion-dependent, red cells monthly")]), NOTHING),
    (drug("Gamunex-C 10% (immune globulin)", "infuse over 4 h"), NOTHING),
    (service("Cryo 1 pool"), TRANSFUSES),
    (service("Cryopreservation of stem cells"), NOTHING),
    (service("Infuse back-up PBSC (rescue)"), NOTHING),
    (drug("Granulocyte colony stimulating factor", "5 mcg/kg"), NOTHING),
    (drug("tbo-filgrastim (Granix)", reasonCode=[concept("PBSC mobilization")]), CYCLE),
    (drug("NEUPOGEN 300 MCG/ML", "10 mcg/kg/dose SC daily x5 days to mobilize stem cells"), CYCLE),
    (drug("Filgrastim", "Patient immobilized in cast"), NOTHING),
    (drug({"coding": [{"system": "x", "code": "9", "display": "plerixafor (MOZOBIL) injection 24 mg"}]}), MOBILISES),
    (service("Stem cell collection by apheresis - day 1"), MOBILISES),
    (service("Insertion of apheresis catheter for leukapheresis"), NOTHING),
    (drug("busulfan 14.4 mg in dextrose 5 % 28.8 mL IVPB", "0.8 mg/kg IV q6h x 16 doses"), CONDITIONS),
    (drug("Busulfan (Busulfex) test dose IV", "draw PK levels"), CONDITIONS),
    (service("Pharmacy consult: busulfan dosing"), NOTHING),
    (drug("TREOSULFAN 5 g vial"), CONDITIONS),
    (drug("melphalan (ALKERAN) 2 mg TABS"), NOTHING),
    (drug("melphalan (ALKERAN) 50 mg injection"), CONDITIONS),
    (service("Radiation oncology: TBI, 6 fractions"), CONDITIONS),
    (drug("Lorazepam", "seizure prophylaxis while on busulfan"), NOTHING),
    (kresladi(None, text="Flush with normal saline; thaw at 37 C; do not irradiate, wash or filter"), INFUSES),
    (kresladi(None, text="Infuse by gravity only - do not use infusion pump or in-line filter."), INFUSES),
    (kresladi(None, text="Draw CBC sample 1 h after infusion"), INFUSES),
    (service("Cell therapy lab: Kresladi - spin-down, wash x1, resuspend in 20 mL"), ALTERS),
    (service("Cell therapy lab: refreeze unused Kresladi bag"), ALTERS),
    (service("Kresladi product: retain sample for QC"), ALTERS),
    (kresladi(None, text="Infuse through 170 micron filter"), INFUSES),
    (kresladi(None, text="Use standard blood filter tubing"), INFUSES),
    (service("Viability on Kresladi bag sample"), ALTERS),
    (service("Glomerular filtration rate", "before Kresladi"), NOTHING),
    (service("Blood donation, patient wishes to donate platelets"), DONATES),
    (service("Discharge instructions", "Patient must not donate blood, organs, tissue"), NOTHING),
    (service("Bone marrow donation evaluation"), DONATES),
    (service("Sperm donation"), DONATES),
    (service("HLA typing of sibling donor"), NOTHING),
    (service("Blood donation deferral letter"), NOTHING),
    (service("PRBC", "No irradiation needed"), TRANSFUSES),
    (service("Apheresis platelets, irradiated, 1 unit"), TRANSFUSES),
    (service("Autologous PRBC transfusion"), TRANSFUSES),
    (service("Platelet rich plasma injection knee"), NOTHING),
    (drug("Plasma-Lyte A 1000 mL"), NOTHING),
    (service("Tagged red blood cell scan"), NOTHING),
    (service("Red cell exchange (erythrocytapheresis)"), NOTHING),
    (service("Whole blood 1 unit, emergency release"), TRANSFUSES),
    (service("Premedicate, then transfuse PRBC 1 unit"), TRANSFUSES),
    (service("Transfuse 1 unit RBC - no premedication"), TRANSFUSES),
    (service("No premedication, transfuse 1 unit PRBC"), TRANSFUSES),
]


def said(draft: Resource) -> str:
    """The order as it reads, for the name of its test."""
    concepts = (draft.get("medicationCodeableConcept") or draft["code"]).get("text", "by code")
    return " / ".join([concepts, *(each["text"] for each in draft.get("note", []))])


@pytest.mark.parametrize(("draft", "expected"), AS_WRITTEN, ids=[said(draft) for draft, _ in AS_WRITTEN])
def test_what_is_ordered(draft: Resource, expected: frozenset[Role]) -> None:
    """What an order is for, whatever else it mentions."""
    assert roles(draft) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("Irradiated and leukoreduced", MET),
        ("irradiation: yes", MET),
        ("Irradiated? No", NOT_MET),
        ("Irradiated? No.", NOT_MET),
        ("IRRADIATED", MET),
        ("CMV-neg, irradiated, 1 unit", MET),
        ("Do not irradiate", NOT_MET),
        ("Irradiation not indicated", NOT_MET),
        ("No need for washing. Irradiate.", MET),
        ("irradiate if available", MET),
        ("non irradiated", NOT_MET),
        ("nonirradiated", NOT_MET),
        ("Special needs: none; irradiated", MET),
        ("unirradiated", NOT_MET),
        ("Patient previously irradiated", NOT_MET),
        ("gamma irradiated", MET),
        ("X-ray irradiated product", MET),
        ("Irradiation status: unknown", NOT_MET),
        ("irradiated product declined by parents", NOT_MET),
        ("irradiated products unavailable", NOT_MET),
        ("irradiated blood is to be avoided", NOT_MET),
        ("Cesium irradiated", MET),
        ("without irradiation", NOT_MET),
        ("Avoid irradiated", NOT_MET),
        ("Not leukoreduced but irradiated", MET),
        ("Modifications: irradiated=N", NOT_MET),
        ("Irradiated: N", NOT_MET),
        ("Irradiated: Y", MET),
        ("Irradiated (Y/N): N", NOT_MET),
    ],
)
def test_whether_irradiation_is_asked_for(note: str, expected: Answer) -> None:
    """A word of irradiation is not yet a request for it."""
    assert asked(service("PRBC 1 unit", note), [infused()])["L.2.3.irradiate"].finding.answer is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("right arm PICC (peripherally inserted central catheter)", UNKNOWN),
        ("Via Hickman; no peripheral IV", UNKNOWN),
        ("PIV right hand", NOT_MET),
        ("via peripheral line", NOT_MET),
        ("autologous peripheral blood stem cells", UNKNOWN),
        ("central line only; never peripherally", UNKNOWN),
    ],
)
def test_whether_the_site_is_peripheral(text: str, expected: Answer) -> None:
    """A PICC is central, stem cells of the peripheral blood are no site."""
    assert asked(kresladi(text=text), [])["L.2.2.infuse.access"].finding.answer is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Kresladi infusion", NOT_MET),
        ("Infusion of marnetegragene autotemcel through central venous catheter", NOT_MET),
        ("Administration of Kresladi, bag 1 of 2", NOT_MET),
        ("Central line placement for Kresladi infusion", UNKNOWN),
        ("Consult for Kresladi", None),
        ("Leukapheresis for Kresladi", None),
        ("Follow-up after Kresladi infusion", UNKNOWN),
        ("Kresladi not infused", None),
        ("Kresladi thaw", None),
        ("Bone marrow transplant, autologous gene therapy (Kresladi)", NOT_MET),
        ("Kresladi", NOT_MET),
        ("Receipt of Kresladi shipment", None),
        ("Kresladi infusion, left internal jugular access", NOT_MET),
    ],
)
def test_whether_a_procedure_gave_kresladi(name: str, expected: Answer | None) -> None:
    """A transfusion without irradiation after it: not met where it gave Kresladi, unknown where it may have."""
    found = asked(service("PRBC"), [planned(), procedure(name)]).get("L.2.3.irradiate")
    assert (found.finding.answer if found else None) is expected


@pytest.mark.parametrize("word", ["unit ", "irradiated ", "sample ", "transfuse ", "platelet "])
def test_a_text_without_end_is_looked_through_piece_by_piece(word: str) -> None:
    """No piece is longer than a few lines, and none is lost: looking takes no longer than the text is long."""
    text = "".join(f"{word}{number} " for number in range(5_000))
    pieces = list(lines(text))
    assert max(map(len, pieces)) <= 400
    assert " ".join(pieces) == " ".join(text.split())
    assert "Transfuse red cells" in " ".join(lines(f"{text} Transfuse red cells"))
