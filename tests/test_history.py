"""History consistent with LAD-I: the hallmark alone, or two other signs of different kinds."""

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
    concept,
    condition,
    lad,
    observation,
    patient,
    quantity,
)

HPO = "http://human-phenotype-ontology.org"
CORD = concept("Delayed separation of umbilical cord", (ICD, "P96.82"))
AGE = concept("Age at separation of umbilical cord")


def coded(code: str, id_: str | None = None, text: str | None = None, system: str = ICD, **more: Any) -> Resource:
    return condition(id_ or code.lower(), concept(text, (system, code)), **more)


def said(text: str, id_: str = "said", **more: Any) -> Resource:
    return condition(id_, concept(text), **more)


def noted(text: str, code: Resource = CORD, **more: Any) -> Resource:
    return condition("cord", code, note=[{"text": text}], **more)


def aged(value: Any, code: str | None = "d", comparator: str | None = None, **more: Any) -> Resource:
    return observation("age", AGE, valueQuantity=quantity(value, code, comparator=comparator), **more)


def seen(text: str, **more: Any) -> Resource:
    return observation("seen", concept(text), **more)


HALLMARK = [
    # remark, resources, I.A.1.b.iii
    ("coded, without a duration", [condition("cord", CORD)], "met"),
    ("coded without dot", [coded("P9682")], "met"),
    ("coded by HPO", [coded("HP:0032434", "cord", system=HPO)], "met"),
    ("resolved long ago", [condition("cord", CORD, clinicalStatus=concept("resolved"))], "met"),
    ("coded, over at 2 weeks", [condition("cord", CORD, abatementAge=quantity(2, "wk"))], "unknown"),
    ("coded, over at 5 weeks", [condition("cord", CORD, abatementAge=quantity(5, "wk"))], "met"),
    ("coded, over at an age in no unit of time", [condition("cord", CORD, abatementAge=quantity(2, "kg"))], "unknown"),
    ("coded, over at 14 days in words", [condition("cord", CORD, abatementString="14 days")], "unknown"),
    ("coded, over, in words without an age", [condition("cord", CORD, abatementString="resolved")], "met"),
    (
        "coded, over at 2 weeks, 5 weeks in the note",
        [noted("Cord separated at 5 weeks.", abatementAge=quantity(2, "wk"))],
        "unknown",
    ),
    (
        "coded, over between 1 and 2 weeks",
        [condition("cord", CORD, abatementRange={"low": quantity(1, "wk"), "high": quantity(2, "wk")})],
        "unknown",
    ),
    ("20 days", [aged(20)], "unknown"),
    ("21 days", [aged(21)], "met"),
    ("3 weeks", [aged(3, "wk")], "met"),
    ("2 weeks", [aged(2, "wk")], "unknown"),
    ("2.9 weeks", [aged(2.9, "wk")], "unknown"),
    ("1 month", [aged(1, "mo")], "met"),
    ("more than 3 weeks", [aged(3, "wk", ">")], "met"),
    ("more than 2 weeks may be either", [aged(2, "wk", ">")], "unknown"),
    ("less than 3 weeks", [aged(3, "wk", "<")], "unknown"),
    ("at most 3 weeks may be 3", [aged(3, "wk", "<=")], "unknown"),
    (
        "a range of 3 to 4 weeks",
        [observation("age", AGE, valueRange={"low": quantity(3, "wk"), "high": quantity(4, "wk")})],
        "met",
    ),
    ("a unit that is no time", [aged(28, "kg")], "unknown"),
    ("in words: 28 days", [observation("age", AGE, valueString="28 days")], "met"),
    ("in words: three weeks", [observation("age", AGE, valueString="three weeks")], "met"),
    ("in words: two weeks", [observation("age", AGE, valueString="two weeks")], "unknown"),
    ("in words: before 3 weeks", [observation("age", AGE, valueString="before 3 weeks")], "unknown"),
    ("in words: day of life 30", [observation("age", AGE, valueString="day of life 30")], "met"),
    ("in words: 2-4 weeks may be either", [observation("age", AGE, valueString="2-4 weeks")], "unknown"),
    ("in words: between 2 and 4 weeks", [said("Cord separation between 2 and 4 weeks")], "unknown"),
    ("in words: between 3 and 4 weeks", [said("Cord separation between 3 and 4 weeks")], "met"),
    ("in words: between 2 weeks and 4 weeks", [said("Cord separation between 2 weeks and 4 weeks")], "unknown"),
    ("in words: 2 or 3 weeks", [said("Cord separation at 2 or 3 weeks")], "unknown"),
    ("in words: 2 and a half weeks", [noted("Cord separated at 2 and a half weeks.")], "unknown"),
    ("in words: 3 1/2 weeks", [said("Cord separated at 3 1/2 weeks")], "met"),
    ("in words: per mother", [said("Per mother, cord separated at 4 weeks")], "met"),
    ("in words: Mom's own", [said("Mom's cord separated at 4 weeks")], "unknown"),
    ("coded, a risk in its words", [coded("P96.82", text="Risk for delayed cord separation")], "unknown"),
    ("preliminary", [aged(28, status="preliminary")], "unknown"),
    ("coded, 5 weeks in the note", [noted("Cord separated at 5 weeks.")], "met"),
    ("coded, 2 weeks in the note", [noted("Cord separated at 2 weeks.")], "unknown"),
    ("coded, day 12 in the note", [noted("Seen at 30 days. Cord fell off on day 12.")], "unknown"),
    ("another duration in the note", [noted("Omphalitis at 10 days, cord separated at 4 weeks")], "met"),
    ("the note speaks of something else", [noted("Seen again in 2 weeks.")], "met"),
    ("the brother's cord in the note", [noted("Brother's cord separated at 2 weeks")], "unknown"),
    ("coded, 2 weeks in its own words", [coded("P96.82", text="Delayed cord separation (2 weeks)")], "unknown"),
    ("coded, began at 14 days", [condition("cord", CORD, onsetAge=quantity(14, "d"))], "unknown"),
    ("coded, began at 21 days", [condition("cord", CORD, onsetAge=quantity(21, "d"))], "met"),
    ("coded, began at 2 weeks in words", [condition("cord", CORD, onsetString="2 weeks of age")], "unknown"),
    ("coded, began at 4 weeks in words", [condition("cord", CORD, onsetString="4 weeks of age")], "met"),
    (
        "coded, began at 14 days, 5 weeks in the note",
        [noted("Cord separated at 5 weeks.", onsetAge=quantity(14, "d"))],
        "met",
    ),
    (
        "coded, 12th day of life",
        [coded("P96.82", text="Delayed separation of umbilical cord, 12th day of life")],
        "unknown",
    ),
    (
        "coded, twelfth day of life",
        [coded("P96.82", text="Delayed separation of umbilical cord, twelfth day of life")],
        "unknown",
    ),
    ("coded, 16do", [coded("P96.82", text="Delayed separation of umbilical cord, 16do")], "unknown"),
    ("coded, 2w", [coded("P96.82", text="Delayed separation of umbilical cord, 2w")], "unknown"),
    ("coded, D12", [coded("P96.82", text="Delayed separation of umbilical cord, D12")], "unknown"),
    ("coded, 400 hours", [coded("P96.82", text="Delayed separation of umbilical cord, 400 hours")], "unknown"),
    ("coded, at ten days", [coded("P96.82", text="Delayed separation of umbilical cord, at ten days")], "unknown"),
    ("coded, PND17", [coded("P96.82", text="Delayed separation of umbilical cord, PND17")], "unknown"),
    ("coded, 14 Tage", [coded("P96.82", text="Delayed separation of umbilical cord, 14 Tage")], "unknown"),
    ("coded, 2 semaines", [coded("P96.82", text="Delayed separation of umbilical cord, 2 semaines")], "unknown"),
    (
        "coded, 2nd week of life",
        [coded("P96.82", text="Delayed separation of umbilical cord, 2nd week of life")],
        "unknown",
    ),
    ("coded, week 2", [coded("P96.82", text="Delayed separation of umbilical cord, week 2")], "unknown"),
    (
        "coded, 30th day of life",
        [coded("P96.82", text="Delayed separation of umbilical cord, 30th day of life")],
        "met",
    ),
    ("coded, 600 hours", [coded("P96.82", text="Delayed separation of umbilical cord, 600 hours")], "met"),
    ("coded, 4w", [coded("P96.82", text="Delayed separation of umbilical cord, 4w")], "met"),
    ("coded, D30", [coded("P96.82", text="Delayed separation of umbilical cord, D30")], "met"),
    ("coded, 4 Wochen", [coded("P96.82", text="Delayed separation of umbilical cord, 4 Wochen")], "met"),
    ("coded, in a 2 year old", [coded("P96.82", text="Delayed separation of umbilical cord, in a 2 year old")], "met"),
    ("coded, beside a vitamin", [coded("P96.82", text="Delayed cord separation, vitamin D 400")], "met"),
    ("coded, its onset a date", [condition("cord", CORD, onsetDateTime="2024-02-10")], "met"),
    ("coded, ruled out in the note", [noted("Ruled out at follow-up.")], "unknown"),
    ("coded, infection ruled out in the note", [noted("Infection ruled out.")], "met"),
    ("28 days here, 10 days there", [aged(28), aged(10) | {"id": "other"}], "unknown"),
    ("coded here, 10 days there", [condition("cord", CORD), aged(10)], "unknown"),
    ("in words with a duration", [said("Umbilical cord separation at 4 weeks")], "met"),
    ("in words: by 3 weeks", [said("Umbilical cord separation by 3 weeks")], "unknown"),
    ("in words, of a preterm child", [said("Umbilical cord separation, born at 34 weeks")], "unknown"),
    ("in words, at another visit", [said("Umbilical cord separated; seen after 4 weeks")], "unknown"),
    ("in words, some time ago", [said("Umbilical cord separation 4 weeks ago")], "unknown"),
    ("in words without a duration", [said("Delayed separation of umbilical cord")], "unknown"),
    ("denied", [said("No delayed separation of umbilical cord at 4 weeks")], "unknown"),
    ("the sister's", [said("Sister: cord separation at 5 weeks")], "unknown"),
    ("refuted", [condition("cord", CORD, "refuted")], "unknown"),
    ("provisional", [condition("cord", CORD, "provisional")], "unknown"),
    (
        "refuted, in a local code first",
        [
            condition(
                "cord",
                CORD,
                None,
                verificationStatus=concept(
                    None, ("urn:local", "2"), ("http://terminology.hl7.org/CodeSystem/condition-ver-status", "refuted")
                ),
            )
        ],
        "unknown",
    ),
    ("refuted in words", [condition("cord", CORD, None, verificationStatus=concept("Refuted"))], "unknown"),
    ("verification not stated", [condition("cord", CORD, None)], "met"),
    ("entered in error", [condition("cord", CORD, "entered-in-error")], "unknown"),
    ("another patient's", [condition("cord", CORD, subject={"reference": "Patient/p2"})], "unknown"),
    ("a finding that is not there", [observation("o", CORD, valueBoolean=False)], "unknown"),
    ("a finding that is there", [observation("o", CORD, valueBoolean=True)], "met"),
    ("a finding looked for", [observation("o", CORD, dataAbsentReason=concept("not asked"))], "unknown"),
    ("the spinal cord", [said("Spinal cord compression, loss of sensation for 30 days")], "unknown"),
    ("clamping", [said("Delayed cord clamping, placenta separated after 30 days")], "unknown"),
]


@pytest.mark.parametrize(("resources", "status"), [case[1:] for case in HALLMARK], ids=[case[0] for case in HALLMARK])
def test_the_hallmark(resources: list[Resource], status: str) -> None:
    """Separation of the cord at 3 weeks or later, or the coded finding without a duration."""
    assert asked("I.A.1.b.iii", [patient(), lad(), *resources])["status"] == status


OMPHALITIS, GINGIVITIS, SKIN = coded("P38.9"), coded("K05.10"), coded("L03.115")
HEALING, NO_PUS = coded("HP:0001058", "healing", system=HPO), said("Absence of pus at infected sites", "no-pus")
REPORT: Resource = {
    "resourceType": "DiagnosticReport", "id": "report", "status": "entered-in-error", "code": concept("Newborn review"),
    "subject": {"reference": "Patient/p1"}, "result": [{"reference": "Observation/seen"}],
}  # fmt: skip
SIGNS = [
    # remark, resources, I.A.1.b.iii
    ("omphalitis and gingivitis", [OMPHALITIS, GINGIVITIS], "met"),
    ("skin and mucosa", [SKIN, GINGIVITIS], "met"),
    ("no pus and slow healing", [NO_PUS, HEALING], "met"),
    ("omphalitis and skin", [OMPHALITIS, SKIN], "met"),
    ("slow healing in words, and skin", [said("Poor wound healing"), SKIN], "met"),
    ("by SNOMED CT", [coded("42052009", system=SCT), coded("41565005", system=SCT)], "met"),
    ("omphalitis alone", [OMPHALITIS], "unknown"),
    ("gingivitis alone", [GINGIVITIS], "unknown"),
    ("omphalitis twice", [OMPHALITIS, coded("P38.1")], "unknown"),
    ("gingivitis and periodontitis are one kind", [GINGIVITIS, coded("K05.30")], "unknown"),
    ("gingivitis and stomatitis are one kind", [GINGIVITIS, said("Stomatitis")], "unknown"),
    ("cellulitis and abscess of the skin are one kind", [SKIN, coded("L02.411")], "unknown"),
    ("umbilical cellulitis is omphalitis", [coded("L03.316"), OMPHALITIS], "unknown"),
    ("umbilical cellulitis and gingivitis", [coded("L03.316"), GINGIVITIS], "met"),
    ("umbilical cellulitis in words is omphalitis", [said("Cellulitis of umbilicus"), OMPHALITIS], "unknown"),
    (
        "a wound that came apart is no slow healing",
        [coded("T81.31XA", text="Disruption of wound"), GINGIVITIS],
        "unknown",
    ),
    ("T81.3 by its code, whatever its words", [coded("T81.31XA", text="Poor wound healing"), GINGIVITIS], "unknown"),
    ("a fracture that heals slowly", [said("Fracture with delayed healing"), GINGIVITIS], "unknown"),
    ("slow healing ruled out", [said("Delayed wound healing, ruled out"), GINGIVITIS], "unknown"),
    ("slow healing of a wound ruled out", [said("Delayed healing of wound, ruled out"), GINGIVITIS], "unknown"),
    ("slow healing of wounds", [said("Impaired healing of skin wounds"), GINGIVITIS], "met"),
    ("a risk of slow healing", [said("Risk for delayed wound healing"), GINGIVITIS], "unknown"),
    ("a potential for slow healing", [said("Potential for impaired wound healing"), GINGIVITIS], "unknown"),
    ("a risk of omphalitis", [said("Risk for omphalitis"), GINGIVITIS], "unknown"),
    ("prophylaxis of omphalitis", [said("Omphalitis prophylaxis"), GINGIVITIS], "unknown"),
    ("prophylaxis against omphalitis", [said("Prophylaxis against omphalitis"), GINGIVITIS], "unknown"),
    ("omphalitis in spite of prophylaxis", [said("Omphalitis, on prophylaxis"), GINGIVITIS], "met"),
    ("prophylaxis of skin infections", [said("Skin infection prophylaxis"), GINGIVITIS], "unknown"),
    ("teaching on cellulitis", [said("Cellulitis prevention education"), GINGIVITIS], "unknown"),
    ("a viral infection of the skin", [said("Skin infection, viral"), GINGIVITIS], "unknown"),
    ("beside the tonsil", [said("Peritonsillar cellulitis"), GINGIVITIS], "unknown"),
    ("in the orbit", [said("Orbital cellulitis"), GINGIVITIS], "unknown"),
    ("of the eyelid", [said("Periorbital cellulitis"), GINGIVITIS], "met"),
    ("in the pelvis", [said("Pelvic cellulitis"), GINGIVITIS], "unknown"),
    ("of the pharynx", [said("Cellulitis of pharynx"), GINGIVITIS], "unknown"),
    ("of the leg", [said("Cellulitis of leg"), GINGIVITIS], "met"),
    (
        "in doubt beside its code's title",
        [
            condition(
                "o",
                concept("Suspected omphalitis")
                | {"coding": [{"system": ICD, "code": "P38.9", "display": "Omphalitis without hemorrhage"}]},
            ),
            GINGIVITIS,
        ],
        "unknown",
    ),
    ("no pus from the ear", [said("No pus from ear canal"), GINGIVITIS], "unknown"),
    ("no pus in urine", [said("Absence of pus in urine"), GINGIVITIS], "unknown"),
    ("no pus cells", [said("No pus cells"), GINGIVITIS], "unknown"),
    ("no pus at the drip", [said("No pus at IV site"), GINGIVITIS], "unknown"),
    ("no pus in an abscess", [said("No pus in abscess"), GINGIVITIS], "met"),
    (
        "pus formation in the ear observed absent",
        [seen("Pus formation in ear canal", valueCodeableConcept=concept("Absent")), GINGIVITIS],
        "unknown",
    ),
    ("no pus in words", [said("No pus at infected sites"), GINGIVITIS], "met"),
    (
        "pus formation observed absent",
        [seen("Pus formation", valueCodeableConcept=concept("Absent")), GINGIVITIS],
        "met",
    ),
    ("pus formation observed", [seen("Pus formation", valueBoolean=True), GINGIVITIS], "unknown"),
    ("pus formation not stated", [seen("Pus formation"), GINGIVITIS], "unknown"),
    ("absence of pus denied", [seen("Absence of pus", valueBoolean=False), GINGIVITIS], "unknown"),
    ("gingivitis denied beside no pus", [said("No pus, no gingivitis"), GINGIVITIS], "met"),
    ("no pus, and gingivitis denied", [said("No pus, no gingivitis"), said("No pus", "again")], "unknown"),
    ("one refuted", [coded("P38.9", verification="refuted"), GINGIVITIS], "unknown"),
    ("one provisional", [coded("P38.9", verification="provisional"), GINGIVITIS], "unknown"),
    ("one of a relative", [said("Brother had omphalitis"), GINGIVITIS], "unknown"),
    ("one in doubt", [said("Possible omphalitis"), GINGIVITIS], "unknown"),
    ("one ruled out under its code", [coded("P38.9", text="Omphalitis ruled out"), GINGIVITIS], "unknown"),
    ("one in the family", [said("Family history of omphalitis"), GINGIVITIS], "unknown"),
    ("one another patient's", [coded("P38.9", subject={"reference": "Patient/p2"}), GINGIVITIS], "unknown"),
    ("one next year", [coded("P38.9", onsetDateTime="2027-06-01"), GINGIVITIS], "unknown"),
    ("eczema is another disease", [said("Atopic dermatitis"), GINGIVITIS], "unknown"),
    ("nappy rash is none", [said("Diaper dermatitis"), GINGIVITIS], "unknown"),
    ("aphthae are another disease", [said("Aphthous stomatitis"), OMPHALITIS], "unknown"),
    ("pyoderma gangrenosum is another disease", [said("Pyoderma gangrenosum"), GINGIVITIS], "unknown"),
    ("a culture of the skin without a result", [seen("Skin abscess culture"), GINGIVITIS], "unknown"),
    ("two brothers had one", [said("Brothers with omphalitis"), GINGIVITIS], "unknown"),
    ("observed: yes", [seen("Omphalitis", valueBoolean=True), GINGIVITIS], "met"),
    ("observed: no", [seen("Omphalitis", valueBoolean=False), GINGIVITIS], "unknown"),
    ("observed: present", [seen("Omphalitis", valueCodeableConcept=concept("Present")), GINGIVITIS], "met"),
    ("observed: absent", [seen("Omphalitis", valueCodeableConcept=concept("Absent")), GINGIVITIS], "unknown"),
    ("observed: text no", [seen("Omphalitis", valueString="no"), GINGIVITIS], "unknown"),
    ("observed: text yes", [seen("Omphalitis", valueString="yes"), GINGIVITIS], "met"),
    (
        "observed: a code that nobody reads",
        [seen("Omphalitis", valueCodeableConcept=concept(None, (LOINC, "LA32-8"))), GINGIVITIS],
        "unknown",
    ),
    ("observed: not asked", [seen("Omphalitis", dataAbsentReason=concept("not asked")), GINGIVITIS], "unknown"),
    (
        "observed: flagged negative",
        [seen("Omphalitis", interpretation=[concept(None, ("x", "NEG"))]), GINGIVITIS],
        "unknown",
    ),
    ("observed: in a withdrawn report", [seen("Omphalitis", valueBoolean=True), REPORT, GINGIVITIS], "unknown"),
    (
        "observed: in a final report",
        [seen("Omphalitis", valueBoolean=True), REPORT | {"status": "final"}, GINGIVITIS],
        "met",
    ),
    ("observed: preliminary", [seen("Omphalitis", valueBoolean=True, status="preliminary"), GINGIVITIS], "unknown"),
    (
        "observed on the mother",
        [seen("Omphalitis", valueBoolean=True, focus=[{"display": "Mother"}]), GINGIVITIS],
        "unknown",
    ),
    (
        "components that say no",
        [
            seen(
                "Review of systems",
                component=[
                    {"code": concept("Omphalitis"), "valueBoolean": False},
                    {"code": concept("Gingivitis"), "valueBoolean": False},
                ],
            )
        ],
        "unknown",
    ),
    (
        "components that say yes",
        [
            seen(
                "Review of systems",
                component=[
                    {"code": concept("Omphalitis"), "valueBoolean": True},
                    {"code": concept("Gingivitis"), "valueBoolean": True},
                ],
            )
        ],
        "met",
    ),
    (
        "a component without a value",
        [seen("Review", component=[{"code": concept("Omphalitis")}]), GINGIVITIS],
        "unknown",
    ),
]


@pytest.mark.parametrize(("resources", "status"), [case[1:] for case in SIGNS], ids=[case[0] for case in SIGNS])
def test_two_other_signs(resources: list[Resource], status: str) -> None:
    """Any two of distinct kinds; one alone, or one kind twice, leaves it open."""
    criterion = asked("I.A.1.b.iii", [patient(), lad(), *resources])
    assert criterion["status"] == status
    assert bool(criterion.get("gaps")) == (status == "unknown")


SAID = [
    # remark, resources, what the gap says
    ("one sign", [OMPHALITIS], "alone is not enough"),
    ("2 weeks", [aged(2, "wk")], "14 days is earlier than 3 weeks"),
    ("28 days here, 10 days there", [aged(28), aged(10) | {"id": "other"}], "contradicts itself"),
    ("in words alone", [said("Delayed separation of umbilical cord")], "P96.82"),
    ("not confirmed", [coded("P38.9", verification="provisional")], "not confirmed"),
    ("preliminary", [seen("Omphalitis", valueBoolean=True, status="preliminary")], "preliminary"),
    ("in doubt", [said("Possible omphalitis")], "only suspected"),
    ("not asked", [seen("Omphalitis", dataAbsentReason=concept("not asked"))], "does not say that it was there"),
    ("nothing", [], "Not found in the chart"),
]


@pytest.mark.parametrize(("resources", "says"), [case[1:] for case in SAID], ids=[case[0] for case in SAID])
def test_why_a_history_will_not_do_is_said(resources: list[Resource], says: str) -> None:
    """The gap tells what is there and what is missing."""
    criterion = asked("I.A.1.b.iii", [patient(), lad(), *resources])
    assert says in " | ".join(gap["because"] for gap in criterion["gaps"])


def test_an_empty_chart_says_neither_yes_nor_no() -> None:
    """Silence is never a no."""
    criterion = asked("I.A.1.b.iii", [patient(), lad()])
    assert (criterion["status"], causes(criterion)) == ("unknown", {"absent"})


def test_the_evidence_names_both_signs() -> None:
    """A reader finds each sign with its resource."""
    criterion = asked("I.A.1.b.iii", [patient(), lad(), OMPHALITIS, GINGIVITIS])
    assert {each["reference"] for each in criterion["evidence"]} == {"Condition/p38.9", "Condition/k05.10"}


@pytest.mark.parametrize("key", ["conditions", "observations"])
def test_a_part_that_was_not_sent_is_unavailable(key: str) -> None:
    """What could not be looked at is not "not there"."""
    assert "unavailable" in causes(asked("I.A.1.b.iii", [patient(), lad()], leave_out=(key,)))
