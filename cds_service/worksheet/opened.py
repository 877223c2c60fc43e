"""A chart that a clinician's own token opens: what the worksheet asks for, and what it gets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field
from typing import Any

import msgspec

from cds_service.errors import BadRequest, RequestError
from cds_service.exact_json import UNREADABLE
from cds_service.frozen import frozen
from cds_service.hooks.evaluated import Fetched
from cds_service.logic import Answer
from cds_service.policy.label import LabelEvaluation
from cds_service.policy.model import Evaluation

ID = r"(?!\.{1,2}$)[A-Za-z0-9._~-]{1,128}"
"""What stands as an id at the end of an address, where dots alone would lead elsewhere."""
_ID = re.compile(ID)
_CLINICIAN = re.compile(rf"(?:Practitioner|PractitionerRole)/{ID}")
_ORDER = re.compile(rf"[A-Za-z]{{1,64}}/{ID}")
_CHECKLIST = re.compile(r"/Questionnaire/kresladi-treatment-checklist(?:\|[^|]*)?$")


class NotAllowed(RequestError):
    """The FHIR server is not one that may be read."""

    status = 403
    code = "forbidden"


class ChartRefused(RequestError):
    """The FHIR server does not show the chart to this token: it has expired, or does not reach so far."""

    status = 401
    code = "login"


class ChartUnreachable(RequestError):
    """The FHIR server does not answer, or not in time, or with nothing that can be read."""

    status = 502
    code = "transient"


class OrderNotChosen(RequestError):
    """The chart holds several orders for Kresladi, and the session names none of them."""

    status = 409
    code = "multiple-matches"


@frozen
class Session:
    """Who looks at whose chart, where, with which token. Lives for one request; the token is in no text of it."""

    server: str
    patient_id: str
    user: str = ""
    """`Practitioner/x` or `PractitionerRole/x`; empty where the user is no clinician, or not said."""
    order: str = ""
    encounter: str = ""
    token: str = field(default="", repr=False)
    about_treatment: bool = False
    """Whether the treatment checklist is to be answered, and not the questions of the coverage policy."""


@frozen
class Clinician:
    """A clinician as far as chart and directory tell: `transplant` is whether as a transplant specialist."""

    reference: str
    name: str
    words: tuple[str, ...] = ()
    transplant: Answer = Answer.UNKNOWN


@frozen
class Patient:
    """Whose chart it is, as a page shows it."""

    id: str
    name: str = ""
    birth_date: str = ""


@frozen
class OrderOnRecord:
    """An order that the chart holds. `authored` as the chart writes it, or empty."""

    reference: str
    status: str
    authored: str = ""


@frozen
class Opened:
    """A chart, read and held against the policy. `evaluation` is None while one of several orders has to be chosen.

    `order` is the order in view, None where the chart holds none; `resource` gives what was read, as bytes.
    """

    server: str
    patient: Patient
    user: Clinician | None
    orders: tuple[OrderOnRecord, ...]
    order: OrderOnRecord | None
    evaluation: Evaluation | None
    people: tuple[Clinician, ...]
    resource: Callable[[str], bytes | None]
    fetched: tuple[Fetched, ...] = ()


@frozen
class TreatmentOpened:
    """A chart, read and held against the label.

    `order` is the order in view, None where the chart does not hold it; `evaluation` is then of the patient. It is None
    where no clause of the label applies.
    """

    patient: Patient
    user: Clinician | None
    order: OrderOnRecord | None
    evaluation: LabelEvaluation | None
    fetched: tuple[Fetched, ...] = ()


class _Body(msgspec.Struct):
    server: str
    patient: str
    user: str = ""
    order: str = ""
    encounter: str = ""
    token: str = ""
    questionnaire: str = ""
    name: str = ""
    before: list[str] = []
    saved: bool = False
    answers: dict[str, str] = {}


_body = msgspec.json.Decoder(_Body)


@frozen
class Asked:
    """One request of the page: the session, and what is wanted beside it."""

    session: Session
    name: str = ""
    """Part of a clinician's name to look for."""
    before: tuple[str, ...] = ()
    """Ids of what was open when answers were given."""
    saved: bool = False
    """Whether answers were saved a moment ago."""
    answers: dict[str, str] = field(default_factory=dict)
    """What was typed, by linkId."""


def asked(body: bytes) -> Asked:
    """Read a request of the page. Raises BadRequest."""
    try:
        said = _body.decode(body)
    except UNREADABLE:
        raise BadRequest("no request of the worksheet") from None
    if not _ID.fullmatch(said.patient):
        raise BadRequest("patient is no id")
    session = Session(
        said.server, said.patient, _if(_CLINICIAN, said.user), _if(_ORDER, said.order), _if(_ID, said.encounter),
        said.token, bool(_CHECKLIST.search(said.questionnaire)),
    )  # fmt: skip
    return Asked(session, said.name.strip(), tuple(said.before), said.saved, said.answers)


def _if(pattern: re.Pattern[str], text: str) -> Any:
    return text if pattern.fullmatch(text) else ""
