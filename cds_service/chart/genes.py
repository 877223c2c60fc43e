"""Of which gene a genetic variant is, and what the components of an Observation on it say.

The gene studied decides; where none is stated, a gene that the change names, or another chromosome than ITGB2's, does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cds_service.fhir.elements import meanings, name_of, plain_text, texts
from cds_service.fhir.terminology import Terminology

ITGB2 = re.compile(r"\bITGB2\b(?!-)", re.IGNORECASE)
"""The gene, not ITGB2-AS1, which is another."""
_HGNC = re.compile(r"genenames\.org|/hgnc\b|\b2\.16\.840\.1\.113883\.6\.281$", re.IGNORECASE)
"""The systems of the gene nomenclature committee, whose codes are numbers (`HGNC:6155`, `6155`) or symbols."""
_HGNC_ID = re.compile(r"(?:HGNC[: ]*)?(\d+)", re.IGNORECASE)
_ID_OF_ITGB2 = "6155"
_SYMBOL = re.compile(r"\b[A-Z][A-Z0-9]*\d[A-Z0-9]*\b|\b[A-Z]{3,}\b")
"""How the symbol of a gene is written; the long name of one tells nothing here."""
_NO_SYMBOL = {"HGNC", "NCBI", "OMIM", "DNA", "RNA"}
_ORDINARY = _NO_SYMBOL.union(
    ("GENE", "GENES", "INTEGRIN", "SUBUNIT", "BETA", "CHAIN", "HUMAN", "PROTEIN", "CODING", "REGION", "FULL", "ONLY"),
    ("SEQUENCING", "SEQUENCE", "ANALYSIS", "EXON", "EXONS", "INTRON", "VARIANT", "VARIANTS", "MUTATION", "MUTATIONS"),
    ("PANEL", "TEST", "TESTED", "STUDIED", "NGS", "WES", "WGS", "PID", "PIDD", "SCID", "AND", "FOR", "WITH", "THE"),
    ("BLOOD", "TISSUE", "DEL", "DUP", "TARGETED", "KNOWN", "FAMILIAL", "GENETIC", "GENOMIC", "COMPLETE", "REPORT"),
    ("HET", "HOM", "CDNA", "HGVS", "MIM", "LRG", "ENTREZ", "GRCH37", "GRCH38", "HG19", "HG38"),
)
"""Words in capitals that are no second gene beside ITGB2."""
_NO_GENE = re.compile(r"\b(?:ENS[GTP]\d+|[cgp]\.[^\s,;)]+|P(?:VS|[SMP])\d|B[ASP]\d|EX(?:ON)?\d+|CHR\d+|LAD-\w+)\b")
"""What is written like the symbol of a gene: an identifier, a change, a criterion of the classification, a place."""
_SYMBOL_WITH_NUMBER = re.compile(r"\b[A-Z][A-Z0-9]+\d[A-Z0-9]*\b|\bITGA[A-Z]\b")
_NOT_ITGB2 = re.compile(
    r"\b(?:other than|not|non|no|except(?: for)?|exclud\w*|without|minus)[ -]+(?:the |gene )*ITGB2\b", re.IGNORECASE
)
_GENE_OF_CHANGE = re.compile(r"\bN[MGCP]_\d+(?:\.\d+)?\(([A-Z][A-Z0-9-]*)\)|\b(?!ENS[GTP]\d)([A-Z][A-Z0-9-]+):[cgp]\.")
"""The gene that a change in HGVS names, in brackets or before it: `NM_000106.5(CYP2D6):c.886C>T`, `CYP2D6:c.886C>T`."""
_CHROMOSOME = re.compile(r"\bNC_0000(\d\d)\b")
"""RefSeq numbers the sequences of the chromosomes as the chromosomes are numbered."""
_CHROMOSOME_OF_ITGB2 = "21"
_OLDER_NAME = "CD18"
_PERHAPS_ITGB2 = {"LAD", "LAD1", "LFA", "LFA1", "MAC", "MAC1", "CD18", "LCAMB", "MFI7", "MF17"}
"""What ITGB2, its protein or its disease were called too."""


def is_itgb2(terminology: Terminology, observation: Any) -> bool | None:
    """Whether the variant is of ITGB2; None where that is not stated, or another gene is stated too."""
    genes = {_names_itgb2(terminology, each) for each in components(terminology, observation, "gene-studied")}
    elsewhere = _is_elsewhere(observation)
    if genes - {None}:
        gene = genes.pop() if len(genes) == 1 else None
        return None if gene and elsewhere else gene
    named = texts(observation.code)
    changes = [each for tag in ("dna-change", "protein-change") for each in components(terminology, observation, tag)]
    if any(map(ITGB2.search, (*named, *said(changes)))):
        return None if elsewhere or any(map(_names_another_too, named)) else True
    return False if elsewhere and not any(map(ITGB2.search, _written(observation))) else None


def components(terminology: Terminology, observation: Any, meaning: str) -> list[Any]:
    """The components of a meaning that have a value and no modifier extension."""
    return [each for each in _valued(observation) if meaning in meanings(terminology, each.code)]


def said(parts: Iterable[Any]) -> tuple[str, ...]:
    """What the values of components say in words."""
    words = [(*texts(each.valueCodeableConcept), plain_text(each.valueString or "")) for each in parts]
    return tuple(text for several in words for text in several if text)


def name_of_change(terminology: Terminology, observation: Any) -> str:
    """The change in HGVS, on DNA or protein, where the report gives one."""
    for meaning in ("dna-change", "protein-change"):
        for component in components(terminology, observation, meaning):
            name = name_of(component.valueCodeableConcept) or component.valueString
            if name:
                return str(name)
    return ""


def _valued(observation: Any) -> list[Any]:
    parts = observation.component or ()
    return [each for each in parts if each.dataAbsentReason is None and not each.modifierExtension]


def _names_itgb2(terminology: Terminology, gene: Any) -> bool | None:
    """Whether a gene component names ITGB2; its code decides before its words. None where it does not tell."""
    codings = (gene.valueCodeableConcept.coding or ()) if gene.valueCodeableConcept else ()
    words = said([gene])
    if any(map(_names_another_too, words)):
        return None
    if "itgb2" in meanings(terminology, gene.valueCodeableConcept):
        return None if _names_only_another(words) else True
    by_code = {
        _is_hgnc_of_itgb2(coding.code) for coding in codings if coding.code and _HGNC.search(coding.system or "")
    }
    if by_code:
        return by_code.pop() if len(by_code) == 1 else None
    if any(ITGB2.search(text) or text.strip().upper() == _OLDER_NAME for text in words):
        return True
    return False if any(map(_names_a_gene, words)) else None


def _is_hgnc_of_itgb2(code: str) -> bool:
    number = _HGNC_ID.fullmatch(code.strip())
    return number[1] == _ID_OF_ITGB2 if number else bool(ITGB2.fullmatch(code.strip()))


def _names_a_gene(text: str) -> bool:
    """Whether words name a gene by a symbol by which ITGB2 cannot be meant."""
    return bool(set(_SYMBOL.findall(text)) - _NO_SYMBOL - _PERHAPS_ITGB2)


def names_other_gene(text: str) -> bool:
    """Whether prose names genes by their symbols, and ITGB2 is none of them."""
    return not ITGB2.search(text) and bool(_other_symbols(_SYMBOL_WITH_NUMBER, text))


def _names_another_too(text: str) -> bool:
    """Whether words that name ITGB2 name another gene beside it, or only tell it from what is meant."""
    return bool(ITGB2.search(text)) and bool(_NOT_ITGB2.search(text) or _other_symbols(_SYMBOL, text))


def _names_only_another(words: Iterable[str]) -> bool:
    """Whether the words beside a code name genes, and ITGB2 is none of them."""
    text = " | ".join(words)
    return not ITGB2.search(text) and bool(_other_symbols(_SYMBOL, text))


def _other_symbols(symbol: re.Pattern[str], text: str) -> set[str]:
    return set(symbol.findall(_NO_GENE.sub(" ", text))) - _ORDINARY - _PERHAPS_ITGB2 - {"ITGB2"}


def _is_elsewhere(observation: Any) -> bool:
    """Whether the changes that are written of the variant name genes, or chromosomes, but never ITGB2's."""
    written = " ".join(_written(observation))
    genes = {in_brackets or before for in_brackets, before in _GENE_OF_CHANGE.findall(written)} - _ORDINARY
    if genes & {"ITGB2", _OLDER_NAME}:
        return False
    chromosomes = set(_CHROMOSOME.findall(written))
    return bool(genes or chromosomes) and _CHROMOSOME_OF_ITGB2 not in chromosomes


def _written(observation: Any) -> tuple[str, ...]:
    """The values of all components, codes included: a sequence or a change is itself the code."""
    parts = _valued(observation)
    concepts = [each.valueCodeableConcept for each in parts if each.valueCodeableConcept is not None]
    codes = (coding.code for concept in concepts for coding in concept.coding or () if coding.code)
    return (*said(parts), *codes)
