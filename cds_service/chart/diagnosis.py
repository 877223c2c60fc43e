"""The diagnosis, from Conditions and from the order's own reason; and whether the order is for another disease."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.disease_words import names_other_disease
from cds_service.chart.lad_words import lad_types, names_never_lad, types_beside_code, types_in_name
from cds_service.chart.order_reasons import Reason, reasons_of
from cds_service.chart.orders import DraftOrder
from cds_service.chart.source import Sifted, Source
from cds_service.chart.verification import (
    CONFIRMED,
    REFUTED,
    UNCLEAR,
    ruled_out_in_note,
    verification,
)
from cds_service.facts import Documentation
from cds_service.fhir.elements import meanings, name_of, plain_text, texts
from cds_service.fhir.terminology import ICD10CM, normalised
from cds_service.frozen import frozen
from cds_service.logic import Cause, Evidence, Gap, SetAside, unique
from cds_service.remembered import remembered
from cds_service.wording import reasons, shown, wants

_LAD_CODES = ("lad1", "lad-type-not-said", "lad-too-broad", "lad-other-type")
_NAMES = ("lad", "lad1", "i", "1", "type", "leukocyte", "leucocyte", "adhesion", "deficiency")
"""What a note may call it by."""
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


@frozen
class Statement:
    """One statement of a diagnosis: by a Condition or by the order's reason."""

    says: Says
    evidence: Evidence
    verification: str = ""

    @property
    def confirmed(self) -> bool:
        """Confirmed, or nothing to the contrary: charts often leave the status out."""
        return self.verification in ("", CONFIRMED)

    @property
    def names_lad1(self) -> bool:
        """Whether it says LAD-I, or D71.1 whose type is not told."""
        return self.says in (Says.TYPE_1, Says.ANY_TYPE)


@frozen
class Indication:
    """What the patient has, and what the order is for."""

    lad1: Documentation
    another_disease: Documentation


def read_indication(source: Source, order: DraftOrder) -> Indication:
    """The diagnosis as Conditions and the order's reason state it."""
    sifted = source.sift(source.about(("Condition",), *_LAD_CODES, "~lad"), ("Condition",))
    given = tuple(reasons_of(source, order))
    stated = [
        *(_of_condition(source, model, record.reference) for record, model in sifted.usable),
        *(_of_reason(source, reason) for reason in given),
    ]
    statements = list(unique(statement for statement in stated if statement.says is not Says.NOTHING))
    lad1 = _lad1(source, sifted, statements)
    return Indication(lad1, _another_disease(source, statements, given))


def what_it_says(source: Source, concept: Any) -> Says:
    """What a concept says of LAD, by its codes and its words together."""
    codes = meanings(source.terminology, concept)
    said = texts(concept)
    coded = not codes.isdisjoint(_LAD_CODES)
    types, doubtful = types_beside_code(said) if coded else types_in_name(said)
    other = bool({"II", "III"} & types) or "lad-other-type" in codes
    first = "I" in types or "lad1" in codes
    if doubtful or (other and first) or (coded and _takes_back(said)):
        return Says.DOUBTFUL
    if other:
        return Says.OTHER_TYPE
    if first:
        return Says.TYPE_1
    if "lad-type-not-said" in codes:
        return Says.ANY_TYPE
    return Says.TOO_BROAD if "lad-too-broad" in codes or types else Says.NOTHING


@remembered
def _takes_back(said: tuple[str, ...]) -> bool:
    """Whether the words beside a code of LAD deny it, doubt it or name another disease: `r/o LAD`, `Suspected CGD`."""
    return any(phrases.hedged_throughout("lad", text) or names_never_lad(text) for text in said)


def _of_condition(source: Source, model: Any, reference: str) -> Statement:
    status = verification(model)
    evidence = Evidence(shown.diagnosis(name_of(model.code), status), reference)
    says = what_it_says(source, model.code)
    if says in (Says.TYPE_1, Says.ANY_TYPE) and ruled_out_in_note(model, *_NAMES):
        says = Says.DOUBTFUL
    elif says in (Says.TYPE_1, Says.ANY_TYPE) and _noted_as_other_type(model):
        says = Says.OTHER_TYPE if says is Says.ANY_TYPE else Says.DOUBTFUL
    return Statement(says, evidence, status)


def _noted_as_other_type(condition: Any) -> bool:
    """Whether a note on the Condition says type II or III, and does not deny it."""
    types, doubtful = lad_types([plain_text(note.text) for note in condition.note or () if note.text])
    return bool({"II", "III"} & types) and not doubtful


def _of_reason(source: Source, reason: Reason) -> Statement:
    if reason.condition is not None:
        return _of_condition(source, reason.condition, reason.reference)
    evidence = Evidence(shown.reason_for_order(name_of(reason.concept)), reason.reference)
    return Statement(what_it_says(source, reason.concept), evidence, UNCLEAR if reason.unread else "")


def _lad1(source: Source, sifted: Sifted, statements: list[Statement]) -> Documentation:
    wanted = wants.DIAGNOSIS
    counted = [s for s in statements if s.confirmed and s.names_lad1]
    other_types = [s for s in statements if s.confirmed and s.says is Says.OTHER_TYPE]
    refuted = [s for s in statements if s.verification == REFUTED]
    open_ = [s for s in statements if s not in counted and s not in refuted]
    gaps = (*(Gap(wanted, _why_not(s), Cause.UNUSABLE, s.evidence.source) for s in open_), *sifted.gaps(wanted))
    unread = source.unread(wanted, "Condition")
    may_say_it = [s for s in open_ if s.says is not Says.OTHER_TYPE] or sifted.troubles or unread
    denies = other_types if counted else [s for s in refuted if s.names_lad1 and not may_say_it]
    asides = (SetAside(s.evidence.source, reasons.REFUTED) for s in refuted if s not in denies)
    return Documentation(
        wanted,
        shows=_evidence(counted),
        denies=_evidence(denies),
        gaps=gaps,
        unread=unread,
        set_aside=(*sifted.set_aside, *asides),
    )


def _evidence(statements: list[Statement]) -> tuple[Evidence, ...]:
    return unique(statement.evidence for statement in statements)


def _why_not(statement: Statement) -> str:
    if not statement.confirmed:
        return reasons.not_confirmed(statement.evidence.says)
    return {
        Says.TOO_BROAD: reasons.too_broad,
        Says.OTHER_TYPE: reasons.other_type,
        Says.DOUBTFUL: reasons.doubtful_words,
    }[statement.says](statement.evidence.says)


def _another_disease(source: Source, statements: list[Statement], given: tuple[Reason, ...]) -> Documentation:
    """The order's reasons that are a specific other disease, unless something confirmed says LAD-I.

    Where the Conditions could not be read, nothing is known of what is confirmed: then this section is not used.
    D71.1 beside a confirmed type II or III says that type, not type I.
    """
    wanted = wants.REASON
    confirmed = {statement.says for statement in statements if statement.confirmed}
    says_lad1 = Says.TYPE_1 in confirmed or (Says.ANY_TYPE in confirmed and Says.OTHER_TYPE not in confirmed)
    if says_lad1 or "Condition" in source.incomplete:
        return Documentation(wanted)
    others = [
        Evidence(shown.reason_for_order(name_of(reason.concept)), reason.reference)
        for reason in given
        if not reason.refuted and is_another_disease(source, reason.concept)
    ]
    return Documentation(wanted, shows=tuple(others))


def is_another_disease(source: Source, concept: Any) -> bool:
    """Whether a concept is one specific disease beside LAD-I: no finding of it, infection, symptom or broad group."""
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
    return any(names_other_disease(text) for text in texts(concept))
