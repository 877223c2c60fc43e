"""Whether an administration that names Kresladi leaves it open that it was of Kresladi."""

from __future__ import annotations

from cds_service.chart.ordering_words import are_of_a_dose
from cds_service.chart.product_given import product_given
from cds_service.chart.source import Source
from cds_service.fhir.elements import name_text
from cds_service.fhir.records import Record


def is_in_doubt(source: Source, record: Record) -> bool:
    """Whether what was given names Kresladi only as what came before, in the name of something else, or beside the
    code of another drug; its own code leaves no doubt."""
    given = product_given(source, record)
    codings = given.coding or ()
    means = frozenset[str]().union(*(source.terminology.meanings(each.system, each.code) for each in codings))
    said = (given.text, *(each.display for each in codings))
    return "kresladi" not in means and are_of_a_dose([name_text(text) for text in said if text], means) is None
