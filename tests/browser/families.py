"""Charts for the worksheet, as an EHR holds them: with names, people, and the order as a draft."""

from __future__ import annotations

from typing import Any

from tests.bedside import busulfan, kresladi
from tests.charts import (
    NUCC,
    Resource,
    care_team,
    complete,
    concept,
    lad,
    order,
    patient,
    role,
    without,
)

TRANSPLANT, NURSE = "Practitioner/bmt", "Practitioner/nurse"


def practitioner(id_: str, given: str, family: str) -> Resource:
    return {"resourceType": "Practitioner", "id": id_, "name": [{"prefix": ["Dr"], "given": [given], "family": family}]}


def people() -> list[Resource]:
    """A transplant specialist, a haematologist and a nurse, with their roles."""
    return [
        practitioner("bmt", "Maja", "Lind"),
        practitioner("heme", "Tomas", "Berg"),
        practitioner("nurse", "Nils", "Ek"),
        role("bmt", "Pediatric bone marrow transplant"),
        role("heme", concept(None, (NUCC, "2080P0207X"))),
        role("nurse", "Nurse"),
    ]


def unanswered(**more: Any) -> list[Resource]:
    """A chart that documents everything but the donor and the attestation, with its draft order."""
    rest = without(complete(), "p1", "qr", "bmt", "heme")
    return [_alma(), *rest, *people(), order(authoredOn="2026-11-20", **more)]


def newly_diagnosed() -> list[Resource]:
    """A diagnosis, a care team without a specialist, and an order without a dose by a nurse."""
    by_nurse = order(requester={"reference": "PractitionerRole/nurse"}, dosageInstruction=None)
    return [_alma(), lad(), care_team("PractitionerRole/nurse"), *people(), by_nurse]


def _alma() -> Resource:
    return patient(name=[{"given": ["Alma"], "family": "Example"}])


def before_infusion() -> list[Resource]:
    """Conditioned and ready but for what no order shows, with the order for the infusion as a draft."""
    timing = [{"timing": {"event": ["2026-10-12T09:00:00Z"]}}]
    return [_alma(), *people(), busulfan("2026-10-11T06:00:00Z"), kresladi(id="infusion-1", dosageInstruction=timing)]
