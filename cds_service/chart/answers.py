"""Recorded answers: QuestionnaireResponses to the prior-authorization questionnaire, question by question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from cds_service.chart.source import Sifted, Source
from cds_service.exact_json import UNREADABLE, plain
from cds_service.fhir.elements import when
from cds_service.fhir.records import Record
from cds_service.frozen import frozen
from cds_service.logic import Answer, Cause, Gap, Remedy
from cds_service.timing import When, newest_first
from cds_service.wording import reasons, shown

CANONICAL = re.compile(r"/Questionnaire/kresladi-prior-authorization(?:\|[^|]*)?$")
COUNTED = ("completed", "amended")

SIBLING_DONOR = "sibling-donor-available"
STABLE = "attest-clinically-stable"
ELIGIBLE = "attest-eligible-for-conditioning-and-hsct"
FAMILY_HISTORY = "family-history-of-lad-i"
FLOW_DATE = "flow-cytometry-date"
PERCENT_OF_NEUTROPHILS = {
    "cd18": "cd18-percent-of-neutrophils",
    "cd11a": "cd11a-percent-of-neutrophils",
    "cd11b": "cd11b-percent-of-neutrophils",
}
NAMED_SPECIALISTS = ("transplant-specialist", "consulted-specialist")
_VALUES = (
    "valueBoolean",
    "valueDecimal",
    "valueInteger",
    "valueDate",
    "valueDateTime",
    "valueReference",
    "valueString",
    "valueQuantity",
    "valueCoding",
)
CONTRADICTORY = object()
"""What a question was answered with when it was answered in more ways than one."""


@frozen
class Response:
    """One response: who wrote it, when, and its answers by linkId."""

    record: Record
    author: Any
    authored: When | None
    answers: dict[str, tuple[Any, ...]]
    contained: Any = None

    def answer(self, link_id: str) -> Any:
        """The answer to a question; None where it was not answered, CONTRADICTORY where it has several."""
        values = self.answers.get(link_id, ())
        if any(value != values[0] for value in values):
            return CONTRADICTORY
        return values[0] if values else None

    def boolean(self, link_id: str) -> bool | None:
        """A yes or no; None where it was not answered, not with a boolean, or with both."""
        value = self.answer(link_id)
        return value if isinstance(value, bool) else None


@frozen
class Answers:
    """All responses that count, the newest first, and those that do not."""

    responses: tuple[Response, ...]
    sifted: Sifted

    def newest(self, link_id: str, of: Callable[[Response], bool] = lambda _: True) -> Response | None:
        """The newest response (of those wanted) that answers the question; with the answers of all where the dates
        do not tell which of several is the newest."""
        answering = [r for r in self.responses if r.answer(link_id) is not None and of(r)]
        if len(answering) < 2:
            return next(iter(answering), None)
        newest = answering[0]
        perhaps = tuple(value for r in answering if not _is_older(r, newest) for value in r.answers[link_id])
        return replace(newest, answers=newest.answers | {link_id: perhaps})

    def troubles(self, wanted: str, link_id: str, remedy: Remedy | None = None) -> tuple[Gap, ...]:
        """Why what was recorded does not answer the question: answers that do not count, or contradict each other."""
        newest = self.newest(link_id)
        gaps = self.sifted.gaps(wanted, remedy)
        if newest is None or newest.answer(link_id) is not CONTRADICTORY:
            return gaps
        return (Gap(wanted, reasons.CONTRADICTORY_ANSWERS, Cause.CONFLICT, newest.record.reference, remedy), *gaps)


def _is_older(response: Response, than: Response) -> bool:
    """Whether it is surely older; one without a date may be the newest."""
    if response.authored is None or than.authored is None:
        return False
    return response.authored.before(than.authored) is Answer.MET


def read_answers(source: Source, canonical: re.Pattern[str] = CANONICAL) -> Answers:
    """The responses of this chart to one of our questionnaires."""
    records = [record for record in source.records.of("QuestionnaireResponse") if _answers(record, canonical)]
    sifted = source.sift(records, ("QuestionnaireResponse",))
    responses = []
    for record, model in sifted.usable:
        authored = when(model.authored)
        if model.status not in COUNTED:
            sifted.trouble(record, reasons.answers_not_final(str(model.status)))
        elif authored is not None and authored.first.date() > source.today + timedelta(days=1):
            sifted.trouble(record, reasons.in_the_future(shown.RECORDED_ANSWERS))
        else:
            responses.append(Response(record, model.author, authored, _answers_in(model), model.contained))
    responses.sort(key=lambda response: (newest_first(response.authored), response.record.reference))
    return Answers(tuple(responses), sifted)


def _answers_in(model: Any) -> dict[str, tuple[Any, ...]]:
    answers: dict[str, tuple[Any, ...]] = {}
    for link_id, values in _items(model.item):
        answers[link_id] = answers.get(link_id, ()) + values
    return answers


def _answers(record: Record, canonical: re.Pattern[str]) -> bool:
    try:
        questionnaire = plain(record.raw).get("questionnaire")
    except (*UNREADABLE, AttributeError):
        return True
    return isinstance(questionnaire, str) and bool(canonical.search(questionnaire.strip()))


def _items(items: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Every answered question, at any depth: below groups and below answers."""
    for item in items or ():
        answers = item.answer or ()
        values = tuple(value for answer in answers if (value := _value(answer)) is not None)
        if item.linkId and values:
            yield item.linkId, values
        yield from _items(item.item)
        for answer in answers:
            yield from _items(answer.item)


def _value(answer: Any) -> Any:
    return next((value for name in _VALUES if (value := getattr(answer, name)) is not None), None)
