"""Flow cytometry: CD18, CD11a and CD11b as percent of neutrophils."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.answers import CONTRADICTORY, FLOW_DATE, PERCENT_OF_NEUTROPHILS, Answers, Response
from cds_service.chart.gated import gate_of_result, spoilt_as_it_says
from cds_service.chart.gates import Gate
from cds_service.chart.observed import REPORT_IS_FINAL, WITHDRAWN, Observed, observed
from cds_service.chart.source import Sifted, Source
from cds_service.chart.treatments import TELL_OF_TREATMENT, Treatments
from cds_service.chart.values import percent, percent_answered
from cds_service.facts import Result, Results
from cds_service.fhir.elements import meanings, name_of, texts, when
from cds_service.fhir.records import Record
from cds_service.frozen import frozen
from cds_service.logic import Evidence, Remedy
from cds_service.timing import When
from cds_service.wording import reasons, shown, wants

MARKERS = {"cd18": "CD18", "cd11a": "CD11a", "cd11b": "CD11b"}
CODE_THAT_COUNTS = {"cd18": "LOINC 17121-5", "cd11a": "LOINC 17109-0", "cd11b": "LOINC 17110-8"}
TYPES = ("Observation", "DiagnosticReport")
PANEL = "flow-cytometry-panel"
_PHRASES = (*MARKERS, "cd11c")
_MEANINGS = (*MARKERS, *(f"~{marker}" for marker in _PHRASES), "flow-wrong-specimen", PANEL)
_NAMES_A_MARKER = re.compile(rb"(?i)CD ?(?:18|11 ?[ab])\b")


@frozen
class _Carrier:
    """What carries one value: an Observation, or one component of it."""

    seen: Observed
    holder: Any

    @property
    def record(self) -> Record:
        return self.seen.record

    @property
    def is_component(self) -> bool:
        return self.holder is not self.seen.model

    @property
    def has_value(self) -> bool:
        """Whether it says anything at all, if only that the value is missing."""
        names = ("Quantity", "Range", "Ratio", "String", "CodeableConcept", "Integer")
        values = [getattr(self.holder, f"value{name}") for name in names]
        return any(each is not None for each in (*values, self.holder.dataAbsentReason)) or bool(
            self.holder.interpretation
        )

    @property
    def is_said_by_its_parts(self) -> bool:
        """Whether it holds no value because its members or components do."""
        model = self.seen.model
        return not self.has_value and not self.is_component and bool(model.component or model.hasMember)


def read_markers(source: Source, answers: Answers, treatments: Treatments) -> dict[str, Results]:
    """All results on the three markers, by marker (`cd18`, `cd11a`, `cd11b`)."""
    reading = _Reading(source, treatments)
    found, reading.sifted = observed(source, *_MEANINGS)
    for seen in found:
        reading.take(seen)
    reading.take_reports_in_words()
    for marker in MARKERS:
        reading.take_answer(marker, answers)
    return {marker: reading.results(marker, answers) for marker in MARKERS}


class _Reading:
    """One pass over the chart's flow cytometry, sorting by marker into results, troubles and what is set aside."""

    def __init__(self, source: Source, treatments: Treatments) -> None:
        self.source = source
        self.treatments = treatments
        self.sifted = Sifted()
        self.usable: dict[str, list[Result]] = {marker: [] for marker in MARKERS}
        self.of_marker = {marker: Sifted() for marker in MARKERS}
        self.carriers: set[str] = set()
        """The references of what holds results on a marker, and of the reports and panels that list them."""

    def take(self, seen: Observed) -> None:
        """Sort an Observation and its components."""
        whole = _Carrier(seen, seen.model)
        parts = [_Carrier(seen, component) for component in seen.model.component or ()]
        named = [self._take(carrier) for carrier in (whole, *parts)]
        if any(named):
            self.carriers |= {each.record.reference for each in (seen, *seen.panels)}
        if whole.is_said_by_its_parts and named[0] and parts and not any(named[1:]):
            self.of_marker[named[0]].trouble(seen.record, reasons.NO_VALUE)

    def _take(self, carrier: _Carrier) -> str | None:
        """Sort one value; the marker that it names, if any."""
        marker, coded = self._marker(carrier)
        if marker is None:
            return None
        sifted, model = self.of_marker[marker], carrier.seen.model
        says = f"{MARKERS[marker]} ({name_of(carrier.holder.code)})"
        if model.status in WITHDRAWN:
            sifted.aside(carrier.record, reasons.status_not_counted(says, model.status))
        elif carrier.is_said_by_its_parts:
            pass
        elif not coded:
            self._take_uncoded(marker, carrier)
        elif carrier.seen.withheld is not None:
            sifted.trouble(carrier.record, reasons.not_final(says, carrier.seen.withheld))
        elif carrier.is_component and carrier.holder.modifierExtension:
            sifted.trouble(carrier.record, reasons.MODIFIED)
        else:
            self._take_value(marker, carrier, says)
        return marker

    def _take_uncoded(self, marker: str, carrier: _Carrier) -> None:
        if carrier.has_value:
            because = reasons.only_text_names(name_of(carrier.holder.code), CODE_THAT_COUNTS[marker])
            self.of_marker[marker].trouble(carrier.record, because)

    def _take_value(self, marker: str, carrier: _Carrier, says: str) -> None:
        sifted, record, moment = self.of_marker[marker], carrier.record, carrier.seen.when
        measured = percent(carrier.holder)
        if isinstance(measured, str):
            sifted.trouble(record, measured)
            return
        gate = gate_of_result(carrier.seen, carrier.holder, measured)
        if gate is Gate.ANOTHER_PERSON:
            sifted.aside(record, reasons.ANOTHER_PATIENT)
        elif gate in (Gate.OTHER, Gate.MARROW):
            sifted.trouble(record, reasons.wrong_cells(MARKERS[marker], measured.shown, marrow=gate is Gate.MARROW))
        elif gate is Gate.CONTROL:
            sifted.trouble(record, reasons.not_percent_of_cells(measured.shown))
        elif gate is Gate.NOT_EXPRESSION:
            sifted.trouble(record, reasons.not_expression(says, measured.shown))
        elif self._is_in_the_future(moment):
            sifted.trouble(record, reasons.in_the_future(says))
        elif spoilt := self.treatments.spoil(moment) or spoilt_as_it_says(carrier.seen, carrier.holder):
            sifted.trouble(record, reasons.spoilt(MARKERS[marker], measured.shown, spoilt))
        else:
            says = shown.marker(MARKERS[marker], measured.percent, moment, gated=gate is Gate.NEUTROPHILS)
            evidence = Evidence(says, record.reference)
            self.usable[marker].append(Result(measured.level, evidence, moment, carrier.seen.together))

    def take_answer(self, marker: str, answers: Answers) -> None:
        """A value typed into the questionnaire: it counts when a clinician is the author and the date is given."""
        response = answers.newest(PERCENT_OF_NEUTROPHILS[marker])
        value = response.answer(PERCENT_OF_NEUTROPHILS[marker]) if response else None
        if response is None or value is CONTRADICTORY:
            return
        measured, moment = percent_answered(value), when(response.answer(FLOW_DATE))
        sifted, record = self.of_marker[marker], response.record
        if isinstance(measured, str):
            sifted.trouble(record, measured)
        elif not _is_by_clinician(self.source, response):
            sifted.trouble(record, reasons.entered_by_no_clinician(MARKERS[marker]))
        elif moment is None:
            sifted.trouble(record, reasons.entered_without_date(MARKERS[marker]))
        elif self._is_in_the_future(moment):
            sifted.trouble(record, reasons.in_the_future(MARKERS[marker]))
        elif spoilt := self.treatments.spoil(moment):
            sifted.trouble(record, reasons.spoilt(MARKERS[marker], measured.shown, spoilt))
        else:
            says = shown.marker_as_entered(MARKERS[marker], measured.percent, moment, _author(response))
            together = frozenset({f"report:{record.reference}"})
            self.usable[marker].append(Result(measured.level, Evidence(says, record.reference), moment, together))

    def take_reports_in_words(self) -> None:
        """Reports on the markers of which no result is read: evidence to attach, not to count. Where results are only
        not here yet, that is all there is to say."""
        records = (r for r in self.source.records.of("DiagnosticReport") if r.reference not in self.carriers)
        on_markers = (record for record in records if _is_on_markers(self.source, record))
        sifted = self.source.sift(record for record in on_markers if not self.source.lacks_results_of(record))
        for record, report in sifted.usable:
            unfinished = None if report.status in REPORT_IS_FINAL else report.status or reasons.WITHOUT_STATUS
            self._take_words(record, report, unfinished)

    def _take_words(self, record: Record, model: Any, unfinished: str | None) -> None:
        """What holds no number that is read can be attached; not before it is final, and not once it is withdrawn."""
        if unfinished is None:
            self._trouble_all(record, reasons.FLOW_AS_TEXT)
        elif unfinished not in WITHDRAWN:
            self._trouble_all(record, reasons.not_final(name_of(model.code) or record.reference, unfinished))

    def results(self, marker: str, answers: Answers) -> Results:
        """What was sorted for one marker."""
        wanted, remedy, own = wants.marker_level(MARKERS[marker]), Remedy.FLOW_CYTOMETRY, self.of_marker[marker]
        recorded = answers.troubles(wanted, PERCENT_OF_NEUTROPHILS[marker], remedy)
        return Results(
            wanted,
            tuple(self.usable[marker]),
            (*own.gaps(wanted, remedy), *self.sifted.gaps(wanted, remedy), *recorded),
            self.source.unread(wanted, *TYPES, "QuestionnaireResponse", remedy=remedy),
            (*own.set_aside, *self.sifted.set_aside),
            remedy,
            explains_high=self.source.unread(wanted, *TELL_OF_TREATMENT, remedy=remedy),
        )

    # --- what a carrier says of itself -----------------------------------------------------------------------------

    def _marker(self, carrier: _Carrier) -> tuple[str | None, bool]:
        """The marker that the carrier's own code names, and whether a code (not a text) names it."""
        concept = carrier.holder.code
        codes, words = meanings(self.source.terminology, concept), phrases.named_in(texts(concept))
        coded, named = [m for m in MARKERS if m in codes], [m for m in _PHRASES if m in words]
        if "flow-wrong-specimen" in codes:
            self._aside_all(carrier.record, reasons.WRONG_SPECIMEN)
        elif len(coded) > 1 or (coded and named and coded[0] not in named):
            for marker in {*coded, *named} & set(MARKERS):
                self.of_marker[marker].trouble(carrier.record, reasons.codes_disagree(name_of(concept)))
        elif coded:
            return coded[0], True
        elif PANEL in codes:
            seen = carrier.seen
            if carrier.has_value or (seen.withheld and not carrier.is_said_by_its_parts):
                self._take_words(carrier.record, seen.model, seen.withheld)
        elif named and named[0] in MARKERS:
            return named[0], False
        elif named:
            self.of_marker["cd11a"].aside(carrier.record, reasons.CD11C)
        return None, False

    def _is_in_the_future(self, moment: When | None) -> bool:
        """Later than today anywhere on earth."""
        return moment is not None and moment.first.date() > self.source.today + timedelta(days=1)

    def _trouble_all(self, record: Record, because: str) -> None:
        for marker in MARKERS:
            self.of_marker[marker].trouble(record, because)

    def _aside_all(self, record: Record, because: str) -> None:
        for marker in MARKERS:
            self.of_marker[marker].aside(record, because)


def _is_on_markers(source: Source, record: Record) -> bool:
    """Whether a report names the markers: in its code, its conclusion or anywhere else."""
    return PANEL in source.means(record) or bool(_NAMES_A_MARKER.search(bytes(record.raw)))


def _author(response: Response) -> str:
    return (response.author.reference or response.author.display or "") if response.author else ""


def _is_by_clinician(source: Source, response: Response) -> bool:
    """Whether the author is a Practitioner or a PractitionerRole, wherever that stands."""
    if response.author is None:
        return False
    literal = response.author.reference or ""
    contained = [each.get_resource_type() for each in response.contained or () if f"#{each.id}" == literal]
    record = source.at(response.author)
    kinds = {*contained, *literal.split("/")[-2:-1], record.type if record else "", response.author.type or ""}
    return bool(kinds & {"Practitioner", "PractitionerRole"})
