"""What backs an infection: a positive culture, a hospital stay, an intravenous antimicrobial.

It does when it refers to the infection or surely falls on its dates; dates that only may coincide back nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cds_service.chart.source import Source
from cds_service.fhir.elements import first_when, name_of, period, plain_text, references, texts, when
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.logic import Evidence
from cds_service.timing import When
from cds_service.wording import shown

FINAL = ("final", "amended", "corrected")
_ORGANISM = re.compile(
    r"staphylo|strepto|pseudomonas|escherichia|e\. ?coli|klebsiella|enterobacter|enterococc|serratia|proteus|"
    r"acinetobacter|salmonella|haemophilus|neisseria|burkholderia|stenotrophomonas|bacteroides|clostrid|fusobacter|prevotella|"
    r"actinomyc|nocardia|mycobacter|citrobacter|candida|aspergill|fusarium|mucor|rhizopus|cryptococc|histoplasm|"
    r"\bs\. ?aureus|\bmrsa\b|\bmssa\b|gram[- ](?:positive|negative)|yeast|fung|bacteri(?:um|a)\b|listeria|legionella",
    re.IGNORECASE,
)
_GRAM = re.compile(r"gram[- ]negative", re.IGNORECASE)
_NO_GROWTH = re.compile(
    r"\bno\b|none|sterile|negative|not |absent|contamina|coloni[sz]|\b(?:normal|skin|oral|mixed)\b.{0,12}\bflora", re.I
)
_SURVEILLANCE = re.compile(r"screen|surveillance|coloni[sz]", re.IGNORECASE)
_ANTIMICROBIAL = re.compile(
    r"cillin|\bcef|ceph|penem|(?<!bleo)(?<!mito)(?<!dauno)(?<!dactino)(?<!plica)mycin|micin|floxacin|cycline|sulfameth|"
    r"trimethoprim|metronidazole|linezolid|colisti|aztreonam|amikacin|rifamp|conazole|fungin|amphotericin|antibiotic|"
    r"antibacterial|antifungal|antimicrobial|zosyn",
    re.IGNORECASE,
)
_INTRAVENOUS = re.compile(r"intravenous|\biv\b|\bi\.v\.", re.IGNORECASE)
_PROPHYLAXIS = re.compile(r"prophyla", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dates:
    """When something began and ended, each as far as the chart tells."""

    start: When
    end: When

    @classmethod
    def of(cls, start: When | None, end: When | None) -> Dates | None:
        """An end that is not given is none: what has only a start is sure of that alone."""
        start, end = start or end, end or start
        return cls(start, end) if start and end else None

    @classmethod
    def of_period(cls, value: Any) -> Dates | None:
        """Of a FHIR Period."""
        return cls.of(when(value.start), when(value.end)) if value else None

    @classmethod
    def of_condition(cls, condition: Any) -> Dates | None:
        """From onset to abatement; the date of its recording is not of the condition."""
        if condition.onsetPeriod is not None:
            return cls.of_period(condition.onsetPeriod)
        end = when(condition.abatementDateTime) or period(condition.abatementPeriod)
        return cls.of(when(condition.onsetDateTime), end)

    @classmethod
    def of_effective(cls, resource: Any) -> Dates | None:
        """Of an Observation, DiagnosticReport or MedicationAdministration."""
        if resource.effectivePeriod is not None:
            return cls.of_period(resource.effectivePeriod)
        moment = first_when(resource, "effectiveDateTime", "effectiveInstant")
        return cls.of(moment, moment)

    def surely_overlap(self, other: Dates) -> bool:
        """Whether the two share a day, wherever in a partial date they began and ended."""
        return self._surely_begins_by_the_end_of(other) and other._surely_begins_by_the_end_of(self)

    def may_overlap(self, other: Dates) -> bool:
        """Whether nothing in their dates keeps the two apart."""
        return self._may_begin_by_the_end_of(other) and other._may_begin_by_the_end_of(self)

    def _surely_begins_by_the_end_of(self, other: Dates) -> bool:
        return self.start.last.date() <= other.end.first.date()

    def _may_begin_by_the_end_of(self, other: Dates) -> bool:
        return self.start.first.date() <= other.end.last.date()


@dataclass(frozen=True, slots=True)
class _Backer:
    """Something that may back an infection: what it says, when it was, and the resources it refers to."""

    evidence: Evidence
    dates: Dates | None
    refers_to: frozenset[str]


class Backing:
    """Cultures, hospital stays and intravenous antimicrobials, read once when the first tier B infection needs them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._stays = tuple(self._hospital_stays())
        self._backers = (*self._cultures(), *self._stays, *self._infusions())

    def of(self, reference: str, encounter: Any, dates: Dates | None) -> Evidence | None:
        """What backs the Condition of that reference, met in that encounter, on those dates."""
        for backer in self._backers:
            on_its_dates = bool(dates and backer.dates and backer.dates.surely_overlap(dates))
            if reference in backer.refers_to or on_its_dates:
                return backer.evidence
        return self._stay_it_was_met_in(encounter, dates)

    def _stay_it_was_met_in(self, encounter: Any, dates: Dates | None) -> Evidence | None:
        """The hospital stay that the Condition names as its own; not where it was at another time."""
        record = self._source.at(encounter)
        mine = [stay for stay in self._stays if record is not None and stay.evidence.source == record.reference]
        told = (stay for stay in mine if not (dates and stay.dates) or dates.may_overlap(stay.dates))
        return next((stay.evidence for stay in told), None)

    def _hospital_stays(self) -> Iterator[_Backer]:
        for record, model in self._source.sift(self._inpatient()).usable:
            means = self._source.terminology.meanings(model.class_fhir.system, model.class_fhir.code)
            if "hospital-stay" in means and model.status in ("finished", "in-progress", "onleave"):
                diagnoses = [each.condition for each in model.diagnosis or ()]
                refers = self._referred(model.reasonReference) | self._referred(diagnoses)
                evidence = Evidence(shown.hospital_stay(period(model.period)), record.reference)
                yield _Backer(evidence, Dates.of_period(model.period), refers)

    def _inpatient(self) -> list[Record]:
        encounters, means = self._source.records.of("Encounter"), self._source.concepts.of_coding
        return [each for each in encounters if means(each.header.klass) & {"hospital-stay", "?"}]

    def _cultures(self) -> Iterator[_Backer]:
        records = self._source.about(("Observation", "DiagnosticReport"), "~culture")
        for record, model in self._source.sift(records).usable:
            organisms = [text for text in _results(model) if _grew(text)]
            if model.status in FINAL and organisms and not any(map(_SURVEILLANCE.search, texts(model.code))):
                moment = first_when(model, "effectiveDateTime", "effectivePeriod", "effectiveInstant")
                refers = self._referred(getattr(model, "focus", None))
                evidence = Evidence(shown.culture(organisms[0], moment), record.reference)
                yield _Backer(evidence, Dates.of_effective(model), refers)

    def _infusions(self) -> Iterator[_Backer]:
        records = [each for each in self._source.records.of("MedicationAdministration") if self._antimicrobial(each)]
        for record, model in self._source.sift(records).usable:
            if model.status in ("completed", "in-progress") and _is_intravenous(model.dosage):
                moment = first_when(model, "effectiveDateTime", "effectivePeriod")
                name = name_of(model.medicationCodeableConcept) or self._named_by_reference(record)
                evidence = Evidence(shown.intravenous(name, moment), record.reference)
                yield _Backer(evidence, Dates.of_effective(model), self._referred(model.reasonReference))

    def _antimicrobial(self, record: Record) -> bool:
        said = bytes(record.header.medicationCodeableConcept).decode(errors="replace")
        return bool(_ANTIMICROBIAL.search(said) or _ANTIMICROBIAL.search(self._named_by_reference(record)))

    def _named_by_reference(self, record: Record) -> str:
        """The words of the Medication that an administration refers to, or of the reference itself."""
        if not bytes(record.header.medicationReference):
            return ""
        try:
            model = record.read()
            reference = model.medicationReference
            literal = (reference.reference or "") if reference else ""
            if literal.startswith("#"):
                inside = [each for each in model.contained or () if each.id == literal[1:]]
                medication = inside[0] if inside else None
            else:
                found = self._source.at(reference)
                medication = found.read() if found is not None else None
        except Unreadable:
            return ""
        return name_of(medication.code) if medication is not None else plain_text(reference.display or "")

    def _referred(self, value: Any) -> frozenset[str]:
        found = (self._source.at(reference) for reference in references(value))
        return frozenset(record.reference for record in found if record is not None)


def _results(model: Any) -> Iterator[str]:
    """What a culture says it grew, in words: an Observation's value and components, a report's conclusion."""
    if model.get_resource_type() == "DiagnosticReport":
        yield from ([plain_text(model.conclusion)] if model.conclusion else [])
        yield from (text for concept in model.conclusionCode or () for text in texts(concept))
        return
    for holder in (model, *(model.component or ())):
        yield from texts(holder.valueCodeableConcept)
        yield from ([plain_text(holder.valueString)] if holder.valueString else [])


def _grew(text: str) -> bool:
    return bool(_ORGANISM.search(text)) and not _NO_GROWTH.search(_GRAM.sub("", text))


def _is_intravenous(dosage: Any) -> bool:
    said = " ".join((*texts(dosage.route), dosage.text or "")) if dosage else ""
    return bool(_INTRAVENOUS.search(said)) and not _PROPHYLAXIS.search(said)
