"""Where clinicians are seen at work for this patient: each place that shows one prescribing or being consulted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from cds_service.chart.answers import NAMED_SPECIALISTS, Answers, Response
from cds_service.chart.consult_words import fell_through, only_asked_for
from cds_service.chart.orders import DraftOrder
from cds_service.chart.source import Sifted, Source
from cds_service.chart.specialty import said_by
from cds_service.exact_json import UNREADABLE
from cds_service.fhir.elements import first_when, meanings, name_of, period, texts, when
from cds_service.fhir.records import Record
from cds_service.frozen import frozen
from cds_service.timing import When
from cds_service.wording import reasons, shown

SEEN_IN = ("CareTeam", "DocumentReference", "Encounter", "Procedure", "ServiceRequest", "QuestionnaireResponse")
_FINAL_NOTE = (None, "final", "amended")
_DID_NOT_HAPPEN = ("not-done", "stopped", "revoked")
_EMERGENCY = re.compile(r"(?<![Nn]on-)(?<![Nn]on )emergency|\b(?:ED|ER)\b|\bA ?& ?E\b|\bEMER\b|^E$")


@frozen
class Sighting:
    """One clinician in one place: who (a Reference), doing what, and which resource says so.

    `as_what` are concepts that tell in which capacity: the role in the care team, the type of the note.
    """

    who: Any
    how: str
    source: str
    contained: Any = None
    as_what: tuple[Any, ...] = ()


def is_current(span: When | None, source: Source) -> bool:
    """Whether a period, if there is one, holds today."""
    return span is None or span.first.date() <= source.today <= span.last.date()


def prescribing(order: DraftOrder, user: Any) -> Iterator[Sighting]:
    """The requester and the signing user (a Reference, or None)."""
    if order.model.requester is not None:
        yield Sighting(order.model.requester, shown.PRESCRIBES, order.reference, order.model.contained)
    if user is not None:
        yield Sighting(user, shown.SIGNS, str(user.reference))


def on_care_teams(source: Source, sifted: Sifted) -> Iterator[Sighting]:
    """The members of the care teams that are active."""
    for record, team in _sifted(source, sifted, source.records.of("CareTeam"), "CareTeam"):
        if team.status != "active" or not is_current(period(team.period), source):
            sifted.aside(record, reasons.TEAM_NOT_ACTIVE)
            continue
        for participant in team.participant or ():
            roles = tuple(participant.role or ())
            if not is_current(period(participant.period), source):
                sifted.aside(record, reasons.MEMBERSHIP_NOT_CURRENT)
            elif not said_by(source.terminology, roles, record.reference).physician:
                sifted.aside(record, reasons.not_a_physician(name_of(roles[0])))
            elif participant.member is not None:
                yield Sighting(participant.member, shown.ON_CARE_TEAM, record.reference, team.contained, roles)


def writing_notes(source: Source, sifted: Sifted) -> Iterator[Sighting]:
    """The authors of final consult notes."""
    records = source.about(("DocumentReference",), "consult-note", "~consult")
    for record, note in _sifted(source, sifted, records, "DocumentReference"):
        said = texts(note.type)
        if note.status != "current" or only_asked_for(said) or fell_through(said):
            sifted.aside(record, reasons.NO_CONSULT_NOTE)
        elif note.docStatus not in _FINAL_NOTE:
            sifted.trouble(record, reasons.note_not_final(note.docStatus))
        elif not note.author:
            sifted.trouble(record, reasons.NOTE_WITHOUT_AUTHOR)
        else:
            how = shown.wrote_note(when(note.date))
            for author in note.author:
                yield Sighting(author, how, record.reference, note.contained, (note.type,))


def seeing_the_patient(source: Source, sifted: Sifted) -> Iterator[Sighting]:
    """The participants of finished encounters that are no emergency visits.

    The same people see a patient again and again: a visit that shows nobody new is not read.
    """
    _sifted(source, sifted, (), "Encounter")
    known: set[str] = set()
    for record in source.records.of("Encounter"):
        if len(record.header.participant):
            people = _named(record)
            if people is None or not people <= known:
                found = _seen_in(source, sifted, record)
                known |= people if found and people else set()
                yield from found


class _Individual(msgspec.Struct):
    reference: str


class _Participant(msgspec.Struct):
    individual: _Individual


_participants = msgspec.json.Decoder(list[_Participant])


def _named(encounter: Record) -> set[str] | None:
    """The references of an encounter's participants; None where one of them is not just that."""
    try:
        people = {each.individual.reference for each in _participants.decode(encounter.header.participant)}
    except UNREADABLE:
        return None
    return None if any(reference.startswith("#") for reference in people) else people


def _seen_in(source: Source, sifted: Sifted, record: Record) -> list[Sighting]:
    if record.header.status != "finished":
        sifted.aside(record, reasons.VISIT_NOT_FINISHED)
        return []
    if "emergency-visit" in source.concepts.of_coding(record.header.klass):
        sifted.aside(record, reasons.EMERGENCY_VISIT)
        return []
    found: list[Sighting] = []
    for _, encounter in _sifted(source, sifted, (record,)):
        if _is_emergency(source, encounter):
            sifted.aside(record, reasons.EMERGENCY_VISIT)
            continue
        how = shown.saw_patient(period(encounter.period))
        people = [each.individual for each in encounter.participant or () if each.individual is not None]
        found += [Sighting(person, how, record.reference, encounter.contained) for person in people]
    return found


def _is_emergency(source: Source, encounter: Any) -> bool:
    klass = encounter.class_fhir
    kinds = (*(encounter.type or ()), encounter.serviceType)
    coded = source.terminology.meanings(klass.system, klass.code) | meanings(source.terminology, *kinds)
    if "emergency-visit" in coded:
        return True
    said = (klass.display, klass.code, *(text for kind in kinds for text in texts(kind)))
    return any(_EMERGENCY.search(text) or _EMERGENCY.search(text.lower()) for text in said if text)


def consulting(source: Source, sifted: Sifted) -> Iterator[Sighting]:
    """The performers of completed consultations. A referral only ordered is none."""
    for record, model in _sifted(source, sifted, source.about(("Procedure", "ServiceRequest"), "~consult")):
        said = texts(model.code)
        # A request is named a request, and its status tells whether what it asked for was done.
        asked_for = record.type == "Procedure" and only_asked_for(said)
        refused = getattr(model, "doNotPerform", None) or asked_for or fell_through(said)
        if refused or model.status in _DID_NOT_HAPPEN:
            sifted.aside(record, reasons.CONSULT_DID_NOT_HAPPEN)
        elif model.status != "completed":
            sifted.trouble(record, reasons.CONSULT_ONLY_ORDERED)
        else:
            how = shown.consulted(
                first_when(model, "performedDateTime", "performedPeriod", "occurrenceDateTime", "occurrencePeriod")
            )
            for performer in model.performer or ():
                actor = performer.actor if record.type == "Procedure" else performer
                yield Sighting(actor, how, record.reference, model.contained)


def named_in_answers(answers: Answers) -> Iterator[Sighting]:
    """The clinicians whom the newest answers name."""
    for link_id in NAMED_SPECIALISTS:
        response = answers.newest(link_id)
        for named in response.answers[link_id] if response else ():
            if response is not None and hasattr(named, "reference"):
                yield Sighting(named, shown.NAMED_IN_ANSWERS, response.record.reference, response.contained)


def attesting(responses: Iterable[Response]) -> Iterator[Sighting]:
    """The authors of the attestations that count."""
    for response in responses:
        yield Sighting(response.author, shown.ATTESTS, response.record.reference, response.contained)


def _sifted(source: Source, into: Sifted, records: Iterable[Record], *types: str) -> list[tuple[Record, Any]]:
    """The usable ones of the records; what will not do is noted with the rest."""
    sifted = source.sift(records, types)
    into.troubles += sifted.troubles
    into.set_aside += sifted.set_aside
    return sifted.usable
