"""Synthetic charts for tests: FHIR resources in a line each, and the hook request that carries them.

`complete()` is a chart that documents everything; tests change one thing in it. The patient is `p1`, the day is
2026-11-21, the order `MedicationRequest/draft-1`.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from cds_service.app import offer_of
from cds_service.chart.queries import QUERIES
from cds_service.config import Settings
from cds_service.evaluation import Evaluator
from cds_service.evaluation_label import LabelEvaluator
from cds_service.fhir.terminology import Terminology, packaged_value_sets
from cds_service.hooks.cards import Source
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.offer import Offer, Treatment, answer

TODAY = date(2026, 11, 21)
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
SCT = "http://snomed.info/sct"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
NUCC = "http://nucc.org/provider-taxonomy"
PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
HGNC = "http://www.genenames.org"
KRESLADI = {"coding": [{"system": RXNORM, "code": "2740386"}], "text": "Kresladi"}
QUESTIONNAIRE = "https://kresladi-cds.example/Questionnaire/kresladi-prior-authorization"

Resource = dict[str, Any]
TERMINOLOGY = Terminology(packaged_value_sets())
SETTINGS = Settings(allow_anonymous=True)


def concept(text: str | None = None, *codings: tuple[str, str]) -> Resource:
    """A CodeableConcept from a text and (system, code) pairs."""
    found: Resource = {"coding": [{"system": system, "code": code} for system, code in codings]} if codings else {}
    return found | ({"text": text} if text else {})


def patient(**more: Any) -> Resource:
    return {"resourceType": "Patient", "id": "p1", "birthDate": "2024-02-03"} | more


def subject() -> Resource:
    return {"reference": "Patient/p1"}


def order(**more: Any) -> Resource:
    """The draft order: 3.1 × 10⁶ CD34+ cells/kg, once, for LAD-I."""
    base = {
        "resourceType": "MedicationRequest",
        "id": "draft-1",
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": KRESLADI,
        "subject": subject(),
        "requester": {"reference": "PractitionerRole/bmt"},
        "dosageInstruction": [dose(3.1)],
    }
    return {key: value for key, value in (base | more).items() if value is not None}


def quantity(value: Any, code: str | None = "%", unit: str | None = None, comparator: str | None = None) -> Resource:
    found: Resource = {"value": value}
    if code is not None:
        found |= {"system": UCUM, "code": code}
    if unit is not None:
        found["unit"] = unit
    if comparator is not None:
        found["comparator"] = comparator
    return found


def dose(value: Any, code: str | None = "10*6/kg", unit: str | None = None, **more: Any) -> Resource:
    return {"doseAndRate": [{"doseQuantity": quantity(value, code, unit)}]} | more


def condition(id_: str, code: Resource, verification: str | None = "confirmed", **more: Any) -> Resource:
    base: Resource = {"resourceType": "Condition", "id": id_, "code": code, "subject": subject()}
    if verification:
        system = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
        base["verificationStatus"] = concept(None, (system, verification))
    return base | more


def lad(verification: str | None = "confirmed", **more: Any) -> Resource:
    return condition("dx", concept("Leukocyte adhesion deficiency type I", (ICD, "D71.1")), verification, **more)


MARKER = {"CD18": "17121-5", "CD11a": "17109-0", "CD11b": "17110-8"}


def observation(id_: str, code: Resource, **more: Any) -> Resource:
    base = {"resourceType": "Observation", "id": id_, "status": "final", "code": code, "subject": subject()}
    return {
        key: value for key, value in (base | {"effectiveDateTime": "2026-03-04"} | more).items() if value is not None
    }


def flow(marker: str = "CD18", value: Any = 1.2, id_: str | None = None, **more: Any) -> Resource:
    """A flow cytometry result; the value is a number of percent, a dict with a `value[x]`, or None."""
    code = concept(f"{marker} on neutrophils", (LOINC, MARKER[marker]))
    valued = value if isinstance(value, dict) else {} if value is None else {"valueQuantity": quantity(value, unit="%")}
    return observation(id_ or marker.lower(), code, **valued, **more)


def variant(significance: str | None = "LA6668-3", id_: str = "variant", **more: Any) -> Resource:
    """An ITGB2 variant; `significance` is a LOINC answer code."""
    components = [
        {
            "code": concept(None, (LOINC, "48018-6")),
            "valueCodeableConcept": concept("ITGB2", (HGNC, "HGNC:6155")),
        },
        {
            "code": concept(None, (LOINC, "53034-5")),
            "valueCodeableConcept": concept(None, (LOINC, "LA6705-3")),
        },
    ]
    if significance:
        components.append(
            {
                "code": concept(None, (LOINC, "53037-8")),
                "valueCodeableConcept": concept(None, (LOINC, significance)),
            }
        )
    present = {"valueCodeableConcept": concept("Present", (LOINC, "LA9633-4")), "component": components}
    return observation(id_, concept(None, (LOINC, "69548-6")), **(present | more))


def role(id_: str, specialty: str | Resource, practitioner: str | None = None, **more: Any) -> Resource:
    stated = concept(specialty) if isinstance(specialty, str) else specialty
    return {
        "resourceType": "PractitionerRole",
        "id": id_,
        "practitioner": {"reference": f"Practitioner/{practitioner or id_}"},
        "specialty": [stated],
    } | more


def care_team(*members: str, status: str = "active", **more: Any) -> Resource:
    participants = [{"member": {"reference": member}} for member in members]
    base = {
        "resourceType": "CareTeam",
        "id": "team",
        "status": status,
        "subject": subject(),
        "participant": participants,
    }
    return base | more


def response(
    answers: dict[str, Any],
    id_: str = "qr",
    author: str | None = "PractitionerRole/bmt",
    status: str = "completed",
    **more: Any,
) -> Resource:
    """A QuestionnaireResponse; answers are booleans, numbers, dates (str) or references (dict)."""

    def value(answered: Any) -> Resource:
        if isinstance(answered, bool):
            return {"valueBoolean": answered}
        if isinstance(answered, dict):
            return {"valueReference": answered}
        return {"valueDate": answered} if isinstance(answered, str) else {"valueDecimal": answered}

    items = [{"linkId": link, "answer": [value(answered)]} for link, answered in answers.items()]
    base: Resource = {
        "resourceType": "QuestionnaireResponse",
        "id": id_,
        "questionnaire": QUESTIONNAIRE,
        "status": status,
        "subject": subject(),
        "authored": "2026-11-20T09:00:00Z",
        "item": items,
    }
    if author:
        base["author"] = {"reference": author}
    return base | more


NO_DONOR = {"sibling-donor-available": False}
ATTESTED = {"attest-clinically-stable": True, "attest-eligible-for-conditioning-and-hsct": True}


def infection(code: str = "J15.1", id_: str = "infection", **more: Any) -> Resource:
    return condition(id_, concept("An infection", (ICD, code)), **({"onsetDateTime": "2025-05-01"} | more))


def complete() -> list[Resource]:
    """A chart that documents every criterion."""
    return [
        patient(),
        lad(),
        flow("CD18", 1.2),
        role("bmt", "Pediatric bone marrow transplant"),
        role("heme", concept(None, (NUCC, "2080P0207X"))),
        care_team("PractitionerRole/heme"),
        infection(),
        response(NO_DONOR | ATTESTED),
    ]


def without(resources: list[Resource], *ids: str) -> list[Resource]:
    return [resource for resource in resources if resource["id"] not in ids]


def less(resource: Resource, *members: str) -> Resource:
    """The resource without some of its members."""
    return {name: value for name, value in resource.items() if name not in members}


def bundle(resources: list[Resource], **more: Any) -> Resource:
    entries = [
        {"fullUrl": f"https://ehr.example/fhir/{r['resourceType']}/{r.get('id')}", "resource": r} for r in resources
    ]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries} | more


def prefetch(resources: list[Resource], leave_out: tuple[str, ...] = ()) -> Resource:
    """Every prefetch key with what of its type there is; roles ride along with the care teams."""
    values: Resource = {}
    for query in QUERIES:
        if query.key in leave_out or query.user_token:
            continue
        of_type = [r for r in resources if r["resourceType"] == query.type]
        if query.key == "patient":
            values[query.key] = of_type[0] if of_type else None
        else:
            values[query.key] = bundle(of_type)
    known = {query.type for query in QUERIES if not query.user_token}
    others = [r for r in resources if r["resourceType"] not in known]
    if others:
        values["included"] = bundle(others)
    return values


def request(
    resources: list[Resource] | None = None,
    orders: list[Resource] | None = None,
    hook: str = "order-sign",
    leave_out: tuple[str, ...] = (),
    **more: Any,
) -> Resource:
    """A hook request with full prefetch."""
    drafts = {"resourceType": "Bundle", "entry": [{"resource": each} for each in (orders or [order()])]}
    base = {
        "hook": hook,
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "PractitionerRole/bmt", "patientId": "p1", "draftOrders": drafts},
        "prefetch": prefetch(complete() if resources is None else resources, leave_out),
    }
    return base | more


CONFIGURED = offer_of(SETTINGS)
OFFER = Offer(
    SERVICES,
    CONFIGURED.prefetch,
    Source("Example Health Plan"),
    Evaluator(SETTINGS, TERMINOLOGY, lambda: TODAY).evaluate,
    Treatment(
        CONFIGURED.templates_of(SERVICES[2]),
        CONFIGURED.templates_of(SERVICES[3]),
        "https://cds.example/fhir/Questionnaire/kresladi-treatment-checklist",
        LabelEvaluator(SETTINGS, TERMINOLOGY, lambda: TODAY).evaluate,
    ),
)


def answered(body: Resource, service: int = 0, offer: Offer = OFFER) -> Resource:
    """The service's answer to a request, without HTTP between."""
    return answer(offer, offer.services[service], json.dumps(body).encode())


def determination(body: Resource) -> Resource:
    """The only determination of the answer."""
    return answered(body)["extension"]["example.kresladi-cds.determinations"][0]


def criteria(determined: Resource) -> dict[str, Resource]:
    """All criteria of a determination, at any depth, by id."""
    found: dict[str, Resource] = {}

    def walk(nodes: list[Resource]) -> None:
        for node in nodes:
            found[node["id"]] = node
            walk(node.get("criteria", []))

    walk(determined["criteria"])
    return found


def asked(clause: str, resources: list[Resource], **more: Any) -> Resource:
    """One criterion, asked about a chart."""
    return criteria(determination(request(resources, **more)))[clause]


def topics(body: Resource, service: int = 0) -> list[str]:
    """The topics of the cards, in their order."""
    return [card["source"]["topic"]["code"] for card in answered(body, service)["cards"]]


def causes(criterion: Resource) -> set[str]:
    """The causes of a criterion's gaps, at any depth."""
    found = {gap["cause"] for gap in criterion.get("gaps", [])}
    return found.union(*(causes(part) for part in criterion.get("criteria", [])))
