"""Flow cytometry: CD18, CD11a and CD11b as percent of neutrophils."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.answers import FLOW_DATE, PERCENT_OF_NEUTROPHILS, Answers
from cds_service.chart.source import Sifted, Source
from cds_service.chart.treatments import Treatments
from cds_service.chart.values import HUNDRED, Measured, percent, trimmed
from cds_service.facts import Level, Result, Results
from cds_service.fhir.elements import first_when, meanings, name_of, plain_text, texts, when
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.logic import Evidence, Remedy
from cds_service.timing import When
from cds_service.wording import reasons, shown

MARKERS = {"cd18": "CD18", "cd11a": "CD11a", "cd11b": "CD11b"}
CODE_THAT_COUNTS = {"cd18": "LOINC 17121-5", "cd11a": "LOINC 17109-0", "cd11b": "LOINC 17110-8"}
FINAL = ("final", "amended", "corrected")
_REPORT_IS_FINAL = (*FINAL, "appended")
TYPES = ("Observation", "DiagnosticReport")

_NEUTROPHILS = re.compile(
    r"neutrophil\w*|\bpmns?\b|polymorphonuclear(?: (?:leu[ck]ocytes?|cells?))?|granulocyt\w*", re.I
)
_OTHERS = re.compile(
    r"lymphocyt|lymphoid|monocyt|mononuclear|\b[tb][- ]?(?:cells?|lymph)|\bnk\b|blast|eosinophil|basophil|platelet|myeloid|"
    r"\bleu[ck]ocytes?(?![ -]adhesion)|white (?:blood )?cells|\bcd(?:3|4|8|14|19|56)\+",
    re.IGNORECASE,
)
_MARROW = re.compile(r"marrow", re.IGNORECASE)
_CONTROL = re.compile(r"%? ?of (?:the )?(?:normal|healthy|control)|normal control|\bmfi\b|fluorescence|intensity", re.I)


class _Gate(Enum):
    """Which cells a percentage is of."""

    NEUTROPHILS = "neutrophils"
    OTHER = "another population"
    MARROW = "marrow"
    CONTROL = "of a control"
    NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class _Carrier:
    """What carries one value: an Observation, one component of it, or one contained in a report."""

    record: Record
    observation: Any
    holder: Any
    report_status: str | None = None
    report: Any = None

    @property
    def is_component(self) -> bool:
        return self.holder is not self.observation


def read_markers(source: Source, answers: Answers, treatments: Treatments) -> dict[str, Results]:
    """All results on the three markers, by marker (`cd18`, `cd11a`, `cd11b`)."""
    reading = _Reading(source, treatments)
    for carrier in reading.carriers():
        reading.take(carrier)
    for marker in MARKERS:
        reading.take_answer(marker, answers)
    return {marker: reading.results(marker, answers) for marker in MARKERS}


class _Reading:
    """One pass over the chart's flow cytometry, sorting by marker into results, troubles and what is set aside."""

    def __init__(self, source: Source, treatments: Treatments) -> None:
        self.source = source
        self.treatments = treatments
        self.usable: dict[str, list[Result]] = {marker: [] for marker in MARKERS}
        self.sifted = {marker: Sifted() for marker in MARKERS}
        self.unreadable: list[tuple[str, str]] = []

    def carriers(self) -> Iterator[_Carrier]:
        tags = [*MARKERS, *(f"~{marker}" for marker in (*MARKERS, "cd11c")), "flow-wrong-specimen"]
        observations = self.source.sift(self.source.about(("Observation",), *tags), ("Observation",))
        reports = self.source.sift(self._reports_with_contents(), ("DiagnosticReport",))
        for sifted in (observations, reports):
            self.unreadable += sifted.troubles
            for marker in MARKERS:
                self.sifted[marker].set_aside += sifted.set_aside
        for record, observation in observations.usable:
            yield _Carrier(record, observation, observation)
            for component in observation.component or ():
                yield _Carrier(record, observation, component)
        for record, report in reports.usable:
            yield from self._contained(record, report)

    def _reports_with_contents(self) -> list[Record]:
        return [r for r in self.source.records.of("DiagnosticReport") if b"Observation" in bytes(r.header.contained)]

    def _contained(self, record: Record, report: Any) -> Iterator[_Carrier]:
        for inside in report.contained or ():
            if inside.get_resource_type() != "Observation" or inside.modifierExtension:
                continue
            if inside.subject is not None:
                owner = self.source.identity.owner(inside.subject, record, report.contained)
                if owner.name != "PATIENT":
                    continue
            yield _Carrier(record, inside, inside, report.status, report)
            for component in inside.component or ():
                yield _Carrier(record, inside, component, report.status, report)

    def take(self, carrier: _Carrier) -> None:
        marker, coded = self._marker(carrier)
        if marker is None:
            return
        sifted, record = self.sifted[marker], carrier.record
        says = f"{MARKERS[marker]} ({name_of(carrier.holder.code)})"
        if carrier.observation.status in ("entered-in-error", "cancelled"):
            sifted.aside(record, reasons.status_not_counted(says, carrier.observation.status))
            return
        if not coded:
            if _has_value(carrier.holder):
                sifted.trouble(record, reasons.only_text_names(name_of(carrier.holder.code), CODE_THAT_COUNTS[marker]))
            return
        if not _has_value(carrier.holder) and (carrier.observation.component or carrier.observation.hasMember):
            return
        status = _status(carrier)
        if status is not None:
            sifted.trouble(record, reasons.not_final(says, status))
            return
        self._take_value(marker, carrier)

    def _take_value(self, marker: str, carrier: _Carrier) -> None:
        sifted, record = self.sifted[marker], carrier.record
        measured = percent(carrier.holder)
        if isinstance(measured, str):
            sifted.trouble(record, measured)
            return
        gate = self._gate(carrier, measured)
        if gate in (_Gate.OTHER, _Gate.MARROW):
            sifted.trouble(record, reasons.wrong_cells(MARKERS[marker], measured.shown, marrow=gate is _Gate.MARROW))
            return
        if gate is _Gate.CONTROL:
            sifted.trouble(record, reasons.not_percent_of_cells(measured.shown))
            return
        moment = self._when(carrier)
        spoilt = self.treatments.spoil(moment)
        if spoilt:
            sifted.trouble(record, reasons.spoilt(MARKERS[marker], measured.shown, spoilt))
            return
        says = shown.marker(MARKERS[marker], measured.shown, moment, gated=gate is _Gate.NEUTROPHILS)
        self.usable[marker].append(
            Result(measured.level, Evidence(says, self._reference(carrier)), moment, self._together(carrier))
        )

    def take_answer(self, marker: str, answers: Answers) -> None:
        """A value typed into the questionnaire: it counts when a clinician is the author and the date is given."""
        response = answers.newest(PERCENT_OF_NEUTROPHILS[marker])
        if response is None:
            return
        value = response.answer(PERCENT_OF_NEUTROPHILS[marker])
        moment = when(response.answer(FLOW_DATE))
        sifted, record = self.sifted[marker], response.record
        author = (response.author.reference or "") if response.author else ""
        clinician = re.search(r"(?:^|/)Practitioner(?:Role)?/", author) or (
            author.startswith("#") and _contained_clinician(response, author)
        )
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not 0 <= value <= HUNDRED:
            sifted.trouble(record, reasons.IMPOSSIBLE)
        elif not clinician:
            sifted.trouble(record, reasons.entered_by_no_clinician(MARKERS[marker]))
        elif moment is None:
            sifted.trouble(record, reasons.entered_without_date(MARKERS[marker]))
        elif spoilt := self.treatments.spoil(moment):
            sifted.trouble(record, reasons.spoilt(MARKERS[marker], f"{value} %", spoilt))
        else:
            level = Level.exactly(Decimal(value))
            says = shown.marker_as_entered(MARKERS[marker], trimmed(Decimal(value)), moment, author)
            together = frozenset({f"report:{record.reference}"})
            self.usable[marker].append(Result(level, Evidence(says, record.reference), moment, together))

    def results(self, marker: str, answers: Answers) -> Results:
        wanted = reasons.wanted_marker(MARKERS[marker])
        remedy = Remedy.FLOW_CYTOMETRY
        sifted = self.sifted[marker]
        sifted.troubles += self.unreadable
        return Results(
            wanted,
            tuple(self.usable[marker]),
            (*sifted.gaps(wanted, remedy), *answers.sifted.gaps(wanted, remedy)),
            self.source.unread(wanted, *TYPES, "QuestionnaireResponse", remedy=remedy),
            tuple(sifted.set_aside),
            remedy,
        )

    # --- what a carrier says of itself -----------------------------------------------------------------------------

    def _marker(self, carrier: _Carrier) -> tuple[str | None, bool]:
        """The marker that the carrier's own code names, and whether a code (not a text) names it."""
        concept = carrier.holder.code
        codes = meanings(self.source.terminology, concept)
        if "flow-wrong-specimen" in codes:
            for marker in MARKERS:
                self.sifted[marker].aside(carrier.record, reasons.WRONG_SPECIMEN)
            return None, False
        for marker in MARKERS:
            if marker in codes:
                return marker, True
        named = phrases.named_in(texts(concept))
        for marker in MARKERS:
            if marker in named:
                return marker, False
        if "cd11c" in named:
            self.sifted["cd11a"].aside(carrier.record, reasons.CD11C)
        return None, False

    def _gate(self, carrier: _Carrier, measured: Measured) -> _Gate:
        """The cell population, from the nearest place that names one: the code, then method and specimen, then the
        panel or report."""
        observation = carrier.observation
        own = [*texts(carrier.holder.code), plain_text(measured.annotation), plain_text(measured.shown)]
        near = [*texts(observation.method), *texts(observation.bodySite), *self._specimen_texts(observation)]
        if carrier.is_component:
            near += texts(observation.code)
        if any(_CONTROL.search(text) for text in (*own, *near)):
            return _Gate.CONTROL
        if any(_MARROW.search(text) for text in (*own, *near)):
            return _Gate.MARROW
        return _named_gate(own, own=True) or _named_gate(near) or self._panel_gate(carrier)

    def _panel_gate(self, carrier: _Carrier) -> _Gate:
        panels = [carrier.report] if carrier.report is not None else []
        for record in self.source.panels_of(carrier.record):
            try:
                panels.append(record.read())
            except Unreadable:
                continue
        gates = {gate for panel in panels if (gate := _named_gate(texts(panel.code)))}
        if any(_MARROW.search(text) for panel in panels for text in texts(panel.code)):
            return _Gate.MARROW
        return gates.pop() if len(gates) == 1 else _Gate.NOT_STATED

    def _specimen_texts(self, observation: Any) -> tuple[str, ...]:
        if observation.specimen is None:
            return ()
        said = (plain_text(observation.specimen.display),) if observation.specimen.display else ()
        record = self.source.at(observation.specimen)
        if record is None or record.type != "Specimen":
            return said
        try:
            return (*said, *texts(record.read().type))
        except Unreadable:
            return said

    def _when(self, carrier: _Carrier) -> When | None:
        own = first_when(carrier.observation, "effectiveDateTime", "effectiveInstant", "effectivePeriod")
        if own is None and carrier.report is not None:
            own = first_when(carrier.report, "effectiveDateTime", "effectivePeriod")
        return own

    def _together(self, carrier: _Carrier) -> frozenset[str]:
        keys = {f"report:{carrier.record.reference}"}
        keys |= {f"report:{panel.reference}" for panel in self.source.panels_of(carrier.record)}
        specimen = carrier.observation.specimen
        if specimen is not None and specimen.reference:
            keys.add(f"specimen:{specimen.reference}")
        return frozenset(keys)

    def _reference(self, carrier: _Carrier) -> str:
        return carrier.record.reference


def _named_gate(said: Iterable[str], *, own: bool = False) -> _Gate | None:
    """The population that texts name. Neutrophils beside others: at the result itself that is another population,
    at a distance (a panel lists several) it says nothing."""
    joined = " | ".join(said)
    without = _NEUTROPHILS.sub("", joined)
    neutrophils, others = without != joined, bool(_OTHERS.search(without))
    if neutrophils and others and not own:
        return None
    if others:
        return _Gate.OTHER
    return _Gate.NEUTROPHILS if neutrophils else None


def _has_value(holder: Any) -> bool:
    names = (
        "valueQuantity",
        "valueRange",
        "valueRatio",
        "valueString",
        "valueCodeableConcept",
        "valueInteger",
    )
    return any(getattr(holder, name) is not None for name in (*names, "dataAbsentReason")) or bool(
        holder.interpretation
    )


def _status(carrier: _Carrier) -> str | None:
    """The status that keeps a result from counting; a contained one takes its report's where that is weaker."""
    if carrier.observation.status not in FINAL:
        return str(carrier.observation.status)
    if carrier.report_status is not None and carrier.report_status not in _REPORT_IS_FINAL:
        return carrier.report_status
    return None


def _contained_clinician(response: Any, author: str) -> bool:
    inside = [each for each in response.contained or () if each.id == author[1:]]
    return bool(inside) and inside[0].get_resource_type() in ("Practitioner", "PractitionerRole")
