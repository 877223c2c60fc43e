"""A hook request, read tolerantly: 1.x names, unknown fields and missing optional ones are all seen in the wild.

Only what is needed is taken apart. Draft orders and prefetch stay bytes: whoever reads them reads the part that
matters, with its decimals exact. A prefetch whose values are of a known shape may be taken apart on the way, which
saves going over ten megabytes twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Generic, TypeVar

import msgspec

from cds_service.errors import BadRequest
from cds_service.exact_json import EMPTY, UNREADABLE, plainly_written
from cds_service.frozen import frozen

EXPLAIN = "example.kresladi-cds.explain"
PATIENT_VIEW = "patient-view"
"""The hook that has no orders."""
P = TypeVar("P")
_ORDERS = ("draftOrders", "orders", "medications")
"""Where the orders stand: in order-sign and order-select, and in the hooks that 1.x had before them."""


class _Context(msgspec.Struct):
    patientId: Any = None
    userId: Any = None
    encounterId: Any = None
    selections: Any = None
    draftOrders: msgspec.Raw = EMPTY
    orders: msgspec.Raw = EMPTY
    medications: msgspec.Raw = EMPTY


class _Request(msgspec.Struct, Generic[P]):
    hook: Any = None
    hookInstance: Any = None
    context: msgspec.Raw = EMPTY
    prefetch: P | None = None
    fhirServer: Any = None
    fhirAuthorization: Any = None
    patient: Any = None
    user: Any = None
    extension: Any = None


_request = msgspec.json.Decoder(_Request[dict[str, msgspec.Raw]])
_context = msgspec.json.Decoder(_Context)


@frozen
class HookCall:
    """What a hook request says. `selections` is None where all orders are meant."""

    patient_id: str
    draft_orders: msgspec.Raw
    hook_instance: str = ""
    user_id: str = ""
    encounter_id: str = ""
    fhir_server: str = ""
    access_token: str = field(default="", repr=False)
    readable_servers: frozenset[str] = frozenset()
    """FHIR servers that the calling client may have read, beside the configured ones."""
    prefetch: Mapping[str, Any] = field(default_factory=dict)
    """By key: bytes, or what they were taken apart into."""
    selections: frozenset[str] | None = None
    explain: bool = False


Read = Callable[[bytes, str], HookCall]
"""Reads a request body for a hook. Raises BadRequest."""


def hook_call(body: bytes, hook: str) -> HookCall:
    """Read the body of a request for this hook. Raises BadRequest, whose message holds nothing of the body."""
    request = _decoded(
        _request, plainly_written(body), "the body is not JSON, or no hook request with an object as prefetch"
    )
    return _call(request, hook, request.prefetch or {})


def taking_apart(
    prefetch: type[P], parts_of: Callable[[P], Mapping[str, Any] | None], otherwise: Read = hook_call
) -> Read:
    """What reads hook requests like `hook_call`, but takes a prefetch of this type apart at one go.

    `parts_of` gives its values by key, or None where it was not to be taken apart so: it is then read `otherwise`.
    """
    decoder: Any = msgspec.json.Decoder(_Request[prefetch])  # type: ignore[valid-type]  # the type is an argument

    def read(body: bytes, hook: str) -> HookCall:
        body = plainly_written(body)
        try:
            request = decoder.decode(body)
        except UNREADABLE:
            return otherwise(body, hook)
        parts = parts_of(request.prefetch) if request.prefetch is not None else {}
        return otherwise(body, hook) if parts is None else _call(request, hook, parts)

    return read


def _call(request: _Request[Any], hook: str, prefetch: Mapping[str, Any]) -> HookCall:
    if request.hook != hook:
        raise BadRequest("hook is missing" if not isinstance(request.hook, str) else "the request is for another hook")
    if bytes(request.context) in (b"", b"null"):
        raise BadRequest("context is missing")
    context = _decoded(_context, request.context, "context is no object")
    patient_id = _id(context.patientId) or _id(request.patient)
    if not patient_id:
        raise BadRequest("context.patientId is missing")
    return HookCall(
        patient_id=patient_id,
        draft_orders=EMPTY if hook == PATIENT_VIEW else _draft_orders(context),
        hook_instance=_text(request.hookInstance),
        user_id=_text(context.userId) or _text(request.user),
        encounter_id=_id(context.encounterId, "Encounter/"),
        fhir_server=_text(request.fhirServer),
        access_token=_token(request.fhirAuthorization),
        prefetch=prefetch,
        selections=_selections(context.selections) if hook == "order-select" else None,
        explain=isinstance(request.extension, dict) and request.extension.get(EXPLAIN) is True,
    )


def _draft_orders(context: _Context) -> msgspec.Raw:
    for name in _ORDERS:
        orders: msgspec.Raw = getattr(context, name)
        if bytes(orders) not in (b"", b"null"):
            return orders
    raise BadRequest("context.draftOrders is missing")


def _selections(value: Any) -> frozenset[str] | None:
    """The selected orders; None (all) where the client left them out. Some clients send References."""
    if not isinstance(value, list):
        return None
    named = (each.get("reference") if isinstance(each, dict) else each for each in value)
    return frozenset(each for each in named if isinstance(each, str))


def _decoded(decoder: Any, raw: Any, otherwise: str) -> Any:
    try:
        return decoder.decode(raw)
    except UNREADABLE:
        raise BadRequest(otherwise) from None


def _token(authorization: Any) -> str:
    """The bearer token of `fhirAuthorization`; a token of another type is none that can be used."""
    if not isinstance(authorization, dict) or str(authorization.get("token_type", "Bearer")).lower() != "bearer":
        return ""
    return _text(authorization.get("access_token"))


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _id(value: Any, prefix: str = "Patient/") -> str:
    """A bare id; some clients send a reference."""
    return _text(value).removeprefix(prefix)
