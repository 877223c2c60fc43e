"""Family history of LAD-I: relatives by blood who have it. A carrier does not count; a denial is a denial."""

from __future__ import annotations

from typing import Any

from cds_service.chart import phrases
from cds_service.chart.answers import FAMILY_HISTORY, Answers
from cds_service.chart.diagnosis import Says, what_it_says
from cds_service.chart.source import Sifted, Source
from cds_service.facts import Documentation
from cds_service.fhir.elements import meanings, name_of, texts
from cds_service.logic import Evidence
from cds_service.wording import reasons, shown

TYPES = ("FamilyMemberHistory", "QuestionnaireResponse")
COUNTED = ("completed", "partial")


def read_family_history(source: Source, answers: Answers) -> Documentation:
    """Relatives with LAD-I, and denials that there is one."""
    wanted = reasons.WANTED_FAMILY_HISTORY
    sifted = source.sift(source.records.of("FamilyMemberHistory"), ("FamilyMemberHistory",), subject="patient")
    shows: list[Evidence] = []
    denies: list[Evidence] = []
    for record, model in sifted.usable:
        for condition in model.condition or ():
            _sort(source, sifted, (record, model, condition), shows, denies)
    _answered(answers, shows, denies)
    denies += _denied_by_condition(source)
    return Documentation(
        wanted,
        shows=tuple(shows),
        denies=tuple(denies),
        gaps=(*sifted.gaps(wanted), *answers.sifted.gaps(wanted)),
        unread=source.unread(wanted, *TYPES),
        set_aside=tuple(sifted.set_aside),
    )


def affected_siblings(source: Source) -> list[tuple[Any, str]]:
    """The relationships (concept) and references of relatives on record with LAD-I."""
    sifted = source.sift(source.records.of("FamilyMemberHistory"), subject="patient")
    return [
        (model.relationship, record.reference)
        for record, model in sifted.usable
        if any(what_it_says(source, c.code) in (Says.TYPE_1, Says.ANY_TYPE) for c in model.condition or () if c.code)
    ]


def _sort(
    source: Source, sifted: Sifted, found: tuple[Any, Any, Any], shows: list[Evidence], denies: list[Evidence]
) -> None:
    record, model, condition = found
    said = texts(condition.code)
    says = what_it_says(source, condition.code)
    relation = name_of(model.relationship)
    evidence = Evidence(shown.relative(relation, name_of(condition.code)), record.reference)
    if says is Says.NOTHING:
        return
    if says is Says.DOUBTFUL:
        carrier = any("carrier" in text.lower() for text in said)
        denial = not carrier and phrases.denied(said)
        if denial:
            denies.append(evidence)
        else:
            sifted.trouble(record, reasons.carrier(evidence.says) if carrier else reasons.doubtful_words(evidence.says))
    elif says not in (Says.TYPE_1, Says.ANY_TYPE):
        sifted.trouble(record, reasons.relative_other_disease(evidence.says))
    elif model.status not in COUNTED:
        sifted.trouble(record, reasons.status_not_counted(evidence.says, model.status))
    elif "blood-relative" not in meanings(source.terminology, model.relationship):
        sifted.trouble(record, reasons.relation_not_by_blood(evidence.says))
    else:
        shows.append(evidence)


def _answered(answers: Answers, shows: list[Evidence], denies: list[Evidence]) -> None:
    response = answers.newest(FAMILY_HISTORY)
    answer = response.boolean(FAMILY_HISTORY) if response else None
    if response is not None and answer is not None:
        evidence = Evidence(shown.answered_family_history(answer, response.authored), response.record.reference)
        (shows if answer else denies).append(evidence)


def _denied_by_condition(source: Source) -> list[Evidence]:
    """Conditions and Observations that say in words that there is no family history of LAD-I."""
    sifted = source.sift(source.about(("Condition", "Observation"), "~lad"))
    return [
        Evidence(shown.named(name_of(model.code)), record.reference)
        for record, model in sifted.usable
        if any(phrases.denies_family_history(text) for text in texts(model.code))
    ]
