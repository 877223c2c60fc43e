"""A hook request of a given number of resources, the same bytes every time.

The prefetch is what an EHR would send that honours the service's own templates: one Bundle per search, the
resource itself per read, and no key for a template whose tokens this request cannot fill.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import parse_qsl

from benchmarks.facts import PATIENT_ID, USER_ID, Resource, chart, order
from benchmarks.filler import FILLERS

SEED = 599
TRIES = 20
"""How many resources may be made for one that the prefetch asks for."""
FHIR_SERVER = "https://ehr.example/fhir/R4"
TOKENS = {
    "context.patientId": PATIENT_ID,
    "context.userId": f"PractitionerRole/{USER_ID}",
    "userPractitionerRoleId": USER_ID,
}

# Where discovery offers no prefetch, one key per type under the type's name
_PLAIN_TYPES = [
    "Condition",
    "Observation",
    "MedicationRequest",
    "MedicationAdministration",
    "Procedure",
    "Encounter",
    "DocumentReference",
    "PractitionerRole",
    "QuestionnaireResponse",
    "Coverage",
]
PLAIN_TEMPLATES = {"Patient": "Patient/{{context.patientId}}"} | {
    name: name + "?patient={{context.patientId}}" for name in _PLAIN_TYPES
}


@dataclass(frozen=True)
class Query:
    """One prefetch template with its tokens filled in."""

    key: str
    resource_type: str
    read_id: str | None
    """The id of a read; None for a search."""
    filters: Mapping[str, frozenset[str]]
    """A search's `category` and `code` with the codes that they let through; nothing else narrows here."""

    def finds(self, resource: Resource) -> bool:
        """Whether the EHR's answer to this query holds the resource."""
        if resource["resourceType"] != self.resource_type:
            return False
        if self.read_id is not None:
            return bool(resource["id"] == self.read_id)
        return all(_codes(resource.get(name)) & wanted for name, wanted in self.filters.items())


def hook_request(resources: int, templates: Mapping[str, str]) -> bytes:
    """The order-sign request whose order and prefetch hold so many resources together."""
    random = Random(SEED)
    queries = [query for key, template in templates.items() if (query := _query(key, template))]
    facts = chart()
    found = [fact for fact in facts if any(query.finds(fact) for query in queries)]
    included = [fact for fact in facts if fact not in found]
    found += _filling(random, queries, resources - 1 - len(facts))
    random.shuffle(found)
    request = {
        "hook": "order-sign",
        "hookInstance": "5f5b5a5e-0599-4d4e-8b5e-3a0f2d1c0b9a",
        "fhirServer": FHIR_SERVER,
        "context": {
            "userId": TOKENS["context.userId"],
            "patientId": PATIENT_ID,
            "draftOrders": _bundle("collection", [_entry(order())]),
        },
        "prefetch": _prefetch(queries, found, included),
    }
    return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()


def without_trigger(body: bytes) -> bytes:
    """The same request for an order that has nothing to do with Kresladi."""
    request = json.loads(body)
    vitamin_d = order() | {"medicationCodeableConcept": {"text": "cholecalciferol 400 units oral drops"}}
    plain = {**vitamin_d, "dosageInstruction": [{"text": "1 drop once a day"}]}
    request["context"]["draftOrders"] = _bundle("collection", [_entry(plain)])
    return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()


def _filling(random: Random, queries: Sequence[Query], count: int) -> list[Resource]:
    """So many filler resources in their usual mix, of those that the service asks for."""
    shares = [kind.share for kind in FILLERS]
    filling: list[Resource] = []
    for kind in random.choices(FILLERS, weights=shares, k=TRIES * count):
        if len(filling) == count:
            break
        resource = kind.make(random)
        if any(query.finds(resource) for query in queries):
            filling.append(resource)
    if len(filling) < count:
        raise ValueError("the service's prefetch asks for too little of what fills a chart")
    return filling


def _prefetch(queries: Sequence[Query], found: list[Resource], included: list[Resource]) -> dict[str, Resource | None]:
    """Each resource under the first query that finds it. What no query finds (the specialists' roles, when no
    template can ask for them) comes as an included entry with the answered questionnaire that names them."""
    left = list(found)
    prefetch: dict[str, Resource | None] = {}
    for query in queries:
        here = [resource for resource in left if query.finds(resource)]
        left = [resource for resource in left if not query.finds(resource)]
        if query.read_id is not None:
            prefetch[query.key] = here[0] if here else None
            continue
        entries = [_entry(resource, "match") for resource in here]
        if query.resource_type == "QuestionnaireResponse":
            entries += [_entry(resource, "include") for resource in included]
        prefetch[query.key] = _bundle("searchset", entries, total=len(here))
    return prefetch


def _query(key: str, template: str) -> Query | None:
    """The template with its tokens filled; None when one of them cannot be."""
    tokens = re.findall(r"\{\{\s*([^}\s]+)\s*\}\}", template)
    if any(token not in TOKENS for token in tokens):
        return None
    filled = re.sub(r"\{\{\s*([^}\s]+)\s*\}\}", lambda match: TOKENS[match[1]], template)
    path, _, search = filled.partition("?")
    resource_type, _, read_id = path.partition("/")
    filters = {
        name: frozenset(code.rpartition("|")[2] for code in value.split(","))
        for name, value in parse_qsl(search)
        if name in {"category", "code"}
    }
    return Query(key, resource_type, read_id or None, filters)


def _codes(element: Any) -> set[str]:
    """Every code of a CodeableConcept, or of a list of them."""
    concepts = element if isinstance(element, list) else [element or {}]
    return {coding["code"] for concept in concepts for coding in concept.get("coding", [])}


def _bundle(kind: str, entries: list[Resource], **members: Any) -> Resource:
    return {"resourceType": "Bundle", "type": kind, **members, "entry": entries}


def _entry(resource: Resource, mode: str | None = None) -> Resource:
    entry = {"fullUrl": f"{FHIR_SERVER}/{resource['resourceType']}/{resource['id']}", "resource": resource}
    return entry | ({"search": {"mode": mode}} if mode else {})
