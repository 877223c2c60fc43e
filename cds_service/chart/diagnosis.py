"""The diagnosis, from Conditions and from the order's own reason; and whether the order is for another disease."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.history import verification
from cds_service.chart.orders import DraftOrder
from cds_service.chart.source import Sifted, Source
from cds_service.facts import Documentation
from cds_service.fhir.elements import meanings, name_of, texts
from cds_service.fhir.identity import Whose
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.fhir.terminology import ICD10CM, normalised
from cds_service.logic import Cause, Evidence, Gap
from cds_service.wording import reasons, shown

_UNCERTAIN = {"provisional", "differential", "unconfirmed"}
_LAD_CODES = ("lad1", "lad-type-not-said", "lad-too-broad", "lad-other-type")
_OMIM = "http://www.omim.org"
_ORPHA = "http://www.orpha.net"


class Says(Enum):
    """What one concept says of leukocyte adhesion deficiency."""

    TYPE_1 = auto()
    ANY_TYPE = auto()
    """ICD-10-CM D71.1: the diagnosis, its type not told."""
    TOO_BROAD = auto()
    OTHER_TYPE = auto()
    DOUBTFUL = auto()
    """Named, but denied, suspected or somebody else's; or of two types at once."""
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a diagnosis: by a Condition or by the order's reason."""

    says: Says
    evidence: Evidence
    verification: str = ""

    @property
    def confirmed(self) -> bool:
        """Confirmed, or nothing to the contrary: charts often leave the status out."""
        return self.verification in ("", "confirmed")


@dataclass(frozen=True, slots=True)
class Indication:
    """What the patient has, and what the order is for."""

    lad1: Documentation
    another_disease: Documentation


def read_indication(source: Source, order: DraftOrder) -> Indication:
    """The diagnosis as Conditions and the order's reason state it."""
    sifted = source.sift(source.about(("Condition",), *_LAD_CODES, "~lad"), ("Condition",))
    statements = [_of_condition(source, record, model) for record, model in sifted.usable]
    reasons_given = _reasons(source, order)
    from_order = [_of_concept(source, concept, reference) for concept, reference in reasons_given]
    lad1 = _lad1(source, sifted, [s for s in (*statements, *from_order) if s.says is not Says.NOTHING])
    return Indication(lad1, _another_disease(source, lad1, reasons_given))


def what_it_says(source: Source, concept: Any) -> Says:
    """What a concept says of LAD, by its codes and its words together."""
    codes = meanings(source.terminology, concept)
    types, doubtful = phrases.lad_types(texts(concept))
    other = bool({"II", "III"} & types) or "lad-other-type" in codes
    first = "I" in types or "lad1" in codes
    if doubtful or (other and first):
        return Says.DOUBTFUL
    if other:
        return Says.OTHER_TYPE
    if first:
        return Says.TYPE_1
    if "lad-type-not-said" in codes:
        return Says.ANY_TYPE
    return Says.TOO_BROAD if "lad-too-broad" in codes or types else Says.NOTHING


def _of_condition(source: Source, record: Record, model: Any) -> Statement:
    status = verification(model)
    evidence = Evidence(shown.diagnosis(name_of(model.code), status), record.reference)
    return Statement(what_it_says(source, model.code), evidence, status)


def _of_concept(source: Source, concept: Any, reference: str) -> Statement:
    evidence = Evidence(shown.reason_for_order(name_of(concept)), reference)
    return Statement(what_it_says(source, concept), evidence)


def _lad1(source: Source, sifted: Sifted, statements: list[Statement]) -> Documentation:
    wanted = reasons.WANTED_DIAGNOSIS
    counted = [s for s in statements if s.confirmed and s.says in (Says.TYPE_1, Says.ANY_TYPE)]
    other_types = [s for s in statements if s.confirmed and s.says is Says.OTHER_TYPE]
    refuted = [s for s in statements if s.verification == "refuted" and s.says in (Says.TYPE_1, Says.ANY_TYPE)]
    open_ = [s for s in statements if s not in counted and s not in refuted]
    gaps = [Gap(wanted, _why_not(s), Cause.UNUSABLE, s.evidence.source) for s in open_]
    if counted and other_types:
        shows, denies = _evidence(counted), _evidence(other_types)
    else:
        shows = _evidence(counted)
        denies = _evidence(refuted) if refuted and not counted and not open_ else ()
    return Documentation(
        wanted,
        shows=shows,
        denies=denies,
        gaps=(*gaps, *sifted.gaps(wanted)),
        unread=source.unread(wanted, "Condition"),
        set_aside=tuple(sifted.set_aside),
    )


def _evidence(statements: list[Statement]) -> tuple[Evidence, ...]:
    return tuple(statement.evidence for statement in statements)


def _why_not(statement: Statement) -> str:
    if statement.verification in _UNCERTAIN or statement.verification == "refuted":
        return reasons.not_confirmed(statement.evidence.says)
    return {
        Says.TOO_BROAD: reasons.too_broad,
        Says.OTHER_TYPE: reasons.other_type,
        Says.DOUBTFUL: reasons.doubtful_words,
    }.get(statement.says, reasons.not_confirmed)(statement.evidence.says)


def _reasons(source: Source, order: DraftOrder) -> list[tuple[Any, str]]:
    """The order's reasons as concepts, each with the resource that says it."""
    model = order.model
    found = [(concept, order.reference) for concept in model.reasonCode or ()]
    for reference in model.reasonReference or ():
        record = source.at(reference)
        if record is None or record.type != "Condition":
            continue
        try:
            condition = record.read()
        except Unreadable:
            continue
        mine = source.identity.owner(condition.subject, record, condition.contained) is Whose.PATIENT
        if mine and verification(condition) not in ("refuted", "entered-in-error") and condition.code:
            found.append((condition.code, record.reference))
    return found


def _another_disease(source: Source, lad1: Documentation, given: list[tuple[Any, str]]) -> Documentation:
    """The order's reasons that are a specific other disease, unless something confirmed says LAD-I.

    Where the Conditions could not be read, nothing is known of what is confirmed: then this section is not used.
    """
    wanted = reasons.WANTED_REASON
    if lad1.shows or "Condition" in source.incomplete:
        return Documentation(wanted)
    others = [
        Evidence(shown.reason_for_order(name_of(concept)), reference)
        for concept, reference in given
        if is_another_disease(source, concept)
    ]
    return Documentation(wanted, shows=tuple(others))


def is_another_disease(source: Source, concept: Any) -> bool:
    """Whether a concept is one specific disease that is not LAD-I: no finding of it, infection, symptom, broad group."""
    says = what_it_says(source, concept)
    if says is Says.OTHER_TYPE:
        return True
    if says is not Says.NOTHING:
        return False
    codes = meanings(source.terminology, concept)
    if codes & {"reason-no-other-disease", "infection-tier-a", "infection-tier-b", "infection-never"}:
        return False
    for coding in concept.coding or ():
        system = normalised(coding.system, "").system
        if coding.code and system in (ICD10CM, _OMIM, _ORPHA):
            return True
    return any(phrases.names_other_disease(text) for text in texts(concept))
