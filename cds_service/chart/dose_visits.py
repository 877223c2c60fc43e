"""Visits and notes that tell of an infusion of Kresladi: none is a dose, each leaves open whether one was given.

Charts have thousands: their words are read in passing, the resource only where these speak of the infusion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import msgspec

from cds_service.chart.doses_found import DosesFound
from cds_service.chart.giving_words import Telling, around_giving, what_it_tells
from cds_service.chart.naming import is_mentioned_in
from cds_service.chart.phrases import KRESLADI, STEMS, plainly_named
from cds_service.chart.purposes import comes_for
from cds_service.chart.source import Source
from cds_service.exact_json import UNREADABLE
from cds_service.fhir.elements import plain_text, texts
from cds_service.fhir.headers import Header
from cds_service.fhir.records import Record
from cds_service.wording import dose_reasons, shown

_NAME_ALONE = re.compile(rf"\W*(?:(?:{KRESLADI}|autotemcel)\W*)+", re.IGNORECASE)
_GIVING = re.compile(r"infus|administ|transfus|inject|\bgiven\b|\breceiv|\bdosed\b|admission|admitted", re.IGNORECASE)
_PAPER = re.compile(
    r"letter|necessity|authori[sz]|request|\border|\bplan\b|protocol|approv|appeal|coverage|guide|instruction|"
    r"information|brochure|checklist|insurance|quote",
    re.IGNORECASE,
)
_OUR_TRIAL = "nct03812263"
_NAMES = (*STEMS["kresladi"], _OUR_TRIAL)
_NOT_IN_IT = re.compile(
    r"\b(?:declin\w*|refus\w*|ineligible|not (?:enrolled|eligible|in)|no consent|never|"
    r"brother|sister|sibling|twin|cousin|relative)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(
    rf"\b(?:after|following|since|post|s/p|status post)[- ]+(?:\w+ ){{0,2}}(?:{KRESLADI})|"
    rf"(?:{KRESLADI})[^.;]{{0,20}}\b(?:received|given)\b",
    re.IGNORECASE,
)


class _Attachment(msgspec.Struct):
    title: str | None = None


class _Content(msgspec.Struct):
    attachment: _Attachment | None = None


_content = msgspec.json.Decoder(list[_Content])
_text = msgspec.json.Decoder(str)


def read_visits_and_notes(source: Source, found: DosesFound) -> None:
    """Finished visits for an infusion, and notes on one; those in the RP-L201 trial too."""
    visits = [each for each in source.records.of("Encounter") if each.header.status == "finished"]
    records = [each for each in visits if _visit_names_kresladi(source, each)]
    records += [each for each in source.records.of("DocumentReference") if _note_names_kresladi(source, each)]
    for record, model in found.take(source.sift(records)).usable:
        words = tuple(_words(model))
        said = next(filter(_tells_of_infusion, words), None)
        if said is not None:
            found.may_be(record.reference, dose_reasons.may_be_a_dose(shown.named(said)))
        elif any(map(_tells_of_our_trial, words)):
            found.may_be(record.reference, dose_reasons.TRIAL)


def _visit_names_kresladi(source: Source, record: Record) -> bool:
    means, reason, type_ = source.concepts.each_means, record.header.reasonCode, record.header.type
    return _is_meant(means(reason) | means(type_), reason, type_)


def _note_names_kresladi(source: Source, record: Record) -> bool:
    type_ = record.header.type
    return _is_meant(source.concepts.means(type_), type_) or _is_named(_said_in(record.header))


def _is_meant(means: frozenset[str], *concepts: msgspec.Raw) -> bool:
    """Whether concepts with these meanings, still bytes, name the drug or its trial."""
    return "~kresladi" in means or ("~gene-therapy" in means and any(map(is_mentioned_in, concepts)))


def _said_in(header: Header) -> Iterator[str | None]:
    """A note's description and the titles of what is attached to it; nothing of one that cannot be read."""
    with suppress(*UNREADABLE):
        if len(header.description):
            yield _text.decode(header.description)
    with suppress(*UNREADABLE):
        if len(header.content):
            yield from (each.attachment.title for each in _content.decode(header.content) if each.attachment)


def _is_named(said: Iterable[str | None]) -> bool:
    text = " ".join(filter(None, said)).lower()
    return any(stem in text for stem in _NAMES)


def _words(model: Any) -> Iterator[str]:
    if model.get_resource_type() == "Encounter":
        concepts = [*(model.reasonCode or ()), *(model.type or ())]
    else:
        titles = (each.attachment.title for each in model.content or () if each.attachment is not None)
        yield from (plain_text(said) for said in (model.description, *titles) if said)
        concepts = [model.type] if model.type is not None else []
    yield from (text for concept in concepts for text in texts(concept))


def _tells_of_infusion(text: str) -> bool:
    if not plainly_named("kresladi", (text,)) or _PAPER.search(text):
        return False
    return bool(_is_for_giving(text) or _SINCE.search(text) or _NAME_ALONE.fullmatch(text))


def _tells_of_our_trial(text: str) -> bool:
    """Whether words put the patient in the RP-L201 trial; a paper that cites it, or a refusal, does not."""
    return _OUR_TRIAL in text.lower() and not _PAPER.search(text) and not _NOT_IN_IT.search(text)


def _is_for_giving(text: str) -> bool:
    if not _GIVING.search(text):
        return False
    return comes_for(text) or what_it_tells(text) is Telling.GIVEN or not around_giving((text,))
