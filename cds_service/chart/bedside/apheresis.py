"""The aphereses on record that collect progenitor cells, and whether the patient was weighed before the first."""

from __future__ import annotations

import re
from typing import Any

from cds_service.chart.bedside.agents import is_collection
from cds_service.chart.bedside.moments import first_start, last_end
from cds_service.chart.source import Source
from cds_service.course import Moment
from cds_service.elapsed import latest
from cds_service.facts import Documentation
from cds_service.fhir.elements import name_of, plain_text, texts
from cds_service.frozen import frozen
from cds_service.logic import Cause, Evidence, Gap
from cds_service.timing import When
from cds_service.wording import bedside as say
from cds_service.wording import shown

BEGUN = frozenset({"completed", "in-progress", "stopped"})
_STEMS = re.compile(rb"pheresis|collect|harvest")
_FOR_CELLS = " for stem cells"
"""What an apheresis is for that says nothing else: a patient for Kresladi has no other one."""
WANTED = say.WANTED_APHERESIS


@frozen
class Apheresis:
    """One apheresis: when it began, when it ended, what shows it."""

    began: When | None
    ended: When | None
    evidence: Evidence
    completed: bool


@frozen
class Aphereses:
    """All aphereses that were begun, and why it is open whether there are more."""

    found: tuple[Apheresis, ...]
    unread: tuple[Gap, ...]
    none: Evidence

    @property
    def done(self) -> Documentation:
        """Whether one was completed."""
        completed = tuple(each.evidence for each in self.found if each.completed)
        if completed:
            return Documentation(WANTED, completed)
        return Documentation(WANTED, gaps=self.unread) if self.unread else Documentation(WANTED, denies=(self.none,))

    @property
    def last(self) -> Moment:
        """The end of the last that was completed."""
        completed = [each for each in self.found if each.completed]
        evidence = tuple(each.evidence for each in completed)
        ends = [each.ended for each in completed]
        undated = tuple(
            Gap(WANTED, say.UNDATED, Cause.UNUSABLE, each.evidence.source) for each in completed if each.ended is None
        )
        if undated or self.unread or not completed:
            return Moment(WANTED, None, evidence, (*undated, *self.unread))
        last = latest(filter(None, ends))
        return Moment(
            WANTED, last, tuple(each.evidence for each in completed if each.ended and each.ended.overlaps(last))
        )


def read_aphereses(source: Source) -> Aphereses:
    """Every apheresis of the patient on record."""
    records = [each for each in source.records.of("Procedure") if _STEMS.search(bytes(each.raw).lower())]
    sifted = source.sift(records, ("Procedure",))
    found = [_apheresis(source, record.reference, model) for record, model in sifted.usable if _is_one(model)]
    unread = (*sifted.gaps(WANTED), *source.unread(WANTED, "Procedure"))
    return Aphereses(tuple(found), unread, Evidence(say.NO_APHERESIS, "Procedure"))


def _is_one(model: Any) -> bool:
    said = texts(model.code)
    notes = tuple(plain_text(note.text) for note in model.note or () if note.text)
    return model.status in BEGUN and is_collection(said, (*notes, _FOR_CELLS))


def _apheresis(source: Source, reference: str, model: Any) -> Apheresis:
    ended = last_end(model, "performed", source.today)
    evidence = Evidence(shown.event(name_of(model.code), None) + say.ended(ended), reference)
    return Apheresis(first_start(model, "performed"), ended, evidence, model.status == "completed")
