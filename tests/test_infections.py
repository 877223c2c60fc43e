"""I.A.3.b: which infections count by their code, which need more, and which never count."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import (
    ICD,
    LOINC,
    SCT,
    Resource,
    asked,
    causes,
    complete,
    concept,
    condition,
    criteria,
    determination,
    observation,
    quantity,
    request,
    subject,
    without,
)

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
MET, OPEN = "met", "unknown"


def infected(*resources: Resource, **more: Any) -> Resource:
    """The clause on infections of a chart that is complete but for its infection."""
    return asked("I.A.3.b", [*without(complete(), "infection"), *resources], **more)


def had(code: str | None, text: str | None = None, id_: str = "inf", system: str = ICD, **more: Any) -> Resource:
    codings = ((system, code),) if code else ()
    return condition(id_, concept(text, *codings), **({"onsetDateTime": "2025-05-01"} | more))


A = "J15.1"
B = "L03.115"
TIER_A = (
    "A40.3 A41.01 A41.51 P36.0 B37.7 A46 M72.6 K12.2 K61.0 H66.11 H66.3X1 H70.001 J13 J15.0 J85.1 J86.9 P23.6 "
    "K65.0 K65.1 K75.0 D73.3 N15.1 G06.0 M86.06 M86.671 M46.26 M00.9 G00.9 I33.0 B37.1 B44.1 B45.1 B46.0 B40.2 "
    "A42.1 A43.0"
)
TIER_B = (
    "L02.91 L03.115 J36 B38.0 B39.4 A41.9 R65.20 R78.81 J15.7 J18.9 K65.8 K65.9 M86.9 H66.001 H66.90 L08.0 "
    "P38.9 L01.00 K05.10 K05.30 K04.7 B37.0 P37.5 A49.9 T80.211A Z87.01 Z86.14"
)
NEVER = (
    "B01.9 B34.9 J10.1 J12.9 J21.9 J00 J06.9 U07.1 A08.4 A09 B99.9 J20.9 B95.6 B96.2 Z16.11 L88 M86.30 B44.81 "
    "K65.3 K65.4 K12.0 K12.30 H65.01 H65.20 B35.1 B36.0 R65.10 J69.0 Z20.818 Z22.31 Z23"
)


@pytest.mark.parametrize("code", TIER_A.split())
def test_tier_a_counts_by_its_code(code: str) -> None:
    """An infection of tier A needs nothing more."""
    found = infected(had(code))
    assert found["status"] == MET
    assert found["evidence"][0]["reference"] == "Condition/inf"


@pytest.mark.parametrize("code", TIER_B.split())
def test_tier_b_needs_corroboration(code: str) -> None:
    """An infection of tier B alone is named in the gap, with what would make it count."""
    found = infected(had(code))
    assert (found["status"], causes(found)) == (OPEN, {"unusable"})
    assert found["gaps"][0]["reference"] == "Condition/inf"


@pytest.mark.parametrize("code", NEVER.split())
def test_never_codes_never_count(code: str) -> None:
    """Viral, unspecified, non-infectious and organism codes do not count, severe or not."""
    severe = concept("Severe", (SCT, "24484000"))
    found = infected(had(code, severity=severe))
    assert (found["status"], causes(found)) == (OPEN, {"absent"})


SHAPES = [
    ("without dot", had("J151"), MET),
    ("small letters", had("j15.1"), MET),
    ("under the OID", had(A, system="urn:oid:2.16.840.1.113883.6.90"), MET),
    ("another system's J15.1", had(A, system="https://lab.example"), OPEN),
    ("SNOMED of tier A", had("53084003", system=SCT), MET),
    ("SNOMED: bacterial sepsis", had("10001005", system=SCT), MET),
    ("SNOMED: bacterial infection", had("87628006", system=SCT), OPEN),
    ("SNOMED of tier B", had("128045006", system=SCT), OPEN),
    ("SNOMED that never counts", had("233624006", system=SCT), OPEN),
    ("Gram-negative in its name", had("449082003", "Sepsis due to Gram negative bacteria", system=SCT), MET),
    ("Gram-negative pneumonia", had("J15.6", "Pneumonia due to other Gram-negative bacteria"), MET),
    ("never beside tier A: CRMO", condition("inf", concept(None, (ICD, "M86.60"), (SCT, "240151005"))), OPEN),
    ("never beside tier A: ABPA", condition("inf", concept(None, (ICD, "B44.81"), (SCT, "65553006"))), OPEN),
    ("an organism code beside tier A", condition("inf", concept(None, (ICD, A), (ICD, "B96.5"))), MET),
    ("an organism code beside tier B", condition("inf", concept(None, (ICD, B), (ICD, "B95.61"))), OPEN),
    # status and person
    ("resolved counts", had(A, clinicalStatus=concept(None, ("cs", "resolved"))), MET),
    ("refuted", had(A) | {"verificationStatus": concept(None, ("vs", "refuted"))}, OPEN),
    ("entered in error", had(A) | {"verificationStatus": concept(None, ("vs", "entered-in-error"))}, OPEN),
    ("provisional", had(A) | {"verificationStatus": concept(None, ("vs", "provisional"))}, OPEN),
    ("unconfirmed in words", had(A) | {"verificationStatus": {"text": "unconfirmed"}}, OPEN),
    ("status not stated", had(A) | {"verificationStatus": None}, MET),
    ("rule out", had(A, "Rule out pneumonia"), OPEN),
    ("a relative's", had(A, "Pneumonia in sister"), OPEN),
    ("another patient's", had(A, subject={"reference": "Patient/brother"}), OPEN),
    ("a modifier extension", had(A, modifierExtension=[{"url": "u", "valueCode": "x"}]), OPEN),
    ("a risk", had("M86.162", "Risk for osteomyelitis"), OPEN),
    ("a differential", had("M86.162", "DDx osteomyelitis"), OPEN),
    ("less likely", had("M86.162", "Osteomyelitis less likely"), OPEN),
    ("suspicious", had("M86.162", "Suspicious for osteomyelitis"), OPEN),
    ("misdiagnosed", had("M86.162", "Misdiagnosed osteomyelitis"), OPEN),
    ("doubtful", had("M86.162", "Osteomyelitis of left tibia and fibula, doubtful"), OPEN),
    ("plainly said", had("M86.162", "Osteomyelitis of left tibia and fibula"), MET),
    ("doubted under a name of its own", had("I33.0", "Suspected endocarditis"), OPEN),
    ("under a name of its own", had("I33.0", "Acute and subacute infective endocarditis"), MET),
    ("doubted under no name", had("J85.1", "Rule out lung cavity"), OPEN),
    ("doubted under no name, at the end", had("J85.1", "Lung cavity, suspected"), OPEN),
    ("under no name", had("J85.1", "Lung cavity without effusion"), MET),
    ("without what may come with it", had("J86.9", "Pyothorax without fistula"), MET),
    (
        "doubted beside the code's own title",
        condition(
            "inf",
            concept("Suspected osteomyelitis")
            | {
                "coding": [
                    {"system": ICD, "code": "M86.162", "display": "Other acute osteomyelitis, left tibia and fibula"}
                ]
            },
        ),
        OPEN,
    ),
    ("a germ's short name: ruled out", had("J15.1", "Rule out P. aeruginosa pneumonia"), OPEN),
    ("a germ's short name: suspected", had("A41.01", "Suspected S. aureus sepsis"), OPEN),
    ("a germ's short name: denied", had("J15.0", "No evidence of K. pneumoniae pneumonia"), OPEN),
    ("a germ's short name: a brother's", had("J15.0", "Brother had K. pneumoniae pneumonia"), OPEN),
    ("a germ's short name: doubted after", had("A41.01", "Sepsis due to Staph. aureus, ruled-out"), OPEN),
    ("a germ's short name", had("J15.0", "Pneumonia due to K. pneumoniae"), MET),
    # dates
    ("today", had(A, onsetDateTime="2026-11-21"), MET),
    ("tomorrow", had(A, onsetDateTime="2026-11-22"), OPEN),
    ("this month", had(A, onsetDateTime="2026-11"), MET),
    ("next month", had(A, onsetDateTime="2026-12"), OPEN),
    ("no date", had(A) | {"onsetDateTime": None}, MET),
    ("at an age still to come", had(A) | {"onsetDateTime": None, "onsetAge": quantity(9, "a")}, OPEN),
    ("at an age that has been", had(A) | {"onsetDateTime": None, "onsetAge": quantity(1, "a")}, MET),
    ("at the age of today", had(A) | {"onsetDateTime": None, "onsetAge": quantity(33, "mo")}, MET),
    ("ruled out in its note", had(A, note=[{"text": "Ruled out by CT."}]), OPEN),
    ("another cause ruled out in its note", had(A, note=[{"text": "Fungal cause ruled out."}]), MET),
    # words alone
    ("no code at all, beside nothing", had(B) | {"code": {}}, OPEN),
    ("text alone", had(None, "Staphylococcal sepsis"), OPEN),
    ("text with a code nobody knows", had("999", "Bacterial meningitis", system=SCT), OPEN),
]


@pytest.mark.parametrize(("stated", "status"), [row[1:] for row in SHAPES], ids=[row[0] for row in SHAPES])
def test_shapes_of_one_condition(stated: Resource, status: str) -> None:
    """How one Condition can say an infection, and what takes it back."""
    assert infected(given(stated))["status"] == status


@pytest.mark.parametrize(
    ("stated", "cause"),
    [
        (had(None, "Staphylococcal sepsis"), "unusable"),
        (had("999", "Bacterial meningitis", system=SCT), "unusable"),
        (had(None, "Viral infection"), "absent"),
        (had(None, "No history of pneumonia"), "absent"),
    ],
    ids=["no code", "a code that is not known", "viral words", "denied words"],
)
def test_words_alone_are_named_in_the_gap(stated: Resource, cause: str) -> None:
    """An infection that only words name is not counted, and not passed over in silence."""
    assert causes(infected(stated)) == {cause}


def severity(text: str | None = None, code: str | None = None) -> Resource:
    return {"severity": concept(text, *([(SCT, code)] if code else []))}


def status_of(code: str) -> Resource:
    return {"clinicalStatus": concept(None, ("http://terminology.hl7.org/CodeSystem/condition-clinical", code))}


BY_ITSELF = [
    ("severe by code", had(B, **severity(code="24484000")), MET),
    ("moderate by code", had(B, **severity(code="6736007")), OPEN),
    ("severe in words", had(B, **severity("Severe")), MET),
    ("not severe in words", had(B, **severity("Not severe")), OPEN),
    ("moderately severe in words", had(B, **severity("Moderately severe")), OPEN),
    ("mild in words", had(B, **severity("Mild")), OPEN),
    ("recurrence", had(B, **status_of("recurrence")), MET),
    ("relapse", had(B, **status_of("relapse")), MET),
    ("active", had(B, **status_of("active")), OPEN),
    ("a code that says recurrent", had("H66.004"), MET),
    ("SNOMED that says recurrent", had("428875002", system=SCT), MET),
    ("its text says recurrent", had(B, "Recurrent cellulitis"), MET),
    ("its text denies it", had(B, "Cellulitis, no recurrence"), OPEN),
    ("non-recurrent", had(B, "Non-recurrent cellulitis"), OPEN),
    ("Z87.01's own title", had("Z87.01", "Personal history of pneumonia (recurrent)"), OPEN),
    ("R65.2's own title", had("R65.20", "Severe sepsis without septic shock"), OPEN),
    ("K05's chronic", had("K05.30", "Chronic periodontitis, unspecified"), OPEN),
    ("K05's generalized", had("K05.321", "Chronic periodontitis, generalized, slight"), OPEN),
    ("K05, severe", had("K05.313", "Chronic periodontitis, localized, severe"), MET),
    ("extensive", had(B, "Extensive cellulitis of the leg"), MET),
    ("not extensive", had(B, "Cellulitis, not extensive"), OPEN),
    ("necrotising", had(B, "Necrotizing cellulitis"), MET),
    ("non-invasive", had("B37.2", "Non-invasive candidiasis of skin"), OPEN),
    ("disseminated", had("B38.7", "Disseminated coccidioidomycosis"), MET),
    ("after extensive surgery", had(B, "Cellulitis after extensive surgery"), OPEN),
    ("following severe burns", had(B, "Cellulitis following severe burns"), OPEN),
    ("in the setting of recurrent trauma", had(B, "Cellulitis in the setting of recurrent trauma"), OPEN),
    ("extensive, after surgery", had(B, "Extensive cellulitis after surgery"), MET),
    ("recurrent, secondary to something", had(B, "Recurrent cellulitis secondary to mild eczema"), MET),
    ("after surgery, said first", had(B, "After surgery extensive cellulitis"), MET),
    ("in setting of severe LAD-I", had(B, "Cellulitis in setting of severe LAD-I"), OPEN),
    ("complicating severe eczema", had(B, "Cellulitis complicating severe eczema"), OPEN),
    ("severe pain", had(B, "Mild cellulitis, severe pain"), OPEN),
    ("severe neutrophilia", had(B, "Cellulitis (severe neutrophilia)"), OPEN),
    ("another infection is recurrent", had(B, "Cellulitis, first episode, recurrent otitis media"), OPEN),
    ("an extensive allergy", had(B, "Cellulitis; extensive antibiotic allergy"), OPEN),
    ("severe eczema before it", had(B, "Severe eczema with cellulitis"), OPEN),
    ("recurrent fever before it", had(B, "Recurrent fever, cellulitis"), OPEN),
    ("severe dermatitis before it", had(B, "Severe atopic dermatitis and cellulitis"), OPEN),
    ("severe", had(B, "Severe cellulitis"), MET),
    ("severe, after a comma", had(B, "Cellulitis, severe"), MET),
    ("severe, in brackets", had(B, "Cellulitis of left leg (severe)"), MET),
    ("severe, after its name", had(B, "Cellulitis severe"), MET),
    ("severe, after its place", had(B, "Cellulitis of left lower limb, severe"), MET),
    ("severe, after another word on it", had(B, "Cellulitis, acute, severe"), MET),
    ("severe, with something", had(B, "Cellulitis, severe, with fever"), MET),
    ("severe, its place between", had(B, "Severe left leg cellulitis"), MET),
    ("recurrent and extensive", had(B, "Recurrent extensive cellulitis of leg"), MET),
    ("severe and recurrent", had(B, "Severe and recurrent cellulitis"), MET),
    ("recurrent episodes of it", had(B, "Recurrent episodes of cellulitis"), MET),
    ("of skin and soft tissue", had(B, "Recurrent skin and soft tissue infections"), MET),
    ("recurrent, how often", had(B, "Cellulitis, recurrent x3"), MET),
    ("recurrent otitis media", had("H66.90", "Otitis media, recurrent"), MET),
    ("severe, of a name of its own", had("L01.00", "Impetigo, severe"), MET),
    ("invasive ventilation", had("J18.9", "Pneumonia requiring invasive ventilation"), OPEN),
    ("noninvasive", had("B37.2", "Candidiasis of skin, noninvasive"), OPEN),
    ("extensive, with a mild fever", had(B, "Extensive cellulitis with mild fever"), MET),
    ("bacterial, severe", had("J15.7", "Bacterial pneumonia, severe"), MET),
    ("after extensive surgery, said first", had(B, "After extensive surgery cellulitis"), OPEN),
    ("rapidly progressive", had(B, "Cellulitis, rapidly progressive"), MET),
    ("over large areas", had(B, "Cellulitis spreading to large areas"), MET),
    ("spreading, not said how far", had(B, "Spreading cellulitis"), OPEN),
    ("severe immunodeficiency beside", had(B, "Cellulitis in severe combined immunodeficiency"), OPEN),
]


@pytest.mark.parametrize(("stated", "status"), [row[1:] for row in BY_ITSELF], ids=[row[0] for row in BY_ITSELF])
def test_what_the_condition_itself_adds(stated: Resource, status: str) -> None:
    """Severity, recurrence and extent on the Condition itself; a code's own title adds nothing."""
    assert infected(stated)["status"] == status


EPISODES = [
    ("13 days apart", had(B), had("L03.116", id_="two", onsetDateTime="2025-05-14"), OPEN),
    ("14 days apart", had(B), had("L03.116", id_="two", onsetDateTime="2025-05-15"), MET),
    ("of another kind", had(B), had("J36", id_="two", onsetDateTime="2025-08-01"), OPEN),
    ("a month that may hold the first", had(B), had(B, id_="two", onsetDateTime="2025-05"), OPEN),
    ("the month after, 31 days at least", had(B), had(B, id_="two", onsetDateTime="2025-06"), MET),
    ("ages 2 and 6 months", had(B) | {"onsetDateTime": None, "onsetAge": quantity(2, "mo")},
     had(B, id_="two") | {"onsetDateTime": None, "onsetAge": quantity(6, "mo")}, MET),
    ("ages 2 and 3 months", had(B) | {"onsetDateTime": None, "onsetAge": quantity(2, "mo")},
     had(B, id_="two") | {"onsetDateTime": None, "onsetAge": quantity(3, "mo")}, OPEN),
    ("the same year only", had(B), had(B, id_="two", onsetDateTime="2025"), OPEN),
    ("the other refuted", had(B), had(B, id_="two", onsetDateTime="2025-08-01")
     | {"verificationStatus": concept(None, ("vs", "refuted"))}, OPEN),
    ("the other a relative's", had(B),
     had(B, id_="two", onsetDateTime="2025-08-01", subject={"reference": "Patient/x"}), OPEN),
    ("recorded again, with no onset", had(B), had(B, id_="two", recordedDate="2025-08-01") | {"onsetDateTime": None},
     OPEN),
    ("periods 14 days apart", had(B), had(B, id_="two", onsetPeriod={"start": "2025-05-15"}) | {"onsetDateTime": None},
     MET),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "status"), [row[1:] for row in EPISODES], ids=[row[0] for row in EPISODES])
def test_two_onsets_of_one_kind(first: Resource, second: Resource, status: str) -> None:
    """Two onset dates at least 14 days apart are a recurrence; the date of recording is no onset."""
    found = infected(given(first), {key: value for key, value in second.items() if value is not None})
    assert found["status"] == status


# --- what backs it ---------------------------------------------------------------------------------------------------

AT_INFECTION = [{"reference": "Condition/inf"}]


def stay(kind: str = "IMP", period: Resource | None = None, status: str = "finished", **more: Any) -> Resource:
    base = {"resourceType": "Encounter", "id": "stay", "status": status, "subject": subject()}
    base["class"] = {"system": ACT, "code": kind}
    return base | ({"period": period} if period else {}) | more


def culture(value: str | None = "Staphylococcus aureus", text: str = "Wound culture", **more: Any) -> Resource:
    valued = {"valueCodeableConcept": concept(value)} if value else {}
    return observation("culture", concept(text), **({"effectiveDateTime": "2025-05-01"} | valued | more))


def drip(drug: str = "Vancomycin", route: str = "Intravenous", status: str = "completed", **more: Any) -> Resource:
    base = {
        "resourceType": "MedicationAdministration", "id": "iv", "status": status, "subject": subject(),
        "medicationCodeableConcept": concept(drug), "dosage": {"route": concept(route)},
        "effectiveDateTime": "2025-05-01",
    }  # fmt: skip
    return base | more


MAY = {"start": "2025-05-01", "end": "2025-05-09"}
JUNE = {"start": "2025-06-01", "end": "2025-06-09"}
DIAGNOSED = {"diagnosis": [{"condition": AT_INFECTION[0]}]}
BACKED = [
    # hospital stays
    ("a stay on its dates", stay(period=MAY), {}, MET),
    ("a stay that refers to it as diagnosis", stay(period=JUNE, **DIAGNOSED), {}, MET),
    ("a stay that refers to it as reason", stay(period=JUNE, reasonReference=AT_INFECTION), {}, MET),
    ("a stay at another time", stay(period=JUNE), {}, OPEN),
    ("an emergency visit", stay("EMER", MAY), {}, OPEN),
    ("an ambulatory visit", stay("AMB", MAY, **DIAGNOSED), {}, OPEN),
    ("a planned stay", stay(period=MAY, status="planned"), {}, OPEN),
    ("a stay entered in error", stay(period=MAY, status="entered-in-error"), {}, OPEN),
    ("a finished stay without an end, years before", stay(period={"start": "2020-01-01"}), {}, OPEN),
    ("another patient's stay", stay(period=MAY, subject={"reference": "Patient/x"}), {}, OPEN),
    ("a class that cannot be read", stay(period=MAY) | {"class": [{"coding": [{"code": "AMB"}]}]}, {}, OPEN),
    ("the stay in which it was met", stay(), {"encounter": {"reference": "Encounter/stay"}}, MET),
    ("a later stay in which it was written down", stay(period=JUNE), {"encounter": {"reference": "Encounter/stay"}},
     OPEN),
    ("a stay that holds its year", stay(period={"start": "2025-05-01", "end": "2025-05-09"}),
     {"onsetDateTime": "2025"}, OPEN),
    ("a stay on the day it was recorded", stay(period=MAY), {"onsetDateTime": None, "recordedDate": "2025-05-02"},
     OPEN),
    ("a stay between onset and abatement", stay(period=JUNE), {"abatementDateTime": "2025-06-03"}, MET),
    ("a stay that goes on since before it", stay(period={"start": "2025-04-20"}, status="in-progress"), {}, MET),
    ("a stay that goes on, the patient on leave", stay(period={"start": "2025-04-20"}, status="onleave"), {}, MET),
    ("a stay that goes on since after it", stay(period={"start": "2025-05-02"}, status="in-progress"), {}, OPEN),
    ("a stay that went on until before it", stay(period={"start": "2025-04-20", "end": "2025-04-28"},
     status="in-progress"), {}, OPEN),
    ("a finished stay without an end", stay(period={"start": "2025-04-20"}), {}, OPEN),
    ("a later stay, the infection still active", stay(period=JUNE),
     {"clinicalStatus": concept(None, ("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"))}, OPEN),
    ("a stay of a class without its system", stay(period=MAY) | {"class": {"code": "IMP"}}, {}, OPEN),
    ("a later stay that the infection refers to", stay(period=JUNE),
     {"evidence": [{"detail": [{"reference": "Encounter/stay"}]}]}, MET),
    ("a stay that holds its age", stay(period={"start": "2025-05-01", "end": "2025-06-30"}),
     {"onsetDateTime": None, "onsetAge": quantity(15, "mo")}, MET),
    ("a stay that may hold its age", stay(period=MAY), {"onsetDateTime": None, "onsetAge": quantity(15, "mo")}, OPEN),
    # cultures
    ("a culture of its day", culture(), {}, MET),
    ("a culture that the infection refers to", culture(effectiveDateTime="2025-07-01"),
     {"evidence": [{"detail": [{"reference": "Observation/culture"}]}]}, MET),
    ("a culture that refers to another infection", culture(effectiveDateTime="2025-07-01"),
     {"evidence": [{"detail": [{"reference": "Observation/other"}]}]}, OPEN),
    ("a sibling's culture", culture(focus=[{"reference": "RelatedPerson/sib"}]), {}, OPEN),
    ("a donor's specimen", culture(specimen={"display": "Donor blood"}), {}, OPEN),
    ("Staph aureus", culture("Staph aureus"), {}, MET),
    ("Group A strep", culture("Group A beta-hemolytic strep"), {}, MET),
    ("Moraxella", culture("Moraxella catarrhalis"), {}, MET),
    ("Kingella, abbreviated", culture("K. kingae"), {}, MET),
    ("Morganella in capitals", culture("MORGANELLA MORGANII"), {}, MET),
    ("Pasteurella", culture("Pasteurella multocida"), {}, MET),
    ("Porphyromonas in words", culture(None, valueString="Moderate growth of Porphyromonas gingivalis"), {}, MET),
    ("Achromobacter, species not told", culture("Achromobacter species"), {}, MET),
    ("Scedosporium", culture("Scedosporium apiospermum"), {}, MET),
    ("Trichosporon", culture("Trichosporon asahii"), {}, MET),
    ("Haemophilus influenzae is no virus", culture("Haemophilus influenzae"), {}, MET),
    ("influenza virus", culture("Influenza virus"), {}, OPEN),
    ("cytomegalovirus", culture("Human cytomegalovirus"), {}, OPEN),
    ("a parasite", culture("Trichomonas vaginalis"), {}, OPEN),
    ("heavy growth of nothing said", culture("Heavy growth"), {}, OPEN),
    ("respiratory flora", culture("Usual respiratory flora"), {}, OPEN),
    ("no Moraxella", culture("Moraxella catarrhalis not isolated"), {}, OPEN),
    ("flagged negative", culture(interpretation=[concept(None, ("x", "NEG"))]), {}, OPEN),
    ("a specimen of a culture", culture("Sputum"), {}, OPEN),
    ("a culture in a negated component", culture(None, component=[{
        "code": concept("Organism"), "valueCodeableConcept": concept("Candida albicans"),
        "modifierExtension": [{"url": "u", "valueBoolean": True}]}]), {}, OPEN),
    ("a culture that refers to it", culture(effectiveDateTime="2025-07-01", focus=AT_INFECTION), {}, MET),
    ("a culture of another day", culture(effectiveDateTime="2025-07-01"), {}, OPEN),
    ("a culture of its month", culture(effectiveDateTime="2025-05"), {}, OPEN),
    ("Gram-negative rods", culture("Gram-negative rods"), {}, MET),
    ("no growth", culture("No growth"), {}, OPEN),
    ("no fungus isolated", culture("No fungus isolated"), {}, OPEN),
    ("negative for an organism", culture("Negative for Staphylococcus aureus"), {}, OPEN),
    ("skin flora", culture("Mixed skin flora, Staphylococcus"), {}, OPEN),
    ("a contaminant", culture("Staphylococcus, probable contaminant"), {}, OPEN),
    ("only positive", culture("Positive"), {}, OPEN),
    ("a virus", culture("Herpes simplex virus"), {}, OPEN),
    ("a screening culture", culture("MRSA", "Nasal MRSA screening culture"), {}, OPEN),
    ("a specimen rejected", culture(None, valueString="Specimen rejected: rule out Staphylococcus aureus"), {}, OPEN),
    ("a culture cancelled", culture(None, valueString="Cancelled, Staphylococcus aureus"), {}, OPEN),
    ("a culture pending", culture(None, valueString="Staphylococcus aureus pending"), {}, OPEN),
    ("only its susceptibility pending",
     culture(None, valueString="Staphylococcus aureus, susceptibilities pending"), {}, MET),
    ("only its identification pending", culture("Gram-negative rods, identification pending"), {}, MET),
    ("a culture not performed", culture(None, valueString="Not performed (Candida)"), {}, OPEN),
    ("an organism to rule out", culture("R/O Staphylococcus aureus"), {}, OPEN),
    ("an organism suspected", culture("Suspected Pseudomonas aeruginosa"), {}, OPEN),
    ("a preliminary culture", culture(status="preliminary"), {}, OPEN),
    ("as text", culture(None, valueString="Pseudomonas aeruginosa"), {}, MET),
    ("in a component", culture(None, component=[{"code": concept("Organism"),
                                                 "valueCodeableConcept": concept("Candida albicans")}]), {}, MET),
    ("another patient's culture", culture(subject={"reference": "Patient/x"}), {}, OPEN),
    ("a report's conclusion", {"resourceType": "DiagnosticReport", "id": "report", "status": "final",
     "subject": subject(), "code": concept("Blood culture", (LOINC, "600-7")), "effectiveDateTime": "2025-05-01",
     "conclusion": "Grew Escherichia coli"}, {}, MET),
    # intravenous antimicrobials
    ("intravenous vancomycin", drip(), {}, MET),
    ("IV in the dosage's text", drip(dosage={"text": "1 g IV q12h"}), {}, MET),
    ("through its Medication", drip(medicationReference={"reference": "#m"}, medicationCodeableConcept=None,
                                    contained=[{"resourceType": "Medication", "id": "m",
                                                "code": concept("Cefazolin")}]), {}, MET),
    ("by the code of its route", drip(dosage={"route": concept(None, (SCT, "47625008"))}), {}, MET),
    ("by the code of another route", drip(dosage={"route": concept(None, (SCT, "26643006"))}), {}, OPEN),
    ("going on since before it, its end not told",
     drip(effectiveDateTime=None, effectivePeriod={"start": "2025-04-29"}, status="in-progress"), {}, OPEN),
    ("a course that holds its day",
     drip(effectiveDateTime=None, effectivePeriod={"start": "2025-04-29", "end": "2025-05-03"}), {}, MET),
    ("later, but the infection refers to it", drip(effectiveDateTime="2025-07-01"),
     {"evidence": [{"detail": [{"reference": "MedicationAdministration/iv"}]}]}, MET),
    ("prophylaxis in the drug's name", drip("Cefazolin IV surgical prophylaxis"), {}, OPEN),
    ("prophylaxis as its reason", drip("Cefazolin", reasonCode=[concept("Surgical prophylaxis")]), {}, OPEN),
    ("before an operation", drip("Cefazolin", dosage={"text": "1 g IV pre-op"}), {}, OPEN),
    ("by mouth", drip(route="Oral"), {}, OPEN),
    ("prophylaxis", drip(dosage={"text": "2 g IV, surgical prophylaxis"}), {}, OPEN),
    ("an antiviral", drip("Aciclovir"), {}, OPEN),
    ("a cytotoxic that ends in mycin", drip("Bleomycin"), {}, OPEN),
    ("not given", drip(status="not-done"), {}, OPEN),
    ("at another time", drip(effectiveDateTime="2025-07-01"), {}, OPEN),
    ("at another time, for it", drip(effectiveDateTime="2025-07-01", reasonReference=AT_INFECTION), {}, MET),
]  # fmt: skip


def given(resource: Resource) -> Resource:
    return {key: value for key, value in resource.items() if value is not None}


@pytest.mark.parametrize(("backer", "infection", "status"), [row[1:] for row in BACKED], ids=[row[0] for row in BACKED])
def test_what_backs_a_tier_b_infection(backer: Resource, infection: Resource, status: str) -> None:
    """A culture, stay or drip backs an infection that it refers to, or surely shares a day with."""
    found = infected(given(had(B, **infection)), given(backer))
    assert found["status"] == status
    if status == MET:
        assert f"{backer['resourceType']}/{backer['id']}" in [each["reference"] for each in found["evidence"]]


GREW = observation("culture", concept("Blood culture"), valueCodeableConcept=concept("Staphylococcus aureus"),
                   effectiveDateTime="2025-05-01")  # fmt: skip
BARE = GREW | {"code": concept("Isolate")}
INSIDE = {key: value for key, value in GREW.items() if key not in ("subject", "effectiveDateTime")}


def report(status: str = "final", **more: Any) -> Resource:
    base = {
        "resourceType": "DiagnosticReport", "id": "report", "status": status, "subject": subject(),
        "code": concept("Wound culture"), "effectiveDateTime": "2025-05-01",
        "result": [{"reference": "Observation/culture"}],
    }  # fmt: skip
    return base | more


def containing(inside: Resource, status: str = "final", **more: Any) -> Resource:
    return report(status, contained=[inside], result=[{"reference": "#culture"}], **more)


REPORTED = [
    ("in a final report", [GREW, report()], MET),
    ("in a report entered in error", [GREW, report("entered-in-error")], OPEN),
    ("in a cancelled report", [GREW, report("cancelled")], OPEN),
    ("in a withdrawn report and a standing one", [GREW, report("cancelled"), report(id="again")], MET),
    ("called a culture by its report alone", [BARE, report()], MET),
    ("called a culture by nobody", [BARE, report(code=concept("Chemistry"))], OPEN),
    ("a Gram stain in the culture's report", [GREW | {"code": concept("Gram stain")}, report()], OPEN),
    ("in a report of surveillance", [GREW, report(code=concept("Surveillance culture, nares"))], OPEN),
    ("contained in a final report", [containing(INSIDE)], MET),
    ("contained in a preliminary report", [containing(INSIDE, "preliminary")], OPEN),
    ("contained, preliminary", [containing(INSIDE | {"status": "preliminary"})], OPEN),
    ("contained, of another person", [containing(INSIDE | {"subject": {"reference": "Patient/sib"}})], OPEN),
    ("contained in another day's report", [containing(INSIDE, effectiveDateTime="2025-07-01")], OPEN),
    ("a member of a panel", [BARE, observation("panel", concept("Wound culture"),
                                               hasMember=[{"reference": "Observation/culture"}])], MET),
    ("dated by its specimen", [GREW | {"effectiveDateTime": None, "specimen": {"reference": "#s"}, "contained": [
        {"resourceType": "Specimen", "id": "s", "collection": {"collectedDateTime": "2025-05-01"}}]}], MET),
]  # fmt: skip


@pytest.mark.parametrize(("cultures", "status"), [row[1:] for row in REPORTED], ids=[row[0] for row in REPORTED])
def test_cultures_and_their_reports(cultures: list[Resource], status: str) -> None:
    """A culture is what its report says it is, and stands as long as a report over it does."""
    assert infected(had(B), *map(given, cultures))["status"] == status


def test_an_infection_may_refer_to_the_report_of_its_culture() -> None:
    """`Condition.evidence` names the report; the organism stands in the Observation that the report lists."""
    later = GREW | {"effectiveDateTime": "2025-07-01"}
    evidence = [{"detail": [{"reference": "DiagnosticReport/report"}]}]
    assert infected(had(B, evidence=evidence), later, report(effectiveDateTime="2025-07-01"))["status"] == MET


def test_what_could_not_be_read_may_back_it() -> None:
    """Cultures that were not sent are said, beside the infection that needs them."""
    found = infected(had(B), leave_out=("observations",))
    assert causes(found) == {"unusable", "unavailable"}


# --- visits and claims ---------------------------------------------------------------------------------------------


def claim(code: str, kind: str = "Claim", **more: Any) -> Resource:
    base = {
        "resourceType": kind, "id": "claim", "status": "active", "use": "claim", "patient": subject(),
        "type": concept("institutional"), "created": "2025-06-01", "priority": concept("normal"),
        "provider": {"display": "A hospital"}, "insurer": {"display": "A plan"}, "outcome": "complete",
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"display": "cover"}}],
        "diagnosis": [{"sequence": 1, "diagnosisCodeableConcept": concept(None, (ICD, code))}],
    }  # fmt: skip
    return base | more


def visit(code: str, kind: str = "AMB", **more: Any) -> Resource:
    return stay(kind, {"start": "2025-05-01"}, reasonCode=[concept(None, (ICD, code))], **more)


VISITS = [
    ("a visit for tier A", visit(A), MET),
    ("a visit for tier B", visit(B), OPEN),
    ("a stay for tier B", visit(B, "IMP"), MET),
    ("a visit for a recurrent one", visit("H66.004"), MET),
    ("a visit for what never counts", visit("J12.9"), OPEN),
    ("a visit that was cancelled", visit(A, status="cancelled"), OPEN),
    ("another patient's visit", visit(A, subject={"reference": "Patient/x"}), OPEN),
    ("a visit still to come", visit(A) | {"period": {"start": "2026-12-01"}}, OPEN),
    ("a claim of tier A", claim(A), MET),
    ("an explanation of benefit of tier A", claim(A, "ExplanationOfBenefit"), MET),
    ("a claim of tier B", claim(B), OPEN),
    ("a preauthorization", claim(A, use="preauthorization"), OPEN),
    ("a cancelled claim", claim(A, status="cancelled"), OPEN),
    ("another patient's claim", claim(A, patient={"reference": "Patient/x"}), OPEN),
]


@pytest.mark.parametrize(("stated", "status"), [row[1:] for row in VISITS], ids=[row[0] for row in VISITS])
def test_visits_and_claims(stated: Resource, status: str) -> None:
    """A code that stands only on a visit or a claim is read there too."""
    found = infected(stated)
    assert found["status"] == status
    if status == MET:
        assert found["evidence"][0]["reference"] == f"{stated['resourceType']}/{stated['id']}"


def test_one_infection_that_counts_settles_it() -> None:
    """Open ones beside it do not nag, and I.A.3 is met by it alone."""
    found = criteria(determination(request([*complete(), had(B, id_="two"), had("J12.9", id_="three")])))
    assert found["I.A.3.b"]["status"] == found["I.A.3"]["status"] == MET
    assert "gaps" not in found["I.A.3.b"]


UNREADABLE = [
    ("a visit without a class", {key: value for key, value in visit(A).items() if key != "class"}),
    ("a claim created last summer", claim(A, created="last summer")),
]


@pytest.mark.parametrize("stated", [row[1] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_a_visit_that_cannot_be_read_is_named(stated: Resource) -> None:
    """It names a significant infection, so that it is not passed over in silence."""
    found = infected(stated)
    assert (found["status"], causes(found)) == (OPEN, {"unusable"})
    assert found["gaps"][0]["reference"] == f"{stated['resourceType']}/{stated['id']}"
