"""Procedures that are, or may be, an earlier dose of Kresladi; and those around one, which are none."""

from __future__ import annotations

from typing import Any

import msgspec

from cds_service.chart import phrases
from cds_service.chart.concepts import TELLS_NOTHING, UNTOLD
from cds_service.chart.doses_found import DosesFound
from cds_service.chart.giving_words import (
    Telling,
    gives,
    leaves_open,
    only_around_giving,
    only_for_a_gene_therapy,
    what_it_tells,
)
from cds_service.chart.naming import is_labelled_masked, is_mentioned_in
from cds_service.chart.product_used import may_lead_to_kresladi, names_of_things_used, product_used
from cds_service.chart.purposes import apart
from cds_service.chart.source import Source
from cds_service.exact_json import EMPTY
from cds_service.fhir.elements import first_when, name_of, plain_text, texts
from cds_service.fhir.records import Record
from cds_service.logic import Cause
from cds_service.wording import dose_reasons, reasons, shown

_NOT_DONE = {"not-done", "preparation", "entered-in-error"}
_DONE = {"completed"}
_GENE_THERAPY = ("~gene-therapy", "genetically-modified-cell-infusion")


class _Category(msgspec.Struct):
    category: msgspec.Raw = EMPTY


_category = msgspec.json.Decoder(_Category)


def read_procedures(source: Source, under: frozenset[Record], found: DosesFound) -> None:
    """Every procedure that is, or may be, an infusion of Kresladi; `under`: what was done under an order for it."""
    named = source.about(("Procedure",), "kresladi", "~kresladi", *_GENE_THERAPY, UNTOLD)
    others = [each for each in source.records.of("Procedure") if each in under or _may_hold_it(source, each)]
    for record, model in found.take(source.sift(dict.fromkeys([*named, *others]), ("Procedure",))).usable:
        status = str(model.status)
        if status in _NOT_DONE:
            found.no_dose(record.reference, reasons.status_not_counted(_says(model), status))
        else:
            _sort_procedure(source, record, model, found, is_under=record in under)


def _says(model: Any) -> str:
    moment = first_when(model, "performedDateTime", "performedPeriod")
    return shown.dose_procedure(name_of(model.code), str(model.status), moment)


def _may_hold_it(source: Source, record: Record) -> bool:
    """Whether what was used, or a note, may mention the drug, or a label masks it; its code was looked at before."""
    return _may_name_it(source, record) or is_labelled_masked(record)


def _may_name_it(source: Source, record: Record) -> bool:
    note, used = record.header.note, record.header.usedReference
    if note is not EMPTY and is_mentioned_in(note):
        return True
    return used is not EMPTY and (is_mentioned_in(used) or may_lead_to_kresladi(source, used))


def _tells_nothing(source: Source, record: Record) -> bool:
    """Whether a procedure does not say what was done: its code is masked or left out."""
    return not source.concepts.means(record.header.code).isdisjoint(TELLS_NOTHING)


def _gives_nothing(source: Source, record: Record) -> bool:
    """Whether its category says that it is of a kind in which nothing is given: laboratory, diagnostic, counselling.

    Genomics Reporting describes each analysis as a Procedure that has a category and no code.
    """
    return "gives-nothing" in source.concepts.means(_category.decode(record.raw).category)


def _sort_procedure(source: Source, record: Record, model: Any, found: DosesFound, *, is_under: bool) -> None:
    says = _says(model)
    means = source.means(record)
    said = texts(model.code)
    gene_therapy = bool(means & set(_GENE_THERAPY))
    used = product_used(source, record, model.usedReference or ())
    product = (*_named_product(model), *names_of_things_used(source, record, model.usedReference or ()))
    if "kresladi" in means or used is True or phrases.names("kresladi", product):
        _sort_named(record, model, product, says, found)
    elif phrases.names("kresladi", map(apart, _notes(model))) and not only_around_giving((*said, *_notes(model))):
        given = gene_therapy and str(model.status) in _DONE
        _dose_or_maybe(record, says, found, given=given)
    elif phrases.names("other-gene-therapy", said) or _is_around_one(means, said):
        found.no_dose(record.reference, dose_reasons.ANOTHER_PRODUCT)
    elif gene_therapy or ((is_under or _tells_nothing(source, record)) and not _gives_nothing(source, record)):
        found.may_be(record.reference, dose_reasons.unnamed_gene_therapy(says))
    elif used is None and gives(said):
        found.may_be(record.reference, dose_reasons.drug_not_told(record.type), Cause.UNAVAILABLE)


def _is_around_one(means: frozenset[str], said: tuple[str, ...]) -> bool:
    """Whether words are of what goes with a gene therapy: what is for it, before it or about it."""
    coded = "genetically-modified-cell-infusion" in means
    return only_around_giving(said) or (not coded and only_for_a_gene_therapy(said))


def _sort_named(record: Record, model: Any, said: tuple[str, ...], says: str, found: DosesFound) -> None:
    """A procedure that names the drug: given, around it (a visit, a collection), or not to be told.

    Where nothing but its name or code stands there, as what was used, the other words tell what was done with it.
    """
    beside = [text for text in said if not phrases.names("kresladi", (text,))]
    told = {what_it_tells(text) for text in said if text not in beside}
    perhaps = Telling.GIVEN not in told and Telling.PERHAPS in told
    around = Telling.AROUND in told or only_around_giving(beside)
    if Telling.GIVEN not in told and not perhaps and around:
        found.no_dose(record.reference, dose_reasons.ANOTHER_PRODUCT)
    else:
        given = not perhaps and not leaves_open(beside)
        _dose_or_maybe(record, says, found, given=given and str(model.status) in _DONE)


def _dose_or_maybe(record: Record, says: str, found: DosesFound, *, given: bool) -> None:
    if given:
        found.dose(record.reference, says)
    else:
        found.may_be(record.reference, dose_reasons.may_be_a_dose(says))


def _named_product(model: Any) -> tuple[str, ...]:
    """What a procedure says it was and what it used, in words."""
    used = [text for concept in model.usedCode or () for text in texts(concept)]
    used += [plain_text(reference.display) for reference in model.usedReference or () if reference.display]
    return (*texts(model.code), *used)


def _notes(model: Any) -> tuple[str, ...]:
    return tuple(plain_text(note.text) for note in model.note or () if note.text)
