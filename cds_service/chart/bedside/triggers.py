"""What drafts are for, told from the drafts alone: the words and codes on which a clause of the label hangs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cds_service.chart.bedside.agents import (
    MOBILISATION,
    is_collection,
    is_conditioning,
    is_g_csf,
    is_plerixafor,
    names_regimen_only,
)
from cds_service.chart.bedside.draft import Draft, drafts_in
from cds_service.chart.bedside.product import alters_product
from cds_service.chart.bedside.said import says
from cds_service.chart.bedside.transfusion import is_transfusion
from cds_service.chart.orders import kresladi_orders
from cds_service.course import Role
from cds_service.fhir.bundle import Entry
from cds_service.fhir.records import Records
from cds_service.fhir.terminology import Terminology

_DONATION = re.compile(r"\bdonat(?:e|es|ion|ions|ing|or)\b", re.IGNORECASE)
_FOR_THE_PATIENT = re.compile(r"\bautologous\b|\bauto-?donation|\bfor (?:own|self)[- ]use", re.IGNORECASE)
_NOT_GIVEN_BY_PATIENT = re.compile(
    r"\bdirected[- ]donat\w*|\bdonat\w* (?:by|from)\b(?! (?:the )?patient)|\b(?:after|following) donation\b|"
    r"\bdonat\w*[- ]+(?:deferral|restrict\w*|ineligib\w*|exclusion|prohibit\w*|ban)\b",
    re.IGNORECASE,
)
"""What was given to the patient, or says that the patient does not give."""


def drafts_with_a_trigger(
    entries: Iterable[Entry], records: Records, terminology: Terminology, patient_id: str
) -> tuple[tuple[Draft, frozenset[Role]], ...]:
    """The drafts that a clause of the label may have a word on, and what they are for.

    `records`: what there is of Medications, for drafts that only refer to theirs.
    """
    entries = tuple(entries)
    drafts = drafts_in(entries, records, terminology)
    kresladi = {each.reference for each in kresladi_orders(entries, records, terminology, patient_id)}
    with_plerixafor = any(is_plerixafor(draft.means, _agents_of(draft)) for draft in drafts)
    told = ((each, _roles(each, each.reference in kresladi, with_plerixafor)) for each in drafts)
    return tuple((draft, roles) for draft, roles in told if roles)


def _roles(draft: Draft, is_kresladi: bool, with_plerixafor: bool) -> frozenset[Role]:
    agents = _agents_of(draft)
    starts_cycle = is_g_csf(draft.means, agents) and (with_plerixafor or says(MOBILISATION, draft.said))
    collects = is_plerixafor(draft.means, agents) or is_collection(draft.what, (*draft.how, *draft.why))
    transfuses = is_transfusion(draft)
    so = {
        Role.MOBILISES: starts_cycle or collects,
        Role.MOBILISES_WITH_G_CSF: starts_cycle,
        Role.CONDITIONS: is_conditioning(draft.means, agents, draft.how),
        Role.INFUSES: is_kresladi,
        Role.TRANSFUSES: transfuses,
        Role.DONATES: not transfuses and _is_donation(draft),
        Role.HANDLES_PRODUCT: not transfuses and alters_product(draft, is_kresladi=is_kresladi) is not None,
    }
    return frozenset(role for role, is_so in so.items() if is_so)


def _agents_of(draft: Draft) -> tuple[str, ...]:
    """The words for the drugs that it orders; of a regimen without a drug in its name, all of its words."""
    return draft.said if names_regimen_only(draft.what) else draft.what


def _is_donation(draft: Draft) -> bool:
    if any(map(_FOR_THE_PATIENT.search, draft.said)):
        return False
    return says(_DONATION, (_NOT_GIVEN_BY_PATIENT.sub(" ", text) for text in draft.said))
