"""What backs an infection: a positive culture, a hospital stay, an intravenous antimicrobial.

It does when it refers to the infection or surely falls on its dates; dates that only may coincide back nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from cds_service.chart.cultures import positive_cultures
from cds_service.chart.onset import onset_of
from cds_service.chart.product_given import product_given
from cds_service.chart.source import Source
from cds_service.fhir.elements import first_when, meanings, name_of, period, references, texts, when
from cds_service.fhir.records import Record
from cds_service.frozen import frozen
from cds_service.logic import Evidence
from cds_service.timing import When
from cds_service.wording import shown

_GOING_ON = ("in-progress", "onleave")
_GIVEN = ("completed", "in-progress")
_ANTIMICROBIAL = re.compile(
    r"cillin|\bcef|ceph|penem|(?<!bleo)(?<!mito)(?<!dauno)(?<!dactino)(?<!plica)mycin|micin|floxacin|cycline|sulfameth|"
    r"trimethoprim|metronidazole|linezolid|colisti|aztreonam|amikacin|rifamp|conazole|fungin|amphotericin|antibiotic|"
    r"antibacterial|antifungal|antimicrobial|zosyn",
    re.IGNORECASE,
)
_INTRAVENOUS = re.compile(r"intravenous|\biv\b|\bi\.v\.", re.IGNORECASE)
_PROPHYLAXIS = re.compile(r"prophyla|\b(?:peri|pre)[- ]?op(?:erative)?\b", re.IGNORECASE)


@frozen
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
    def of_condition(cls, source: Source, condition: Any) -> Dates | None:
        """From onset to abatement; the date of its recording is not of the condition.

        That it is active says no more of its end: problem lists keep what is long over.
        """
        if condition.onsetPeriod is not None:
            return cls.of_period(condition.onsetPeriod)
        end = when(condition.abatementDateTime) or period(condition.abatementPeriod)
        return cls.of(onset_of(source, condition), end)

    @classmethod
    def of_event(cls, value: Any, moment: When | None) -> Dates | None:
        """Of what has a Period, or else a moment."""
        return cls.of_period(value) if value is not None else cls.of(moment, moment)

    def until(self, today: date) -> Dates:
        """The same of what still goes on."""
        now = When.on(today)
        return Dates(self.start, now if self.end.last < now.last else self.end)

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


@frozen
class _Backer:
    """Something that may back an infection: what it says, when it was, and the resources it refers to."""

    evidence: Evidence
    dates: Dates | None
    refers_to: frozenset[str]
    references: frozenset[str]
    """By which the infection may refer to it."""


class Backing:
    """Cultures, hospital stays and intravenous antimicrobials, read once when the first tier B infection needs them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._stays = tuple(self._hospital_stays())
        self._backers = (*self._cultures(), *self._stays, *self._infusions())

    def of(self, infection: Any, reference: str, dates: Dates | None) -> Evidence | None:
        """What backs the Condition of that reference, on those dates: by its own word, by the other's, or by date."""
        named = self._referred([each for one in infection.evidence or () for each in one.detail or ()])
        for backer in self._backers:
            on_its_dates = bool(dates and backer.dates and backer.dates.surely_overlap(dates))
            if reference in backer.refers_to or named & backer.references or on_its_dates:
                return backer.evidence
        return self._stay_it_was_met_in(infection.encounter, dates)

    def _stay_it_was_met_in(self, encounter: Any, dates: Dates | None) -> Evidence | None:
        """The hospital stay that the Condition names as its own; not where it was at another time."""
        record = self._source.at(encounter)
        mine = [stay for stay in self._stays if record is not None and stay.evidence.source == record.reference]
        told = (stay for stay in mine if not (dates and stay.dates) or dates.may_overlap(stay.dates))
        return next((stay.evidence for stay in told), None)

    def _hospital_stays(self) -> Iterator[_Backer]:
        for record, model in self._source.sift(self._inpatient()).usable:
            means = self._source.terminology.meanings(model.class_fhir.system, model.class_fhir.code)
            if "hospital-stay" in means and model.status in ("finished", *_GOING_ON):
                diagnoses = [each.condition for each in model.diagnosis or ()]
                refers = self._referred(model.reasonReference) | self._referred(diagnoses)
                evidence = Evidence(shown.hospital_stay(period(model.period)), record.reference)
                yield _Backer(evidence, self._dates_of_stay(model), refers, frozenset({record.reference}))

    def _dates_of_stay(self, encounter: Any) -> Dates | None:
        """Until today for one that goes on and has no end yet."""
        dates = Dates.of_period(encounter.period)
        open_ended = dates is not None and encounter.period.end is None and encounter.status in _GOING_ON
        return dates.until(self._source.today) if dates and open_ended else dates

    def _inpatient(self) -> list[Record]:
        encounters, means = self._source.records.of("Encounter"), self._source.concepts.of_coding
        return [each for each in encounters if means(each.header.klass) & {"hospital-stay", "?"}]

    def _cultures(self) -> Iterator[_Backer]:
        for culture in positive_cultures(self._source):
            seen = culture.seen
            refers = self._referred(getattr(seen.model, "focus", None))
            evidence = Evidence(shown.culture(culture.organism, seen.when), seen.record.reference)
            dates = Dates.of_event(seen.model.effectivePeriod, seen.when)
            yield _Backer(evidence, dates, refers, culture.references)

    def _infusions(self) -> Iterator[_Backer]:
        given = (each for each in self._source.records.of("MedicationAdministration") if each.header.status in _GIVEN)
        for record, model in self._source.sift(each for each in given if self._antimicrobial(each)).usable:
            product = product_given(self._source, record)
            if self._is_intravenous(model, texts(product)):
                moment = first_when(model, "effectiveDateTime", "effectivePeriod")
                evidence = Evidence(shown.intravenous(name_of(product), moment), record.reference)
                dates, refers = Dates.of_event(model.effectivePeriod, moment), self._referred(model.reasonReference)
                yield _Backer(evidence, dates, refers, frozenset({record.reference}))

    def _antimicrobial(self, record: Record) -> bool:
        return any(map(_ANTIMICROBIAL.search, texts(product_given(self._source, record))))

    def _is_intravenous(self, model: Any, product: tuple[str, ...]) -> bool:
        """Whether the dosage says so, and nothing says that it was to keep an infection away."""
        route, said = (model.dosage.route, model.dosage.text or "") if model.dosage else (None, "")
        reasons = (text for concept in model.reasonCode or () for text in texts(concept))
        if any(map(_PROPHYLAXIS.search, (*product, *reasons, said))):
            return False
        coded = "intravenous-route" in meanings(self._source.terminology, route)
        return coded or any(map(_INTRAVENOUS.search, (*texts(route), said)))

    def _referred(self, value: Any) -> frozenset[str]:
        found = (self._source.at(reference) for reference in references(value))
        return frozenset(record.reference for record in found if record is not None)
