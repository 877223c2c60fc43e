"""Significant bacterial or fungal infections, in three tiers of codes.

Tier A counts by its code. Tier B counts when it was severe, recurrent, extensive by its text, or backed by a
positive culture, a hospital stay or an intravenous antimicrobial. The codes that never count never do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cds_service.chart.coded_visits import coded_at_visits
from cds_service.chart.corroboration import Backing, Dates
from cds_service.chart.infection_course import RECURRENT, SEVERE, plainly_says, says, says_extensive
from cds_service.chart.infection_tiers import (
    NEVER,
    TIER_A,
    TIER_B,
    TIERS,
    kinds_of,
    only_words_name_one,
    ruled_out,
    tier_of,
)
from cds_service.chart.onset import onset_of
from cds_service.chart.source import Sifted, Source
from cds_service.chart.verification import CONFIRMED, ENTERED_IN_ERROR, REFUTED, ruled_out_in_note, verification
from cds_service.facts import Documentation
from cds_service.fhir.elements import meanings, name_of, texts, when
from cds_service.fhir.records import Record
from cds_service.frozen import frozen
from cds_service.logic import Evidence
from cds_service.timing import When
from cds_service.wording import reasons, shown, wants

WANTED = wants.INFECTION
CORROBORATING = ("Observation", "DiagnosticReport", "Encounter", "MedicationAdministration")
_DAYS_BETWEEN_EPISODES = 14


@frozen
class Infection:
    """One infection as a Condition states it."""

    record: Record
    model: Any
    tier: str
    kinds: frozenset[str]
    """Keys of what it is (ICD-10-CM category, SNOMED CT code), by which two episodes are of one kind."""
    onset: When | None
    """When it began, where that is stated; the date of its recording is none."""
    dates: Dates | None
    evidence: Evidence


def read_infections(source: Source) -> Documentation:
    """Infections that are significant, and those that would be with more documentation.

    One of tier A settles it: the others, of which there may be hundreds, are not read then.
    """
    sifted = source.sift(source.about(("Condition",), TIER_A))
    shows = tuple(each.evidence for each in _infections(source, sifted) if each.tier == TIER_A)
    if shows:
        return Documentation(WANTED, shows=shows, set_aside=tuple(sifted.set_aside))
    return _with_corroboration(source)


def _with_corroboration(source: Source) -> Documentation:
    """What there is where no infection of tier A counts."""
    sifted = source.sift(source.about(("Condition",), *TIERS, "~infection"), ("Condition",))
    infections = [each for each in _infections(source, sifted) if each.tier == TIER_B]
    shows, doubtful = _corroborated(source, infections)
    for visit in coded_at_visits(source, sifted):
        if visit.significant:
            shows.append(visit.evidence)
        else:
            doubtful.append((visit.evidence.source, reasons.needs_corroboration(visit.evidence.says)))
    sifted.troubles += doubtful
    unread = source.unread(WANTED, "Condition", *(CORROBORATING if doubtful else ("Encounter",)))
    return Documentation(
        WANTED, shows=tuple(shows), gaps=sifted.gaps(WANTED), unread=unread, set_aside=tuple(sifted.set_aside)
    )


def _infections(source: Source, sifted: Sifted) -> Iterator[Infection]:
    for record, model in sifted.usable:
        onset = onset_of(source, model)
        dated = onset or when(model.recordedDate)
        named = shown.infection(name_of(model.code), dated)
        tier, status = tier_of(source, model.code), verification(model)
        if tier == NEVER:
            sifted.aside(record, reasons.never_significant(named))
        elif status == ENTERED_IN_ERROR:
            sifted.aside(record, reasons.ENTERED_IN_ERROR)
        elif status == REFUTED:
            sifted.aside(record, reasons.REFUTED)
        elif tier is None:
            if only_words_name_one(model.code):
                sifted.trouble(record, reasons.infection_only_in_words(named))
        elif status not in ("", CONFIRMED) or ruled_out(model.code) or ruled_out_in_note(model):
            sifted.trouble(record, reasons.not_confirmed(named))
        elif dated is not None and dated.first.date() > source.today:
            sifted.aside(record, reasons.in_the_future(named))
        else:
            yield Infection(
                record,
                model,
                tier,
                kinds_of(model.code),
                onset,
                Dates.of_condition(source, model),
                Evidence(named, record.reference),
            )


# --- corroboration ---------------------------------------------------------------------------------------------------


def _corroborated(source: Source, infections: list[Infection]) -> tuple[list[Evidence], list[tuple[str, str]]]:
    shows: list[Evidence] = []
    doubtful: list[tuple[str, str]] = []
    backing = Backing(source) if infections else None
    for infection in infections:
        why = _by_itself(source, infection) or _by_recurrence(infection, infections)
        if why is None and backing is not None:
            why = backing.of(infection.model, infection.record.reference, infection.dates)
        if why is None:
            doubtful.append((infection.record.reference, reasons.needs_corroboration(infection.evidence.says)))
        else:
            shows.append(Evidence(shown.corroborated(infection.evidence.says, why.says), infection.record.reference))
            if why.source != infection.record.reference:
                shows.append(why)
    return shows, doubtful


def _by_itself(source: Source, infection: Infection) -> Evidence | None:
    """Severity, recurrence or extent that the Condition itself states."""
    model, reference = infection.model, infection.record.reference
    said = texts(model.code)
    if "severe" in meanings(source.terminology, model.severity) or plainly_says(SEVERE, texts(model.severity)):
        return Evidence(shown.SEVERE, reference)
    if _has_come_back(model) or "infection-recurrent" in meanings(source.terminology, model.code):
        return Evidence(shown.RECURRENT, reference)
    if says(RECURRENT, said):
        return Evidence(shown.RECURRENT, reference)
    if says(SEVERE, said):
        return Evidence(shown.SEVERE, reference)
    return Evidence(shown.EXTENSIVE, reference) if says_extensive(said) else None


def _has_come_back(model: Any) -> bool:
    status = model.clinicalStatus
    codes = {coding.code for coding in (status.coding or () if status else ())}
    return bool((codes | {text.lower() for text in texts(status)}) & {"recurrence", "relapse"})


def _by_recurrence(infection: Infection, infections: list[Infection]) -> Evidence | None:
    """Another episode of the same kind, its onset at least 14 days apart."""
    for other in infections:
        if other is infection or not other.kinds & infection.kinds or not (other.onset and infection.onset):
            continue
        if infection.onset.days_apart_from(other.onset) >= _DAYS_BETWEEN_EPISODES:
            return Evidence(shown.two_episodes(infection.onset, other.onset), other.record.reference)
    return None
