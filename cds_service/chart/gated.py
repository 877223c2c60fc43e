"""Of which cells a result on a marker is: what a chart says of that, near the result and over it, for `gate_of`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from cds_service.chart.circumstances import spoilt_by_its_words
from cds_service.chart.gates import Gate, gate_of, is_gated_on_others, is_gated_on_several, is_of_another_person
from cds_service.chart.observed import WITHDRAWN, Observed
from cds_service.chart.specimens import read_or_none
from cds_service.chart.values import Measured
from cds_service.fhir.elements import plain_text, references, texts

_STATES_IT = re.compile(
    r"(?:\b(?:gat(?:e|ed|es|ing)|cells?|pop(?:ulation)?s?|subsets?|lineages?|types?|specimens?|samples?|sources?|"
    r"denominators?|materials?|tissues?|strategy|names?|regions?|leu[ck]ocytes?|target|parent|blood|analy[sz]ed|studied|"
    r"measured|evaluated|examined|used|of|on|for|the)\b\W*)+",
    re.IGNORECASE,
)
"""A name that only asks of which cells, or on what specimen, a measurement is."""
_MAY_STATE_IT = re.compile(
    rb"(?i)gat(?:e|ing)|pop|subset|lineage|type|specimen|sample|source|cell|denominator|material"
)
_ASKS_SPECIMEN = re.compile(r"\b(?:specimens?|samples?|sources?|materials?|tissues?|blood)\b", re.IGNORECASE)
_GATED = re.compile(r"\bgat(?:ed|ing)\b", re.IGNORECASE)


def gate_of_result(seen: Observed, holder: Any, measured: Measured) -> Gate:
    """The gate of the percentage that `holder`, an Observation or one of its components, gives."""
    model = seen.model
    own = [*texts(holder.code), plain_text(measured.unit)]
    near = (*texts(model.method), *texts(model.bodySite))
    written = (*seen.specimen_texts, *_stated(model.component), *_ranges(holder))
    over = texts(model.code) if holder is not model else ()
    names = (*over, *(text for panel in seen.panels for text in texts(panel.model.code)))
    if any(map(is_of_another_person, names)):
        return Gate.ANOTHER_PERSON
    notes = [note for each in (model, *(panel.model for panel in seen.panels)) for note in _notes(each)]
    coded = not written and not seen.panels
    gate = gate_of(own, (*near, *written, *over), [_texts_of(panel) for panel in seen.panels], notes, coded=coded)
    return Gate.OTHER if _is_of_others(gate, model, holder) else gate


def _is_of_others(gate: Gate, model: Any, holder: Any) -> bool:
    """Whether what the result itself says of its gate is against what its name, or a panel's, would let it be."""
    if gate not in (Gate.NEUTROPHILS, Gate.NOT_STATED):
        return False
    lines = tuple(_gate_lines(model.component))
    # the gate line of a panel may list the gates of several components
    if gate is Gate.NOT_STATED and holder is model and is_gated_on_several(lines):
        return True
    return is_gated_on_others(texts(model.method), lines, _notes(model))


def spoilt_as_it_says(seen: Observed, holder: Any) -> str | None:
    """Why the result that `holder` gives says nothing about the diagnosis, by what its chart calls and notes it."""
    over = tuple(panel.model for panel in seen.panels)
    names = (*texts(holder.code), *(text for model in (seen.model, *over) for text in texts(model.code)))
    notes = [note for model in (seen.model, *over) for note in _notes(model)]
    judged = (text for each in holder.interpretation or () for text in texts(each))
    return spoilt_by_its_words((*names, *seen.specimen_texts), (*notes, *judged))


def _notes(model: Any) -> list[str]:
    return [plain_text(note.text) for note in getattr(model, "note", None) or () if note.text]


def _ranges(holder: Any) -> list[str]:
    """What is normal, in words."""
    return [plain_text(each.text) for each in holder.referenceRange or () if each.text]


def _texts_of(panel: Observed) -> Iterator[str]:
    """What a report or panel says of all its results, in its own elements and in results that state nothing else."""
    yield from texts(panel.model.code)
    for name in ("method", "bodySite"):
        yield from texts(getattr(panel.model, name, None))
    yield from _stated(getattr(panel.model, "component", None))
    yield from _stated(_members(panel))


def _members(panel: Observed) -> Iterator[Any]:
    """The Observations that a report or panel lists and that may say of which cells the others are."""
    for name in ("hasMember", "result"):
        for reference in references(getattr(panel.model, name, None)):
            record = panel.source.at(reference)
            if record is not None and record.type == "Observation" and _MAY_STATE_IT.search(bytes(record.header.code)):
                model = None if record.header.status in WITHDRAWN else read_or_none(record)
                if model is not None:
                    yield model


def _gate_lines(parts: Iterable[Any] | None) -> Iterator[str]:
    """The cells that components state, and not the specimen."""
    return _stated(part for part in parts or () if not any(map(_ASKS_SPECIMEN.search, texts(part.code))))


def _stated(parts: Iterable[Any] | None) -> Iterator[str]:
    """The cells or specimen that components or Observations state, and that are all they state."""
    for part in parts or ():
        said = texts(part.code)
        if part.valueBoolean and any(map(_GATED.search, said)):
            yield from said
        elif any(_STATES_IT.fullmatch(text.replace("_", " ")) for text in said):
            yield from texts(part.valueCodeableConcept)
            yield plain_text(part.valueString or "")
