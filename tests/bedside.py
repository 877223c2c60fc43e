"""Synthetic courses of treatment: drafts and records around the infusion, in a line each.

The patient is `p1`, the day 2026-11-21. `asked` gives the clauses that apply to a draft, by id.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from cds_service.chart.bedside.triggers import drafts_with_a_trigger
from cds_service.chart.queries import BEDSIDE, OPENING
from cds_service.course import Role
from cds_service.evaluation_label import LabelEvaluator
from cds_service.fhir.bundle import Entry
from cds_service.fhir.records import Records
from cds_service.hooks.evaluated import LabelEvaluated
from cds_service.hooks.request import HookCall
from cds_service.policy.label import LabelEvaluation
from cds_service.policy.model import Criterion
from tests.charts import KRESLADI, RXNORM, SETTINGS, TERMINOLOGY, TODAY, Resource, bundle, concept, subject

CHECKLIST = "https://kresladi-cds.example/Questionnaire/kresladi-treatment-checklist"
EVALUATOR = LabelEvaluator(SETTINGS, TERMINOLOGY, lambda: TODAY)

CRITERIA = {
    "mobilise": "L.2.2.mobilise",
    "repeat": "L.2.2.repeat",
    "conditioning": "L.2.2.conditioning",
    "infuse": "L.2.2.infuse",
    "irradiate": "L.2.3.irradiate",
    "donate": "L.2.3.donate",
    "product": "L.2.2.product",
}


# --- drafts ----------------------------------------------------------------------------------------------------------


def _resource(kind: str, base: Resource, more: Resource) -> Resource:
    whole = {"resourceType": kind, "id": "draft", "status": "draft", "intent": "order", "subject": subject()}
    return {key: value for key, value in (whole | base | more).items() if value is not None}


def drug(name: str | Resource, text: str | None = None, **more: Any) -> Resource:
    """A draft MedicationRequest; `text` is its dosage instruction's."""
    code = concept(name) if isinstance(name, str) else name
    dosage = {"dosageInstruction": [{"text": text}]} if text else {}
    return _resource("MedicationRequest", {"medicationCodeableConcept": code} | dosage, more)


def service(name: str | Resource, note: str | None = None, **more: Any) -> Resource:
    """A draft ServiceRequest."""
    code = concept(name) if isinstance(name, str) else name
    return _resource("ServiceRequest", {"code": code} | ({"note": [{"text": note}]} if note else {}), more)


def kresladi(at: str | None = "2026-11-21T10:00:00Z", text: str | None = None, **more: Any) -> Resource:
    """A draft order for Kresladi, for a moment where one is given."""
    dosage: Resource = {} if at is None else {"timing": {"event": [at]}}
    dosage |= {"text": text} if text else {}
    return drug(KRESLADI, **({"dosageInstruction": [dosage]} if dosage else {}) | more)


def roles(*drafts: Resource) -> list[frozenset[Role]]:
    """What each draft with a trigger is for, told from the drafts alone."""
    entries = [Entry(msgspec.Raw(json.dumps(draft).encode())) for draft in drafts]
    return [found for _, found in drafts_with_a_trigger(entries, Records(), TERMINOLOGY, "p1")]


# --- the chart -------------------------------------------------------------------------------------------------------


def _record(kind: str, id_: str, more: Resource, status: str = "completed", whose: str = "subject") -> Resource:
    whole = {"resourceType": kind, "id": id_, "status": status, whose: subject()} | more
    return {key: value for key, value in whole.items() if value is not None}


def given(
    name: str | Resource, at: str | Resource | None, status: str = "completed", id_: str = "given", **more: Any
) -> Resource:
    """A MedicationAdministration; `at` is a dateTime, or a Period."""
    code = concept(name) if isinstance(name, str) else name
    when = {} if at is None else {"effectivePeriod" if isinstance(at, dict) else "effectiveDateTime": at}
    return _record("MedicationAdministration", id_, {"medicationCodeableConcept": code} | when | more, status)


def infused(at: str | Resource | None = "2026-10-01T09:00:00Z", status: str = "completed", **more: Any) -> Resource:
    """Kresladi given."""
    return given(KRESLADI, at, status, "infusion", **more)


def busulfan(at: str | Resource | None, status: str = "completed", id_: str = "busulfan", **more: Any) -> Resource:
    """Conditioning given."""
    return given(concept("Busulfan", (RXNORM, "1828")), at, status, id_, **more)


def procedure(
    name: str | Resource, at: str | Resource | None = "2026-10-01", id_: str = "procedure", **more: Any
) -> Resource:
    """A completed Procedure."""
    code = concept(name) if isinstance(name, str) else name
    when = {} if at is None else {"performedPeriod" if isinstance(at, dict) else "performedDateTime": at}
    return _record("Procedure", id_, {"code": code} | when | more, more.get("status", "completed"))


def collected(at: str | Resource | None = "2026-10-01", id_: str = "apheresis", **more: Any) -> Resource:
    """A completed apheresis."""
    return procedure("Leukapheresis", at, id_, **more)


def answers(id_: str = "checklist", **linked: Any) -> Resource:
    """A completed treatment checklist; `_` in a name stands for `-`."""
    more = {key: linked.pop(key) for key in ("status", "authored", "questionnaire") if key in linked}

    def value(answered: Any) -> Resource:
        kind = {bool: "valueBoolean", str: "valueDateTime"}.get(type(answered), "valueDecimal")
        return {kind: answered}

    items = [{"linkId": link.replace("_", "-"), "answer": [value(each)]} for link, each in linked.items()]
    base = {"questionnaire": CHECKLIST, "authored": "2026-11-20T09:00:00Z", "item": items}
    return _record("QuestionnaireResponse", id_, base | more, more.get("status", "completed"))


def planned(status: str = "active", **more: Any) -> Resource:
    """An order for Kresladi on the chart, which puts the patient in sight."""
    base = {"intent": "order", "medicationCodeableConcept": KRESLADI}
    return _record("MedicationRequest", "planned", base | more, status)


def delivery(status: str = "completed", id_: str = "delivery", **more: Any) -> Resource:
    """A delivery of Kresladi."""
    base = {"suppliedItem": {"itemCodeableConcept": KRESLADI}}
    return _record("SupplyDelivery", id_, base | more, status, "patient")


def device(name: str, status: str = "active", **more: Any) -> Resource:
    """A device of the patient."""
    return _record("Device", "device", {"type": concept(name)} | more, status, "patient")


def flag(name: str, status: str = "active", **more: Any) -> Resource:
    """A flag of the chart."""
    return _record("Flag", "flag", {"code": concept(name)} | more, status)


def measured(name: str, value: Any, at: str | None = "2026-10-02", id_: str = "measured", **more: Any) -> Resource:
    """A final Observation with a quantity in 10⁶ per kg, or a whole `value[x]`."""
    valued = value if isinstance(value, dict) else {"valueQuantity": {"value": value, "code": "10*6/kg"}}
    base = {"code": concept(name), "effectiveDateTime": at} | valued
    return _record("Observation", id_, base | more, more.get("status", "final"))


def weighed(at: str | None = "2026-09-01", id_: str = "weight", **more: Any) -> Resource:
    """A measured body weight."""
    value = {"valueQuantity": {"value": 9.1, "unit": "kg", "code": "kg", "system": "http://unitsofmeasure.org"}}
    return measured("", value, at, id_, **({"code": concept(None, ("http://loinc.org", "29463-7"))} | more))


# --- asking ----------------------------------------------------------------------------------------------------------


def call(drafts: Iterable[Resource], resources: Iterable[Resource], leave_out: Iterable[str] = ()) -> HookCall:
    """A hook call with full prefetch, but for the keys that are left out."""
    return HookCall("p1", _raw(bundle(list(drafts))), prefetch=_prefetch(BEDSIDE, resources, leave_out))


def evaluated(
    drafts: Iterable[Resource], resources: Iterable[Resource], leave_out: Iterable[str] = ()
) -> LabelEvaluated:
    """What the label says of the drafts."""
    return EVALUATOR.evaluate(call(drafts, resources, leave_out), view=False)


def asked(
    drafts: Resource | list[Resource], resources: Iterable[Resource], leave_out: Iterable[str] = ()
) -> dict[str, Criterion]:
    """All criteria of the first draft that a clause applies to, at any depth, by id."""
    listed = drafts if isinstance(drafts, list) else [drafts]
    found = evaluated(listed, resources, leave_out).evaluations
    return criteria(found[0]) if found else {}


def opened(resources: Iterable[Resource], leave_out: Iterable[str] = (), today: date = TODAY) -> dict[str, Criterion]:
    """All criteria that apply where the chart is opened, by id."""
    hook_call = HookCall("p1", msgspec.Raw(b""), prefetch=_prefetch(OPENING, resources, leave_out))
    found = LabelEvaluator(SETTINGS, TERMINOLOGY, lambda: today).evaluate(hook_call, view=True).evaluations
    return criteria(found[0]) if found else {}


def criteria(evaluation: LabelEvaluation) -> dict[str, Criterion]:
    """The criteria of an evaluation, at any depth, by id."""
    return {each.clause.id: each for top in evaluation.criteria for each in (top, *top.parts)}


def _prefetch(queries: Any, resources: Iterable[Resource], leave_out: Iterable[str]) -> dict[str, msgspec.Raw]:
    listed, out = list(resources), set(leave_out)
    known = {query.type for query in queries}
    values: dict[str, Any] = {q.key: bundle([r for r in listed if r["resourceType"] == q.type]) for q in queries}
    values["patient"] = next((r for r in listed if r["resourceType"] == "Patient"), None)
    values["included"] = bundle([r for r in listed if r["resourceType"] not in known])
    return {key: _raw(value) for key, value in values.items() if key not in out}


def _raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())
