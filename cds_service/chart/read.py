"""The table of contents: every fact the policy asks for, and the reader that finds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cds_service.chart.answers import read_answers
from cds_service.chart.attestation import read_attestation
from cds_service.chart.clinicians import Clinicians
from cds_service.chart.coverage import read_coverage
from cds_service.chart.diagnosis import read_indication
from cds_service.chart.donors import read_donors
from cds_service.chart.dose import read_dose
from cds_service.chart.earlier_dose import read_earlier_dose
from cds_service.chart.family import read_family_history
from cds_service.chart.flow_cytometry import read_markers
from cds_service.chart.genetics import read_genetics
from cds_service.chart.history import read_history
from cds_service.chart.infections import read_infections
from cds_service.chart.orders import DraftOrder
from cds_service.chart.other_orders import active_orders
from cds_service.chart.source import Source
from cds_service.chart.specialists import read_specialists
from cds_service.chart.treatments import read_treatments
from cds_service.facts import Chart
from cds_service.fhir.elements import when
from cds_service.fhir.resources import Unreadable
from cds_service.frozen import frozen
from cds_service.logic import Answer
from cds_service.timing import years_between

ADULT = 18


@frozen
class UserReference:
    """The signing user in the shape of a FHIR Reference."""

    reference: str


def read_chart(
    source: Source, order: DraftOrder, user: str, others: Iterable[DraftOrder], payers: Mapping[str, str]
) -> Chart:
    """The facts of one chart, for one of its orders."""
    answers = read_answers(source)
    treatments = read_treatments(source)
    clinicians = Clinicians(source)
    attestation = read_attestation(source, answers, clinicians)
    signer = UserReference(user) if user else None
    specialists = read_specialists(source, clinicians, order, signer, answers, attestation.responses)
    indication = read_indication(source, order)
    markers = read_markers(source, answers, treatments)
    genetics = read_genetics(source, treatments)
    history = read_history(source)
    dosing = read_dose(source, order, treatments)
    lines = read_coverage(source, payers)
    return Chart(
        earlier_dose=read_earlier_dose(source, order),
        lad1=indication.lad1,
        ordered_for_another_disease=indication.another_disease,
        cd18=markers["cd18"],
        cd11a=markers["cd11a"],
        cd11b=markers["cd11b"],
        pathogenic_itgb2=genetics.pathogenic,
        biallelic_itgb2=genetics.biallelic,
        delayed_cord_separation=history.delayed_cord_separation,
        other_signs=history.other_signs,
        transplant_specialist=specialists.transplant,
        second_specialist=specialists.second,
        family_history=read_family_history(source, answers),
        significant_infection=read_infections(source),
        no_matched_sibling_donor=read_donors(source, answers),
        attested_stable=attestation.stable,
        attested_eligible=attestation.eligible,
        single_infusion=dosing.single_infusion,
        dose_per_kg=dosing.per_kg,
        lines_of_business=lines.known,
        adult=_adult(source),
        allogeneic_transplant=tuple(event.evidence for event in treatments.transplants if event.allogeneic),
        coverage_outside_policy=lines.outside_policy,
        weight_not_before_apheresis=dosing.weight_not_before_apheresis,
        dose_exceeds_product=dosing.exceeds_product,
        other_active_orders=active_orders(source, order, others),
    )


def _adult(source: Source) -> Answer:
    """Whether the patient is 18 or older; unknown where the birth date does not tell."""
    if source.identity.record is None:
        return Answer.UNKNOWN
    try:
        birth = when(source.identity.record.read().birthDate)
    except Unreadable:
        return Answer.UNKNOWN
    if birth is None:
        return Answer.UNKNOWN
    youngest, oldest = years_between(birth, source.today)
    if youngest >= ADULT:
        return Answer.MET
    return Answer.UNKNOWN if oldest >= ADULT else Answer.NOT_MET
