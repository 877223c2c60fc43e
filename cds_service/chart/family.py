"""Family history of LAD-I: relatives by blood who have it. A carrier does not count; a denial is a denial."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.answers import FAMILY_HISTORY, Answers
from cds_service.chart.diagnosis import Says, what_it_says
from cds_service.chart.hedging import RELATIVES, denied, denies_family_history
from cds_service.chart.lad_words import lad_types
from cds_service.chart.observed import Observed
from cds_service.chart.source import Sifted, Source
from cds_service.chart.spoken import all_no, all_yes, answered_with
from cds_service.chart.verification import is_confirmed
from cds_service.facts import Documentation
from cds_service.fhir.elements import meanings, name_of, plain_text, texts
from cds_service.fhir.records import Record
from cds_service.frozen import frozen
from cds_service.logic import Evidence
from cds_service.wording import reasons, shown, wants

TYPES = ("FamilyMemberHistory", "QuestionnaireResponse")
COUNTED = ("completed", "partial", None)
"""Statuses with which a family history counts; one that states none is a family history all the same."""

_ONE_ALLELE = r"(?<!compound )(?<!compound-)\bheterozyg(?!\w*[ -]compound)|\btrait\b"
_CARRIER = re.compile(rf"carrier|{_ONE_ALLELE}", re.IGNORECASE)
_NOTED_AS_CARRIER = re.compile(rf"\bcarrier\b|{_ONE_ALLELE}|\bunaffected|\bnot affected", re.IGNORECASE)
_NOTED_AS_DOUBTFUL = re.compile(
    r"suspect|suspicio|probab|presum|rule[sd]? out|exclud|unconfirmed|not confirmed|negative|unlikely|doubtful|disprov|"
    r"differential|refuted|misdiagnos(?!\w* as\b)",
    re.IGNORECASE,
)
_HEDGE = re.compile(r"suspect|possib|probab|presum|likely|rule[sd]? out|unconfirmed|pending|unknown|\?", re.IGNORECASE)
_NOS = re.compile(
    r"not otherwise specified|not elsewhere classified|type (?:not stated|unknown|not specified)", re.IGNORECASE
)
_WHOSE = re.compile(
    r"family (?:history|hx)(?: of)?|\bfhx?(?: of)?\b|"
    r"\b(?:in|of|to)? ?(?:the |an? |his |her |their )?(?:maternal |paternal )?"
    rf"(?:{RELATIVES})(?:'s)?\b"
    r"(?: (?:has|had|with|have))?|\b(?:maternal|paternal)\b",
    re.IGNORECASE,
)
_NOT_BY_BLOOD = re.compile(
    r"\bstep|adopt|foster|in-?law|marriage|spouse|husband|wife|partner|friend|neighbo", re.IGNORECASE
)
_NOTED_AS_NOT_BY_BLOOD = re.compile(
    r"\bstep[- ]?(?:sib|sis|bro|mo|fa|child|son|dau)|\badopt|\bfoster|\bin-?law|\bby marriage|"
    r"not (?:biological|by blood)",
    re.IGNORECASE,
)
_CODE_NOT_BY_BLOOD = re.compile(r"^(?:STP|ADOPT|FOST)|INLAW$|^(?:SPS|HUSB|WIFE|DOMPART|FRND|NBOR)$")
_SENTENCES = re.compile(r"[.;]|\bbut\b|\bexcept\b|,(?= ?\w+ (?:has|had|with)\b)", re.IGNORECASE)
_FAMILY = re.compile(r"family (?:medical )?(?:history|hx)|\bfhx?\b", re.IGNORECASE)
_ONLY_OF_SOME = re.compile(r"\bother\b|\belse\b|\bfurther\b|besides|\bside\b|maternal|paternal", re.IGNORECASE)
"""Words by which a denial is of a part of the family: `no other family history`, `on the father's side`."""
_TOO_BROAD = "family-history-too-broad"


@dataclass(slots=True)
class _Found:
    """What shows it, what denies it, and the records looked at."""

    shows: list[Evidence]
    denies: list[Evidence]
    sifted: Sifted


def read_family_history(source: Source, answers: Answers) -> Documentation:
    """Relatives with LAD-I, and denials that there is one."""
    wanted = wants.FAMILY_HISTORY
    found = _Found([], [], source.sift(source.records.of("FamilyMemberHistory"), TYPES[:1], subject="patient"))
    for record, model in found.sifted.usable:
        for condition in model.condition or ():
            _Relative(source, record, model, condition).sort_into(found)
        _sort_notes(source, record, model, found)
    _sort_answer(answers, found)
    _sort_statements(source, found)
    return Documentation(
        wanted,
        shows=tuple(found.shows),
        denies=tuple(found.denies),
        gaps=(*answers.troubles(wanted, FAMILY_HISTORY), *found.sifted.gaps(wanted)),
        unread=source.unread(wanted, *TYPES),
        set_aside=tuple(found.sifted.set_aside),
    )


def affected_relatives(source: Source) -> list[tuple[Any, str]]:
    """The relationships (concept) and references of the relatives by blood on record with LAD-I."""
    sifted = source.sift(source.records.of("FamilyMemberHistory"), subject="patient")
    relatives = [
        _Relative(source, record, model, condition)
        for record, model in sifted.usable
        for condition in model.condition or ()
    ]
    return [(each.model.relationship, each.record.reference) for each in relatives if each.why_not() is None]


@frozen
class _Relative:
    """One disease of one relative."""

    source: Source
    record: Record
    model: Any
    condition: Any

    def sort_into(self, found: _Found) -> None:
        """Among what shows it, what denies it, or what will not do."""
        why_not = self.why_not()
        if not self.speaks_of_lad():
            if _TOO_BROAD in meanings(self.source.terminology, self.condition.code):
                found.sifted.trouble(self.record, reasons.family_history_too_broad(self.evidence.says))
            return
        if why_not is None:
            found.shows.append(self.evidence)
        elif self.model.status in COUNTED and any(_denies_family_history(text) for text in self.said):
            found.denies.append(self.evidence)
        else:
            found.sifted.trouble(self.record, why_not(self.evidence.says))

    @property
    def evidence(self) -> Evidence:
        relation = name_of(self.model.relationship)
        return Evidence(shown.relative(relation, name_of(self.condition.code)), self.record.reference)

    @property
    def said(self) -> tuple[str, ...]:
        return texts(self.condition.code)

    def why_not(self) -> Callable[[str], str] | None:
        """Why this is no relative by blood with LAD-I; None where it is one."""
        says = self._says()
        if any(_CARRIER.search(text) for text in self.said) or self._noted(_NOTED_AS_CARRIER):
            return reasons.carrier
        doubted = any(_denied_or_hedged(text) for text in self.said) or self._noted(_NOTED_AS_DOUBTFUL)
        if says is Says.DOUBTFUL or doubted:
            return reasons.doubtful_words
        if says not in (Says.TYPE_1, Says.ANY_TYPE):
            return reasons.relative_other_disease
        if self.model.status not in COUNTED:
            return lambda shows: reasons.status_not_counted(shows, str(self.model.status))
        if self.condition.modifierExtension:
            return lambda _: reasons.MODIFIED
        by_blood = is_by_blood(self.source, self.model.relationship) and not self._noted(_NOTED_AS_NOT_BY_BLOOD)
        return None if by_blood else reasons.relation_not_by_blood

    def _noted(self, pattern: re.Pattern[str]) -> bool:
        """Whether a note on the disease or the relative, what came of the disease, or the relative's name
        (`stepsister Ann`) says so."""
        notes = (note.text for note in self.condition.note or ())
        outcome = self.condition.outcome
        written = (*notes, *(texts(outcome) if outcome else ()), *_words_on(self.record))
        return any(pattern.search(plain_text(text)) for text in written if text)

    def speaks_of_lad(self) -> bool:
        return what_it_says(self.source, self.condition.code) is not Says.NOTHING or self._says() is not Says.NOTHING

    def _says(self) -> Says:
        """What the concept says of the relative: here "family history of" and "brother's" take nothing back."""
        code = self.condition.code
        codings = [each.model_copy(update={"display": _of_relative(each.display)}) for each in code.coding or ()]
        return what_it_says(self.source, code.model_copy(update={"text": _of_relative(code.text), "coding": codings}))


def _words_on(record: Record) -> Iterator[str]:
    """The name of a relative, and the notes on them."""
    members = record.plain()
    name, notes = members.get("name"), members.get("note")
    texts_of_notes = (note.get("text") for note in notes if isinstance(note, dict)) if isinstance(notes, list) else ()
    return (text for text in (name, *texts_of_notes) if isinstance(text, str))


def is_by_blood(source: Source, relationship: Any) -> bool:
    """Whether a relationship is coded as one by blood, and neither a code nor a word says otherwise."""
    if "blood-relative" not in meanings(source.terminology, relationship):
        return False
    codes = [coding.code for coding in relationship.coding or () if coding.code]
    return not any(map(_CODE_NOT_BY_BLOOD.search, codes)) and not any(map(_NOT_BY_BLOOD.search, texts(relationship)))


def _of_relative(text: str | None) -> str | None:
    return " ".join(_WHOSE.sub(" ", plain_text(text)).split(" ")).strip(" ,-") or None if text else None


def _denied_or_hedged(text: str) -> bool:
    plain = _NOS.sub("", text)
    return denied((plain,)) or bool(_HEDGE.search(plain))


# --- statements on the whole family ----------------------------------------------------------------------------------


def _denies_family_history(text: str) -> bool:
    """Whether one sentence both names LAD and says that there is no family history of it."""
    return any(
        phrases.names("lad", (sentence,)) and denies_family_history(sentence) and not _ONLY_OF_SOME.search(sentence)
        for sentence in _SENTENCES.split(text)
    )


def _sort_notes(source: Source, record: Record, model: Any, found: _Found) -> None:
    """Notes on a relative of whom no condition tells of LAD: a denial counts; what else names it does not."""
    if any(_Relative(source, record, model, condition).speaks_of_lad() for condition in model.condition or ()):
        return
    notes = [plain_text(text) for text in _words_on(record)]
    evidence = Evidence(shown.named(name_of(model.relationship)), record.reference)
    if model.status in COUNTED and any(map(_denies_family_history, notes)):
        found.denies.append(evidence)
    elif lad_types(notes)[0]:
        found.sifted.trouble(record, reasons.relative_only_in_note(evidence.says))


def _sort_answer(answers: Answers, found: _Found) -> None:
    response = answers.newest(FAMILY_HISTORY)
    answer = response.boolean(FAMILY_HISTORY) if response else None
    if response is not None and answer is not None:
        evidence = Evidence(shown.answered_family_history(answer, response.authored), response.record.reference)
        (found.shows if answer else found.denies).append(evidence)


def _sort_statements(source: Source, found: _Found) -> None:
    """Conditions and Observations on the family: a denial counts; that there is a history says not whose it is."""
    told = (
        *source.about(("Condition",), "~lad", _TOO_BROAD),
        *source.about(("Observation",), "~lad", "~family-history"),
    )
    for record, model in source.sift(told).usable:
        if _stands(source, record, model):
            _sort_statement(source, record, model, found)


def _sort_statement(source: Source, record: Record, model: Any, found: _Found) -> None:
    name, values = texts(model.code), answered_with(model)
    evidence = Evidence(shown.named(name_of(model.code)), record.reference)
    if any(map(_denies_family_history, name)):
        if not values or all_yes(values):
            found.denies.append(evidence)
    elif any(_FAMILY.search(text) and phrases.names("lad", (text,)) for text in name):
        if all_no(values):
            found.denies.append(evidence)
        else:
            found.sifted.trouble(record, reasons.relation_not_by_blood(evidence.says))
    elif any(map(_FAMILY.search, name)) and lad_types(values)[0]:
        if any(map(_denies_family_history, values)):
            found.denies.append(evidence)
        else:
            found.sifted.trouble(record, reasons.relation_not_by_blood(evidence.says))
    elif record.type == "Condition" and _TOO_BROAD in meanings(source.terminology, model.code):
        found.sifted.trouble(record, reasons.family_history_too_broad(evidence.says))


def _stands(source: Source, record: Record, model: Any) -> bool:
    if record.type == "Condition":
        return is_confirmed(model)
    return model.dataAbsentReason is None and Observed(source, record, model).withheld is None
