"""I.A.2: who prescribes or was consulted, and which of them are the two specialists."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import (
    LOINC,
    NUCC,
    SCT,
    Resource,
    asked,
    bundle,
    care_team,
    causes,
    complete,
    concept,
    condition,
    criteria,
    determination,
    order,
    patient,
    request,
    response,
    role,
    subject,
    without,
)

ROLES = "http://terminology.hl7.org/CodeSystem/practitioner-role"
DEGREES = "http://terminology.hl7.org/CodeSystem/v2-0360"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
A, B = "I.A.2.a", "I.A.2.b"
HEME = concept("Pediatric hematology-oncology", (NUCC, "2080P0207X"))
BMT = "Pediatric bone marrow transplant"


def ref(reference: str, **more: Any) -> Resource:
    return {"reference": reference} | more


def nucc(code: str, text: str | None = None) -> Resource:
    return concept(text, (NUCC, code))


def snomed(code: str, text: str | None = None) -> Resource:
    return concept(text, (SCT, code))


def practitioner(id_: str, *qualifications: Resource, **more: Any) -> Resource:
    stated = [{"code": each} for each in qualifications]
    return {"resourceType": "Practitioner", "id": id_, "qualification": stated} | more


def note(type_: Resource, author: Resource | None = None, **more: Any) -> Resource:
    base: Resource = {
        "resourceType": "DocumentReference",
        "id": "note",
        "status": "current",
        "type": type_,
        "subject": subject(),
        "date": "2026-05-06T10:00:00Z",
        "content": [{"attachment": {"title": "Note"}}],
        "author": [author or ref("Practitioner/dr")],
    }
    return base | more


def without_author(written: Resource) -> Resource:
    return {key: value for key, value in written.items() if key != "author"}


def encounter(id_: str = "visit", klass: Any = "AMB", status: str = "finished", **more: Any) -> Resource:
    base = {
        "resourceType": "Encounter",
        "id": id_,
        "status": status,
        "class": {"system": ACT, "code": klass} if isinstance(klass, str) else klass,
        "subject": subject(),
        "period": {"start": "2026-04-01", "end": "2026-04-01"},
        "participant": [{"individual": ref("Practitioner/dr")}],
    }
    return base | more


def consultation(
    kind: str = "Procedure", status: str = "completed", text: str = "Consultation", **more: Any
) -> Resource:
    performer: Any = [{"actor": ref("Practitioner/dr")}] if kind == "Procedure" else [ref("Practitioner/dr")]
    base = {
        "resourceType": kind,
        "id": "consult",
        "status": status,
        "code": concept(text),
        "subject": subject(),
        "performer": performer,
    }
    return base | ({"intent": "order"} if kind == "ServiceRequest" else {}) | more


def ask(clause: str, *resources: Resource, requester: Any = None, user: str = "") -> Resource:
    """One of the two questions, asked about a chart whose clinicians are these alone."""
    context = {"userId": user, "patientId": "p1"}
    drafted = {"resourceType": "Bundle", "entry": [{"resource": order(requester=requester)}]}
    return asked(clause, [patient(), *resources], context=context | {"draftOrders": drafted})


def references(criterion: Resource) -> set[str]:
    return {each["reference"] for each in criterion.get("evidence", [])}


# --- where clinicians are seen ----------------------------------------------------------------------------------------

HEMATOLOGIST = role("dr-role", HEME, "dr")
PLACES = [
    ("the requester, by role", [HEMATOLOGIST], {"requester": ref("PractitionerRole/dr-role")}, "met"),
    ("the requester, by person, joined to the role", [HEMATOLOGIST], {"requester": ref("Practitioner/dr")}, "met"),
    ("the requester, by absolute address of a known server", [HEMATOLOGIST],
     {"requester": ref("https://ehr.example/fhir/PractitionerRole/dr-role")}, "met"),
    ("the requester, at a version", [HEMATOLOGIST], {"requester": ref("PractitionerRole/dr-role/_history/3")}, "met"),
    ("the requester is an organization", [HEMATOLOGIST], {"requester": ref("Organization/clinic")}, "unknown"),
    ("the signing user", [HEMATOLOGIST], {"user": "PractitionerRole/dr-role"}, "met"),
    ("the signing user, by person", [HEMATOLOGIST], {"user": "Practitioner/dr"}, "met"),
    ("a role that nobody refers to", [HEMATOLOGIST], {}, "unknown"),
    ("active care team", [HEMATOLOGIST, care_team("PractitionerRole/dr-role")], {}, "met"),
    ("inactive care team", [HEMATOLOGIST, care_team("PractitionerRole/dr-role", status="inactive")], {}, "unknown"),
    ("proposed care team", [HEMATOLOGIST, care_team("PractitionerRole/dr-role", status="proposed")], {}, "unknown"),
    ("care team entered in error",
     [HEMATOLOGIST, care_team("PractitionerRole/dr-role", status="entered-in-error")], {}, "unknown"),
    ("care team whose period is over",
     [HEMATOLOGIST, care_team("PractitionerRole/dr-role", period={"end": "2026-11-20"})], {}, "unknown"),
    ("care team that ends today",
     [HEMATOLOGIST, care_team("PractitionerRole/dr-role", period={"end": "2026-11-21"})], {}, "met"),
    ("another patient's care team",
     [HEMATOLOGIST, care_team("PractitionerRole/dr-role", subject=ref("Patient/p2"))], {}, "unknown"),
    ("a membership that is over", [HEMATOLOGIST, care_team(participant=[
        {"member": ref("Practitioner/dr"), "period": {"end": "2026-01-31"}}])], {}, "unknown"),
    ("a membership that has not begun", [HEMATOLOGIST, care_team(participant=[
        {"member": ref("Practitioner/dr"), "period": {"start": "2026-12-01"}}])], {}, "unknown"),
    ("author of a final consult note", [HEMATOLOGIST, note(concept(None, (LOINC, "11488-4")))], {}, "met"),
    ("consult note by its text", [HEMATOLOGIST, note(concept("Outpatient consultation"))], {}, "met"),
    ("progress note", [HEMATOLOGIST, note(concept("Progress note", (LOINC, "11506-3")))], {}, "unknown"),
    ("preliminary consult note",
     [HEMATOLOGIST, note(concept(None, (LOINC, "11488-4")), docStatus="preliminary")], {}, "unknown"),
    ("superseded consult note",
     [HEMATOLOGIST, note(concept(None, (LOINC, "11488-4")), status="superseded")], {}, "unknown"),
    ("consult note entered in error",
     [HEMATOLOGIST, note(concept(None, (LOINC, "11488-4")), docStatus="entered-in-error")], {}, "unknown"),
    ("a request for a consultation", [HEMATOLOGIST, note(concept("Consult request"))], {}, "unknown"),
    ("a consult note without author",
     [HEMATOLOGIST, without_author(note(concept(None, (LOINC, "11488-4"))))], {}, "unknown"),
    ("finished encounter", [HEMATOLOGIST, encounter()], {}, "met"),
    ("planned encounter", [HEMATOLOGIST, encounter(status="planned")], {}, "unknown"),
    ("encounter in progress", [HEMATOLOGIST, encounter(status="in-progress")], {}, "unknown"),
    ("cancelled encounter", [HEMATOLOGIST, encounter(status="cancelled")], {}, "unknown"),
    ("emergency visit", [HEMATOLOGIST, encounter(klass="EMER")], {}, "unknown"),
    ("emergency visit by a list of classes (R5)",
     [HEMATOLOGIST, encounter(klass=[{"coding": [{"system": ACT, "code": "EMER"}]}])], {}, "unknown"),
    ("emergency visit by a local class",
     [HEMATOLOGIST, encounter(klass={"system": "urn:local", "code": "7", "display": "Emergency"})], {}, "unknown"),
    ("emergency visit by its type",
     [HEMATOLOGIST, encounter(type=[concept("Emergency department visit")])], {}, "unknown"),
    ("emergency visit by its service",
     [HEMATOLOGIST, encounter(serviceType=concept("Emergency medicine"))], {}, "unknown"),
    ("emergency visit by its service's name",
     [HEMATOLOGIST, encounter(serviceType={"coding": [{"code": "7", "display": "ED"}]})], {}, "unknown"),
    ("emergency visit by a code of its type",
     [HEMATOLOGIST, encounter(type=[concept(None, (ACT, "EMER"))])], {}, "unknown"),
    ("a visit to another service", [HEMATOLOGIST, encounter(serviceType=concept("Hematology"))], {}, "met"),
    ("a visit that is no emergency", [HEMATOLOGIST, encounter(type=[concept("Non-emergency visit")])], {}, "met"),
    ("an emergency visit beside a clinic visit of the same people",
     [HEMATOLOGIST, encounter("clinic"), encounter("er", klass="EMER")], {}, "met"),
    ("a clinic visit beside another patient's with the same people",
     [HEMATOLOGIST, encounter("mine"), encounter("theirs", subject=ref("Patient/p2"))], {}, "met"),
    ("another patient's encounter", [HEMATOLOGIST, encounter(subject=ref("Patient/p2"))], {}, "unknown"),
    ("completed consultation procedure", [HEMATOLOGIST, consultation()], {}, "met"),
    ("consultation procedure not done", [HEMATOLOGIST, consultation(status="not-done")], {}, "unknown"),
    ("consultation declined", [HEMATOLOGIST, consultation(text="Consultation declined")], {}, "unknown"),
    ("completed consultation request", [HEMATOLOGIST, consultation("ServiceRequest")], {}, "met"),
    ("consultation only ordered", [HEMATOLOGIST, consultation("ServiceRequest", "active")], {}, "unknown"),
    ("consultation revoked", [HEMATOLOGIST, consultation("ServiceRequest", "revoked")], {}, "unknown"),
    ("consultation not to be done", [HEMATOLOGIST, consultation("ServiceRequest", doNotPerform=True)], {}, "unknown"),
    ("named in the questionnaire as role",
     [HEMATOLOGIST, response({"consulted-specialist": ref("PractitionerRole/dr-role")}, author=None)], {}, "met"),
    ("named in the questionnaire as person",
     [HEMATOLOGIST, response({"transplant-specialist": ref("Practitioner/dr")}, author=None)], {}, "met"),
    ("named in a draft questionnaire",
     [HEMATOLOGIST, response({"consulted-specialist": ref("Practitioner/dr")}, status="in-progress")], {}, "unknown"),
    ("the author of a condition is nobody consulted",
     [HEMATOLOGIST, condition("c", concept("x"), recorder=ref("Practitioner/dr"))], {}, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "resources", "named", "status"), PLACES, ids=[row[0] for row in PLACES])
def test_where_a_clinician_is_seen(remark: str, resources: list[Resource], named: Resource, status: str) -> None:
    """A haematologist counts where the chart shows one prescribing or consulted, and nowhere else."""
    assert ask(B, *resources, **named)["status"] == status, remark


def test_the_author_of_a_counted_attestation_is_consulted() -> None:
    """A transplant specialist who attests is a transplant specialist consulted."""
    attested = response({"attest-clinically-stable": True})
    found = ask(A, role("bmt", BMT), attested)
    assert found["status"] == "met"
    assert references(found) == {"QuestionnaireResponse/qr", "PractitionerRole/bmt"}


# --- which specialty --------------------------------------------------------------------------------------------------

SPECIALTIES = [
    ("2080P0207X paediatric haematology-oncology", nucc("2080P0207X"), "unknown", "met"),
    ("207RH0000X haematology", nucc("207RH0000X"), "unknown", "met"),
    ("207RH0003X haematology and oncology", nucc("207RH0003X"), "unknown", "met"),
    ("207RX0202X medical oncology", nucc("207RX0202X"), "unknown", "met"),
    ("207K00000X allergy and immunology", nucc("207K00000X"), "unknown", "met"),
    ("207KI0005X clinical and laboratory immunology",
     nucc("207KI0005X", "Clinical & Laboratory Immunology"), "unknown", "met"),
    ("207RA0201X allergy and immunology", nucc("207RA0201X"), "unknown", "met"),
    ("207RI0001X clinical and laboratory immunology", nucc("207RI0001X"), "unknown", "met"),
    ("2080P0201X paediatric allergy/immunology", nucc("2080P0201X"), "unknown", "met"),
    ("2080I0007X paediatric immunology", nucc("2080I0007X"), "unknown", "met"),
    ("207RI0200X infectious disease", nucc("207RI0200X"), "unknown", "met"),
    ("2080P0208X paediatric infectious disease", nucc("2080P0208X"), "unknown", "met"),
    ("204F00000X transplant surgery", nucc("204F00000X"), "unknown", "unknown"),
    ("204F00000X, said to be of the liver", nucc("204F00000X", "Liver transplant surgery"), "unknown", "unknown"),
    ("204F00000X, said to be of marrow", nucc("204F00000X", "Bone marrow transplant"), "met", "unknown"),
    ("207RH0005X is hypertension", nucc("207RH0005X"), "unknown", "unknown"),
    ("207RH0005X even with a hopeful text", nucc("207RH0005X", "Hematology"), "unknown", "unknown"),
    ("207RT0003X transplant hepatology", nucc("207RT0003X", "Transplant Hepatology"), "unknown", "unknown"),
    ("2080T0004X paediatric transplant hepatology", nucc("2080T0004X"), "unknown", "unknown"),
    ("207RA0001X transplant cardiology", nucc("207RA0001X", "Transplant Cardiology"), "unknown", "unknown"),
    ("207ZH0000X haematology (pathology)", nucc("207ZH0000X", "Hematology (Pathology)"), "unknown", "unknown"),
    ("207ZI0100X immunopathology", nucc("207ZI0100X", "Immunopathology"), "unknown", "unknown"),
    ("207NI0002X dermatological immunology", nucc("207NI0002X", "Clinical Immunology"), "unknown", "unknown"),
    ("207KA0200X allergy alone", nucc("207KA0200X", "Allergy"), "unknown", "unknown"),
    ("364ST0500X transplant nurse", nucc("364ST0500X"), "unknown", "unknown"),
    ("163WI0600X infection control nurse", nucc("163WI0600X", "Infectious disease"), "unknown", "unknown"),
    ("163WP0218X oncology nurse", nucc("163WP0218X", "Oncology"), "unknown", "unknown"),
    ("1835X0200X oncology pharmacist", nucc("1835X0200X", "Oncology"), "unknown", "unknown"),
    ("246QH0000X haematology technologist", nucc("246QH0000X", "Hematology"), "unknown", "unknown"),
    ("261QX0200X oncology clinic", nucc("261QX0200X", "Oncology"), "unknown", "unknown"),
    ("363LP0200X paediatric nurse practitioner", nucc("363LP0200X", BMT), "unknown", "unknown"),
    ("2085R0001X radiation oncology", nucc("2085R0001X", "Radiation Oncology"), "unknown", "unknown"),
    ("2086X0206X surgical oncology", nucc("2086X0206X"), "unknown", "unknown"),
    ("207VX0201X gynaecological oncology", nucc("207VX0201X"), "unknown", "unknown"),
    *(
        (f"{code} oncology of another kind, called {words}", concept(words, (system, code)), "unknown", "unknown")
        for system, code in ((NUCC, "2085R0001X"), (NUCC, "2086X0206X"), (NUCC, "207VX0201X"), (SCT, "419815003"),
                             (SCT, "419321007"), (SCT, "408446006"))
        for words in ("Oncology", "Pediatric Oncology", "Oncologist")
    ),
    ("radiation oncology beside haematology", concept("Oncology", (NUCC, "2085R0001X"), (NUCC, "207RH0000X")),
     "unknown", "met"),
    ("radiation oncology beside medical oncology", concept("Oncology", (NUCC, "2085R0001X"), (NUCC, "207RX0202X")),
     "unknown", "met"),
    ("408476004 bone and marrow transplantation", snomed("408476004"), "met", "unknown"),
    ("420112009 the same, paediatric", snomed("420112009"), "met", "unknown"),
    ("408477008 transplantation surgery", snomed("408477008"), "unknown", "unknown"),
    ("408471009 cardiothoracic transplantation", snomed("408471009", "Stem cell transplant"), "unknown", "unknown"),
    ("394803006 clinical haematology", snomed("394803006"), "unknown", "met"),
    ("418652005 paediatric haematology", snomed("418652005"), "unknown", "met"),
    ("394592004 clinical oncology", snomed("394592004"), "unknown", "met"),
    ("394593009 medical oncology", snomed("394593009"), "unknown", "met"),
    ("418002000 paediatric oncology", snomed("418002000"), "unknown", "met"),
    ("408480009 clinical immunology", snomed("408480009"), "unknown", "met"),
    ("418535003 paediatric immunology", snomed("418535003"), "unknown", "met"),
    ("394807007 infectious diseases", snomed("394807007"), "unknown", "met"),
    ("418862001 paediatric infectious diseases", snomed("418862001"), "unknown", "met"),
    ("419815003 radiation oncology", snomed("419815003"), "unknown", "unknown"),
    ("419321007 surgical oncology", snomed("419321007"), "unknown", "unknown"),
    ("408446006 gynaecological oncology", snomed("408446006"), "unknown", "unknown"),
    ("394916005 haematopathology", snomed("394916005", "Hematopathology"), "unknown", "unknown"),
    ("421661004 transfusion medicine", snomed("421661004"), "unknown", "unknown"),
    ("text: BMT attending", concept("BMT attending"), "met", "unknown"),
    ("text: HSCT", concept("Attending physician, HSCT"), "met", "unknown"),
    ("text: HCT", concept("Pediatric HCT"), "met", "unknown"),
    ("text: blood and marrow transplantation", concept("Blood and Marrow Transplantation"), "met", "unknown"),
    ("text: stem cell transplant", concept("Stem cell transplant"), "met", "unknown"),
    ("text: haematopoietic, British", concept("Haematopoietic cell transplantation"), "met", "unknown"),
    ("text: hematopoietic, American", concept("Hematopoietic stem cell transplant"), "met", "unknown"),
    ("text: transplant and cellular therapy", concept("Transplantation & Cellular Therapy"), "met", "unknown"),
    ("text: cell therapy and transplant", concept("Cellular Therapy/Transplant"), "met", "unknown"),
    ("text: haematopoietic transplant, cells not named", concept("Haematopoietic transplant"), "met", "unknown"),
    ("text: transplantation, haematopoietic", concept("Transplantation, hematopoietic"), "met", "unknown"),
    ("text: both specialties", concept("Pediatric Hematology/Oncology and BMT"), "met", "met"),
    ("text: a program", concept("Center for Stem Cell Transplantation"), "met", "unknown"),
    ("text: transplantation, of what is not said", concept("Transplant physician"), "unknown", "unknown"),
    ("text: kidney", concept("Kidney transplant"), "unknown", "unknown"),
    ("text: liver and stem cells", concept("Liver and stem cell transplant"), "unknown", "unknown"),
    ("text: heart", concept("Heart transplant"), "unknown", "unknown"),
    ("text: lung", concept("Lung transplant"), "unknown", "unknown"),
    ("text: transplant hepatology", concept("Transplant hepatology"), "unknown", "unknown"),
    ("text: BMT nurse", concept("BMT nurse practitioner"), "unknown", "unknown"),
    ("text: BMT coordinator", concept("Bone marrow transplant coordinator"), "unknown", "unknown"),
    ("text: HSCT pharmacist", concept("HSCT pharmacist"), "unknown", "unknown"),
    ("text: stem cell laboratory", concept("Stem cell transplant laboratory"), "unknown", "unknown"),
    ("text: hematology technologist", concept("Hematology technologist"), "unknown", "unknown"),
    ("text: social worker", concept("BMT social worker"), "unknown", "unknown"),
    ("text: financial counselor", concept("BMT financial counselor"), "unknown", "unknown"),
    ("text: dentist before transplant", concept("Dental clearance pre-BMT"), "unknown", "unknown"),
    ("text: not the specialist", concept("General pediatrics (not hematology)"), "unknown", "unknown"),
    ("text: Heme/Onc", concept("Peds Heme/Onc"), "unknown", "met"),
    ("text: Hem-Onc", concept("Hem-Onc attending"), "unknown", "met"),
    ("text: haematology, British", concept("Paediatric haematology"), "unknown", "met"),
    ("text: immunology", concept("Immunology"), "unknown", "met"),
    ("text: infectious diseases", concept("Infectious Diseases"), "unknown", "met"),
    ("text: transplant infectious diseases", concept("Transplant infectious diseases"), "unknown", "met"),
    ("text: transplant immunology is the HLA laboratory", concept("Transplant immunology"), "unknown", "unknown"),
    ("text: radiation oncology", concept("Radiation Oncology"), "unknown", "unknown"),
    ("text: surgical oncology", concept("Surgical oncology"), "unknown", "unknown"),
    ("text: gynaecological oncology", concept("Gynecologic Oncology"), "unknown", "unknown"),
    ("text: cardiology", concept("Pediatric cardiology"), "unknown", "unknown"),
    ("text: pharmacist by degree", concept("BMT PharmD"), "unknown", "unknown"),
    ("text: pharmacist by degree, with dots", concept("BMT Pharm.D."), "unknown", "unknown"),
    ("text: pharmacist by degree and board", concept("Bone marrow transplant PharmD, BCOP"), "unknown", "unknown"),
    ("text: pharmacist by board alone", concept("Oncology, BCOP"), "unknown", "unknown"),
    ("text: registered pharmacist", concept("BMT RPh"), "unknown", "unknown"),
    ("text: registered pharmacist, with dots", concept("BMT R.Ph."), "unknown", "unknown"),
    ("text: infectious disease pharmacist", concept("Infectious Diseases PharmD"), "unknown", "unknown"),
    ("text: oncology pharmacist", concept("Oncology PharmD"), "unknown", "unknown"),
    ("text: vocational nurse", concept("BMT LVN"), "unknown", "unknown"),
    ("text: haematology vocational nurse", concept("Hematology LVN"), "unknown", "unknown"),
    ("text: practical nurse", concept("BMT LPN"), "unknown", "unknown"),
    ("text: doctor of nursing practice", concept("BMT DNP"), "unknown", "unknown"),
    ("text: bachelor of nursing", concept("BMT BSN"), "unknown", "unknown"),
    ("text: family nurse practitioner", concept("BMT FNP-BC"), "unknown", "unknown"),
    ("text: paediatric nurse practitioner", concept("BMT CPNP"), "unknown", "unknown"),
    ("text: acute care nurse practitioner", concept("Oncology ACNP-AG"), "unknown", "unknown"),
    ("text: transplant nurse, certified", concept("BMTCN, bone marrow transplant"), "unknown", "unknown"),
    ("text: oncology nurse, certified", concept("Hematology, OCN"), "unknown", "unknown"),
    ("text: clinical nurse specialist", concept("BMT CNS"), "unknown", "unknown"),
    ("text: oncology of the central nervous system", concept("CNS tumor oncology"), "unknown", "met"),
    ("text: physician assistant", concept("BMT PA"), "unknown", "unknown"),
    ("text: advanced practice provider", concept("BMT APP"), "unknown", "unknown"),
    ("text: mid-level", concept("BMT midlevel"), "unknown", "unknown"),
    ("text: clinical social worker", concept("BMT LCSW"), "unknown", "unknown"),
    ("text: dietitian", concept("BMT RD"), "unknown", "unknown"),
    ("text: physical therapy", concept("BMT physical therapy"), "unknown", "unknown"),
    ("text: phlebotomist", concept("BMT phlebotomist"), "unknown", "unknown"),
    ("text: apheresis operator", concept("BMT apheresis operator"), "unknown", "unknown"),
    ("text: scheduler", concept("BMT scheduler"), "unknown", "unknown"),
    ("text: trials office", concept("BMT Clinical Trials Office"), "unknown", "unknown"),
    ("text: tumour registrar", concept("Oncology tumor registrar"), "unknown", "unknown"),
    *(
        (f"text: who keeps the register, {words}", concept(words), "unknown", "unknown")
        for words in ("Oncology data registrar", "Oncology registrar (data)", "Oncology database registrar",
                      "Oncology data entry", "Oncology registry")
    ),
    ("text: a place, no person", concept("Oncology Clinic/Center"), "unknown", "unknown"),
    ("text: a place, as the taxonomy has it", concept("Clinic/Center, Oncology"), "unknown", "unknown"),
    ("text: a place of transplant", concept("Clinic/Centre, BMT"), "unknown", "unknown"),
    ("text: the clinic that is the service", concept("Hematology clinic"), "unknown", "met"),
    *(
        (f"text: HCT is the haematocrit, {words}", concept(words), "unknown", "unknown")
        for words in ("HCT/Hgb point-of-care testing", "Hgb/HCT", "Hb/Hct", "Hemoglobin and HCT", "CBC, HCT",
                      "HCT check")
    ),
    *(
        (f"text: HCT is the transplant, {words}", concept(words), "met", "unknown")
        for words in ("HCT", "HCT physician", "HCT and cellular therapy", "Hemoglobinopathy HCT",
                      "HCT for Hgb disorders")
    ),
    ("text: registrar, a physician in training", concept("Haematology registrar"), "unknown", "met"),
    ("text: scheduled visits", concept("Hematology, scheduled visits"), "unknown", "met"),
    ("text: epidemiologist", concept("Infectious disease epidemiologist"), "unknown", "unknown"),
    ("text: infectious diseases and epidemiology", concept("Infectious Diseases and Hospital Epidemiology"),
     "unknown", "met"),
    ("text: radiology for BMT", concept("BMT radiology"), "unknown", "unknown"),
    ("text: palliative care for BMT", concept("BMT palliative care"), "unknown", "unknown"),
    ("text: rehabilitation for oncology", concept("Oncology rehabilitation"), "unknown", "unknown"),
    ("text: haematology, and palliative care", concept("Hematology/Oncology and Palliative Care"), "unknown", "met"),
    ("text: radiology, oncology", concept("Radiology, oncology"), "unknown", "unknown"),
    ("text: urologic oncology", concept("Urologic oncology"), "unknown", "unknown"),
    ("text: ocular oncology", concept("Ocular oncology"), "unknown", "unknown"),
    ("text: interventional oncology", concept("Interventional oncology"), "unknown", "unknown"),
    ("text: head and neck oncology", concept("Head and neck oncology"), "unknown", "unknown"),
    ("text: cardio-oncology", concept("Cardio-oncology"), "unknown", "unknown"),
    ("text: neuro-oncology", concept("Pediatric neuro-oncology"), "unknown", "met"),
    ("text: neuro-oncology of neurology", concept("Neurology - Neuro-Oncology"), "unknown", "met"),
    ("text: haematology, BMT before", concept("Hematology; previously BMT"), "unknown", "met"),
    ("text: BMT, haematology before", concept("BMT (previously hematology)"), "met", "unknown"),
    ("text: BMT before", concept("BMT, previously"), "unknown", "unknown"),
    ("text: BMT before, elsewhere", concept("BMT previously at another hospital"), "unknown", "unknown"),
    ("text: a post held before", concept("Previous BMT director"), "unknown", "unknown"),
    ("text: a scribe", concept("BMT scribe"), "unknown", "unknown"),
    ("text: a survivor", concept("BMT survivor"), "unknown", "unknown"),
    ("text: a mentor of patients", concept("BMT peer mentor"), "unknown", "unknown"),
    ("text: a nurse's degree with dots", concept("BMT R.N."), "unknown", "unknown"),
    ("text: a physician's degree with dots", concept("BMT M.D., Ph.D."), "met", "unknown"),
    ("text: the clinic of survivors", concept("BMT survivor clinic"), "met", "unknown"),
    ("text: haematology, not BMT", concept("Hematology (not BMT)"), "unknown", "met"),
    ("text: haematology without transplant", concept("Non-transplant hematology"), "unknown", "met"),
    ("text: the same, at length", concept("Hematology, non bone marrow transplant"), "unknown", "met"),
    ("text: non-malignant haematology", concept("Non-malignant hematology"), "unknown", "met"),
    ("text: no experience of it", concept("No BMT experience"), "unknown", "unknown"),
    ("text: not any longer", concept("Hematologist, retired"), "unknown", "unknown"),
    ("text: once", concept("Former BMT fellow"), "unknown", "unknown"),
    ("text: no physician", concept("Non-physician BMT provider"), "unknown", "unknown"),
    *(
        (f"text: who works in the unit, {words}", concept(words), "unknown", "unknown")
        for words in (
            "BMT Advance Practice Provider", "BMT Referral Specialist", "BMT Authorization Specialist",
            "BMT Intake Specialist", "BMT Insurance Specialist", "BMT Benefits Specialist", "BMT Quality Specialist",
            "BMT Clinical Specialist", "BMT Referral/Authorization Specialist", "BMT Educator", "BMT Liaison",
            "BMT Hospital School Liaison", "BMT Program Assistant", "Program Assistant - BMT", "BMT Discharge Planner",
            "BMT Operations Director", "Director of Operations, BMT", "BMT Quality Manager", "BMT Supervisor",
            "BMT Physician Extender", "BMT CRA", "Hematology Practice Supervisor", "Veterinary oncology",
        )
    ),
    *(
        (f"text: a physician, {words}", concept(words), "met", "unknown")
        for words in (
            "BMT Program Director", "Medical Director, BMT", "Clinical Director, BMT", "BMT Specialist",
            "Assistant Professor, BMT", "BMT Assistant Attending", "BMT Clinician Educator", "Chief, BMT service",
            "Medical Director of Quality, BMT",
        )
    ),
    *(
        (f"text: another specialty of the unit, {words}", concept(words), "unknown", "unknown")
        for words in (
            "BMT Dermatology", "BMT Neurology", "BMT Ophthalmology", "BMT Endocrinology", "BMT Gastroenterology",
            "BMT Surgery", "BMT Critical Care", "BMT Intensive Care", "BMT ICU", "BMT Anesthesia", "BMT Nephrology",
            "BMT Urology", "BMT ENT", "BMT Genetics", "Oncology Nephrology", "BMT hospitalist", "BMT wound care",
            "Neuro-immunology", "Reproductive immunology",
        )
    ),
    ("text: BMT beside critical care", concept("Critical Care and BMT"), "met", "unknown"),
    ("text: BMT beside neurology", concept("Neurology, BMT"), "met", "unknown"),
    ("text: as SNOMED CT has it", concept("Surgery-Bone and marrow transplantation"), "met", "unknown"),
    ("text: the same, paediatric", concept("Pediatric surgery-bone marrow transplantation"), "met", "unknown"),
    ("text: gastrointestinal oncology is medical", concept("Gastrointestinal oncology"), "unknown", "met"),
    ("text: pulmonology and immunology", concept("Pulmonology, Allergy & Immunology"), "unknown", "met"),
    *(
        (f"text: infectious disease, {words}", concept(words), "unknown", "met")
        for words in ("ID", "Pediatric ID", "Peds ID", "ID physician", "Transplant ID", "Immunocompromised Host ID",
                      "Infectious Dis", "Infectiology")
    ),
    *(
        (f"text: no infectious disease, {words}", concept(words), "unknown", "unknown")
        for words in ("id", "Patient ID", "ID badge", "IDD services", "ID pharmacist", "Provider ID 7")
    ),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "specialty", "a", "b"), SPECIALTIES, ids=[row[0] for row in SPECIALTIES])
def test_what_a_specialty_says(remark: str, specialty: Resource, a: str, b: str) -> None:
    """Each specialty of the requester's role answers the transplant question, the other one, both or neither."""
    chart = [role("dr", specialty)]
    found = [ask(clause, *chart, requester=ref("PractitionerRole/dr"))["status"] for clause in (A, B)]
    assert found == [a, b], remark


NEAR = [
    (A, nucc("204F00000X"), "transplant surgery, organ not said"),
    (A, snomed("408477008"), "the same in SNOMED CT"),
    (A, concept("Transplant physician"), "the same in words"),
    (A, nucc("2080P0207X"), "paediatric haematology-oncology, transplant not said"),
    (B, nucc("2085R0001X"), "radiation oncology"),
    (B, concept("Surgical oncology"), "surgical oncology"),
]


@pytest.mark.parametrize(("clause", "specialty", "remark"), NEAR, ids=[row[2] for row in NEAR])
def test_what_comes_near_is_said(clause: str, specialty: Resource, remark: str) -> None:
    """A specialty that needs a closer look is named in the gap, which is not that nothing was found."""
    found = ask(clause, role("dr", specialty), requester=ref("PractitionerRole/dr"))
    assert causes(found) == {"unusable"}, remark
    assert found["gaps"][0]["because"]


# --- where the specialty is stated ------------------------------------------------------------------------------------

BY_PERSON = {"requester": ref("Practitioner/dr")}
NO_PHYSICIANS_DEGREE = (
    "PN", "BN", "BSN", "MSN", "RN", "CRN", "CNS", "CNM", "NP", "CNP", "CANP", "CPNP", "FPNP", "PA", "PharmD", "RPH",
    "CMA", "MDA", "RMA", "MT", "EMT", "EMTP", "CTR", "SEC",
)  # fmt: skip
STATED = [
    ("the role's specialty", [role("r", "Hematology", "dr")], BY_PERSON, B, "met"),
    ("the role's code", [role("r", "Pediatrics", "dr", code=[concept("Hematologist")])], BY_PERSON, B, "met"),
    ("a qualification", [practitioner("dr", concept("Board certified, Hematology"))], BY_PERSON, B, "met"),
    ("a qualification that ran out", [practitioner("dr", qualification=[
        {"code": concept("Hematology"), "period": {"end": "2020"}}])], BY_PERSON, B, "unknown"),
    ("a practitioner no longer active",
     [practitioner("dr", concept("Hematology"), active=False)], BY_PERSON, B, "unknown"),
    ("a practitioner without role or qualification", [practitioner("dr")], BY_PERSON, B, "unknown"),
    ("the second of two roles",
     [role("r1", "Pediatrics", "dr"), role("r2", "Hematology", "dr")], BY_PERSON, B, "met"),
    ("another role of the person who is named by role",
     [role("r1", "Pediatrics", "dr"), role("r2", "Hematology", "dr")],
     {"requester": ref("PractitionerRole/r1")}, B, "met"),
    ("roles of a Practitioner who was not sent, by address",
     [role("r", "Hematology") | {"practitioner": ref("https://ehr.example/fhir/Practitioner/dr")}],
     {"requester": ref("https://ehr.example/fhir/Practitioner/dr")}, B, "met"),
    ("an inactive role", [role("r", "Hematology", "dr", active=False)], BY_PERSON, B, "unknown"),
    ("a role that ended", [role("r", "Hematology", "dr", period={"end": "2026-11-20"})], BY_PERSON, B, "unknown"),
    ("a role that ends today", [role("r", "Hematology", "dr", period={"end": "2026-11-21"})], BY_PERSON, B, "met"),
    ("a role that has not begun",
     [role("r", "Hematology", "dr", period={"start": "2026-11-22"})], BY_PERSON, B, "unknown"),
    ("a nurse's other role",
     [role("r1", BMT, "dr"), role("r2", "Pediatrics", "dr", code=[concept("Registered nurse")])],
     BY_PERSON, A, "unknown"),
    ("a nurse by HL7's role code",
     [role("r", BMT, "dr", code=[concept(None, (ROLES, "nurse"))])], BY_PERSON, A, "unknown"),
    ("a nurse by degree", [role("r", BMT, "dr"), practitioner("dr", concept(None, (DEGREES, "RN")))],
     BY_PERSON, A, "unknown"),
    *(
        (f"no physician by degree, {code}", [role("r", BMT, "dr"), practitioner("dr", concept(None, (DEGREES, code)))],
         BY_PERSON, A, "unknown")
        for code in NO_PHYSICIANS_DEGREE
    ),
    *(
        (f"a physician's degree, {code}", [role("r", BMT, "dr"), practitioner("dr", concept(None, (DEGREES, code)))],
         BY_PERSON, A, "met")
        for code in ("MD", "DO", "PHD", "MS", "MBA", "BS")
    ),
    *(
        (f"no physician by what stands behind the name, {suffix}",
         [role("r", BMT, "dr"), practitioner("dr", name=[{"family": "X", "suffix": [suffix]}])],
         BY_PERSON, A, "unknown")
        for suffix in ("RN", "R.N.", "NP", "APRN, FNP-BC", "PharmD", "PA-C")
    ),
    *(
        (f"a physician by what stands behind the name, {suffix}",
         [role("r", BMT, "dr"), practitioner("dr", name=[{"family": "X", "suffix": [suffix]}])], BY_PERSON, A, "met")
        for suffix in ("MD", "M.D.", "DO", "MD, PhD", "Jr.", "III")
    ),
    ("a name is no profession",
     [role("r", BMT, "dr"), practitioner("dr", name=[{"family": "Nurse", "given": ["Rn"]}])], BY_PERSON, A, "met"),
    ("radiation oncology, in the role of an oncologist",
     [role("r", nucc("2085R0001X"), "dr", code=[concept("Oncologist")])], BY_PERSON, B, "unknown"),
    ("radiation oncology, in the role of a haematologist",
     [role("r", nucc("2085R0001X"), "dr", code=[concept("Hematologist")])], BY_PERSON, B, "met"),
    ("radiation oncology in words beside oncology of no kind",
     [role("r1", "Radiation Oncology", "dr"), role("r2", "Oncology", "dr")], BY_PERSON, B, "unknown"),
    ("radiation oncology in words beside medical oncology",
     [role("r1", "Radiation Oncology", "dr"), role("r2", "Medical Oncology", "dr")], BY_PERSON, B, "met"),
    ("a radiation oncologist who is on the team as oncologist", [role("r", nucc("2085R0001X"), "dr"), care_team(
        participant=[{"member": ref("Practitioner/dr"), "role": [concept("Oncologist")]}])], {}, B, "unknown"),
    ("a pharmacist by degree, in words", [role("r", BMT, "dr"), practitioner("dr", concept("PharmD"))],
     BY_PERSON, A, "unknown"),
    ("a nurse by degree, in words", [role("r", BMT, "dr"), practitioner("dr", concept("DNP"))],
     BY_PERSON, A, "unknown"),
    ("a nurse by degree, in a local code",
     [role("r", BMT, "dr"), practitioner("dr", concept(None, ("urn:x", "FNP-BC")))], BY_PERSON, A, "unknown"),
    *(
        (f"no physician by HL7's role code, {code}", [role("r", BMT, "dr", code=[concept(None, (ROLES, code))])],
         BY_PERSON, A, "unknown")
        for code in ("pharmacist", "researcher", "teacher", "ict")
    ),
    *(
        (f"no physician by SNOMED CT, {remark}", [role("r", BMT, "dr", code=[snomed(code)])], BY_PERSON, A, "unknown")
        for code, remark in (("106292003", "nurse"), ("224535009", "registered nurse"), ("46255001", "pharmacist"))
    ),
    *(
        (f"{words} on the care team, whose role is BMT", [role("r", BMT, "dr"), care_team(participant=[
            {"member": ref("PractitionerRole/r"), "role": [concept(words)]}])], {}, A, "unknown")
        for words in ("PharmD", "LVN", "DNP", "Phlebotomist")
    ),
    ("a doctor by HL7's role code",
     [role("r", BMT, "dr", code=[concept(None, (ROLES, "doctor"))])], BY_PERSON, A, "met"),
    ("a laboratory's role", [role("r", "Hematology", "dr", code=[concept("Laboratory director")])],
     BY_PERSON, B, "unknown"),
    ("a laboratory's role beside one in the clinic",
     [role("r1", "Hematology", "dr", code=[concept("Laboratory director")]), role("r2", "Hematology", "dr")],
     BY_PERSON, B, "met"),
    ("the type of the note, its author not in the chart",
     [note(concept(None, (LOINC, "34779-9")))], {}, B, "met"),
    ("34781-5 infectious disease", [note(concept(None, (LOINC, "34781-5")))], {}, B, "met"),
    ("68757-4 paediatric haematology-oncology", [note(concept(None, (LOINC, "68757-4")))], {}, B, "met"),
    ("68765-7 paediatric infectious disease", [note(concept(None, (LOINC, "68765-7")))], {}, B, "met"),
    ("68633-7 allergy and immunology", [note(concept(None, (LOINC, "68633-7")))], {}, B, "met"),
    ("34805-2 oncology", [note(concept(None, (LOINC, "34805-2")))], {}, B, "met"),
    ("11488-4 says no specialty", [note(concept(None, (LOINC, "11488-4")))], {}, B, "unknown"),
    ("68852-3 transplant surgery, of what is not said", [note(concept(None, (LOINC, "68852-3")))], {}, A, "unknown"),
    ("a note's type in words", [note(concept("Bone marrow transplant consult note"))], {}, A, "met"),
    ("a nutrition consult in the transplant unit", [note(concept("Nutrition consult HSCT"))], {}, A, "unknown"),
    ("a dental consult before transplant", [note(concept("Dental consult pre-BMT"))], {}, A, "unknown"),
    ("a note of the specialty by a nurse",
     [note(concept(None, (LOINC, "34779-9"))), role("r", "Oncology", "dr", code=[concept("Nurse")])],
     {}, B, "unknown"),
    ("the author of a note of the specialty, by name only",
     [note(concept(None, (LOINC, "34779-9")), {"display": "Dr. A. Example"})], {}, B, "met"),
    ("a note of the specialty by an organization",
     [note(concept(None, (LOINC, "34779-9")), ref("Organization/clinic"))], {}, B, "unknown"),
    ("the role in the care team", [care_team(participant=[
        {"member": ref("Practitioner/dr"), "role": [concept("Hematologist")]}])], {}, B, "met"),
    ("the role in the care team of a member by name only", [care_team(participant=[
        {"member": {"display": "Dr. A. Example"}, "role": [concept("BMT attending")]}])], {}, A, "met"),
    ("the role in the care team, of an organization", [care_team(participant=[
        {"member": ref("Organization/clinic"), "role": [concept("Hematology")]}])], {}, B, "unknown"),
    ("a coordinator in the care team", [care_team(participant=[
        {"member": ref("Practitioner/dr"), "role": [concept("BMT coordinator")]}])], {}, A, "unknown"),
    ("a role in the care team without a member",
     [care_team(participant=[{"role": [concept("BMT")]}])], {}, A, "unknown"),
    ("a haematologist who is on the team as coordinator", [HEMATOLOGIST, care_team(participant=[
        {"member": ref("Practitioner/dr"), "role": [concept("Care coordinator")]}])], {}, B, "unknown"),
    ("the requester, whose specialty the care team states", [care_team(participant=[
        {"member": ref("Practitioner/dr"), "role": [concept("Hematologist")]}])], BY_PERSON, B, "met"),
    ("a name alone", [], {"requester": {"display": "Dr. Smith, Bone marrow transplant"}}, A, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "resources", "named", "clause", "status"), STATED, ids=[row[0] for row in STATED])
def test_where_a_specialty_is_stated(
    remark: str, resources: list[Resource], named: Resource, clause: str, status: str
) -> None:
    """The specialty is joined over roles, qualifications, note types and care teams."""
    assert ask(clause, *resources, **named)["status"] == status, remark


# --- the words of a consult note --------------------------------------------------------------------------------------

NOTES = [
    ("BMT consult", "met", "unknown"),
    ("BMT consult note", "met", "unknown"),
    ("Pediatric BMT Consultation", "met", "unknown"),
    ("Bone Marrow Transplant - Initial Consult", "met", "unknown"),
    ("Bone Marrow Transplant (BMT) Consult", "met", "unknown"),
    ("Bone Marrow Transplant, Pediatric Consult", "met", "unknown"),
    ("H&P / Consult - BMT", "met", "unknown"),
    ("Consult to BMT", "met", "unknown"),
    ("Inpatient consult to Bone Marrow Transplant", "met", "unknown"),
    ("Consult note: BMT consult", "met", "unknown"),
    ("Center for Stem Cell Transplantation consult", "met", "unknown"),
    ("Consult note - Hematology", "unknown", "met"),
    ("Consultation note Hematology/Oncology", "unknown", "met"),
    ("Consult note by Immunology", "unknown", "met"),
    ("Consultation to Division of Hematology", "unknown", "met"),
    ("Consult (Hematology)", "unknown", "met"),
    ("Hematology in-patient consult", "unknown", "met"),
    ("Hematology New Patient Consult", "unknown", "met"),
    ("Hematology clinic consult note", "unknown", "met"),
    ("Allergy and immunology Hospital Consult note", "unknown", "met"),
    ("Infectious Disease Consult", "unknown", "met"),
    ("Infectious Disease (ID) consult", "unknown", "met"),
    ("ID consult", "unknown", "met"),
    ("Transplant ID consult", "unknown", "met"),
    ("Hematology/Oncology and BMT Consult", "met", "met"),
    ("Consultant haematologist's note", "unknown", "met"),
    ("Dermatology consult - BMT", "unknown", "unknown"),
    ("Dermatology (BMT) consult", "unknown", "unknown"),
    ("BMT - Dermatology consult", "unknown", "unknown"),
    ("BMT dermatology consult", "unknown", "unknown"),
    ("PICU consult (BMT)", "unknown", "unknown"),
    ("PT consult BMT unit", "unknown", "unknown"),
    ("BMT PT consult", "unknown", "unknown"),
    ("BMT GI consult", "unknown", "unknown"),
    ("ENT consult, hematology patient", "unknown", "unknown"),
    ("Hematology patient, ENT consult", "unknown", "unknown"),
    ("Wound care consult - hematology unit", "unknown", "unknown"),
    ("Genetics consult (immunology clinic)", "unknown", "unknown"),
    ("Neurology consult - referred by Immunology", "unknown", "unknown"),
    ("Referred by Immunology for Neurology consult", "unknown", "unknown"),
    ("Dental consult for immunology patient", "unknown", "unknown"),
    ("Orthopedics consult re: infectious disease", "unknown", "unknown"),
    ("Consult for oncology patient", "unknown", "unknown"),
    ("Consult note, hematology patient", "unknown", "unknown"),
    ("Consult with BMT", "unknown", "unknown"),
    ("Oncology unit consult", "unknown", "unknown"),
    ("BMT consult request", "unknown", "unknown"),
    ("BMT consult - cancelled", "unknown", "unknown"),
    ("Consult to BMT declined", "unknown", "unknown"),
    ("BMT consult scheduled", "unknown", "unknown"),
    ("BMT consult to be scheduled", "unknown", "unknown"),
    ("Order: BMT consult", "unknown", "unknown"),
    ("Referral for BMT consult", "unknown", "unknown"),
    ("BMT consult not done", "unknown", "unknown"),
    ("BMT consult postponed", "unknown", "unknown"),
]


@pytest.mark.parametrize(("words", "a", "b"), NOTES, ids=[row[0] for row in NOTES])
@pytest.mark.parametrize("codings", [[(LOINC, "11488-4")], []], ids=["coded", "in words alone"])
def test_whose_consult_a_note_is(words: str, a: str, b: str, codings: list[tuple[str, str]]) -> None:
    """What leads directly to "consult" tells whose it is; whose patient, unit or clinic it was about does not."""
    assert [ask(clause, note(concept(words, *codings)))["status"] for clause in (A, B)] == [a, b], words


def test_the_code_of_a_consult_note_needs_no_such_word() -> None:
    """A note coded as a consult note, and called after the specialty alone."""
    assert ask(A, note(concept("BMT", (LOINC, "11488-4"))))["status"] == "met"


@pytest.mark.parametrize("words", ["BMT consult request", "BMT consult - cancelled", "Consult scheduled"])
def test_a_consult_that_did_not_take_place_shows_nobody(words: str) -> None:
    """The author of a request is not consulted, whatever their specialty and the note's code."""
    assert ask(B, HEMATOLOGIST, note(concept(words, (LOINC, "11488-4"))))["status"] == "unknown"


@pytest.mark.parametrize(("words", "status"), [
    ("Consult to Hematology", "met"), ("Referral for consultation", "met"),
    ("Consult to Hematology declined", "unknown"), ("Consultation - cancelled", "unknown"),
    ("Consultation, no show", "unknown"),
])  # fmt: skip
def test_a_completed_consultation_request_in_words(words: str, status: str) -> None:
    """A request is a request by its name; once completed, only words of its failing take that back."""
    assert ask(B, HEMATOLOGIST, consultation("ServiceRequest", text=words))["status"] == status


# --- contained clinicians ---------------------------------------------------------------------------------------------


def contained_role(specialty: str, id_: str = "c", **more: Any) -> Resource:
    return {"resourceType": "PractitionerRole", "id": id_, "specialty": [concept(specialty)]} | more


CONTAINED = [
    ("a contained role", [contained_role("Hematology")], "met"),
    ("a contained inactive role", [contained_role("Hematology", active=False)], "unknown"),
    ("a contained practitioner", [practitioner("c", concept("Hematology"))], "met"),
    ("a contained role of a contained practitioner", [
        contained_role("Pediatrics", practitioner=ref("#d")), practitioner("d", concept("Hematology"))], "met"),
    ("a contained organization", [{"resourceType": "Organization", "id": "c", "name": "Hematology"}], "unknown"),
    ("nothing under that id", [contained_role("Hematology", "other")], "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "contained", "status"), CONTAINED, ids=[row[0] for row in CONTAINED])
def test_a_contained_clinician(remark: str, contained: list[Resource], status: str) -> None:
    """A clinician inside the care team that refers to them counts like any other."""
    assert ask(B, care_team("#c", contained=contained))["status"] == status, remark


def test_two_contained_clinicians_of_one_id_are_two_people() -> None:
    """An id inside one resource says nothing about the same id inside another."""
    team = care_team("#c", contained=[contained_role("Hematology")])
    written = note(concept("Consult note"), ref("#c"), contained=[contained_role(BMT)])
    found = ask(B, team, written)
    assert found["status"] == "met"
    assert not any("same clinician" in each["says"] for each in found["evidence"])


# --- what is said -----------------------------------------------------------------------------------------------------


def test_evidence_names_where_and_what() -> None:
    """One line says what the clinician does for the patient, the other where the specialty is stated."""
    found = ask(B, HEMATOLOGIST, care_team("PractitionerRole/dr-role"))
    assert references(found) == {"CareTeam/team", "PractitionerRole/dr-role"}


def test_one_person_is_shown_once() -> None:
    """Prescribing, signing and visiting, the same person is one piece of evidence."""
    found = ask(B, HEMATOLOGIST, encounter(), requester=ref("Practitioner/dr"), user="PractitionerRole/dr-role")
    assert len(found["evidence"]) == 2


@pytest.mark.parametrize(
    ("remark", "resources", "said"),
    [
        ("one role with both", [role("r", "Pediatric Hematology/Oncology and BMT", "dr")], True),
        ("two roles of one person", [role("r1", BMT, "dr"), role("r2", "Hematology", "dr")], True),
        ("two people", [role("r1", BMT, "dr"), role("r2", "Hematology"), care_team("PractitionerRole/r2")], False),
    ],
)
def test_the_same_person_for_both_is_said(remark: str, resources: list[Resource], said: bool) -> None:
    """Where one person answers both questions, the evidence of the second says so."""
    found = ask(B, *resources, requester=ref("Practitioner/dr"))
    assert found["status"] == "met"
    assert any("same clinician" in each["says"] for each in found["evidence"]) is said, remark


MISSING = [
    ("nobody is named", [], {}, {"absent"}),
    ("a clinician who was not sent", [], {"requester": ref("Practitioner/dr")}, {"unavailable"}),
    ("a clinician known by identifier only", [],
     {"requester": {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1"}}}, {"unavailable"}),
    ("a clinician with another specialty", [role("r", "Cardiology", "dr")], BY_PERSON, {"absent"}),
    ("a signing user by a urn", [], {"user": "urn:uuid:1"}, {"unavailable"}),
    ("a signing user whose role was not sent", [], {"user": "PractitionerRole/dr"}, {"unavailable"}),
    ("a role that ended", [role("r", "Hematology", "dr", period={"end": "2020"})], BY_PERSON, {"unusable"}),
    ("a role that cannot be read", [role("r", "Hematology", "dr", active="perhaps")],
     {"requester": ref("PractitionerRole/r")}, {"unusable"}),
    ("a role whose meaning is modified",
     [role("r", "Hematology", "dr", modifierExtension=[{"url": "urn:x", "valueBoolean": True}])],
     {"requester": ref("PractitionerRole/r")}, {"unusable"}),
    ("a consultation only ordered", [consultation("ServiceRequest", "active")], {}, {"unusable"}),
    ("a preliminary note", [note(concept(None, (LOINC, "34779-9")), docStatus="preliminary")], {}, {"unusable"}),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "resources", "named", "expected"), MISSING, ids=[row[0] for row in MISSING])
def test_why_there_is_none(remark: str, resources: list[Resource], named: Resource, expected: set[str]) -> None:
    """Not there, there but no good, and not looked at are told apart."""
    found = ask(B, *resources, **named)
    assert found["status"] == "unknown"
    assert causes(found) == expected, remark


LOOKED_UP = [
    ("a role that is not there", "PractitionerRole/dr", {"userRole": None}, {"absent"}),
    ("a role that could not be read", "PractitionerRole/dr", {"userRole": {"resourceType": "OperationOutcome"}},
     {"unavailable"}),
    ("a person without role or record", "Practitioner/dr", {"userPractitioner": None, "userRoles": bundle([])},
     {"absent"}),
    ("a person whose roles were not sent", "Practitioner/dr", {"userPractitioner": None}, {"unavailable"}),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "user", "answers", "expected"), LOOKED_UP, ids=[row[0] for row in LOOKED_UP])
def test_the_signing_user_who_was_looked_up(remark: str, user: str, answers: Resource, expected: set[str]) -> None:
    """A complete answer that leads nowhere is absent; one that failed or was left out is unavailable."""
    body = request([patient()], [order(requester=None)])
    body["context"]["userId"] = user
    body["prefetch"] |= answers
    found = criteria(determination(body))[B]
    assert found["status"] == "unknown"
    assert causes(found) == expected, remark


@pytest.mark.parametrize("key", ["careTeams", "documents", "encounters", "procedures", "serviceRequests"])
def test_a_part_that_was_not_sent_is_said(key: str) -> None:
    """A place where a specialist might be seen, and that was not sent, leaves the question open."""
    chart = without(complete(), "heme", "team")
    found = asked(B, chart, leave_out=(key,))
    assert found["status"] == "unknown"
    assert "unavailable" in causes(found)
