"""The packet as a FHIR document: what the chart documents for a request, with the resources that say so.

A Composition with a section for each criterion, the evidence as the EHR holds it, and a Provenance. No verdict is in
it: it is `preliminary` while anything is open, and always to be reviewed by the plan's committee.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec
from fhir.resources.R4B import get_fhir_model_class
from markupsafe import Markup

import cds_service
from cds_service.exact_json import UNREADABLE, plain
from cds_service.frozen import frozen
from cds_service.logic import unique
from cds_service.policy.kresladi import policy
from cds_service.wording import worksheet as say
from cds_service.worksheet.opened import Opened
from cds_service.worksheet.view import CriterionShown, Stop

Shape = dict[str, Any]
_PUBLISHER = "https://kresladi-cds.example"
_CLAUSES, _STATUSES = f"{_PUBLISHER}/CodeSystem/policy-clause", f"{_PUBLISHER}/CodeSystem/criterion-status"
_PARTICIPANTS = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_UNVALIDATED = (ValueError, KeyError, TypeError, AttributeError, RecursionError, ArithmeticError)


@frozen
class Packet:
    """What goes into one packet."""

    opened: Opened
    criteria: tuple[CriterionShown, ...]
    at: datetime
    stop: Stop | None = None
    """Why the criteria lead nowhere for this order, where they do."""

    def bundle(self) -> Shape:
        """The Bundle. Resources of the chart are in it byte for byte, where they are valid FHIR."""
        composition, device, provenance = (f"urn:uuid:{uuid4()}" for _ in range(3))
        included = {reference: found for reference in self._references() if (found := self._included(reference))}
        entries = [
            (composition, self._composition(device, included)),
            (device, _device()),
            (provenance, self._provenance(composition, device, included)),
            *((self._address(reference), resource) for reference, resource in included.items()),
        ]
        return {
            "resourceType": "Bundle",
            "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid4()}"},
            "type": "document",
            "timestamp": self._at,
            "entry": [{"fullUrl": address, "resource": resource} for address, resource in entries],
        }

    # --- what of the chart goes along --------------------------------------------------------------------------------

    @property
    def _patient(self) -> str:
        return f"Patient/{self.opened.patient.id}"

    def _references(self) -> tuple[str, ...]:
        order = [self.opened.order.reference] if self.opened.order else []
        evidence = (each.source for criterion in self.criteria for each in criterion.evidence)
        return unique((self._patient, *order, *evidence))

    def _included(self, reference: str) -> msgspec.Raw | None:
        raw = self.opened.resource(reference)
        return msgspec.Raw(raw) if raw is not None and _is_valid(raw) else None

    def _address(self, reference: str) -> str:
        return f"{self.opened.server}/{reference}"

    def _entries(self, criterion: CriterionShown, included: dict[str, msgspec.Raw]) -> list[Shape]:
        there = unique(each.source for each in criterion.evidence if each.source in included)
        return [{"reference": self._address(reference)} for reference in there]

    # --- our own resources -------------------------------------------------------------------------------------------

    @property
    def _at(self) -> str:
        return self.at.isoformat(timespec="seconds")

    def _composition(self, device: str, included: dict[str, msgspec.Raw]) -> Shape:
        is_open = self.stop is not None or any(criterion.status != "met" for criterion in self.criteria)
        stopping = [_section(self.stop.title, (self.stop.says, *self.stop.lines))] if self.stop else []
        return {
            "resourceType": "Composition",
            "status": "preliminary" if is_open else "final",
            "type": {"text": say.PACKET},
            "subject": {"reference": self._address(self._patient)},
            "date": self._at,
            "author": [{"reference": device}],
            "title": say.packet_title(policy.number),
            "section": [
                _section(say.ABOUT, say.about(policy.number, policy.effective, policy.revised)),
                *stopping,
                *(self._section(criterion, included) for criterion in self.criteria),
                _section(say.NEXT, (say.COMMITTEE,)),
            ],
        }

    def _section(self, criterion: CriterionShown, included: dict[str, msgspec.Raw]) -> Shape:
        section = _section(f"{criterion.id} {criterion.heading}: {criterion.word}", _lines(criterion))
        clause = {"system": _CLAUSES, "code": criterion.id, "display": criterion.title}
        status = {"system": _STATUSES, "code": criterion.status, "display": criterion.word}
        entries = self._entries(criterion, included)
        return section | {"code": {"coding": [clause, status]}} | ({"entry": entries} if entries else {})

    def _provenance(self, composition: str, device: str, included: dict[str, msgspec.Raw]) -> Shape:
        agent: Shape = {
            "type": {"coding": [{"system": _PARTICIPANTS, "code": "assembler"}]},
            "who": {"reference": device},
        }
        if self.opened.user is not None:
            agent["onBehalfOf"] = {"reference": self._address(self.opened.user.reference)}
        sources = [{"role": "source", "what": {"reference": self._address(reference)}} for reference in included]
        return {
            "resourceType": "Provenance",
            "target": [{"reference": composition}],
            "recorded": self._at,
            "agent": [agent],
        } | ({"entity": sources} if sources else {})


def _device() -> Shape:
    return {
        "resourceType": "Device",
        "deviceName": [{"name": "Kresladi CDS", "type": "user-friendly-name"}],
        "version": [{"value": cds_service.__version__}],
    }


def _section(title: str, lines: tuple[str, ...]) -> Shape:
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    div = Markup('<div xmlns="http://www.w3.org/1999/xhtml"><p>{}</p><ul>{}</ul></div>').format(title, items)
    return {"title": title, "text": {"status": "generated", "div": str(div)}}


def _lines(criterion: CriterionShown) -> tuple[str, ...]:
    evidence = (f"{each.says} ({each.source})" for each in criterion.evidence)
    return (*evidence, *_open_lines(criterion)) or (criterion.title,)


def _open_lines(criterion: CriterionShown) -> Iterator[str]:
    for missing in criterion.missing:
        for because, source in missing.reasons:
            yield f"{say.STILL_OPEN}: {missing.wanted}. {because}{f' ({source})' if source else ''}"


def _is_valid(raw: bytes) -> bool:
    """Whether a resource of the chart is valid FHIR, so that the whole packet is."""
    try:
        resource = plain(raw)
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except (*UNREADABLE, *_UNVALIDATED):
        return False
    return True
