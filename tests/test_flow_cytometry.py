"""Flow cytometry as charts hold it: which results count, of which cells, of which moment, and taken with what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import (
    ICD,
    LOINC,
    MARKER,
    Resource,
    asked,
    causes,
    complete,
    concept,
    condition,
    flow,
    lad,
    observation,
    patient,
    quantity,
    response,
    subject,
    variant,
    without,
)

PANEL = concept("LAD-I panel", (LOINC, "94266-4"))
CPT = "http://www.ama-assn.org/go/cpt"


def cd18(value: Any = 1.2, code: str | None = "CD18", id_: str = "cd18", **more: Any) -> Resource:
    """A CD18 result whose code says the given words and nothing of neutrophils."""
    return flow("CD18", value, id_) | {"code": concept(code, (LOINC, MARKER["CD18"]))} | more


def report(*results: str, id_: str = "report", status: str = "final", **more: Any) -> Resource:
    base: Resource = {
        "resourceType": "DiagnosticReport",
        "id": id_,
        "status": status,
        "code": concept("Flow cytometry"),
    }
    listed = {"result": [{"reference": result} for result in results]} if results else {}
    return base | {"subject": subject(), "effectiveDateTime": "2026-03-04"} | listed | more


def containing(*inside: Resource, status: str = "final", **more: Any) -> Resource:
    """A report that contains its results; what is contained leaves its subject to the report."""
    contained = [{key: value for key, value in each.items() if key != "subject"} for each in inside]
    return report(*(f"#{each['id']}" for each in inside), status=status, contained=contained, **more)


def panel(*members: str, code: Resource = PANEL, **more: Any) -> Resource:
    return observation("panel", code, hasMember=[{"reference": member} for member in members], **more)


def component(marker: str, value: float, code: str | None = None, **more: Any) -> Resource:
    return {"code": concept(code or marker, (LOINC, MARKER[marker])), "valueQuantity": quantity(value)} | more


def components(*parts: Resource, code: Resource = PANEL, **more: Any) -> Resource:
    return observation("panel", code, component=list(parts), **more)


def procedure(text: str, on: str | None, status: str = "completed", *codings: tuple[str, str], **more: Any) -> Resource:
    base: Resource = {
        "resourceType": "Procedure",
        "id": "procedure",
        "status": status,
        "code": concept(text, *codings),
        "subject": subject(),
    }
    return base | ({"performedDateTime": on} if on else {}) | more


def specimen(id_: str = "s1", text: str = "Peripheral blood", **more: Any) -> Resource:
    return {"resourceType": "Specimen", "id": id_, "type": concept(text), "subject": subject()} | more


def reference(to: str) -> Resource:
    return {"reference": to}


def stating(what: str, value: str | None = None, text: str | None = None) -> Resource:
    """A component that says something of the whole result: its gate, its specimen."""
    valued = {"valueString": text} if text else {"valueCodeableConcept": concept(value)}
    return {"code": concept(what)} | valued


MOTHER = {"resourceType": "RelatedPerson", "id": "mother", "patient": subject()}

GATES = [
    # remark, resources, I.A.1.a
    ("neutrophils in the code", [flow()], "met"),
    ("no gate named", [cd18()], "met"),
    ("PMN in the code", [cd18(code="CD18 on PMN")], "met"),
    ("granulocytes in the code", [cd18(code="CD18, granulocyte gate")], "met"),
    ("the disease's name is no gate", [cd18(code="CD18, leukocyte adhesion deficiency")], "met"),
    ("lymphocytes in the code", [cd18(code="CD18 on lymphocytes")], "unknown"),
    ("monocytes in the code", [cd18(code="CD18 monocytes")], "unknown"),
    ("all leukocytes in the code", [cd18(code="CD18 on leukocytes")], "unknown"),
    ("white cells in the code", [cd18(code="CD18 on WBC")], "unknown"),
    ("a gate in the note", [cd18(note=[{"text": "Gated on lymphocytes"}])], "unknown"),
    ("percent of a control, in the note", [cd18(note=[{"text": "Reported as % of normal control"}])], "unknown"),
    ("a control named in the note", [cd18(note=[{"text": "Healthy control 98 %; MFI low too"}])], "met"),
    ("other cells named in the note", [cd18(note=[{"text": "Lymphocyte count normal"}])], "met"),
    ("everything but neutrophils", [cd18(code="CD18 on non-neutrophils")], "unknown"),
    ("mean fluorescence in the code", [cd18(code="CD18 MFI")], "unknown"),
    ("neutrophils that lack it", [cd18(code="CD18-negative neutrophils")], "unknown"),
    ("an index", [cd18(code="CD18 expression index, neutrophils")], "unknown"),
    ("a loss in percent", [cd18({"valueQuantity": quantity(1.2, "%", "% decrease")})], "unknown"),
    ("a coefficient of variation", [cd18({"valueQuantity": quantity(1.2, "%{CV}")})], "unknown"),
    ("a control's value", [cd18(code="CD18 neutrophils, healthy control")], "unknown"),
    ("lymphocytes in the method", [cd18(method=concept("Flow cytometry, lymphocyte gate"))], "unknown"),
    ("neutrophils in the method", [cd18(method=concept("Flow cytometry, neutrophil gate"))], "met"),
    ("isotype control in the method is no control's value", [cd18(method=concept("With isotype control"))], "met"),
    ("marrow by body site", [cd18(bodySite=concept("Bone marrow"))], "unknown"),
    ("marrow by the specimen's words", [cd18(specimen={"display": "Bone marrow aspirate"})], "unknown"),
    ("marrow by Specimen", [cd18(specimen=reference("Specimen/s1")), specimen(text="Bone marrow")], "unknown"),
    (
        "marrow by contained Specimen",
        [cd18(specimen=reference("#s"), contained=[specimen("s", "Bone marrow")])],
        "unknown",
    ),
    ("blood by Specimen", [cd18(specimen=reference("Specimen/s1")), specimen()], "met"),
    ("lymphocytes by the panel's code", [cd18(), panel("Observation/cd18", code=concept("T-cell panel"))], "unknown"),
    ("neutrophils by the panel's code", [cd18(), panel("Observation/cd18", code=concept("PMN markers"))], "met"),
    (
        "lymphocytes by the panel's method",
        [cd18(), panel("Observation/cd18", method=concept("Gated on lymphocytes"))],
        "unknown",
    ),
    (
        "lymphocytes by the report's code",
        [cd18(), report("Observation/cd18", code=concept("Lymphocyte subsets"))],
        "unknown",
    ),
    (
        "a report called leukocyte immunophenotyping names no gate",
        [cd18(), report("Observation/cd18", code=concept("Leukocyte immunophenotyping"))],
        "met",
    ),
    (
        "a report on several populations names no gate",
        [cd18(), report("Observation/cd18", code=concept("Neutrophils, monocytes and lymphocytes"))],
        "met",
    ),
    (
        "a work-up for bone marrow transplant is not on marrow",
        [cd18(), report("Observation/cd18", code=concept("Bone marrow transplant work-up"))],
        "met",
    ),
    (
        "two panels, one on lymphocytes",
        [
            cd18(),
            panel("Observation/cd18", code=concept("PMN")),
            report("Observation/cd18", code=concept("Lymphocytes")),
        ],
        "unknown",
    ),
    ("the component's own words", [components(component("CD18", 1.2, "CD18 monocytes"))], "unknown"),
    ("the words over the components", [components(component("CD18", 1.2), code=concept("Lymphocytes"))], "unknown"),
    # what the name says of the neutrophils, the tube, the gate and the day
    ("deficient ones", [cd18(code="CD18 deficient neutrophils")], "unknown"),
    ("dim ones, in one word", [cd18(code="CD18dim PMN")], "unknown"),
    ("negative ones, shortened", [cd18(code="CD18neg PMN")], "unknown"),
    ("negative ones, by a sign", [cd18(code="CD18- PMN")], "unknown"),
    ("negative ones, by a sign in brackets", [cd18(code="CD18(-) neutrophils")], "unknown"),
    ("those that do not express it", [cd18(code="Neutrophils not expressing CD18")], "unknown"),
    ("a hyphen that joins", [cd18(code="CD18-PMN")], "met"),
    ("a hyphen that parts", [cd18(code="CD18 - PMN")], "met"),
    ("the name of the disease", [cd18(code="CD18 PMN, LAD deficiency work-up")], "met"),
    ("gated on CD3", [cd18(code="CD18 gated CD3")], "unknown"),
    ("on CD3", [cd18(code="CD18 on CD3")], "unknown"),
    ("gated on CD15, which neutrophils bear", [cd18(code="CD18 gated CD15")], "met"),
    ("the isotype's tube", [cd18(code="CD18 PMN isotype")], "unknown"),
    ("the isotype's share taken off", [cd18(code="CD18 PMN, isotype-subtracted")], "met"),
    ("the unstained tube", [cd18(code="CD18 PMN unstained")], "unknown"),
    ("fluorescence minus one", [cd18(code="CD18 PMN FMO")], "unknown"),
    ("after a transplant", [cd18(code="CD18 PMN post-transplant")], "unknown"),
    ("after BMT", [cd18(code="CD18 PMN post BMT")], "unknown"),
    ("after HSCT, the day said", [cd18(code="CD18 PMN, day +30")], "unknown"),
    ("after gene therapy", [cd18(code="CD18 PMN post gene therapy")], "unknown"),
    ("status post HSCT", [cd18(code="CD18 PMN s/p HSCT")], "unknown"),
    ("before a transplant", [cd18(code="CD18 PMN pre-transplant")], "met"),
    ("after a transplant, by the panel", [cd18(), panel("Observation/cd18", code=concept("Post-BMT panel"))],
     "unknown"),
    ("after a transplant, by the specimen", [cd18(specimen={"display": "Blood, post-transplant"})], "unknown"),
    # what a note says of them
    ("the mother's sample, in the note", [cd18(note=[{"text": "Sample from mother"}])], "unknown"),
    ("the same of the patient's mother", [cd18(note=[{"text": "Blood drawn from the patient's mother."}])], "unknown"),
    ("maternal blood", [cd18(note=[{"text": "Maternal blood, for comparison"}])], "unknown"),
    ("both, in the note", [cd18(note=[{"text": "Samples from mother and patient were run together"}])], "met"),
    ("the mother is named", [cd18(note=[{"text": "Discussed with mother. Mother is a carrier."}])], "met"),
    ("an isotype control, in the note", [cd18(note=[{"text": "Isotype control"}])], "unknown"),
    ("this is one", [cd18(note=[{"text": "This is the unstained tube."}])], "unknown"),
    ("held against one", [cd18(note=[{"text": "Compared with isotype control"}])], "met"),
    ("after a transplant, in the note", [cd18(note=[{"text": "post-transplant specimen, day +30"}])], "unknown"),
    ("taken after BMT, in the note", [cd18(note=[{"text": "Sample taken after BMT."}])], "unknown"),
    ("in the note on the panel", [cd18(), panel("Observation/cd18", note=[{"text": "6 weeks post HSCT"}])], "unknown"),
    ("to be repeated after it", [cd18(note=[{"text": "Recommend repeat post-transplant"}])], "met"),
    ("held against a later one", [cd18(note=[{"text": "To be compared with the post-transplant sample"}])], "met"),
    ("monitored after one", [cd18(note=[{"text": "Post-transplant monitoring"}])], "unknown"),
    ("after one, another thing denied", [cd18(note=[{"text": "No fever, post-transplant specimen"}])], "unknown"),
    ("perhaps after one", [cd18(note=[{"text": "Probably post-transplant"}])], "unknown"),
    ("not after one", [cd18(note=[{"text": "Patient is not post-transplant"}])], "met"),
    ("granulocytes 2 days ago", [cd18(note=[{"text": "granulocyte transfusion 2 days ago"}])], "unknown"),
    ("granulocytes 7 days ago", [cd18(note=[{"text": "granulocyte transfusion 7 days ago"}])], "unknown"),
    ("granulocytes 8 days ago", [cd18(note=[{"text": "granulocyte transfusion 8 days ago"}])], "met"),
    ("granulocytes to come", [cd18(note=[{"text": "Before granulocyte transfusion"}])], "met"),
    ("no granulocytes", [cd18(note=[{"text": "No granulocyte transfusion"}])], "met"),
    # as laboratories shorten it
    ("lymphs", [cd18(code="CD18 lymphs")], "unknown"),
    ("LYMPH, joined with an underscore", [cd18(code="CD18_LYMPH")], "unknown"),
    ("monos", [cd18(code="CD18 monos")], "unknown"),
    ("eos", [cd18(code="CD18, eos")], "unknown"),
    ("CD34+ cells", [cd18(code="CD18 on CD34+ cells")], "unknown"),
    ("CD3 positive cells", [cd18(code="CD18 on CD3 positive cells")], "unknown"),
    ("other markers of the same panel are no gate",
     [cd18(), report("Observation/cd18", code=concept("CD4, CD8 + CD18"))], "met"),
    ("red cells", [cd18(code="CD18 on RBC")], "unknown"),
    ("all nucleated cells", [cd18(code="CD18 of nucleated cells")], "unknown"),
    ("neuts", [cd18(code="CD18 neuts")], "met"),
    ("grans", [cd18(code="CD18 % of grans")], "met"),
    ("everything but neuts", [cd18(code="CD18 on non-neuts")], "unknown"),
    ("lymphs in the unit's text", [cd18({"valueQuantity": quantity(1.2, "%", "% lymphs")})], "unknown"),
    ("MNC in the unit's text", [cd18({"valueQuantity": quantity(1.2, "%", "% MNC")})], "unknown"),
    ("CD34+ cells in the unit's text", [cd18({"valueQuantity": quantity(1.2, "%", "% of CD34+ cells")})], "unknown"),
    ("lymphs in the method", [cd18(method=concept("gated on lymphs"))], "unknown"),
    ("several populations in the method", [cd18(method=concept("Gated on neuts, lymphs and monos"))], "met"),
    ("BM aspirate", [cd18(specimen={"display": "BM aspirate"})], "unknown"),
    ("BMA", [cd18(specimen={"display": "BMA, EDTA"})], "unknown"),
    ("before a BM transplant", [cd18(), report("Observation/cd18", code=concept("Pre BM transplant panel"))], "met"),
    ("of bone marrow failure", [cd18(), report("Observation/cd18", code=concept("Marrow failure panel"))], "met"),
    ("the note says percent of what", [cd18(note=[{"text": "Percent of lymphocytes bearing CD18."}])], "unknown"),
    ("the same of neutrophils", [cd18(note=[{"text": "Percentage of neutrophils bearing CD18"}])], "met"),
    ("other cells' value in the note", [cd18(note=[{"text": "98 % of lymphocytes express CD18"}])], "met"),
    # a component of its own that says it
    ("the cell population is a component", [cd18(component=[stating("Cell population", "Lymphocytes")])], "unknown"),
    ("the gate as a text", [cd18(component=[stating("Gate", text="Monocytes")])], "unknown"),
    ("the gate is of neutrophils", [cd18(component=[stating("Gate", text="Neutrophils")])], "met"),
    ("the specimen is a component", [cd18(component=[stating("Specimen type", "Bone marrow")])], "unknown"),
    ("gated on lymphocytes: yes", [cd18(component=[{"code": concept("Gated on lymphocytes"), "valueBoolean": True}])],
     "unknown"),
    ("the gate as not stated", [cd18(component=[{"code": concept("Gate"), "dataAbsentReason": concept("unknown")}])],
     "met"),
    ("a component on other cells", [cd18(component=[stating("Comment", text="Lymphocytes were normal")])], "met"),
    ("beside the value in one panel", [components(component("CD18", 1.2), stating("Cell population", "Lymphocytes"))],
     "unknown"),
    ("in the panel that lists it",
     [cd18(), panel("Observation/cd18", component=[stating("Gated population", "Lymphocytes")])], "unknown"),
    ("as a result of the same report",
     [cd18(), report("Observation/cd18", "Observation/g"), observation("g", concept("Gate"), valueString="Lymphs")],
     "unknown"),
    ("as a result taken back",
     [cd18(), report("Observation/cd18", "Observation/g"),
      observation("g", concept("Gate"), status="entered-in-error", valueString="Lymphs")], "met"),
    # what the report says of all its results
    ("lymphocytes by the report over the panel",
     [cd18(), panel("Observation/cd18"), report("Observation/panel", code=concept("Lymphocyte subset panel"))],
     "unknown"),
    ("marrow by the report's specimen", [cd18(), report("Observation/cd18", specimen=[{"display": "Bone marrow"}])],
     "unknown"),
    ("marrow by the report over the panel",
     [cd18(), panel("Observation/cd18"), report("Observation/panel", specimen=[{"display": "Bone marrow"}])],
     "unknown"),
    ("marrow by the panel's specimen", [cd18(), panel("Observation/cd18", specimen={"display": "Bone marrow"})],
     "unknown"),
    ("marrow by the report's Specimen",
     [cd18(), report("Observation/cd18", specimen=[reference("Specimen/s1")]), specimen(text="Bone marrow")],
     "unknown"),
    ("marrow by the Specimen that the report contains",
     [report("#cd18", specimen=[reference("#s")],
             contained=[{k: v for k, v in cd18().items() if k != "subject"}, specimen("s", "Bone marrow")])],
     "unknown"),
    ("blood of its own, marrow by the report",
     [cd18(specimen={"display": "Blood"}), report("Observation/cd18", specimen=[{"display": "Bone marrow"}])], "met"),
    ("marrow by where the specimen was taken",
     [cd18(specimen=reference("Specimen/s1")),
      specimen(collection={"bodySite": concept("Bone marrow, iliac crest")})], "unknown"),
    ("marrow by how the specimen was taken",
     [cd18(specimen=reference("Specimen/s1")), specimen(collection={"method": concept("Marrow aspiration")})],
     "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("resources", "status"), [case[1:] for case in GATES], ids=[case[0] for case in GATES])
def test_only_a_percentage_of_blood_neutrophils_counts(resources: list[Resource], status: str) -> None:
    """A gate on other cells does not count; one that is not named does."""
    criterion = asked("I.A.1.a", [patient(), lad(), *resources])
    assert criterion["status"] == status
    assert causes(criterion) == ({"unusable"} if status == "unknown" else set())


def noted(text: str) -> Resource:
    return cd18(note=[{"text": text}])


RELATIVE = [
    # what a name says
    *((f"name: {text}", [cd18(code=text)], "unknown") for text in (
        "CD18 % normal", "CD18 (% ctrl)", "CD18 % of wild type", "CD18 percent of reference", "CD18 neutrophils gMFI %",
        "CD18 MESF", "CD18 antibody binding capacity", "CD18 PMN, pct of NC", "CD18 vs healthy", "CD18 % of baseline",
        "CD18 % expression compared to WT", "CD18 % (of normal)", "CD18 % of normal (PMN)",
        "CD18, % normal (neutrophils)",
    )),
    *((f"name: {text}", [cd18(code=text)], "met") for text in (
        "CD18 normal range", "CD18 % (normal range 95-100)", "CD18 %, normal >95 %", "CD18 % of neutrophils",
        "CD18 cells/100 cells in Blood", "CD18 % reference interval",
    )),
    # what the method says
    *((f"method: {text}", [cd18(method=concept(text))], "unknown") for text in (
        "Relative to healthy donor", "Residual expression vs control", "%NL control", "gMFI", "% normal",
        "Mean fluorescence intensity", "Compared with same-day normal control",
    )),
    *((f"method: {text}", [cd18(method=concept(text))], "met") for text in (
        "Compared with isotype control", "Fluorescence-activated cell sorting", "Immunofluorescence",
        "Flow cytometry (normal range 95-100 %)", "Gated against isotype control",
    )),
    # what a note says
    *((f"note: {text}", [noted(text)], "unknown") for text in (
        "Reported as mean fluorescence intensity (MFI)", "Compared to normal control",
        "Residual expression vs. control",
        "Negative control", "Normal sample", "1.2 % of normal", "Result as % of normal control: 1.2",
        "MFI", "Values are MFI.", "Units: MFI", "Expressed as a percentage of the healthy control.",
        "Normalized to control.", "Result is in gMFI units.",
    )),
    *((f"note: {text}", [noted(text)], "met") for text in (
        "Compared with isotype control", "Normal range 95-100 %", "Reference: 95 % (normal)", "MFI 310, control 9800",
        "Healthy control: 98 %; normal.", "Percent positive, compared to normal control (98 %)",
        "Reduced compared to normal controls.", "Markedly low vs. healthy control", "Below the reference range",
        "Negative.", "Result is negative", "Run alongside a normal control", "CD18 % normal range: 95-100",
        "Counts have normalized.",
        "Neutrophil count 40 %, normal for age", "Reported as percent positive; MFI also measured",
    )),
    ("the panel's note", [cd18(), panel("Observation/cd18", note=[{"text": "Reported as % of normal control"}])],
     "unknown"),
    ("the panel's method", [cd18(), panel("Observation/cd18", method=concept("% of normal control"))], "unknown"),
    ("a panel of percentages and intensities",
     [cd18(), panel("Observation/cd18", code=concept("LAD panel, percent and MFI"))], "met"),
    # what is normal, in words
    *((f"range: {text}", [components(component("CD18", 1.2, referenceRange=[{"text": text}]))], status)
      for text, status in ((">90 % of normal control", "unknown"), ("MFI", "unknown"), ("MFI 500-900", "unknown"),
                           ("95-100 %", "met"), ("Normal: 95-100 %", "met"), ("95-100 % (normal)", "met"))),
    ("range of the result itself", [cd18(referenceRange=[{"text": ">90 % of normal control"}])], "unknown"),
    ("a range in numbers that are text", [cd18(referenceRange=[{"low": {"value": "95"}, "high": ">99"}])], "met"),
    ("a range that is no list", [cd18(referenceRange={"low": {"value": 95, "unit": "%"}})], "met"),
    ("range of a contained result", [containing(cd18(referenceRange=[{"text": ">90 % of control"}]))], "unknown"),
    # cells that are left out
    ("name: PMNs (not lymphocytes)", [cd18(code="CD18 on PMNs (not lymphocytes)")], "met"),
    ("name: neutrophils, excluding", [cd18(code="CD18 neutrophils, excluding monocytes and lymphs")], "met"),
    ("name: lymphocytes, not PMNs", [cd18(code="CD18 on lymphocytes (not PMNs)")], "unknown"),
    ("name: not lymphocytes, of no cells", [cd18(code="CD18, not lymphocytes")], "unknown"),
    ("name: all but neutrophils", [cd18(code="CD18 on cells other than neutrophils")], "unknown"),
    ("method: PMNs (not lymphocytes)", [cd18(method=concept("PMNs (not lymphocytes)"))], "met"),
    ("method: PMNs, lymphocytes excluded", [cd18(method=concept("PMN gate, lymphocytes excluded"))], "met"),
    ("method: lymphocytes, PMNs excluded", [cd18(method=concept("Lymphocyte gate, PMNs excluded"))], "unknown"),
    ("method: lymphocytes (not PMNs)", [cd18(method=concept("Lymphocytes (not PMNs)"))], "unknown"),
    ("note: lymphocytes, not PMNs", [noted("Gated on lymphocytes, not neutrophils")], "unknown"),
    ("panel's note: lymphocytes", [cd18(), panel("Observation/cd18", note=[{"text": "Gated on lymphocytes"}])],
     "unknown"),
    ("panel's note: lymphocytes, its own name PMN",
     [cd18(code="CD18 PMN"), panel("Observation/cd18", note=[{"text": "Gated on lymphocytes"}])], "met"),
]  # fmt: skip


@pytest.mark.parametrize(("resources", "status"), [case[1:] for case in RELATIVE], ids=[case[0] for case in RELATIVE])
def test_a_percentage_of_a_control_or_an_intensity_is_none_of_cells(resources: list[Resource], status: str) -> None:
    """Wherever it is said. A normal range, an isotype control and a control's value beside it say nothing of it."""
    criterion = asked("I.A.1.a", [patient(), lad(), *resources])
    assert criterion["status"] == status
    assert causes(criterion) == ({"unusable"} if status == "unknown" else set())


GATED_ON = [
    # what the result says beside a name with neutrophils: remark, members, I.A.1.a
    *((f"method: {text}", flow(method=concept(text)), "unknown") for text in (
        "Flow cytometry, gated on lymphocytes", "Lymphocyte gate", "monocyte gate", "Gate: CD3+", "T cell gating",
        "Gated on CD3", "CD3 gate", "Mononuclear cell gate", "Monocyte/lymphocyte gate", "Lymphocyte gates",
        "Monocyte and lymphocyte gate", "Lymphocyte gate, PMNs excluded", "Gated on leukocytes", "Lymphocyte-gated",
    )),
    *((f"method: {text}", flow(method=concept(text)), "met") for text in (
        "Flow cytometry", "Flow cytometry, neutrophil gate", "Lymphocyte and neutrophil gates",
        "Neutrophil, monocyte and lymphocyte gates", "Gated on neutrophils, lymphocytes and monocytes",
        "Lymphocyte gate; neutrophil gate", "Lymphocytes gated out", "Gate excludes monocytes and lymphocytes",
        "CD45/SSC gating", "Gated on CD16+, CD14-negative cells", "Leukocyte immunophenotyping, gated by side scatter",
        "Lymphocyte immunophenotyping", "Gated on CD14 negative cells", "Neutrophil-gated",
        "Backgated", "PMN/lymphocyte gate",
    )),
    *((f"component: {what} {value}", flow(component=[stating(what, text=value)]), "unknown") for what, value in (
        ("Gated population", "Lymphocytes"), ("Gate", "CD3+"), ("Gate", "CD3"), ("Cell population", "T cells"),
        ("Gate", "Lymphocytes, not neutrophils"), ("Cell type", "Leukocytes"),
    )),
    *((f"component: {what} {value}", flow(component=[stating(what, text=value)]), "met") for what, value in (
        ("Gated population", "Neutrophils"), ("Gate", "CD16+"), ("Gate", "Neutrophils (not lymphocytes)"),
        ("Cell populations", "Neutrophils, monocytes"), ("Comment", "Lymphocytes were normal"),
        ("Specimen type", "Peripheral blood leukocytes"),
    )),
    ("component: gated on lymphocytes, yes",
     flow(component=[{"code": concept("Gated on lymphocytes"), "valueBoolean": True}]), "unknown"),
    *((f"note: {text}", flow(note=[{"text": text}]), "unknown") for text in (
        "Gate: Lymphocytes", "Lymphocyte gate", "Gated on lymphocytes, not neutrophils", "CD3+ T cell gate used.",
        "Few neutrophils, lymphocyte gate", "Cell population: lymphocytes", "Percent of lymphocytes bearing CD18.",
        "Monocyte and lymphocyte gate",
    )),
    *((f"note: {text}", flow(note=[{"text": text}]), "met") for text in (
        "Gated on neutrophils", "98 % of lymphocytes express CD18", "Neutrophil and lymphocyte gates were drawn.",
        "Lymphocytes gated out.", "Also absent in the lymphocyte gate.", "Lymphocyte gate used as internal control.",
        "Lower than expected compared with the lymphocyte gate", "Neutrophil gate. Lymphocyte gate for comparison.",
        "Lymphocyte count normal", "Investigated for LAD-I by the gatekeeper clinic for lymphocytes",
    )),
    ("two words of one result that disagree",
     cd18(method=concept("Neutrophil gate"), note=[{"text": "Gate: lymphocytes"}]), "unknown"),
    ("a panel's component, its own name PMN",
     components(component("CD18", 1.2, "CD18 PMN"), method=concept("Gated on lymphocytes")), "unknown"),
    # no gate in the name
    *((f"no gate in the name, note: {text}", noted(text), "unknown") for text in (
        "Lymphocyte gate", "CD3+ gate", "Monocyte gate, 10000 events", "Population: lymphocytes", "Gated on CD3",
        "Gated on lymphocytes for comparison with a control",
    )),
    *((f"no gate in the name, note: {text}", noted(text), "met") for text in (
        "Neutrophil gate", "PMN gate, CD45/SSC", "Lymphocyte and neutrophil gates", "Population: neutrophils",
    )),
    *((f"no gate in the name, method: {text}", cd18(method=concept(text)), status) for text, status in (
        ("Whole blood, RBC lysed", "met"), ("Red cell lysis, no wash", "met"), ("After lysis of erythrocytes", "met"),
        ("On red cells", "unknown"), ("Gated on CD3", "unknown"), ("CD3 gate", "unknown"),
    )),
    ("no gate in the name, several in its own gate line",
     cd18(component=[stating("Gated population", text="Granulocytes and monocytes")]), "unknown"),
    ("no gate in the name, CD3 in its own gate line", cd18(component=[stating("Gate", text="CD3")]), "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("result", "status"), [case[1:] for case in GATED_ON], ids=[case[0] for case in GATED_ON])
def test_a_gate_on_other_cells_undoes_the_name(result: Resource, status: str) -> None:
    """What the result itself says of its gate is heard, whatever its name says; several gates tell nothing."""
    criterion = asked("I.A.1.a", [patient(), lad(), result])
    assert criterion["status"] == status
    assert causes(criterion) == ({"unusable"} if status == "unknown" else set())


TAKEN_BACK = [
    # remark, result, I.A.1.a
    *((f"note: {text}", flow(note=[{"text": text}]), "unknown") for text in (
        "Reported in error; wrong patient sample. Please disregard.", "Reported in error.", "Wrong patient.",
        "Please disregard.", "Specimen mislabeled - result invalid.", "Specimen was mislabelled", "Result invalid",
        "This result is not valid.", "No neutrophils in sample; not evaluable.", "Too few neutrophils for analysis",
        "Sample from another patient", "Result entered in error", "Disregard this result",
        "Specimen mislabeled, recommend repeat", "Sample mix-up suspected", "CD18 result is invalid.",
        "Wrong-patient tube", "Patient misidentified", "Result should be disregarded",
    )),
    *((f"note: {text}", flow(note=[{"text": text}]), "met") for text in (
        "Previously reported as 40 % in error.", "Corrected result. Reported in error as 40 %.",
        "Please disregard the previous result.", "Specimen was not mislabeled.", "Replaces a mislabeled specimen.",
        "The first specimen was mislabeled; redrawn.", "DHR result invalid", "CD11c result invalid.",
        "No neutrophils expressing CD18 were detected.", "No neutrophils positive for CD18",
        "Recollect if specimen mislabeled.", "Valid result.", "An error in the ITGB2 gene is likely",
        "Not a wrong patient: identity was checked", "Sample mix-up was excluded.",
        "A specimen of another patient was run in parallel", "Please ignore the flag",
        "Results invalidate LAD-III as diagnosis",
    )),
    *((f"interpretation: {text}", flow(interpretation=[concept(text)]), status) for text, status in (
        ("Invalid result", "unknown"), ("Invalid", "unknown"), ("Not evaluable", "unknown"), ("Low", "met"),
        ("Abnormal", "met"), ("Critically low", "met"),
    )),
    ("the panel's note", [flow(), panel("Observation/cd18", note=[{"text": "Wrong patient."}])], "unknown"),
    ("a component's interpretation",
     components(component("CD18", 1.2, interpretation=[concept("Invalid result")])), "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("result", "status"), [case[1:] for case in TAKEN_BACK], ids=[case[0] for case in TAKEN_BACK])
def test_a_result_that_a_note_takes_back_does_not_count(result: Resource | list[Resource], status: str) -> None:
    """A laboratory that calls its result invalid means it; one that calls an earlier one so does not mean this."""
    results = result if isinstance(result, list) else [result]
    criterion = asked("I.A.1.a", [patient(), lad(), *results])
    assert criterion["status"] == status
    assert causes(criterion) == ({"unusable"} if status == "unknown" else set())


def test_a_gate_that_is_not_stated_is_said() -> None:
    """The evidence shows that the laboratory did not name the cells."""
    evidence = asked("I.A.1.a", [patient(), lad(), cd18()])["evidence"]
    assert [each["says"] for each in evidence] == ["CD18 1.2 % (gate not stated), 2026-03-04"]


SHAPES = [
    # remark, resources, I.A.1.a, the evidence's references
    ("alone", [flow()], "met", ["Observation/cd18"]),
    ("as a component", [components(component("CD18", 1.2))], "met", ["Observation/panel"]),
    ("as a member of a panel", [flow(), panel("Observation/cd18")], "met", ["Observation/cd18"]),
    ("listed in a report", [flow(), report("Observation/cd18")], "met", ["Observation/cd18"]),
    ("contained in a report", [containing(flow())], "met", ["DiagnosticReport/report"]),
    (
        "contained in a panel",
        [panel("#cd18", contained=[flow()])],
        "met",
        ["Observation/panel"],
    ),
    ("contained, as a component", [containing(components(component("CD18", 1.2)))], "met", ["DiagnosticReport/report"]),
    ("amended", [flow(status="amended")], "met", ["Observation/cd18"]),
    ("corrected", [flow(status="corrected")], "met", ["Observation/cd18"]),
    ("contained in an appended report", [containing(flow(), status="appended")], "met", ["DiagnosticReport/report"]),
    ("final, in a report still partial", [flow(), report("Observation/cd18", status="partial")], "met", None),
    ("no result at all", [], "unknown", None),
    ("preliminary", [flow(status="preliminary")], "unknown", None),
    ("registered", [flow(status="registered")], "unknown", None),
    ("status unknown", [flow(status="unknown")], "unknown", None),
    ("cancelled", [flow(status="cancelled")], "unknown", None),
    ("entered in error", [flow(status="entered-in-error")], "unknown", None),
    ("contained in a preliminary report", [containing(flow(), status="preliminary")], "unknown", None),
    ("contained in a partial report", [containing(flow(), status="partial")], "unknown", None),
    ("contained, preliminary in a final report", [containing(flow(status="preliminary"))], "unknown", None),
    ("in a report entered in error", [flow(), report("Observation/cd18", status="entered-in-error")], "unknown", None),
    ("in a cancelled report", [flow(), report("Observation/cd18", status="cancelled")], "unknown", None),
    ("in a withdrawn and in a final report",
     [flow(), report("Observation/cd18", status="cancelled"), report("Observation/cd18", id_="new")], "met", None),
    ("moved out of a withdrawn report on lymphocytes",
     [cd18(), report("Observation/cd18", status="entered-in-error", code=concept("Lymphocytes")),
      report("Observation/cd18", id_="new")], "met", None),
    ("in a panel of a cancelled report",
     [flow(), panel("Observation/cd18"), report("Observation/panel", status="cancelled")], "unknown", None),
    ("in a panel of a report entered in error",
     [flow(), panel("Observation/cd18"), report("Observation/panel", status="entered-in-error")], "unknown", None),
    ("contained in a panel of a cancelled report",
     [panel("#cd18", contained=[flow()]), report("Observation/panel", status="cancelled")], "unknown", None),
    ("in a panel of a panel entered in error",
     [flow(), panel("Observation/cd18"), panel("Observation/panel", status="entered-in-error") | {"id": "top"}],
     "unknown", None),
    ("in two panels, both of a cancelled report",
     [flow(), panel("Observation/cd18"), panel("Observation/cd18") | {"id": "two"},
      report("Observation/panel", "Observation/two", status="cancelled")], "unknown", None),
    ("in a panel of a cancelled report, and in a final one",
     [flow(), panel("Observation/cd18"), report("Observation/panel", status="cancelled"),
      report("Observation/cd18", id_="new")], "met", None),
    ("in a panel that a report contains, entered in error",
     [flow(), containing(panel("Observation/cd18"), status="entered-in-error")], "unknown", None),
    ("contained, in a panel entered in error beside it",
     [containing(flow(), panel("#cd18", status="entered-in-error"), result=[reference("#panel")])], "unknown", None),
    ("a panel that lists itself", [flow(), panel("Observation/cd18", "Observation/panel")], "met", None),
    ("two panels that list each other",
     [flow(), panel("Observation/cd18", "Observation/top"), panel("Observation/panel") | {"id": "top"}], "met", None),
    ("two that list each other, of a cancelled report",
     [flow(), panel("Observation/cd18", "Observation/top"), panel("Observation/panel") | {"id": "top"},
      report("Observation/top", status="cancelled")], "unknown", None),
    ("in a withdrawn report that cannot be read",
     [flow(), report("Observation/cd18", status="entered-in-error", code="CD18")], "unknown", None),
    ("in a report that cannot be read", [flow(), report("Observation/cd18", code="CD18")], "unknown", None),
    ("in more panels than are followed",
     [flow(), *(panel("Observation/cd18") | {"id": f"panel{number}"} for number in range(101))], "unknown", None),
    ("in another patient's report too",
     [flow(), report("Observation/cd18", status="cancelled", subject=reference("Patient/p2"))], "met", None),
    ("a modifier extension", [flow(modifierExtension=[{"url": "x", "valueBoolean": True}])], "unknown", None),
    (
        "a modifier extension on the component",
        [components(component("CD18", 1.2, modifierExtension=[{"url": "x", "valueBoolean": True}]))],
        "unknown",
        None,
    ),
    ("masked", [flow(meta={"security": [{"code": "MASKED"}]})], "unknown", None),
    ("nobody's", [{k: v for k, v in flow().items() if k != "subject"}], "unknown", None),
    ("another patient's", [flow(subject=reference("Patient/p2"))], "unknown", None),
    ("another patient's, contained", [report(contained=[flow(subject=reference("Patient/p2"))])], "unknown", None),
    ("about the mother", [flow(focus=[reference("RelatedPerson/mother")]), MOTHER], "unknown", None),
    ("about a donor in words", [flow(focus=[{"display": "Donor"}])], "unknown", None),
    ("about the patient", [flow(focus=[reference("Patient/p1")])], "met", ["Observation/cd18"]),
    ("the mother's specimen by its words", [flow(specimen={"display": "Maternal blood"})], "unknown", None),
    ("the mother's value by its words", [cd18(code="CD18 neutrophils, mother")], "unknown", None),
    (
        "made on another's specimen",
        [flow(specimen=reference("Specimen/s1")), specimen(subject=reference("Patient/p2"))],
        "unknown",
        None,
    ),
    ("the mother's specimen by its report",
     [flow(), report("Observation/cd18", specimen=[reference("Specimen/s1")]),
      specimen(subject=reference("Patient/m"))], "unknown", None),
    ("a report on several people's specimens, its result the patient's",
     [flow(), report("Observation/cd18", specimen=[reference("Specimen/s1"), reference("Specimen/s2")]),
      specimen(), specimen("s2", subject=reference("Patient/m"))], "met", None),
    ("the mother's specimen by its panel's words",
     [flow(), panel("Observation/cd18", specimen={"display": "Maternal blood"})], "unknown", None),
    ("in a panel about the mother",
     [flow(), panel("Observation/cd18", focus=[reference("RelatedPerson/mother")]), MOTHER], "unknown", None),
    ("about the patient, in a panel about the mother",
     [flow(focus=[reference("Patient/p1")]), panel("Observation/cd18", focus=[reference("RelatedPerson/mother")])],
     "met", None),
    ("in a panel of a panel about the mother",
     [flow(), panel("Observation/cd18"),
      panel("Observation/panel", focus=[reference("RelatedPerson/mother")]) | {"id": "top"}], "unknown", None),
    ("a panel called the mother's",
     [flow(), panel("Observation/cd18", code=concept("CD18, mother's sample"))], "unknown", None),
    ("a component of the mother's panel",
     [components(component("CD18", 1.2), code=concept("LAD panel, mother"))], "unknown", None),
    ("a panel on mother and patient",
     [flow(), panel("Observation/cd18", code=concept("LAD panel, mother and patient"))], "met", None),
    ("a local code and words", [observation("x", concept("CD18 PMN %"), valueQuantity=quantity(1.2))], "unknown", None),
    (
        "a local code of another system",
        [observation("x", concept("CD18 PMN %", ("urn:lab", "17121-5")), valueQuantity=quantity(1.2))],
        "unknown",
        None,
    ),
    ("words that disagree with the code", [cd18(code="CD11b on neutrophils")], "unknown", None),
    (
        "two markers in one code",
        [observation("x", concept(None, (LOINC, "17121-5"), (LOINC, "17109-0")), valueQuantity=quantity(1.2))],
        "unknown",
        None,
    ),
    ("a panel without a number", [observation("x", PANEL, valueString="Absent expression")], "unknown", None),
    ("parts that name no marker", [components({"code": concept("Positive"), "valueQuantity": quantity(1)},
                                              code=concept(None, (LOINC, "17121-5")))], "unknown", None),
    ("a report in words alone", [report(code=PANEL, conclusion="CD18 0.3 % of neutrophils")], "unknown", None),
    ("a report whose conclusion names it", [report(conclusion="CD18 on 0.3 % of neutrophils")], "unknown", None),
    ("dated next year", [flow(effectiveDateTime="2027-01-01")], "unknown", None),
    ("undated, and nothing to be held against", [flow(effectiveDateTime=None)], "met", ["Observation/cd18"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("resources", "status", "references"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES]
)
def test_each_shape_of_a_result(resources: list[Resource], status: str, references: list[str] | None) -> None:
    """A result counts in every legal shape, and never before it is final, nor when it is somebody else's."""
    criterion = asked("I.A.1.a", [patient(), lad(), *resources])
    assert criterion["status"] == status
    if references:
        assert [each["reference"] for each in criterion["evidence"]] == references


SAID = [
    # remark, resources, what the gap says, its cause
    ("words only", [observation("x", concept("CD18 PMN %"), valueQuantity=quantity(1.2))], "17121-5", "unusable"),
    ("preliminary", [flow(status="preliminary")], "preliminary", "unusable"),
    ("contained in a preliminary report", [containing(flow(), status="preliminary")], "preliminary", "unusable"),
    ("another patient's alone", [flow(subject=reference("Patient/p2"))], "Not found", "absent"),
    ("entered in error alone", [flow(status="entered-in-error")], "Not found", "absent"),
    ("a report in words", [report(code=PANEL, conclusion="CD18 0.3 %")], "attach", "unusable"),
    *((f"a report without results, {status}", [report(code=concept("LAD panel", (LOINC, "94266-4")), status=status)],
       f"LAD panel is {status}", "unusable") for status in ("registered", "preliminary", "partial", "unknown")),
    *((f"a report without results, {status}", [report(code=PANEL, status=status)], "attach", "unusable")
      for status in ("final", "amended", "corrected", "appended")),
    *((f"a report without results, {status}", [report(code=PANEL, status=status)], "Not found", "absent")
      for status in ("cancelled", "entered-in-error")),
    ("a panel in words, preliminary", [observation("x", PANEL, valueString="Absent", status="preliminary")],
     "LAD-I panel is preliminary", "unusable"),
    ("a panel in words, cancelled", [observation("x", PANEL, valueString="Absent", status="cancelled")],
     "Not found", "absent"),
    ("a panel without a word, registered", [observation("x", PANEL, status="registered")],
     "LAD-I panel is registered", "unusable"),
    ("after a transplant by its name", [cd18(code="CD18 PMN post BMT")], "after “CD18 PMN post BMT”", "unusable"),
    ("a report whose results are not here", [report("Observation/x", conclusion="CD18 0.3 %")], "attach", "unusable"),
    ("a reason why there is no value", [flow("CD18", {"dataAbsentReason": concept("clotted")})], "clotted", "unusable"),
    ("monocytes", [cd18(code="CD18 monocytes")], "another cell population", "unusable"),
    ("marrow", [cd18(bodySite=concept("Bone marrow"))], "bone marrow", "unusable"),
    ("unreadable", [flow("CD18", {"valueQuantity": "1.2 %"})], "could not be read", "unusable"),
    ("in a report that is unreadable",
     [flow(), report("Observation/cd18", code="CD18")], "not all be read", "unusable"),
    ("in a panel of a cancelled report",
     [flow(), panel("Observation/cd18"), report("Observation/panel", status="cancelled")], "cancelled", "unusable"),
]  # fmt: skip


@pytest.mark.parametrize(("resources", "says", "cause"), [case[1:] for case in SAID], ids=[case[0] for case in SAID])
def test_why_a_result_will_not_do_is_said(resources: list[Resource], says: str, cause: str) -> None:
    """Each gap tells the reader what is there and why it does not count."""
    criterion = asked("I.A.1.a", [patient(), lad(), *resources])
    assert says in " | ".join(gap["because"] for gap in criterion["gaps"])
    assert causes(criterion) == {cause}


@pytest.mark.parametrize("key", ["observations", "diagnosticReports"])
def test_a_part_that_was_not_sent_is_unavailable(key: str) -> None:
    """What could not be looked at is not "not there"."""
    assert "unavailable" in causes(asked("I.A.1.a", [patient(), lad()], leave_out=(key,)))


HSCT = "Bone marrow transplant"
TIMES = [
    # remark, result's date, what was done, I.A.1.a
    ("the day before a transplant", "2026-03-04", procedure(HSCT, "2026-03-05"), "met"),
    ("the day of a transplant", "2026-03-04", procedure(HSCT, "2026-03-04"), "unknown"),
    ("the day after a transplant", "2026-03-04", procedure(HSCT, "2026-03-03"), "unknown"),
    ("years after a transplant", "2026-03-04", procedure(HSCT, "2020"), "unknown"),
    ("a transplant in the same month", "2026-03-04", procedure(HSCT, "2026-03"), "unknown"),
    ("a transplant without a date", "2026-03-04", procedure(HSCT, None), "unknown"),
    ("a result without a date", None, procedure(HSCT, "2026-03-05"), "unknown"),
    ("a result of the year of the transplant", "2026", procedure(HSCT, "2026-03-05"), "unknown"),
    ("a transplant by CPT", "2026-03-04", procedure("Infusion", "2026-03-01", "completed", (CPT, "38240")), "unknown"),
    ("a sibling donor's cells", "2026-03-04", procedure(f"Matched sibling donor {HSCT}", "2025"), "unknown"),
    ("a transplant not done", "2026-03-04", procedure(HSCT, "2026-03-01", "not-done"), "met"),
    ("a transplant entered in error", "2026-03-04", procedure(HSCT, "2026-03-01", "entered-in-error"), "met"),
    ("a transplant being prepared", "2026-03-04", procedure(HSCT, "2026-03-01", "preparation"), "met"),
    ("a transplant of unknown status", "2026-03-04", procedure(HSCT, "2026-03-01", "unknown"), "unknown"),
    ("a stopped transplant", "2026-03-04", procedure(HSCT, "2026-03-01", "stopped"), "unknown"),
    ("another patient's transplant", "2026-03-04", procedure(HSCT, "2026", subject=reference("Patient/p2")), "met"),
    ("a consultation about one", "2026-03-04", procedure(f"{HSCT} consultation", "2026-03-01"), "met"),
    ("a kidney transplant", "2026-03-04", procedure("Kidney transplant", "2026-03-01"), "met"),
    ("gene therapy", "2026-03-04", procedure("Lentiviral gene therapy", "2026-03-01"), "unknown"),
    ("before gene therapy", "2026-02-28", procedure("Lentiviral gene therapy", "2026-03-01"), "met"),
    ("a status code", "2026-03-04", condition("z", concept("HSCT status", (ICD, "Z94.84"))), "unknown"),
    ("a refuted status code", "2026-03-04", condition("z", concept(None, (ICD, "Z94.84")), "refuted"), "met"),
    ("a history of one in words", "2026-03-04", condition("z", concept("S/p allogeneic HSCT")), "unknown"),
    ("a need of one in words", "2026-03-04", condition("z", concept("Need for HSCT")), "met"),
    ("granulocytes the day after", "2026-03-04", procedure("Granulocyte transfusion", "2026-03-05"), "met"),
    ("granulocytes the same day", "2026-03-04", procedure("Granulocyte transfusion", "2026-03-04"), "unknown"),
    ("granulocytes 7 days before", "2026-03-08", procedure("Granulocyte transfusion", "2026-03-01"), "unknown"),
    ("granulocytes 8 days before", "2026-03-09", procedure("Granulocyte transfusion", "2026-03-01"), "met"),
    ("granulocytes without a date", "2026-03-04", procedure("Granulocyte transfusion", None), "unknown"),
    ("red cells", "2026-03-04", procedure("Transfusion of red blood cells", "2026-03-04"), "met"),
]


@pytest.mark.parametrize(("on", "done", "status"), [case[1:] for case in TIMES], ids=[case[0] for case in TIMES])
def test_results_after_a_treatment_say_nothing(on: str | None, done: Resource, status: str) -> None:
    """Transplanted, corrected or transfused cells are not what the disease is diagnosed on."""
    criterion = asked("I.A.1.a", [patient(), lad(), flow(effectiveDateTime=on), done])
    assert criterion["status"] == status
    assert causes(criterion) == ({"unusable"} if status == "unknown" else set())


def test_the_result_before_the_transplant_stands_beside_the_one_after() -> None:
    """A normal CD18 after a transplant is no conflict with the diagnosis before it: newest is not best."""
    results = [flow(effectiveDateTime="2025-01-01"), flow("CD18", 97, "later", effectiveDateTime="2026-06-01")]
    criterion = asked("I.A.1.a", [patient(), lad(), *results, procedure(HSCT, "2026-01-01")])
    assert criterion["status"] == "met"
    assert [each["reference"] for each in criterion["evidence"]] == ["Observation/cd18"]


def test_a_transplant_record_that_cannot_be_used_leaves_results_open() -> None:
    """A procedure that may have been a transplant, and cannot be read, may have been before the result."""
    hidden = procedure(HSCT, "2026-03-09", modifierExtension=[{"url": "x", "valueBoolean": True}])
    assert asked("I.A.1.a", [patient(), lad(), flow(), hidden])["status"] == "unknown"


def test_a_result_issued_before_the_transplant_was_taken_before_it() -> None:
    """An issue date is no date of the sample, but the sample is older."""
    issued = flow(effectiveDateTime=None, issued="2026-03-04T10:00:00Z")
    assert asked("I.A.1.a", [patient(), lad(), issued, procedure(HSCT, "2026-03-09")])["status"] == "met"
    assert asked("I.A.1.a", [patient(), lad(), issued, procedure(HSCT, "2026-01-09")])["status"] == "unknown"


def test_results_on_both_sides_of_2_percent_are_a_conflict() -> None:
    """Neither the newest nor the lowest wins: both are shown."""
    criterion = asked("I.A.1.a", [patient(), lad(), flow(), flow("CD18", 40, "other")])
    assert criterion["status"] == "unknown"
    assert causes(criterion) == {"conflict"}
    assert {each["reference"] for each in criterion["evidence"]} == {"Observation/cd18", "Observation/other"}


def test_two_results_on_the_same_side_agree() -> None:
    """0.4 % and 1.2 % both say fewer than 2 %."""
    criterion = asked("I.A.1.a", [patient(), lad(), flow(), flow("CD18", 0.4, "other")])
    assert (criterion["status"], len(criterion["evidence"])) == ("met", 2)


HIGH = flow("CD18", 40)
S1, S2 = {"specimen": reference("Specimen/s1")}, {"specimen": reference("Specimen/s2")}
LATER = {"effectiveDateTime": "2026-05-01"}
CONCURRENT = [
    # remark, resources, I.A.1.b.i
    ("CD11a the same day", [HIGH, flow("CD11a", 0.5)], "met"),
    ("CD11b the same day", [HIGH, flow("CD11b", 0.5)], "met"),
    ("either one suffices", [HIGH, flow("CD11a", 90), flow("CD11b", 0.5)], "met"),
    ("neither", [HIGH, flow("CD11a", 90), flow("CD11b", 90)], "not-met"),
    ("one above, the other not there", [HIGH, flow("CD11a", 90)], "unknown"),
    ("exactly 2 %", [HIGH, flow("CD11a", 2), flow("CD11b", 2)], "not-met"),
    ("CD11a <5 %", [HIGH, flow("CD11a", {"valueQuantity": quantity(5, comparator="<")})], "unknown"),
    ("another day", [HIGH, flow("CD11a", 0.5, **LATER)], "unknown"),
    ("another day, one specimen", [HIGH | S1, flow("CD11a", 0.5, **LATER, **S1)], "met"),
    ("another day, two specimens", [HIGH | S1, flow("CD11a", 0.5, **LATER, **S2)], "unknown"),
    (
        "another day, one specimen written absolutely",
        [HIGH | S1, flow("CD11a", 0.5, **LATER, specimen=reference("https://ehr.example/fhir/Specimen/s1"))],
        "met",
    ),
    (
        "two contained specimens of one name",
        [
            HIGH | {"specimen": reference("#s"), "contained": [specimen("s")]},
            flow("CD11a", 0.5, **LATER, specimen=reference("#s"), contained=[specimen("s")]),
        ],
        "unknown",
    ),
    (
        "another day, one report",
        [HIGH, flow("CD11a", 0.5, **LATER), report("Observation/cd18", "Observation/cd11a")],
        "met",
    ),
    (
        "another day, one panel",
        [HIGH, flow("CD11a", 0.5, **LATER), panel("Observation/cd18", "Observation/cd11a")],
        "met",
    ),
    (
        "another day, two panels of one report",
        [HIGH, flow("CD11a", 0.5, **LATER), panel("Observation/cd18"), panel("Observation/cd11a") | {"id": "two"},
         report("Observation/panel", "Observation/two")],
        "met",
    ),
    (
        "another day, one specimen by their reports",
        [HIGH, flow("CD11a", 0.5, **LATER), report("Observation/cd18", specimen=[reference("Specimen/s1")]),
         report("Observation/cd11a", id_="two", specimen=[reference("Specimen/s1")])],
        "met",
    ),
    (
        "another day, reports on two specimens of which one is the same",
        [HIGH, flow("CD11a", 0.5, **LATER),
         report("Observation/cd18", specimen=[reference("Specimen/s1"), reference("Specimen/s2")]),
         report("Observation/cd11a", id_="two", specimen=[reference("Specimen/s1")])],
        "unknown",
    ),
    ("components of one panel", [components(component("CD18", 40), component("CD11a", 0.5))], "met"),
    ("contained in one report", [containing(HIGH, flow("CD11a", 0.5, **LATER))], "met"),
    ("undated", [HIGH, flow("CD11a", 0.5, effectiveDateTime=None)], "unknown"),
    ("the same month is not the same day", [HIGH, flow("CD11a", 0.5, effectiveDateTime="2026-03")], "unknown"),
    ("without any CD18", [flow("CD11a", 0.5)], "unknown"),
    ("CD11c never", [HIGH, observation("c", concept("CD11c on neutrophils"), valueQuantity=quantity(0))], "unknown"),
    (
        "CD11b of marrow by its code",
        [HIGH, observation("m", concept("CD11b", (LOINC, "51229-3")), valueQuantity=quantity(0))],
        "unknown",
    ),
    ("CD11c by words under the code of CD11b",
     [HIGH, flow("CD11b", 0.5) | {"code": concept("CD11c", (LOINC, MARKER["CD11b"]))}], "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("resources", "status"), [case[1:] for case in CONCURRENT], ids=[case[0] for case in CONCURRENT]
)
def test_cd11_counts_when_taken_with_the_cd18(resources: list[Resource], status: str) -> None:
    """Concurrently: of the same specimen, report or day."""
    assert asked("I.A.1.b.i", [patient(), lad(), *resources])["status"] == status


CORD = condition("cord", concept("Delayed separation of umbilical cord", (ICD, "P96.82")))
PATHWAY_B = [
    # remark, resources, I.A.1
    ("all of pathway b", [HIGH, flow("CD11a", 0.5), variant(), CORD], "met"),
    ("CD18 exactly 2 %", [flow("CD18", 2), flow("CD11a", 0.5), variant(), CORD], "met"),
    ("CD18 not known is not 2 % or more", [flow("CD11a", 0.5), variant(), CORD], "unknown"),
    (
        "CD18 may be either side",
        [flow("CD18", {"valueString": "<5 %"}), flow("CD11a", 0.5), variant(), CORD],
        "unknown",
    ),
    ("no CD11", [HIGH, variant(), CORD], "unknown"),
    ("no variant", [HIGH, flow("CD11a", 0.5), CORD], "unknown"),
    ("no history", [HIGH, flow("CD11a", 0.5), variant()], "unknown"),
    ("CD11 expressed", [HIGH, flow("CD11a", 90), flow("CD11b", 90), variant(), CORD], "not-met"),
    ("pathway a needs no genetics", [flow()], "met"),
]


@pytest.mark.parametrize(("resources", "status"), [case[1:] for case in PATHWAY_B], ids=[case[0] for case in PATHWAY_B])
def test_the_two_pathways(resources: list[Resource], status: str) -> None:
    """Below 2 % suffices; 2 % or more asks for three findings beside it."""
    assert asked("I.A.1", [patient(), lad(), *resources])["status"] == status


def answers(**more: Any) -> dict[str, Any]:
    return {"cd18-percent-of-neutrophils": 1.2, "flow-cytometry-date": "2026-03-04"} | more


ENTERED = [
    # remark, resources, I.A.1.a
    ("by a clinician's role", [response(answers())], "met"),
    ("by a clinician", [response(answers(), author="Practitioner/x")], "met"),
    ("by a clinician on another address", [response(answers(), author="https://a.example/Practitioner/x")], "met"),
    ("by the patient", [response(answers(), author="Patient/p1")], "unknown"),
    ("by a relative", [response(answers(), author="RelatedPerson/mother")], "unknown"),
    ("by nobody", [response(answers(), author=None)], "unknown"),
    (
        "by a contained clinician",
        [response(answers(), author="#me", contained=[{"resourceType": "Practitioner", "id": "me"}])],
        "met",
    ),
    (
        "by a contained relative",
        [response(answers(), author="#me", contained=[MOTHER | {"id": "me"}])],
        "unknown",
    ),
    ("without a date", [response({"cd18-percent-of-neutrophils": 1.2})], "unknown"),
    ("dated next year", [response(answers(**{"flow-cytometry-date": "2027-03-04"}))], "unknown"),
    ("exactly 2", [response(answers(**{"cd18-percent-of-neutrophils": 2}))], "not-met"),
    ("above 100", [response(answers(**{"cd18-percent-of-neutrophils": 120}))], "unknown"),
    ("below 0", [response(answers(**{"cd18-percent-of-neutrophils": -1}))], "unknown"),
    ("yes is no number", [response(answers(**{"cd18-percent-of-neutrophils": True}))], "unknown"),
    ("a draft", [response(answers(), status="in-progress")], "unknown"),
    ("amended", [response(answers(), status="amended")], "met"),
    ("of another patient", [response(answers(), subject=reference("Patient/p2"))], "unknown"),
    ("of another questionnaire", [response(answers(), questionnaire="https://x/Questionnaire/other")], "unknown"),
    ("a version of ours", [response(answers(), questionnaire="https://x/Questionnaire/kresladi-prior-authorization|2")],
     "met"),
    ("after a transplant", [response(answers()), procedure(HSCT, "2025")], "unknown"),
    ("a laboratory's result disagrees", [response(answers()), flow("CD18", 40)], "unknown"),
    ("a laboratory's result agrees", [response(answers()), flow("CD18", 0.9)], "met"),
    (
        "the newest response wins",
        [
            response(answers(), id_="old", authored="2026-01-01"),
            response(answers(**{"cd18-percent-of-neutrophils": 50}), id_="new", authored="2026-02-01"),
        ],
        "not-met",
    ),
    (
        "two responses of one moment that disagree",
        [response(answers(), id_="a"), response(answers(**{"cd18-percent-of-neutrophils": 50}), id_="b")],
        "unknown",
    ),
    (
        "one response that answers twice",
        [response(answers()) | {"item": [
            {"linkId": "cd18-percent-of-neutrophils", "answer": [{"valueDecimal": 1.2}, {"valueDecimal": 50}]},
            {"linkId": "flow-cytometry-date", "answer": [{"valueDate": "2026-03-04"}]},
        ]}],
        "unknown",
    ),
    (
        "a quantity in percent",
        [response(answers()) | {"item": [
            {"linkId": "cd18-percent-of-neutrophils", "answer": [{"valueQuantity": quantity(1.2)}]},
            {"linkId": "flow-cytometry-date", "answer": [{"valueDate": "2026-03-04"}]},
        ]}],
        "met",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("resources", "status"), [case[1:] for case in ENTERED], ids=[case[0] for case in ENTERED])
def test_values_entered_in_the_questionnaire(resources: list[Resource], status: str) -> None:
    """They count when a clinician is the author and the date of the flow cytometry is given."""
    criterion = asked("I.A.1.a", [patient(), lad(), *resources])
    assert criterion["status"] == status
    if status == "unknown":
        assert causes(criterion) & {"unusable", "conflict", "absent"}


def test_an_entered_value_says_who_entered_it() -> None:
    """A reader can tell a typed value from a laboratory's."""
    evidence = asked("I.A.1.a", [patient(), lad(), response(answers())])["evidence"]
    assert evidence == [
        {
            "reference": "QuestionnaireResponse/qr",
            "says": "CD18 1.2 % of neutrophils, 2026-03-04, as entered by PractitionerRole/bmt",
        }
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_entries_does_not_matter(order: int) -> None:
    """Two responses of one moment that disagree are a conflict, whichever comes first."""
    responses = [response(answers(), id_="a"), response(answers(**{"cd18-percent-of-neutrophils": 50}), id_="b")]
    assert causes(asked("I.A.1.a", [patient(), lad(), *responses[::order]])) == {"conflict"}


@pytest.mark.parametrize(
    ("value", "left_out", "status", "remark"),
    [
        (62, (), "not-met", "everything was read: a high CD18 contradicts pathway a"),
        (62, ("procedures",), "unknown", "a transplant that was not sent may have raised it"),
        (62, ("medicationAdministrations",), "unknown", "a gene therapy that was not sent may have raised it"),
        (62, ("conditions",), "unknown", "a transplant status (Z94.84) that was not sent may tell of one"),
        (1.2, ("procedures",), "met", "no treatment lowers CD18"),
    ],
)
def test_a_high_result_needs_the_treatments(value: float, left_out: tuple[str, ...], status: str, remark: str) -> None:
    """A high CD18 is relied on only where transplants and gene therapies could be looked for."""
    criterion = asked("I.A.1.a", [*without(complete(), "cd18"), flow("CD18", value)], leave_out=left_out)
    assert criterion["status"] == status, remark
    assert causes(criterion) <= {"unavailable"}


@pytest.mark.parametrize(
    ("remark", "sent", "told"),
    [
        ("its results were not sent", report("Observation/cd18", code=PANEL), {"unavailable"}),
        ("it lists none", report(code=PANEL, conclusion="CD18 0.3 %"), {"unavailable", "unusable"}),
        ("its results are inside", containing(flow()), set()),
    ],
)
def test_a_report_whose_results_were_not_sent(remark: str, sent: Resource, told: set[str]) -> None:
    """Nothing is asked to be attached where the results only have not come."""
    criterion = asked("I.A.1.a", [patient(), lad(), sent], leave_out=("observations",))
    assert causes(criterion) == told
