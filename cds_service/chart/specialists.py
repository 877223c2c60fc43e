"""The two specialists that the policy asks for, among the clinicians who prescribe or were consulted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cds_service.chart.answers import Answers, Response
from cds_service.chart.clinicians import PEOPLE, Clinician, Clinicians
from cds_service.chart.orders import DraftOrder
from cds_service.chart.sightings import (
    SEEN_IN,
    Sighting,
    attesting,
    consulting,
    named_in_answers,
    prescribing,
    seeing_the_patient,
)
from cds_service.chart.source import Sifted, Source
from cds_service.chart.specialty import (
    ORGAN_NOT_SAID,
    OTHER_ONCOLOGIST,
    SECOND,
    TRANSPLANT,
    TRANSPLANT_NOT_SAID,
    Said,
    said_by,
)
from cds_service.chart.specialty_words import specialties_in
from cds_service.facts import Documentation
from cds_service.fhir.identity import split_literal
from cds_service.frozen import frozen
from cds_service.logic import Cause, Evidence, Gap, Remedy
from cds_service.wording import not_read, reasons, shown, wants


@frozen
class Specialists:
    """The two specialists that the policy asks for."""

    transplant: Documentation
    second: Documentation


@frozen
class Question:
    """One of the two questions: which specialties answer it, and why those that come near do not."""

    wanted: str
    specialties: tuple[str, ...]
    near: Mapping[str, str]
    remedy: Remedy | None = None


TRANSPLANT_SPECIALIST = Question(
    wants.TRANSPLANT_SPECIALIST,
    (TRANSPLANT,),
    {ORGAN_NOT_SAID: reasons.ORGAN_NOT_SAID, TRANSPLANT_NOT_SAID: reasons.TRANSPLANT_NOT_SAID},
    Remedy.TRANSPLANT_CONSULT,
)
SECOND_SPECIALIST = Question(wants.SECOND_SPECIALIST, SECOND, {OTHER_ONCOLOGIST: reasons.OTHER_ONCOLOGIST})


@frozen
class Involved:
    """One clinician's part in this patient's care."""

    sighting: Sighting
    clinician: Clinician


@frozen
class Care:
    """All clinicians involved, and what could not be looked at or used on the way to them."""

    source: Source
    people: tuple[Involved, ...]
    sifted: Sifted
    user: str = ""

    def holders(self, question: Question) -> dict[str, Involved]:
        """Who answers the question, by person, as first seen."""
        found: dict[str, Involved] = {}
        for each in self.people:
            if each.clinician.holding(question.specialties):
                found.setdefault(each.clinician.key, each)
        return found

    def answer(self, question: Question) -> Documentation:
        """What the chart documents on one of the two specialists."""
        shows = [each for holder in self.holders(question).values() for each in _evidence(holder, question)]
        return Documentation(
            question.wanted,
            shows=tuple(dict.fromkeys(shows)),
            gaps=(*self._near(question), *self.sifted.gaps(question.wanted, question.remedy)),
            unread=(
                *self.source.unread(question.wanted, *SEEN_IN, remedy=question.remedy),
                *self._strangers(question),
            ),
            set_aside=tuple(self.sifted.set_aside),
            remedy=question.remedy,
            absent=reasons.nobody_holds(len({each.clinician.key for each in self.people})),
        )

    def _near(self, question: Question) -> list[Gap]:
        """Those who come near: a specialty that needs a closer look, or one held no longer."""
        gaps = []
        for each in self.people:
            because = [
                (why.format(_words(near, (specialty,))), near.source)
                for specialty, why in question.near.items()
                if (near := each.clinician.holding((specialty,)))
            ]
            lapsed = each.clinician.holding(question.specialties, current=False)
            if lapsed:
                because.append((reasons.role_not_current(_words(lapsed, question.specialties)), lapsed.source))
            gaps += [Gap(question.wanted, why, Cause.UNUSABLE, source, question.remedy) for why, source in because]
        return list(dict.fromkeys(gaps))

    def _strangers(self, question: Question) -> list[Gap]:
        """Those of whom nothing is here: looked up and not there, or not looked up."""
        keys = dict.fromkeys(each.clinician.key for each in self.people if not each.clinician.known)
        not_there = [key for key in keys if key == self.user and self._was_looked_up(key)]
        unread = [key for key in keys if key not in not_there]
        gaps = [Gap(question.wanted, reasons.USER_NOT_THERE, Cause.ABSENT, key, question.remedy) for key in not_there]
        if unread:
            because = not_read.clinicians_not_read(len(unread))
            gaps.append(Gap(question.wanted, because, Cause.UNAVAILABLE, unread[0], question.remedy))
        return gaps

    def _was_looked_up(self, user: str) -> bool:
        kind = split_literal(user)[1]
        return kind in PEOPLE and not {kind, "PractitionerRole"} & set(self.source.incomplete)


def specialists_in(care: Care) -> Specialists:
    """Both questions, asked; where one person answers both, the evidence says so."""
    transplant, second = care.answer(TRANSPLANT_SPECIALIST), care.answer(SECOND_SPECIALIST)
    holders = {*care.holders(TRANSPLANT_SPECIALIST), *care.holders(SECOND_SPECIALIST)}
    if transplant.shows and second.shows and len(holders) == 1:
        first, *others = second.shows
        same = Evidence(shown.same_person(first.says), first.source)
        second = Documentation(second.wanted, shows=(same, *others), set_aside=second.set_aside)
    return Specialists(transplant, second)


def read_specialists(  # noqa: PLR0913, PLR0917 - one argument for each place where clinicians are named
    source: Source,
    clinicians: Clinicians,
    order: DraftOrder,
    user: Any,
    answers: Answers,
    responses: Iterable[Response],
) -> Specialists:
    """The clinicians involved, and which of them are the specialists; `responses` are attestations that count.

    A chart holds visits by the thousand: they are read only where nobody else answers both questions.
    """
    sifted = Sifted([], list(clinicians.sifted.troubles), list(clinicians.sifted.set_aside))
    signer = clinicians.person(user) if user is not None else ""

    def care(sightings: Iterable[Sighting]) -> Care:
        people = (_involved(source, clinicians, sighting) for sighting in sightings)
        return Care(source, tuple(each for each in people if each is not None), sifted, signer)

    few = [
        *prescribing(order, user),
        *clinicians.sightings,
        *consulting(source, sifted),
        *named_in_answers(answers),
        *attesting(responses),
    ]
    without_visits = specialists_in(care(few))
    if without_visits.transplant.shows and without_visits.second.shows:
        return without_visits
    return specialists_in(care([*few, *seeing_the_patient(source, sifted)]))


def _involved(source: Source, clinicians: Clinicians, sighting: Sighting) -> Involved | None:
    clinician = clinicians.behind(sighting.who, sighting.contained, sighting.source)
    if clinician is None:
        return None
    if sighting.as_what:
        clinician = clinician.also(said_by(source.terminology, sighting.as_what, sighting.source))
    return Involved(sighting, clinician)


def _evidence(holder: Involved, question: Question) -> list[Evidence]:
    """What the clinician does for the patient, and, if another resource says so, what they specialise in."""
    said = holder.clinician.holding(question.specialties)
    if said is None:
        return []
    words = _words(said, question.specialties)
    found = [Evidence(shown.involved(holder.sighting.how, words), holder.sighting.source)]
    return found if said.source == holder.sighting.source else [*found, Evidence(shown.specialty(words), said.source)]


def _words(said: Said | None, specialties: tuple[str, ...]) -> str:
    """The words that name the specialty; our own where only a code does."""
    if said is None:
        return ""
    fitting = [word for word in said.words if specialties_in(word) & set(specialties)]
    held = [shown.SPECIALTY[each] for each in specialties if each in said.specialties]
    named = fitting or held or list(said.words) or [said.source]
    return ", ".join(named[:2])
