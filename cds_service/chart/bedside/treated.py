"""Whether Kresladi was given, and when its infusion ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.bedside.moments import last_end
from cds_service.chart.bedside.said import says
from cds_service.chart.giving_words import around_giving
from cds_service.chart.naming import medication_is_elsewhere, mentions_kresladi, names_kresladi
from cds_service.chart.phrases import KRESLADI
from cds_service.chart.source import Sifted, Source
from cds_service.course import Moment
from cds_service.elapsed import latest
from cds_service.facts import Documentation
from cds_service.fhir.elements import meanings, name_of, plain_text, texts
from cds_service.fhir.records import Record
from cds_service.logic import Cause, Evidence, Gap
from cds_service.timing import When
from cds_service.wording import bedside as say
from cds_service.wording import dose_reasons, reasons

READ = ("MedicationAdministration", "Procedure")
GIVEN = frozenset({"completed", "in-progress", "stopped"})
_NOT_GIVEN = frozenset({"not-done", "preparation", "entered-in-error"})
_GIVING = re.compile(r"infus|administ|transfus|inject|\bgiven\b|transplant|therap|treatment", re.IGNORECASE)
_WAY_IN = re.compile(
    r"(?<=infusion)[ ,]+(?:\w+ ){0,4}(?:access|catheter|line|vein|port|picc)\b(?! (?:placement|insertion))|"
    r"\b(?:via|through|into|using|by|over)\b (?:an? |the )?(?:\w+ ){0,3}(?:access|catheter|line|vein|port|picc)\b",
    re.IGNORECASE,
)
"""Names the vein that was used, not a procedure of its own."""
_AROUND = re.compile(
    r"\bthaw|\bstor(?:e|ed|age|ing)\b|\bship|\breceipt|\breceiv|\brelease|quality|\blabel|verif|\bcryo|transport|"
    r"deliver",
    re.IGNORECASE,
)
"""What is done with the product before it is given."""
_NAME_ALONE = re.compile(rf"(?:{KRESLADI}|autotemcel|suspension|bags?|dose|lot|\bof\b|[\W\d_])+", re.IGNORECASE)
WANTED = say.WANTED_TREATED


@dataclass(slots=True)
class Treatment:
    """What is on record of Kresladi having been given."""

    given: list[tuple[Evidence, When | None]] = field(default_factory=list)
    perhaps: list[Gap] = field(default_factory=list)
    """Records of Kresladi that do not tell whether it was given."""
    unread: tuple[Gap, ...] = ()
    none: tuple[Evidence, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether any record of a treatment, given or perhaps given, names Kresladi."""
        return bool(self.given or self.perhaps)

    @property
    def documented(self) -> Documentation:
        """Given; not given, where all that would show it was read; else open."""
        if self.given:
            return Documentation(WANTED, tuple(evidence for evidence, _ in self.given))
        open_ = (*self.perhaps, *self.unread)
        return Documentation(WANTED, gaps=open_) if open_ else Documentation(WANTED, denies=self.none)

    def infusion(self, today: date) -> Moment:
        """Its last end; where a record has no date, at some time until today."""
        if not self.given:
            return Moment(say.WANTED_INFUSION, gaps=(*self.perhaps, *self.unread))
        ends = [end or When.between(None, When.on(today)) for _, end in self.given]
        moment = latest(filter(None, ends))
        return Moment(say.WANTED_INFUSION, moment, tuple(evidence for evidence, _ in self.given))


def read_treatment(source: Source) -> Treatment:
    """All administrations of Kresladi, and procedures that gave it, completed, in progress or stopped."""
    treatment = Treatment()
    _administrations(source, treatment)
    _procedures(source, treatment)
    treatment.unread += source.unread(WANTED, *READ)
    treatment.unread += tuple(
        Gap(WANTED, reasons.UNREADABLE, Cause.UNUSABLE, each.reference) for each in source.records.illegible_of(READ)
    )
    treatment.none = tuple(Evidence(say.no_infusion_among(kind), kind) for kind in READ)
    return treatment


def _administrations(source: Source, treatment: Treatment) -> None:
    told = [(record, names_kresladi(source, record)) for record in source.records.of("MedicationAdministration")]
    named = source.sift(record for record, is_it in told if is_it)
    for record, model in named.usable:
        _sort(source, record, model, "effective", treatment)
    _note(named, treatment)
    for record, is_it in told:
        if is_it is None and record.header.status in GIVEN and medication_is_elsewhere(source, record):
            gap = Gap(WANTED, dose_reasons.drug_not_told(record.type), Cause.UNAVAILABLE, record.reference)
            treatment.unread += (gap,) if source.sift([record]).usable else ()


def _procedures(source: Source, treatment: Treatment) -> None:
    named = source.sift(filter(mentions_kresladi, source.records.of("Procedure")))
    _note(named, treatment)
    for record, model in named.usable:
        said = _named_product(source, model)
        coded = "kresladi" in meanings(source.terminology, model.code, *(model.usedCode or ()))
        if not coded and not phrases.plainly_named("kresladi", said):
            continue
        said = [_WAY_IN.sub(" ", text) for text in said]
        names_giving = any(map(_GIVING.search, said))
        if names_giving and not says(_GIVING, said):
            continue
        around = around_giving(said) or any(map(_AROUND.search, said))
        if not around and (coded or names_giving or any(map(_NAME_ALONE.fullmatch, said))):
            _sort(source, record, model, "performed", treatment)
        elif _may_be_giving(said, around=around, names_giving=names_giving) and str(model.status) not in _NOT_GIVEN:
            because = say.may_be_the_infusion(name_of(model.code))
            treatment.perhaps.append(Gap(WANTED, because, Cause.UNUSABLE, record.reference))


def _may_be_giving(said: list[str], *, around: bool, names_giving: bool) -> bool:
    """Whether words that do not say plainly that Kresladi was given leave it open."""
    return names_giving or not around or any("received" in text.lower() for text in said)


def _sort(source: Source, record: Record, model: Any, element: str, treatment: Treatment) -> None:
    status = str(model.status)
    end = last_end(model, element, source.today)
    if status in GIVEN:
        treatment.given.append((Evidence(say.infusion(status, end), record.reference), end))
    elif status not in _NOT_GIVEN:
        because = say.may_be_the_infusion(say.infusion(status, end))
        treatment.perhaps.append(Gap(WANTED, because, Cause.UNUSABLE, record.reference))


def _note(sifted: Sifted, treatment: Treatment) -> None:
    treatment.perhaps += sifted.gaps(WANTED)


def _named_product(source: Source, model: Any) -> list[str]:
    """What a procedure says it was and what it used."""
    return [*texts(model.code), *_used(source, model)]


def _used(source: Source, model: Any) -> Iterator[str]:
    for concept in model.usedCode or ():
        yield from texts(concept)
    for reference in model.usedReference or ():
        record = source.at(reference)
        if reference.display:
            yield plain_text(reference.display)
        elif record is not None and mentions_kresladi(record):
            yield "Kresladi"
