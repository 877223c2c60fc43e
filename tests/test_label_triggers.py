"""What a draft order is for, told from the draft alone: each row an order as a hospital would write it."""

from __future__ import annotations

import pytest

from cds_service.course import Role
from tests.bedside import drug, kresladi, roles, service
from tests.charts import KRESLADI, RXNORM, SCT, Resource, concept

MOBILISES, CYCLE = frozenset({Role.MOBILISES}), frozenset({Role.MOBILISES, Role.MOBILISES_WITH_G_CSF})
CONDITIONS, INFUSES = frozenset({Role.CONDITIONS}), frozenset({Role.INFUSES})
TRANSFUSES, DONATES = frozenset({Role.TRANSFUSES}), frozenset({Role.DONATES})
ALTERS, ALTERS_ITS_OWN = frozenset({Role.HANDLES_PRODUCT}), frozenset({Role.INFUSES, Role.HANDLES_PRODUCT})
NOTHING: frozenset[Role] = frozenset()


def oral(name: str = "Busulfan") -> Resource:
    return drug(name, dosageInstruction=[{"route": concept("Oral"), "text": "2 mg daily"}])


MOBILISATION = [
    ("plerixafor by its code", drug(concept(None, (RXNORM, "733003"))), MOBILISES),
    ("Mozobil by its name", drug("Mozobil 24 mg/1.2 mL injection"), MOBILISES),
    ("plerixafor ordered as a service", service("Plerixafor 0.24 mg/kg SC"), MOBILISES),
    ("ondansetron before plerixafor", drug("Ondansetron", "30 minutes before plerixafor"), NOTHING),
    ("CD34 count after plerixafor", service("CD34 count after plerixafor"), NOTHING),
    ("plerixafor, not to be given", drug("Plerixafor", doNotPerform=True), NOTHING),
    ("plerixafor, cancelled", drug("Plerixafor", status="cancelled"), NOTHING),
    ("plerixafor, on hold", drug("Plerixafor", status="on-hold"), MOBILISES),
    (
        "filgrastim for mobilisation in its dosage",
        drug("Filgrastim", "10 mcg/kg SC daily for stem cell mobilization"),
        CYCLE,
    ),
    ("filgrastim, British spelling", drug("Filgrastim", reasonCode=[concept("Stem cell mobilisation")]), CYCLE),
    ("Neupogen, mobilising by its note", drug("Neupogen", note=[{"text": "mobilizing dose"}]), CYCLE),
    ("G-CSF by its code", drug(concept(None, (RXNORM, "68442")), "for mobilization"), CYCLE),
    ("filgrastim-aafi", drug("filgrastim-aafi 480 mcg/0.8 mL", "HSC mobilization"), CYCLE),
    ("lenograstim", drug("Lenograstim", "mobilisation"), CYCLE),
    ("pegfilgrastim", drug("Pegfilgrastim 6 mg", "mobilisation"), CYCLE),
    ("GCSF as it is spoken", service("GCSF 10 mcg/kg/day", "PBSC mobilization day 1"), CYCLE),
    ("filgrastim for neutropenia", drug("Filgrastim", "5 mcg/kg daily until ANC > 1000"), NOTHING),
    ("filgrastim, not for mobilisation", drug("Filgrastim", "not for mobilization"), NOTHING),
    ("sargramostim", drug("Sargramostim (GM-CSF)", "mobilization"), NOTHING),
    ("early mobilisation out of bed", service("Physical therapy: early mobilization"), NOTHING),
    ("leukapheresis", service("Leukapheresis"), MOBILISES),
    ("leucapheresis, British", service("Leucapheresis"), MOBILISES),
    ("leukocytapheresis", service("Leukocytapheresis"), MOBILISES),
    ("apheresis of stem cells", service("Apheresis, peripheral blood stem cell collection"), MOBILISES),
    ("HPC, apheresis", service("HPC(A) apheresis collection"), MOBILISES),
    ("apheresis, CD34 in the detail", service("Apheresis", orderDetail=[concept("CD34+ collection")]), MOBILISES),
    ("apheresis, progenitors in the reason", service("Apheresis", reasonCode=[concept("Progenitor cells")]), MOBILISES),
    ("apheresis, stem cells denied", service("Apheresis, no stem cell collection"), NOTHING),
    ("plasmapheresis", service("Plasmapheresis"), NOTHING),
    ("plateletpheresis", service("Platelet apheresis, therapeutic"), NOTHING),
    ("apheresis of nothing said", service("Apheresis"), NOTHING),
    ("called by what it is for", service("PBSC collection, day 1"), MOBILISES),
    ("called by what it is for, at length", service("Peripheral blood stem cell harvest"), MOBILISES),
    ("from the marrow", service("Bone marrow stem cell harvest"), NOTHING),
    ("through a central line", service("Leukapheresis via central line"), MOBILISES),
    ("a count before the collection", service("Collect CD34 count"), NOTHING),
    ("a regimen by name, its drugs in the note", service("Stem cell mobilization", "G-CSF and plerixafor"), CYCLE),
    ("clearance for it", service("Stem cell collection clearance visit"), NOTHING),
    ("catheter for leukapheresis", service("Apheresis catheter placement"), NOTHING),
    ("leukapheresis consult", service("Consult: leukapheresis"), NOTHING),
    ("a blood count before leukapheresis", service("CBC before leukapheresis"), NOTHING),
]

CONDITIONING = [
    ("busulfan by its code", drug(concept(None, (RXNORM, "1828"))), CONDITIONS),
    ("Busulfex", drug("Busulfex 60 mg/10 mL IV"), CONDITIONS),
    ("busulfan as a service", service("Busulfan conditioning, targeted AUC dosing day -5"), NOTHING),
    ("busulfan service", service("Chemotherapy: busulfan 0.8 mg/kg IV q6h"), CONDITIONS),
    ("busulphan, British", drug("Busulphan 6 mg/mL"), CONDITIONS),
    ("treosulfan", drug("Treosulfan 10 g/m2 IV"), CONDITIONS),
    ("Grafapex", drug("Grafapex"), CONDITIONS),
    ("thiotepa", drug("Thiotepa 5 mg/kg IV"), CONDITIONS),
    ("Tepadina", drug("Tepadina"), CONDITIONS),
    ("melphalan", drug("Melphalan hydrochloride 140 mg/m2"), CONDITIONS),
    ("Evomela", drug("Evomela"), CONDITIONS),
    ("total body irradiation", service("Total body irradiation 12 Gy in 6 fractions"), CONDITIONS),
    ("total-body irradiation with a dash", service("Total-body irradiation"), CONDITIONS),
    ("TBI with its dose", service("TBI 200 cGy x1"), CONDITIONS),
    ("TBI, an injured brain", service("TBI clinic follow-up"), NOTHING),
    ("busulfan by mouth", oral(), NOTHING),
    ("busulfan PO", drug("Busulfan", "2 mg PO daily"), NOTHING),
    ("busulfan tablets", drug("Busulfan 2 mg tablet"), NOTHING),
    ("Myleran", drug("Myleran"), NOTHING),
    ("Myleran by its code", drug(concept(None, (RXNORM, "203010"), (RXNORM, "1828"))), NOTHING),
    (
        "the oral route by its code",
        drug("Melphalan", dosageInstruction=[{"route": concept(None, (SCT, "26643006"))}]),
        NOTHING,
    ),
    ("the route PO by its code", drug("Busulfan", dosageInstruction=[{"route": concept(None, ("x", "PO"))}]), NOTHING),
    ("not oral", drug("Busulfan", "IV only, not oral"), CONDITIONS),
    (
        "a tablet, by the form of the Medication",
        drug(
            "",
            medicationCodeableConcept=None,
            medicationReference={"reference": "#m"},
            contained=[
                {"resourceType": "Medication", "id": "m", "code": concept("Busulfan"), "form": concept("Tablet")}
            ],
        ),
        NOTHING,
    ),
    ("into the vein, with oral care", drug("Busulfan 6 mg/mL", "IV every 6 h; start oral care"), CONDITIONS),
    ("into the vein, drinking encouraged", drug("Busulfan 6 mg/mL", "IV; encourage PO fluids"), CONDITIONS),
    (
        "a regimen by name, its drug in the note",
        service("Conditioning regimen", "busulfan IV, days -5 to -2"),
        CONDITIONS,
    ),
    ("a regimen that names its own drug", service("Conditioning: fludarabine", "busulfan was stopped"), NOTHING),
    ("busulfan level", service("Busulfan level, 2 h"), NOTHING),
    ("busulfan pharmacokinetics", service("Busulfan PK draw"), NOTHING),
    ("seizure prophylaxis with busulfan", drug("Levetiracetam (busulfan seizure prophylaxis)"), NOTHING),
    ("an antiemetic with busulfan", drug("Ondansetron", "before each busulfan dose"), NOTHING),
    ("fludarabine alone is not named", drug("Fludarabine 30 mg/m2"), NOTHING),
    ("planning of the irradiation", service("Total body irradiation simulation and planning"), NOTHING),
    ("busulfan denied", service("Reduced conditioning, no busulfan"), NOTHING),
]

INFUSION = [
    ("Kresladi by its code", kresladi(), INFUSES),
    ("Kresladi as a service", service("Kresladi infusion"), INFUSES),
    ("by its old name", drug("RP-L201"), INFUSES),
    ("another gene therapy", drug("Casgevy (exagamglogene autotemcel)"), NOTHING),
    ("a consult about it", service("Consult: Kresladi eligibility"), NOTHING),
]

TRANSFUSION = [
    ("red cells by code", service(concept(None, (SCT, "116863004"))), TRANSFUSES),
    ("packed red cells by code", service(concept(None, (SCT, "71493000"))), TRANSFUSES),
    ("whole blood by code", service(concept(None, (SCT, "33389009"))), TRANSFUSES),
    ("washed red cells by code", service(concept(None, (SCT, "426290002"))), TRANSFUSES),
    ("leukoreduced red cells by code", service(concept(None, (SCT, "425513008"))), TRANSFUSES),
    ("PRBC", service("PRBC 1 unit"), TRANSFUSES),
    ("behind what is left out", service("No premedication, transfuse PRBC"), TRANSFUSES),
    ("behind a delay that is left out", service("Without delay: give PRBC"), TRANSFUSES),
    ("a list that is denied as one", service("Do not warm, transfuse or irradiate PRBC"), NOTHING),
    ("pRBCs", service("pRBCs, leukoreduced"), TRANSFUSES),
    ("packed red cells", service("Packed red cells 10 mL/kg"), TRANSFUSES),
    ("packed red blood cells", drug("Packed red blood cells"), TRANSFUSES),
    ("FFP", service("FFP 10 mL/kg"), TRANSFUSES),
    ("fresh frozen plasma", service("Fresh frozen plasma"), TRANSFUSES),
    ("cryoprecipitate", service("Cryoprecipitate, 1 pool"), TRANSFUSES),
    ("transfuse red cells", service("Transfuse red cells"), TRANSFUSES),
    ("transfuse RBC", service("Transfuse RBC 15 mL/kg over 4 h"), TRANSFUSES),
    ("platelet transfusion", service("Platelet transfusion"), TRANSFUSES),
    ("transfuse platelets", service("Transfuse 1 apheresis platelet unit"), TRANSFUSES),
    ("transfuse platelets, plural", service("Transfuse platelets if count < 10"), TRANSFUSES),
    ("granulocytes", service("Granulocyte transfusion"), TRANSFUSES),
    ("granulocytes, transfused", service("Transfusion of granulocytes"), TRANSFUSES),
    ("plasma", service("Transfuse plasma"), TRANSFUSES),
    ("whole blood", service("Transfusion, whole blood"), TRANSFUSES),
    ("what, in the detail", service("Transfusion", orderDetail=[concept("Platelets")]), TRANSFUSES),
    ("what, in the note", service("Blood bank order", "Transfuse 1 unit RBC"), TRANSFUSES),
    ("platelets by the unit", service("Platelets, 1 unit"), TRANSFUSES),
    ("prepare red cells", service("Prepare RBC 2 units"), TRANSFUSES),
    ("for a haemoglobin below 7", service("Transfuse PRBC for hemoglobin < 7"), TRANSFUSES),
    ("not urgent, said after", service("Transfuse PRBC, not urgent"), TRANSFUSES),
    ("platelet count", service("Platelet count"), NOTHING),
    ("platelet count after a transfusion", service("Platelet count 1 hour post-transfusion"), NOTHING),
    ("complete blood count", service("CBC with platelets"), NOTHING),
    ("type and screen", service("Type and screen for PRBC"), NOTHING),
    ("crossmatch", service("Crossmatch PRBC 2 units"), NOTHING),
    ("transfusion reaction", service("Transfusion reaction workup, red cells"), NOTHING),
    ("consent for a transfusion", service("Transfusion consent: red cells, platelets"), NOTHING),
    ("plasma metanephrines", service("Plasma metanephrines"), NOTHING),
    ("albumin", service("Transfuse albumin 5 %"), NOTHING),
    ("albumin, a plasma protein", service("Transfusion of plasma protein (albumin)"), NOTHING),
    ("immunoglobulin", drug("Immune globulin (human) IV, transfuse over 4 h"), NOTHING),
    ("IVIG", drug("IVIG 0.4 g/kg"), NOTHING),
    ("factor VIII", drug("Factor VIII, plasma-derived: transfuse 50 units/kg"), NOTHING),
    ("the back-up", service("Transfusion of autologous CD34+ back-up cells"), NOTHING),
    ("stem cells", service("Stem cell transfusion, red cell depleted"), NOTHING),
    ("HPC infusion", service("Transfuse HPC(A), plasma reduced"), NOTHING),
    ("transfusion of nothing said", service("Transfusion"), NOTHING),
    ("premedication for a transfusion", drug("Acetaminophen", "before PRBC transfusion"), NOTHING),
    ("furosemide between red cells", drug("Furosemide", "1 mg/kg IV between PRBC units"), NOTHING),
    ("no PRBC", service("Iron studies; no PRBC"), NOTHING),
    ("red cells denied", service("Do not transfuse red cells"), NOTHING),
    ("plasma exchange", service("Plasma exchange"), NOTHING),
    ("bare red cells in a test", service("RBC folate"), NOTHING),
]

DONATION = [
    ("blood donation", service("Blood donation"), DONATES),
    ("to donate", service("Schedule to donate platelets"), DONATES),
    ("organ donation", service("Organ donation evaluation"), DONATES),
    ("autologous donation", service("Autologous blood donation"), NOTHING),
    ("told never to donate", service("Education", "Never donate blood or organs"), NOTHING),
    ("no donation", service("Counselling: no donation of tissue"), NOTHING),
    ("a donor search", service("Unrelated donor search"), NOTHING),
    ("by the patient", service("Living kidney donation by the patient"), DONATES),
    ("donated milk", service("Donated human milk"), NOTHING),
    ("a directed donation received", service("PRBC transfusion, directed donation"), TRANSFUSES),
]

PRODUCT = [
    ("wash it", kresladi(text="Wash cells before infusion"), ALTERS_ITS_OWN),
    ("filter it", kresladi(text="Filter the product before infusion"), ALTERS_ITS_OWN),
    ("irradiate it", service("Irradiate Kresladi"), ALTERS),
    ("spin it down", service("Cell processing", "Spin down Kresladi and resuspend in saline"), ALTERS),
    ("resuspend it", service("Resuspend Kresladi"), ALTERS),
    ("refreeze it", service("Kresladi bag 2: re-freeze if not used"), ALTERS),
    ("sample the bag", service("Sample Kresladi bag for sterility"), ALTERS),
    ("sample the product", kresladi(text="Send product sample for culture"), ALTERS_ITS_OWN),
    ("sample the bag for a culture", service("Sample Kresladi bag for sterility culture"), ALTERS),
    ("a count from the bag", service("Kresladi cell count: sample from bag"), ALTERS),
    ("a culture of a bag sample", service("Gram stain and culture of Kresladi bag sample"), ALTERS),
    ("a count of the patient's blood", service("CBC; blood sample after Kresladi"), NOTHING),
    ("an assay of the patient's blood", service("VCN assay on blood sample after Kresladi product"), NOTHING),
    ("a sample of the patient's before it", kresladi(text="Draw a sample before the product is thawed"), INFUSES),
    ("a sample in a bag", service("CBC", "EDTA sample in biohazard bag; had Kresladi"), NOTHING),
    ("the infusion bag, irradiated", service("Irradiate Kresladi infusion bag"), ALTERS),
    ("filtered before it is infused", service("Filter Kresladi before infusion"), ALTERS),
    ("the suspension for infusion, washed", service("Wash Kresladi suspension for infusion"), ALTERS),
    ("washed and infused", service("Wash and infuse Kresladi"), ALTERS_ITS_OWN),
    ("infused, and not filtered", service("Kresladi infusion, do not filter"), INFUSES),
    (
        "do not do any of it",
        kresladi(text="Do not filter, wash, spin down, sample, irradiate or refreeze the bag"),
        INFUSES,
    ),
    ("without washing", kresladi(text="Infuse without washing"), INFUSES),
    ("non-irradiated", kresladi(text="Keep non-irradiated"), INFUSES),
    ("an in-line filter is a matter of equipment", kresladi(text="Use an in-line filter"), INFUSES),
    ("irradiated blood products with it", kresladi(text="Irradiated blood products only from now on"), INFUSES),
    (
        "blood products with it, the other way",
        service("Blood bank alert", "Kresladi given: all blood products irradiated"),
        NOTHING,
    ),
    ("irradiated red cells after it", service("PRBC, irradiated", "Kresladi 2026-10-01"), TRANSFUSES),
    ("conditioning before it", service("Total body irradiation", "before Kresladi"), CONDITIONS),
    ("its name alone", service("Thaw Kresladi"), INFUSES),
    ("washing hands", service("Isolation", "Kresladi patient: wash hands, HEPA filter room"), NOTHING),
    ("a blood sample", service("Blood sample", "Kresladi product follow-up"), NOTHING),
    ("washing without naming it", service("Wash cells"), NOTHING),
    ("shaking is not named", kresladi(text="Shake the bag"), INFUSES),
]


@pytest.mark.parametrize(
    ("remark", "draft", "expected"), [*MOBILISATION, *CONDITIONING, *INFUSION, *TRANSFUSION, *DONATION, *PRODUCT]
)
def test_what_a_draft_is_for(remark: str, draft: Resource, expected: frozenset[Role]) -> None:
    """A trigger is told by what is ordered, not by what is mentioned; negated words do not count."""
    assert roles(draft) == ([expected] if expected else []), remark


def test_filgrastim_beside_plerixafor_is_for_mobilisation() -> None:
    """A G-CSF says nothing of mobilisation itself where plerixafor is drafted with it."""
    filgrastim, plerixafor = drug("Filgrastim", id="g"), drug("Plerixafor", id="p")
    assert roles(filgrastim, plerixafor) == [CYCLE, MOBILISES]
    assert roles(filgrastim, plerixafor | {"status": "stopped"}) == []
    assert roles(filgrastim) == []


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "stopped", "completed"])
def test_finished_and_withdrawn_orders_are_no_drafts(status: str) -> None:
    """As in the contract."""
    assert roles(service("PRBC 1 unit", status=status)) == []


def test_an_older_shape_is_read_too() -> None:
    """A 1.x MedicationOrder, and R5's medication, say the same."""
    older = {"resourceType": "MedicationOrder", "id": "o", "medicationCodeableConcept": concept("Plerixafor")}
    newer = {"resourceType": "MedicationRequest", "id": "n", "medication": {"concept": concept("Plerixafor")}}
    assert roles(older, newer) == [MOBILISES, MOBILISES]


def test_a_contained_medication_tells_what_is_ordered() -> None:
    """Through `medicationReference`, as in the contract."""
    inside = {"resourceType": "Medication", "id": "m", "code": concept("Treosulfan")}
    draft = drug("", medicationCodeableConcept=None, medicationReference={"reference": "#m"}, contained=[inside])
    assert roles(draft) == [CONDITIONS]
    kresladi_inside = inside | {"code": KRESLADI}
    assert roles(draft | {"contained": [kresladi_inside]}) == [INFUSES]
