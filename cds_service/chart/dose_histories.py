"""What a problem list and the results say of a gene therapy that was had: it may have been Kresladi."""

from __future__ import annotations

from typing import Any

from cds_service.chart import phrases
from cds_service.chart.doses_found import DosesFound
from cds_service.chart.giving_words import only_around_giving
from cds_service.chart.naming import mentions_kresladi
from cds_service.chart.source import Source
from cds_service.chart.spoken import all_no, answered_with
from cds_service.chart.verification import REFUTED, verification
from cds_service.fhir.elements import name_of, texts
from cds_service.fhir.records import Record
from cds_service.wording import reasons


def read_histories(source: Source, found: DosesFound) -> None:
    """Conditions and Observations that say a gene therapy was had, or name Kresladi beside a study."""
    for record, model in found.take(source.sift(_about_a_gene_therapy(source))).usable:
        said = texts(model.code)
        means = source.means(record)
        history, named = "gene-therapy-history" in means, "~kresladi" in means
        another = phrases.names("other-gene-therapy", said) and not named
        had = named or phrases.plainly_named("gene-therapy", said)
        if another or _is_denied(record, model):
            continue
        if history or (had and not only_around_giving(said)):
            found.may_be(record.reference, reasons.unnamed_gene_therapy(name_of(model.code)))
        elif "~study" in means:
            found.may_be(record.reference, reasons.TRIAL)


def _is_denied(record: Record, model: Any) -> bool:
    refuted = record.type == "Condition" and verification(model) == REFUTED
    return refuted or all_no(answered_with(model))


def _about_a_gene_therapy(source: Source) -> list[Record]:
    wanted = {"gene-therapy-history", "~kresladi", "~gene-therapy"}
    records = source.about(("Condition", "Observation"), *wanted, "~study")
    return [
        record
        for record in records
        if (means := source.means(record)) & wanted or ("~study" in means and mentions_kresladi(record))
    ]
