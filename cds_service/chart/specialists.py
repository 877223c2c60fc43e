"""Who prescribes or was consulted: every source that shows a clinician's part in this patient's care."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.answers import NAMED_SPECIALISTS, Answers, Response
from cds_service.chart.clinicians import SECOND, TRANSPLANT, Clinician, Clinicians
from cds_service.chart.orders import DraftOrder
from cds_service.chart.source import Sifted, Source
from cds_service.facts import Documentation
from cds_service.fhir.elements import first_when, period, texts, when
from cds_service.logic import Cause, Evidence, Gap, Remedy
from cds_service.wording import reasons, shown

TYPES = ("CareTeam", "DocumentReference", "Encounter", "QuestionnaireResponse")
_FINAL_NOTE = (None, "final", "amended")


@dataclass(frozen=True, slots=True)
class Involved:
    """One clinician's part: how they are involved, where it is written, and what that place adds to the specialty."""

    clinician: Clinician | None
    how: str
    source: str
    specialties: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    @property
    def all_specialties(self) -> frozenset[str]:
        if self.clinician is not None and not self.clinician.professional:
            return frozenset()
        return self.specialties | (self.clinician.specialties if self.clinician else frozenset())

    @property
    def person(self) -> str:
        return self.clinician.key if self.clinician else self.source


@dataclass(frozen=True, slots=True)
class Specialists:
    """The two specialists that the policy asks for."""

    transplant: Documentation
    second: Documentation


@dataclass(frozen=True, slots=True)
class _Care:
    """What is needed to find out who is involved."""

    source: Source
    clinicians: Clinicians
    order: DraftOrder
    answers: Answers


def read_specialists(
    source: Source,
    clinicians: Clinicians,
    order: DraftOrder,
    user: Any,
    answers: Answers,
    attesting: Iterable[Response],
) -> Specialists:
    """The clinicians involved, and which of them are the specialists; `attesting` are responses that count."""
    care = _Care(source, clinicians, order, answers)
    sifted = Sifted()
    involved = [
        *_prescribers(care, user),
        *_care_teams(care, sifted),
        *_notes(care, sifted),
        *_encounters(care, sifted),
        *_consultations(care, sifted),
        *_named(care),
        *(_involved(care, r.author, shown.ATTESTS, r.record.reference, r.contained) for r in attesting),
    ]
    people = [each for each in involved if each.clinician is not None or each.specialties]
    return Specialists(_transplant(source, people, sifted), _second(source, people, sifted))


# --- the two questions -----------------------------------------------------------------------------------------------


def _transplant(source: Source, people: list[Involved], sifted: Sifted) -> Documentation:
    wanted = reasons.WANTED_TRANSPLANT_SPECIALIST
    remedy = Remedy.TRANSPLANT_CONSULT
    review = [p for p in people if "transplant-surgery" in p.all_specialties]
    return _documentation(source, people, sifted, (TRANSPLANT,), wanted, remedy, review, reasons.ORGAN_NOT_SAID)


def _second(source: Source, people: list[Involved], sifted: Sifted) -> Documentation:
    wanted = reasons.WANTED_SECOND_SPECIALIST
    review = [p for p in people if "oncologist-other-kind" in p.all_specialties]
    found = _documentation(source, people, sifted, SECOND, wanted, None, review, reasons.OTHER_ONCOLOGIST)
    transplanters = {p.person for p in people if TRANSPLANT in p.all_specialties}
    others = {p.person for p in people if p.all_specialties & set(SECOND)}
    if found.shows and transplanters and len(transplanters | others) == 1:
        same = Evidence(shown.same_person(found.shows[0].says), found.shows[0].source)
        return Documentation(wanted, shows=(same, *found.shows[1:]), set_aside=found.set_aside)
    return found


def _documentation(
    source: Source,
    people: list[Involved],
    sifted: Sifted,
    specialties: tuple[str, ...],
    wanted: str,
    remedy: Remedy | None,
    review: list[Involved],
    why_review: str,
) -> Documentation:
    holders = [p for p in people if p.all_specialties & set(specialties)]
    shows = tuple(
        Evidence(shown.involved(p.how, _words(p, specialties)), p.clinician.source if p.clinician else p.source)
        for p in holders
    )
    open_ = [Gap(wanted, why_review.format(_words(p, ())), Cause.UNUSABLE, p.source, remedy) for p in review]
    return Documentation(
        wanted,
        shows=tuple(dict.fromkeys(shows)),
        gaps=(*open_, *sifted.gaps(wanted, remedy)),
        unread=(*source.unread(wanted, *TYPES, remedy=remedy), *_unknown_people(people, wanted, remedy)),
        set_aside=tuple(sifted.set_aside),
        remedy=remedy,
        absent=reasons.nobody_holds(len({p.person for p in people})),
    )


def _words(person: Involved, specialties: tuple[str, ...]) -> str:
    words = (*person.words, *(person.clinician.words if person.clinician else ()))
    fitting = [word for word in words if phrases.specialties_in(word) & set(specialties)]
    named = fitting or list(words) or [shown.SPECIALTY[each] for each in specialties if each in person.all_specialties]
    return ", ".join(dict.fromkeys(named[:2]))


def _unknown_people(people: list[Involved], wanted: str, remedy: Remedy | None) -> tuple[Gap, ...]:
    unknown = [p for p in people if p.clinician is not None and not p.clinician.known and not p.all_specialties]
    keys = list(dict.fromkeys(p.person for p in unknown))
    if not keys:
        return ()
    return (Gap(wanted, reasons.clinicians_not_read(len(keys)), Cause.UNAVAILABLE, keys[0], remedy),)


# --- who is involved -------------------------------------------------------------------------------------------------


def _involved(
    care: _Care, reference: Any, how: str, source: str, contained: Any = None, concepts: Iterable[Any] = ()
) -> Involved:
    specialties, words = care.clinicians.said_by(concepts)
    return Involved(care.clinicians.behind(reference, contained), how, source, specialties, words)


def _prescribers(care: _Care, user: Any) -> Iterator[Involved]:
    if care.order.model.requester is not None:
        model = care.order.model
        yield _involved(care, model.requester, shown.PRESCRIBES, care.order.reference, model.contained)
    if user is not None:
        yield _involved(care, user, shown.SIGNS, str(user.reference))


def _care_teams(care: _Care, sifted: Sifted) -> Iterator[Involved]:
    teams = care.source.sift(care.source.records.of("CareTeam"), ("CareTeam",))
    _keep(sifted, teams)
    for record, team in teams.usable:
        if team.status != "active":
            sifted.aside(record, reasons.TEAM_NOT_ACTIVE)
            continue
        for participant in team.participant or ():
            span = period(participant.period)
            if span is not None and span.last.date() < care.source.today:
                continue
            roles = participant.role or ()
            if any(phrases.other_profession(text) for role in roles for text in texts(role)):
                continue
            person = _involved(care, participant.member, shown.ON_CARE_TEAM, record.reference, team.contained, roles)
            if person.clinician is not None or not (participant.member and participant.member.reference):
                yield person


def _notes(care: _Care, sifted: Sifted) -> Iterator[Involved]:
    notes = care.source.sift(
        care.source.about(("DocumentReference",), "consult-note", "~consult"), ("DocumentReference",)
    )
    _keep(sifted, notes)
    for record, note in notes.usable:
        if note.status != "current" or note.docStatus not in _FINAL_NOTE:
            sifted.trouble(record, reasons.note_not_final(note.docStatus or note.status))
            continue
        for author in note.author or ():
            how = shown.wrote_note(when(note.date))
            person = _involved(care, author, how, record.reference, note.contained, [note.type])
            if person.clinician is not None:
                yield person


def _encounters(care: _Care, sifted: Sifted) -> Iterator[Involved]:
    records = [
        record
        for record in care.source.records.of("Encounter")
        if record.header.status == "finished"
        and bytes(record.header.participant)
        and "emergency-visit" not in care.source.coding_means(record.header.klass)
    ]
    # The same people are seen again and again: one visit of each list of participants tells who they are.
    one_each = {bytes(record.header.participant): record for record in records}
    encounters = care.source.sift(one_each.values(), ("Encounter",))
    _keep(sifted, encounters)
    for record, encounter in encounters.usable:
        seen = period(encounter.period)
        for participant in encounter.participant or ():
            how = shown.saw_patient(seen)
            person = _involved(care, participant.individual, how, record.reference, encounter.contained)
            if person.clinician is not None:
                yield person


def _consultations(care: _Care, sifted: Sifted) -> Iterator[Involved]:
    records = care.source.about(("Procedure", "ServiceRequest"), "~consult")
    consultations = care.source.sift(records)
    _keep(sifted, consultations)
    for record, model in consultations.usable:
        if model.status != "completed":
            sifted.trouble(record, reasons.CONSULT_ONLY_ORDERED)
            continue
        done = first_when(model, "performedDateTime", "performedPeriod", "occurrenceDateTime", "occurrencePeriod")
        for performer in model.performer or ():
            actor = getattr(performer, "actor", performer)
            person = _involved(care, actor, shown.consulted(done), record.reference, model.contained)
            if person.clinician is not None:
                yield person


def _named(care: _Care) -> Iterator[Involved]:
    for link_id in NAMED_SPECIALISTS:
        response = care.answers.newest(link_id)
        if response is None:
            continue
        for reference in response.answers[link_id]:
            if hasattr(reference, "reference"):
                yield _involved(care, reference, shown.NAMED_IN_ANSWERS, response.record.reference, response.contained)


def _keep(sifted: Sifted, found: Sifted) -> None:
    sifted.troubles += found.troubles
    sifted.set_aside += found.set_aside
