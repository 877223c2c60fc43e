"""When conditioning ended: as the checklist says, else the last end of what was given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.chart.bedside.agents import is_conditioning
from cds_service.chart.bedside.checklist import CONDITIONING_COMPLETED, Checklist
from cds_service.chart.bedside.drug import Drug, drug_of
from cds_service.chart.bedside.moments import last_end
from cds_service.chart.naming import medication_is_elsewhere
from cds_service.chart.source import Sifted, Source
from cds_service.course import Moment
from cds_service.elapsed import latest, may_end_after
from cds_service.facts import Documentation
from cds_service.fhir.elements import meanings, plain_text, texts, when
from cds_service.fhir.records import Record
from cds_service.frozen import frozen
from cds_service.logic import Cause, Evidence, Gap
from cds_service.timing import When
from cds_service.wording import bedside as say
from cds_service.wording import dose_reasons

READ = ("MedicationAdministration", "Procedure")
WANTED = say.WANTED_END_OF_CONDITIONING
_BEGUN = frozenset({"completed", "in-progress", "stopped", "on-hold", "unknown"})
_RUNNING = frozenset({"in-progress", "on-hold"})
_STEMS = re.compile(
    rb"busul|treosul|tepa|melphalan|alkeran|evomela|ivra|phelinun|trecond|grafapex|tepylute|radiation|tbi|"
    rb'"(?:1828|253113|284676|38508|10473)"'
)


@frozen
class Given:
    """One agent given, or one session of irradiation."""

    status: str
    ended: When | None
    evidence: Evidence


@frozen
class Conditioning:
    """What was given, what was answered, and why it is open whether there is more."""

    given: tuple[Given, ...]
    answered: Moment
    """The end as the checklist has it."""
    unread: tuple[Gap, ...]

    @property
    def begun(self) -> Documentation:
        """Whether conditioning is on record."""
        shows = (*self.answered.evidence, *(each.evidence for each in self.given))
        if shows:
            return Documentation(say.WANTED_CONDITIONING, shows)
        none = Evidence(say.NO_CONDITIONING, READ[0])
        unread = self.unread
        return Documentation(say.WANTED_CONDITIONING, gaps=unread, denies=() if unread else (none,))

    @property
    def end(self) -> Moment:
        """When it was completed; open while something runs, or may have ended later."""
        stated = self.answered if self.answered.when else self._last_completed()
        if stated.when is None:
            return stated
        later = tuple(self._open(each, stated.when) for each in self.given if self._may_be_later(each, stated.when))
        open_ = (*later, *self.unread)
        return Moment(WANTED, None, stated.evidence, open_) if open_ else stated

    def _last_completed(self) -> Moment:
        completed = [each for each in self.given if each.status == "completed"]
        ends = [each.ended for each in completed if each.ended is not None]
        if self.answered.gaps or not ends or len(ends) < len(completed):
            undated = tuple(
                Gap(WANTED, say.UNDATED, Cause.UNUSABLE, each.evidence.source) for each in completed if not each.ended
            )
            running = tuple(self._open(each, None) for each in self.given if each.status != "completed")
            return Moment(WANTED, None, (), (*undated, *running, *self.answered.gaps, *self.unread))
        last = latest(ends)
        evidence = tuple(each.evidence for each in completed if each.ended and each.ended.overlaps(last))
        return Moment(WANTED, last, evidence)

    def _may_be_later(self, each: Given, end: When) -> bool:
        """Whether it runs, or is not known to have ended by then."""
        if each.status in _RUNNING or each.ended is None:
            return True
        return may_end_after(each.ended, end)

    @staticmethod
    def _open(each: Given, end: When | None) -> Gap:
        because = (
            say.still_running(each.evidence.says)
            if each.status in _RUNNING
            else say.may_be_later(each.evidence.says, end)
        )
        return Gap(WANTED, because, Cause.CONFLICT if end else Cause.UNUSABLE, each.evidence.source)


def read_conditioning(source: Source, checklist: Checklist) -> Conditioning:
    """All myeloablative conditioning on record, begun or done."""
    drugs = {record: drug_of(source, record) for record in source.records.of(READ[0]) if _may_be_one(record)}
    named = [record for record, drug in drugs.items() if is_conditioning(drug.means, drug.said, drug.form)]
    administered = source.sift(named, READ[:1])
    done = source.sift([each for each in source.records.of(READ[1]) if _STEMS.search(bytes(each.raw).lower())])
    given = (*_administrations(source, administered, drugs), *_procedures(source, done))
    unread = (*source.unread(WANTED, *READ), *checklist.unread(WANTED))
    doubts = (*administered.gaps(WANTED), *done.gaps(WANTED), *_untold(source), *unread)
    return Conditioning(given, _answered(checklist), doubts)


def _answered(checklist: Checklist) -> Moment:
    found = checklist.value(CONDITIONING_COMPLETED)
    moment = when(found[1]) if found else None
    if found is None or moment is None:
        conflict = checklist.is_contradicted(CONDITIONING_COMPLETED)
        return Moment(WANTED, gaps=checklist.gaps(WANTED, CONDITIONING_COMPLETED) if conflict else ())
    says = say.conditioning_answered(moment)
    return Moment(WANTED, moment, (Evidence(says, found[0].record.reference),))


def _administrations(source: Source, sifted: Sifted, drugs: Mapping[Record, Drug]) -> Iterator[Given]:
    for record, model in sifted.usable:
        drug, dosage = drugs[record], model.dosage
        route = dosage.route if dosage else None
        how = (*drug.form, *texts(route), *((plain_text(dosage.text),) if dosage and dosage.text else ()))
        means = drug.means | meanings(source.terminology, route)
        if model.status in _BEGUN and is_conditioning(means, drug.said, how):
            yield _given(source, record, model, "effective", drug.said)


def _procedures(source: Source, sifted: Sifted) -> Iterator[Given]:
    for record, model in sifted.usable:
        said = texts(model.code)
        if model.status in _BEGUN and is_conditioning(meanings(source.terminology, model.code), said, ()):
            yield _given(source, record, model, "performed", said)


def _given(source: Source, record: Record, model: Any, element: str, said: tuple[str, ...]) -> Given:
    ended, status = last_end(model, element, source.today), str(model.status)
    name = said[0] if said else say.CONDITIONING_AGENT
    return Given(status, ended, Evidence(say.conditioning_given(name, status, ended), record.reference))


def _may_be_one(record: Record) -> bool:
    return bool(_STEMS.search(bytes(record.raw).lower())) or bool(len(record.header.medicationReference))


def _untold(source: Source) -> Iterator[Gap]:
    """Administrations whose Medication is not to be had: they may be conditioning."""
    for record in source.records.of("MedicationAdministration"):
        begun = record.header.status in _BEGUN and len(record.header.medicationReference)
        if begun and medication_is_elsewhere(source, record) and not drug_of(source, record).said:
            yield Gap(WANTED, dose_reasons.drug_not_told(record.type), Cause.UNAVAILABLE, record.reference)
