"""Observations wherever they stand (alone, or contained in a report or a panel), with what bears on all of them.

Whose sample it was, when it was taken, what it was taken with, and which status counts. What a result does not say
itself, the panel that lists it says for it, and the report that lists the panel: each is read in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from cds_service.chart.source import Panel, Sifted, Source
from cds_service.chart.specimens import Sample, read_or_none, samples
from cds_service.fhir.elements import first_when, references, when
from cds_service.fhir.identity import Whose, split_literal
from cds_service.fhir.records import Record
from cds_service.logic import SetAside
from cds_service.once import once
from cds_service.timing import When
from cds_service.wording import reasons

FINAL = ("final", "amended", "corrected")
REPORT_IS_FINAL = (*FINAL, "appended")
WITHDRAWN = ("entered-in-error", "cancelled")
_MOST_OVER = 100
"""Reports and panels over one result that are followed: no laboratory has more, and a chain without end would."""
_PEOPLE = ("Patient", "RelatedPerson", "Group", "Practitioner", "")

T = TypeVar("T")


@dataclass(frozen=True)
class Observed:
    """One Observation, or a report or panel over one. `record` is what names it as evidence: itself, or the
    `container` it is contained in. `model` is None for a report or panel that cannot be read."""

    source: Source
    record: Record
    model: Any
    container: Any = None

    @property
    def key(self) -> str:
        """By what another resource refers to it."""
        return f"{self.record.reference}#{self.model.id}" if self.container is not None else self.record.reference

    @property
    def status(self) -> str:
        """The status it states itself."""
        return str(self.record.header.status if self.model is None else self.model.status or reasons.WITHOUT_STATUS)

    # --- what is over it -------------------------------------------------------------------------------------------

    @once
    def _listed_in(self) -> tuple[Observed, ...]:
        """The reports and panels that list it themselves, or hold it, as far as they are the patient's."""
        if self.container is not None:
            return self._beside()
        found = (self._panel(panel) for panel in self.source.panels_of(self.record))
        return tuple(each for each in found if each is not None and each.key != self.key)

    @once
    def _standing(self) -> tuple[Observed, ...]:
        return tuple(each for each in self._listed_in if each.status not in WITHDRAWN)

    @once
    def panels(self) -> tuple[Observed, ...]:
        """All that list or hold it, up to the report, the nearest first; withdrawn ones are as if not there."""
        return self._upwards(lambda each: each._standing)[1:]

    @property
    def withheld(self) -> str | None:
        """Why it does not count: its own status, the weaker one of the report that contains it, that of the reports
        over it when all of them were withdrawn; or that one of them cannot be read."""
        if self.status not in FINAL:
            return self.status
        if self.container is not None and self.container.status not in REPORT_IS_FINAL:
            return str(self.container.status)
        if len(self.panels) >= _MOST_OVER or any(each.model is None for each in self.panels):
            return reasons.IN_UNREAD_REPORT
        return self._withdrawn_with()

    def _withdrawn_with(self) -> str | None:
        """The status of what is over it, where every way up ends at something withdrawn."""
        ways = (self, *self.panels)
        if any(not each._listed_in for each in ways):
            return None
        return next((up.status for each in ways for up in each._listed_in if up.status in WITHDRAWN), None)

    def _upwards(self, step: Callable[[Observed], tuple[Observed, ...]]) -> tuple[Observed, ...]:
        """It and what the step leads to, each once: charts may list in a circle."""
        found = {self.key: self}
        waiting = [self]
        for each in waiting:
            if len(found) > _MOST_OVER:
                break
            new = [up for up in step(each) if up.key not in found]
            found |= {up.key: up for up in new}
            waiting += new
        return tuple(found.values())

    def nearest(self, said: Callable[[Observed], T | None]) -> list[T]:
        """What it says itself; where it says nothing, what is said nearest over it, on each way up."""
        ways = self._upwards(lambda each: () if said(each) else each._standing)
        return [words for words in map(said, ways) if words]

    def _panel(self, panel: Panel) -> Observed | None:
        """A panel that lists it; None where it is another's."""
        model = read_or_none(panel.record)
        if model is None:
            return Observed(self.source, panel.record, None)
        if self.source.identity.owner(model.subject, panel.record, model.contained) is Whose.OTHER:
            return None
        inside = next((each for each in model.contained or () if panel.inside and each.id == panel.inside), None)
        if inside is None:
            return Observed(self.source, panel.record, model)
        return Observed(self.source, panel.record, inside, model)

    def _beside(self) -> tuple[Observed, ...]:
        """What lists it beside it in its container, and the container, unless only a panel inside lists it."""
        beside = [
            Observed(self.source, self.record, each, self.container)
            for each in self.container.contained or ()
            if each is not self.model and _lists(each, self.model.id)
        ]
        if beside and not _lists(self.container, self.model.id):
            return tuple(beside)
        return (*beside, Observed(self.source, self.record, self.container))

    # --- what is said of it ----------------------------------------------------------------------------------------

    @once
    def _samples(self) -> tuple[Sample, ...]:
        holder = self.model if self.container is None else self.container
        return samples(self.source, self.record, holder, self.model)

    @once
    def _specimens(self) -> list[tuple[Sample, ...]]:
        """The specimens it was made on: its own, or those of each report or panel that names some for it."""
        return self.nearest(lambda each: each._samples)

    @property
    def specimen_texts(self) -> tuple[str, ...]:
        """What is said in words of the specimen."""
        return tuple(text for several in self._specimens for each in several for text in each.texts)

    @once
    def when(self) -> When | None:
        """When it was made: its own time, its specimen's, its panel's, else some time before it was issued."""
        stated = (each._own_time for each in (self, *self.panels))
        return next(filter(None, stated), None) or When.between(None, when(self.model.issued))

    @property
    def _own_time(self) -> When | None:
        if self.model is None:
            return None
        own = first_when(self.model, "effectiveDateTime", "effectiveInstant", "effectivePeriod")
        return own or (self._samples[0].collected if len(self._samples) == 1 else None)

    @property
    def together(self) -> frozenset[str]:
        """Keys of what it was taken with: the same specimen, report or panel."""
        keys = {f"report:{each.record.reference}" for each in (self, *self.panels)}
        alone = [several[0] for several in self._specimens if len(several) == 1]
        return frozenset(keys.union(*(each.keys for each in alone)))

    @property
    def anothers(self) -> bool:
        """Whether it was made on, or is about, somebody else (a parent's sample in the same report).

        Of a report on several people's specimens, the result's own subject tells which one is meant.
        """
        on_anothers = any(all(each.anothers for each in several) for several in self._specimens)
        return on_anothers or any(map(_is_of_another, self.nearest(_about_a_person)))


def _about_a_person(each: Observed) -> Observed | None:
    """It, where it says whom it is about."""
    focus = references(getattr(each.model, "focus", None))
    return each if any(_kind_of(one) in _PEOPLE for one in focus) else None


def _is_of_another(each: Observed) -> bool:
    return is_about_another(each.source, each.record, each.model)


def _lists(model: Any, id_: str | None) -> bool:
    listed = (*references(getattr(model, "hasMember", None)), *references(getattr(model, "result", None)))
    return any((reference.reference or "").strip() == f"#{id_}" for reference in listed)


def _kind_of(reference: Any) -> str:
    return split_literal(reference.reference or "")[1] or (reference.type or "")


def is_about_another(source: Source, record: Record, model: Any) -> bool:
    """Whether an Observation in the patient's chart has another person (donor, mother) as its focus."""
    for focus in references(getattr(model, "focus", None)):
        if _kind_of(focus) in _PEOPLE and source.identity.owner(focus, record, model.contained) is not Whose.PATIENT:
            return True
    return False


def observed(source: Source, *meanings: str) -> tuple[list[Observed], Sifted]:
    """The patient's Observations with any of the meanings, and all contained ones; and what could not be used."""
    sifted = source.sift(source.about(("Observation",), *meanings), ("Observation",))
    found = [Observed(source, record, model) for record, model in sifted.usable]
    found += contained(source, sifted)
    mine = []
    for each in found:
        if each.anothers:
            sifted.aside(each.record, reasons.ANOTHER_PATIENT)
        else:
            mine.append(each)
    return mine, sifted


def contained(source: Source, sifted: Sifted, is_wanted: Callable[[Any], bool] = lambda _: True) -> Iterator[Observed]:
    """The patient's Observations that reports and panels contain; what could not be used is added to the sifted."""
    holding = [each for each in source.holding if b"Observation" in bytes(each.header.contained)]
    containers = source.sift(holding, ("DiagnosticReport",))
    sifted.troubles += [each for each in containers.troubles if each not in sifted.troubles]
    sifted.set_aside += [each for each in containers.set_aside if each not in sifted.set_aside]
    for record, container in containers.usable:
        for inside in container.contained or ():
            if inside.get_resource_type() != "Observation" or not is_wanted(inside):
                continue
            if inside.modifierExtension:
                sifted.trouble(record, reasons.MODIFIED)
            elif _is_patients(source, record, container, inside):
                yield Observed(source, record, inside, container)
            else:
                sifted.set_aside.append(SetAside(f"{record.reference}#{inside.id}", reasons.ANOTHER_PATIENT))


def _is_patients(source: Source, record: Record, container: Any, inside: Any) -> bool:
    """What is contained is its container's patient's, unless it says otherwise."""
    if inside.subject is None:
        return True
    return source.identity.owner(inside.subject, record, container.contained) is Whose.PATIENT
