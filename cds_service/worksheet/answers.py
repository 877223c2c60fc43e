"""Typed answers, checked against the Questionnaire, and the QuestionnaireResponse that records them.

The browser checks nothing that is not checked here again. What does not apply (its condition does not hold) is not
recorded, and what is required and applies has to be there.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cds_service.frozen import frozen
from cds_service.published.questionnaire import Condition, Form, Item
from cds_service.wording import worksheet as say
from cds_service.worksheet.opened import ID, Session

Shape = dict[str, Any]
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-](?:0\d|1[0-3]|14(?=:00)):\d\d", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,6})?")
_REFERENCE = re.compile(rf"([A-Za-z]{{1,64}})/{ID}")
_EARLIEST = 1900
"""A year before this one is a slip of the keyboard."""
_WHOLE = "form"
"""Where a problem belongs that is no single question's."""
_COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


@frozen
class Checked:
    """Answers by linkId, as values of FHIR; or what is wrong with them, by linkId, in words."""

    values: Mapping[str, Any]
    problems: Mapping[str, str]


class _Wrong(Exception):
    """What was typed is no answer; the text says so to the person who typed it."""


def checked(form: Form, typed: Mapping[str, str], now: datetime) -> Checked:
    """What was typed, held against every question of the form. `now` has an offset."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for question in form.questions():
        text = typed.get(question.link_id, "").strip()
        if not _applies(question, values):
            continue
        try:
            if text:
                values[question.link_id] = _value(question, text, now)
            elif question.required:
                raise _Wrong(say.REQUIRED)
        except _Wrong as wrong:
            problems[question.link_id] = str(wrong)
    if not values and not problems:
        problems[_WHOLE] = say.NOTHING_ANSWERED
    return Checked(values, problems)


def response(form: Form, values: Mapping[str, Any], session: Session, authored: datetime) -> Shape:
    """The QuestionnaireResponse: completed, about the patient, by the signed-in clinician."""
    shape: Shape = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": form.canonical,
        "status": "completed",
        "subject": {"reference": f"Patient/{session.patient_id}"},
        "authored": authored.isoformat(timespec="seconds"),
        "author": {"reference": session.user},
        "item": list(_answered(form.items, values)),
    }
    return shape | ({"encounter": {"reference": f"Encounter/{session.encounter}"}} if session.encounter else {})


def _answered(items: Iterable[Item], values: Mapping[str, Any]) -> Iterator[Shape]:
    for item in items:
        said: Shape = {"linkId": item.link_id, "text": item.text}
        below = list(_answered(item.items, values))
        if item.link_id in values:
            yield said | {"answer": [_fhir(item, values[item.link_id])]}
        elif below:
            yield said | {"item": below}


def _fhir(question: Item, value: Any) -> Shape:
    match question.type:
        case "date":
            return {"valueDate": value.isoformat()}
        case "dateTime":
            return {"valueDateTime": value.isoformat(timespec="seconds")}
        case "reference":
            return {"valueReference": {"reference": value}}
        case other:
            return {f"value{other.capitalize()}": value}


# --- one answer ------------------------------------------------------------------------------------------------------


def _value(question: Item, text: str, now: datetime) -> Any:
    match question.type:
        case "boolean":
            return _boolean(text)
        case "decimal":
            return _decimal(question, text)
        case "date":
            return _day(text, now.date())
        case "dateTime":
            return _moment(text, now)
        case "reference":
            return _reference(question, text)
        case other:
            raise ValueError(f"a question of type {other} has no reader")


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise _Wrong(say.YES_OR_NO)
    return text == "true"


def _decimal(question: Item, text: str) -> Decimal:
    """A number with a point or a comma. A sign such as `<` is none: what a laboratory did not measure is not typed."""
    if not _NUMBER.fullmatch(text):
        raise _Wrong(say.PLAIN_NUMBER)
    number = text.replace(",", ".")
    value, places = Decimal(number), len(number.partition(".")[2])
    if question.decimal_places is not None and places > question.decimal_places:
        raise _Wrong(say.too_fine(question.decimal_places))
    least, most = question.minimum, question.maximum
    if (least is not None and value < least) or (most is not None and value > most):
        raise _Wrong(say.between(least, most, question.unit))
    return value


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        raise _Wrong(say.A_DAY) from None
    if day is None or day.year < _EARLIEST:
        raise _Wrong(say.A_DAY)
    # A day may have begun already where the clinician is.
    if day > today + timedelta(days=1):
        raise _Wrong(say.IN_THE_FUTURE)
    return day


def _moment(text: str, now: datetime) -> datetime:
    """A moment in the offset of whoever typed it. It is kept: hours are counted by instants."""
    try:
        moment = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
        if moment is None or moment.year < _EARLIEST:
            raise _Wrong(say.A_MOMENT)
    except ValueError:
        raise _Wrong(say.A_MOMENT) from None
    if moment > now:
        raise _Wrong(say.MOMENT_TO_COME)
    return moment


def _reference(question: Item, text: str) -> str:
    match = _REFERENCE.fullmatch(text)
    if match is None or match.group(1) not in question.reference_types:
        raise _Wrong(say.A_CLINICIAN)
    return text


# --- whether a question applies --------------------------------------------------------------------------------------


def _applies(question: Item, values: Mapping[str, Any]) -> bool:
    """Whether its conditions hold. They name only questions that stand before it."""
    holding = [_holds(condition, values) for condition in question.enable_when]
    return not holding or (any(holding) if question.enable_any else all(holding))


def _holds(condition: Condition, values: Mapping[str, Any]) -> bool:
    answered = values.get(condition.question)
    if condition.operator == "exists":
        return (answered is not None) is condition.value
    return answered is not None and bool(_COMPARE[condition.operator](answered, condition.value))
