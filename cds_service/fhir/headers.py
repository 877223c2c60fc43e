"""What is known of a resource before it is read: a few of its members, or all that FHIR has for it, each still bytes.

A chart that is gone over for the first time is taken apart into the elements of its resources with the request, and its
bytes are not gone over again. A resource that comes otherwise has a `Header`, and its own bytes beside it.
"""

from __future__ import annotations

from typing import Any, Union

import msgspec

from cds_service.exact_json import EMPTY
from cds_service.fhir.bundle import Bundle, Entry
from cds_service.fhir.resources import READ, elements_of


class Header(msgspec.Struct, gc=False):
    """The members by which a resource is found relevant; what is in them stays bytes until then."""

    resourceType: str = ""
    id: str | None = None
    meta: msgspec.Raw = EMPTY
    status: str | None = None
    code: msgspec.Raw = EMPTY
    type: msgspec.Raw = EMPTY
    medicationCodeableConcept: msgspec.Raw = EMPTY
    medicationReference: msgspec.Raw = EMPTY
    vaccineCode: msgspec.Raw = EMPTY
    usedCode: msgspec.Raw = EMPTY
    usedReference: msgspec.Raw = EMPTY
    note: msgspec.Raw = EMPTY
    component: msgspec.Raw = EMPTY
    hasMember: msgspec.Raw = EMPTY
    result: msgspec.Raw = EMPTY
    contained: msgspec.Raw = EMPTY
    participant: msgspec.Raw = EMPTY
    request: msgspec.Raw = EMPTY
    effectiveDateTime: msgspec.Raw = EMPTY
    reasonCode: msgspec.Raw = EMPTY
    description: msgspec.Raw = EMPTY
    content: msgspec.Raw = EMPTY
    klass: msgspec.Raw = msgspec.field(default=EMPTY, name="class")


_Absent = msgspec.defstruct("_Absent", [], namespace=dict.fromkeys(Header.__struct_fields__, EMPTY), gc=False)
"""What a type of resource does not have is empty, as in a `Header`."""

_TYPED: dict[str, Any] = {"id": str | None, "status": str | None}
_RENAMED = {"klass": "class"}


def _struct_of(kind: str) -> Any:
    fields = [
        ("klass" if name == "class" else name, _TYPED.get(name, msgspec.Raw), None if name in _TYPED else EMPTY)
        for name in elements_of(kind)
    ]
    return msgspec.defstruct(
        kind,
        fields,
        bases=(_Absent,),
        namespace={"resourceType": kind},
        tag_field="resourceType",
        tag=kind,
        rename=_RENAMED.get,
        omit_defaults=True,
        gc=False,
    )


_READ: Any = Union[tuple(map(_struct_of, READ))]  # noqa: UP007 - of a number of types that is not written here
"""A resource of a type that is read, as its elements: what no rule reads may still name the drug, or a marker."""
_EntryRead: Any = msgspec.defstruct("_EntryRead", [("resource", _READ)], bases=(Entry,), gc=False)
BundleRead: Any = msgspec.defstruct("BundleRead", [("entry", list[_EntryRead] | None, None)], bases=(Bundle,))
"""A Bundle of such resources and no others."""
read_members = msgspec.json.Decoder(_READ)


def is_taken_apart(resource: Any) -> bool:
    """Whether what an entry holds are the members of a resource, and not its bytes."""
    return not isinstance(resource, msgspec.Raw)
