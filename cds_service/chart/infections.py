"""Significant bacterial or fungal infections, in three tiers of codes.

Tier A counts by its code. Tier B counts when it was severe, recurrent, extensive by its text, or backed by a
positive culture, a hospital stay or an intravenous antimicrobial. The codes that never count never do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.history import verification
from cds_service.chart.source import Sifted, Source
from cds_service.facts import Documentation
from cds_service.fhir.elements import first_when, meanings, name_of, period, references, texts, when
from cds_service.fhir.records import Record
from cds_service.fhir.terminology import normalised
from cds_service.logic import Evidence
from cds_service.timing import When
from cds_service.wording import reasons, shown

TIERS = ("infection-tier-a", "infection-tier-b", "infection-never")
CORROBORATING = ("Observation", "Encounter", "MedicationAdministration")
_DAYS_BETWEEN_EPISODES = 14
_EXTENSIVE = re.compile(
    r"extensive|widespread|disseminated|large area|generali[sz]ed|systemic|progressi(?:ve|ng)|severe|invasive|necroti",
    re.I,
)
_RECURRENT = re.compile(r"\brecurr|\brelaps|\brepeated\b", re.IGNORECASE)
_ORGANISM = re.compile(
    r"staphylo|strepto|pseudomonas|escherichia|e\. ?coli|klebsiella|enterobacter|enterococc|serratia|proteus|acinetobacter|"
    r"salmonella|haemophilus|neisseria|burkholderia|stenotrophomonas|bacteroides|clostrid|fusobacter|prevotella|"
    r"actinomyc|nocardia|mycobacter|citrobacter|candida|aspergill|fusarium|mucor|rhizopus|cryptococc|histoplasm|"
    r"\bs\. ?aureus|\bmrsa\b|\bmssa\b|gram[- ](?:positive|negative)|yeast|fung|bacteri(?:um|a)\b|listeria|legionella",
    re.IGNORECASE,
)
_NO_GROWTH = re.compile(
    r"no (?:\w+ )?growth|no organism|sterile|negative|not (?:detected|isolated|found)", re.IGNORECASE
)
_ANTIMICROBIAL = re.compile(
    r"cillin|cef|ceph|penem|mycin|micin|floxacin|cycline|sulfameth|trimethoprim|metronidazole|linezolid|colisti|"
    r"aztreonam|amikacin|rifamp|conazole|fungin|amphotericin|antibiotic|antibacterial|antifungal|antimicrobial|zosyn",
    re.IGNORECASE,
)
_INTRAVENOUS = re.compile(r"intravenous|\biv\b|\bi\.v\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Infection:
    """One infection as a Condition states it."""

    record: Record
    model: Any
    tier: str
    kinds: frozenset[str]
    """Keys of what it is (ICD-10-CM category, SNOMED CT code), by which two episodes are of one kind."""
    onset: When | None
    span: When | None
    evidence: Evidence


def read_infections(source: Source) -> Documentation:
    """Infections that are significant, and those that would be with more documentation."""
    wanted = reasons.WANTED_INFECTION
    sifted = source.sift(source.about(("Condition",), *TIERS, "~infection"), ("Condition",))
    infections = list(_infections(source, sifted))
    shows = [i.evidence for i in infections if i.tier == "infection-tier-a"]
    unread: tuple[Any, ...] = source.unread(wanted, "Condition")
    if not shows:
        shows, doubtful = _corroborated(source, [i for i in infections if i.tier == "infection-tier-b"])
        sifted.troubles += doubtful
        unread += source.unread(wanted, *CORROBORATING) if doubtful else ()
    return Documentation(
        wanted, shows=tuple(shows), gaps=sifted.gaps(wanted), unread=unread, set_aside=tuple(sifted.set_aside)
    )


def _infections(source: Source, sifted: Sifted) -> Iterator[Infection]:
    for record, model in sifted.usable:
        means = meanings(source.terminology, model.code)
        onset = first_when(model, "onsetDateTime", "onsetPeriod") or when(model.recordedDate)
        says = shown.infection(name_of(model.code), onset)
        status = verification(model)
        if "infection-never" in means:
            sifted.aside(record, reasons.never_significant(says))
        elif not means & set(TIERS):
            if _text_names_one(record, model):
                sifted.trouble(record, reasons.infection_only_in_words(says))
        elif status == "refuted":
            sifted.aside(record, reasons.REFUTED)
        elif status in ("provisional", "differential", "unconfirmed") or _ruled_out(model):
            sifted.trouble(record, reasons.not_confirmed(says))
        elif onset is not None and onset.first.date() > source.today:
            sifted.aside(record, reasons.in_the_future(says))
        else:
            tier = "infection-tier-a" if "infection-tier-a" in means else "infection-tier-b"
            yield Infection(
                record,
                model,
                tier,
                _kinds(model),
                onset,
                _span(model, onset),
                Evidence(says, record.reference),
            )


def _text_names_one(record: Record, model: Any) -> bool:
    coded = any(coding.code for coding in model.code.coding or ()) if model.code else False
    return not coded and record.type == "Condition" and phrases.plainly_named("infection", texts(model.code))


def _ruled_out(model: Any) -> bool:
    said = texts(model.code)
    return phrases.names("infection", said) and not phrases.plainly_named("infection", said)


def _kinds(model: Any) -> frozenset[str]:
    codes = [normalised(coding.system, coding.code) for coding in model.code.coding or () if coding.code]
    return frozenset(f"{code.system}|{code.code[:3] if 'icd' in code.system else code.code}" for code in codes)


def _span(model: Any, onset: When | None) -> When | None:
    whole = period(model.onsetPeriod)
    if whole is not None:
        return whole
    end = when(model.abatementDateTime) or period(model.abatementPeriod)
    return (When.between(onset, end) if end else onset) if onset else None


# --- corroboration ---------------------------------------------------------------------------------------------------


def _corroborated(source: Source, infections: list[Infection]) -> tuple[list[Evidence], list[tuple[str, str]]]:
    shows: list[Evidence] = []
    doubtful: list[tuple[str, str]] = []
    backing = _Backing(source) if infections else None
    for infection in infections:
        why = _by_itself(source, infection) or _by_recurrence(infection, infections)
        why = why or (backing.of(infection) if backing else None)
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
    severity = texts(model.severity)
    if "severe" in meanings(source.terminology, model.severity) or any("severe" in s.lower() for s in severity):
        return Evidence(shown.SEVERE, reference)
    status = {coding.code for coding in (model.clinicalStatus.coding or () if model.clinicalStatus else ())}
    said = texts(model.code)
    if (
        status & {"recurrence", "relapse"}
        or "infection-recurrent" in meanings(source.terminology, model.code)
        or any(_RECURRENT.search(text) for text in said)
    ):
        return Evidence(shown.RECURRENT, reference)
    if any(_EXTENSIVE.search(text) for text in said):
        return Evidence(shown.EXTENSIVE, reference)
    return None


def _by_recurrence(infection: Infection, infections: list[Infection]) -> Evidence | None:
    """Another episode of the same kind, its onset at least 14 days apart."""
    for other in infections:
        if other is infection or not other.kinds & infection.kinds or not (other.onset and infection.onset):
            continue
        if infection.onset.days_apart_from(other.onset) >= _DAYS_BETWEEN_EPISODES:
            return Evidence(shown.two_episodes(infection.onset, other.onset), other.record.reference)
    return None


class _Backing:
    """Cultures, hospital stays and intravenous antimicrobials, read once when the first tier B infection needs them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.stays = list(self._stays())
        self.cultures = list(self._cultures())
        self.infusions = list(self._infusions())

    def of(self, infection: Infection) -> Evidence | None:
        """What backs an infection: it refers to it, or its dates overlap the infection's."""
        for found, span, refers in (*self.cultures, *self.stays, *self.infusions):
            target = infection.record.reference
            encounter = infection.model.encounter
            within = encounter is not None and self._leads_to(encounter, found.source)
            overlaps = span is not None and infection.span is not None and span.overlaps(infection.span)
            if target in refers or within or overlaps:
                return found
        return None

    def _leads_to(self, reference: Any, target: str) -> bool:
        record = self.source.at(reference)
        return record is not None and record.reference == target

    def _stays(self) -> Iterator[tuple[Evidence, When | None, set[str]]]:
        records = [
            record
            for record in self.source.records.of("Encounter")
            if self.source.coding_means(record.header.klass) & {"hospital-stay", "?"}
        ]
        for record, model in self.source.sift(records).usable:
            if model.status in ("finished", "in-progress", "onleave"):
                span = period(model.period)
                refers = self._referred(model.reasonReference) | self._referred(
                    [diagnosis.condition for diagnosis in model.diagnosis or ()]
                )
                yield Evidence(shown.hospital_stay(span), record.reference), span, refers

    def _cultures(self) -> Iterator[tuple[Evidence, When | None, set[str]]]:
        for record, model in self.source.sift(self.source.about(("Observation",), "~culture")).usable:
            said = [*texts(model.valueCodeableConcept), *([model.valueString] if model.valueString else [])]
            said += [text for component in model.component or () for text in texts(component.valueCodeableConcept)]
            organisms = [text for text in said if _ORGANISM.search(text) and not _NO_GROWTH.search(text)]
            if model.status in ("final", "amended", "corrected") and organisms:
                span = first_when(model, "effectiveDateTime", "effectivePeriod", "effectiveInstant")
                refers = self._referred(model.focus) | self._referred(model.basedOn)
                yield Evidence(shown.culture(organisms[0], span), record.reference), span, refers

    def _infusions(self) -> Iterator[tuple[Evidence, When | None, set[str]]]:
        for record in self.source.records.of("MedicationAdministration"):
            if not _ANTIMICROBIAL.search(bytes(record.header.medicationCodeableConcept).decode(errors="replace")):
                continue
            for _, model in self.source.sift([record]).usable:
                route = model.dosage.route if model.dosage else None
                dosage_text = (model.dosage.text or "") if model.dosage else ""
                if model.status in ("completed", "in-progress") and _INTRAVENOUS.search(
                    " ".join((*texts(route), dosage_text))
                ):
                    span = first_when(model, "effectiveDateTime", "effectivePeriod")
                    refers = self._referred(model.reasonReference)
                    name = name_of(model.medicationCodeableConcept)
                    yield Evidence(shown.intravenous(name, span), record.reference), span, refers

    def _referred(self, value: Any) -> set[str]:
        found = (self.source.at(reference) for reference in references(value))
        return {record.reference for record in found if record is not None}
