"""Clinical history consistent with LAD-I (the policy's Appendix D): the hallmark, and the other signs by kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.source import Sifted, Source
from cds_service.facts import Documentation, Signs
from cds_service.fhir.elements import first_when, name_of, texts
from cds_service.fhir.records import Record
from cds_service.fhir.units import in_days
from cds_service.logic import Evidence
from cds_service.wording import reasons, shown

THREE_WEEKS = Decimal(21)
FINAL = ("final", "amended", "corrected")
TYPES = ("Condition", "Observation")

KINDS = (
    ("omphalitis", ("omphalitis", "~omphalitis")),
    ("mucosa", ("mucosal-inflammation", "~mucosa")),
    ("no-pus", ("~no-pus",)),
    ("wound-healing", ("slow-wound-healing", "~wound")),
    ("skin", ("skin-inflammation", "~skin")),
)
"""In this order a record that means several is one kind: an umbilical cellulitis is omphalitis, not inflamed skin."""

_DURATION = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:-\s*)?(days?|d|weeks?|wks?|months?)\b", re.IGNORECASE)
_DAYS = {"d": Decimal(1), "w": Decimal(7), "m": Decimal("30.4375")}
_PHRASES = ("cord", "omphalitis", "mucosa", "no-pus", "wound", "skin")
_UNCERTAIN = {"provisional", "differential", "unconfirmed"}


@dataclass(frozen=True, slots=True)
class History:
    """The hallmark (delayed separation of the cord) and the other signs."""

    delayed_cord_separation: Documentation
    other_signs: Signs


def read_history(source: Source) -> History:
    """What Conditions and Observations say of the signs of LAD-I."""
    tags = [tag for _, tags in KINDS for tag in tags]
    sifted = source.sift(source.about(TYPES, "delayed-cord-separation", "~cord", *tags), TYPES)
    kept = [(record, model) for record, model in sifted.usable if _affirmed(sifted, record, model)]
    return History(_cord(source, sifted, kept), _signs(source, sifted, kept))


def verification(condition: Any) -> str:
    """The verification status of a Condition; empty where it is not stated."""
    concept = getattr(condition, "verificationStatus", None)
    return next((coding.code for coding in (concept.coding or () if concept else ()) if coding.code), "")


def _affirmed(sifted: Sifted, record: Record, model: Any) -> bool:
    """Whether the record says that the sign was there: not refuted, not only suspected, not denied in words."""
    status = verification(model)
    if status == "refuted":
        sifted.aside(record, reasons.REFUTED)
        return False
    if status in _UNCERTAIN or (record.type == "Observation" and model.status not in FINAL):
        return False
    if record.type == "Observation" and (
        model.valueBoolean is False or phrases.denied(texts(model.valueCodeableConcept))
    ):
        return False
    said = texts(model.code)
    named = [tag for tag in _PHRASES if phrases.names(tag, said)]
    return not named or any(phrases.plainly_named(tag, said) or tag == "no-pus" for tag in named)


def _cord(source: Source, sifted: Sifted, kept: list[tuple[Record, Any]]) -> Documentation:
    shows: list[Evidence] = []
    short: list[tuple[str, str]] = []
    for record, model in kept:
        means = source.means(record)
        if not means & {"delayed-cord-separation", "~cord"}:
            continue
        days = _days_to_separation(model)
        delayed = "delayed-cord-separation" in means or any(
            re.search(r"(?i)delay|late|prolong|persist", text) for text in texts(model.code)
        )
        says = shown.cord(name_of(model.code), days)
        if days is not None and days >= THREE_WEEKS:
            shows.append(Evidence(says, record.reference))
        elif days is not None:
            short.append((record.reference, reasons.cord_too_early(says)))
        elif delayed:
            shows.append(Evidence(says, record.reference))
    wanted = reasons.WANTED_CORD
    troubles = Sifted(troubles=[*short, *sifted.troubles])
    return Documentation(
        wanted,
        shows=() if short and not any("day" in each.says for each in shows) else tuple(shows),
        gaps=troubles.gaps(wanted),
        unread=source.unread(wanted, *TYPES),
        set_aside=tuple(sifted.set_aside),
    )


def _days_to_separation(model: Any) -> Decimal | None:
    """The age at separation in days: a quantity, or a duration in the text, value or note."""
    quantity = getattr(model, "valueQuantity", None)
    if quantity is not None and quantity.value is not None and not quantity.comparator:
        factor = in_days(quantity)
        return quantity.value * factor if factor is not None else None
    said = [*texts(model.code), *(note.text for note in model.note or () if note.text)]
    if getattr(model, "valueString", None):
        said.insert(0, model.valueString)
    for text in said:
        match = _DURATION.search(text)
        if match and (text == said[0] or phrases.names("cord", (text,)) or re.search(r"(?i)separat|detach|fell", text)):
            return Decimal(match.group(1).replace(",", ".")) * _DAYS[match.group(2)[0].lower()]
    return None


def _signs(source: Source, sifted: Sifted, kept: list[tuple[Record, Any]]) -> Signs:
    kinds: list[tuple[str, Evidence]] = []
    for record, model in kept:
        kind = _kind(source, record, model)
        if kind:
            moment = first_when(model, "onsetDateTime", "onsetPeriod", "effectiveDateTime", "effectivePeriod")
            kinds.append((kind, Evidence(shown.sign(name_of(model.code), moment), record.reference)))
    wanted = reasons.WANTED_SIGNS
    return Signs(wanted, tuple(kinds), sifted.gaps(wanted), source.unread(wanted, *TYPES), tuple(sifted.set_aside))


def _kind(source: Source, record: Record, model: Any) -> str | None:
    means = source.means(record)
    if record.type == "Observation" and not _states_a_sign(model):
        return None
    for kind, tags in KINDS:
        if means & set(tags):
            surgical = kind == "wound-healing" and phrases.names("surgical-wound", texts(model.code))
            return None if surgical else kind
    return None


def _states_a_sign(observation: Any) -> bool:
    """An Observation names a sign when its value does not take it back: true, present, or no value at all."""
    if observation.valueBoolean is not None:
        return bool(observation.valueBoolean)
    if observation.valueCodeableConcept is not None:
        return not phrases.denied(texts(observation.valueCodeableConcept))
    return observation.valueString is None and observation.valueQuantity is None
