"""What free text names. Codes decide where there are codes; words decide only where no code exists.

A phrase is searched in text already folded by `plain_text` (one dash, one blank, Roman numerals as letters).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from cds_service.chart.hedging import hedged, illness_hedged

KRESLADI = (
    r"(?<![a-z])kresladi(?:tm|sm)?(?![a-z])|(?<![a-z])marnetegra(?:ge)?ne(?![a-z])|"
    r"(?<![a-z])rp[- ]?l ?201(?:tm|sm)?(?![a-z0-9])|\b83537-?0?034-?(?:0?1)?\b"
)
OTHER_GENE_THERAPY = (
    r"casgevy|exagamglogene|lenmeldy|atidarsagene|tecartus|brexucabtagene|zynteglo|skysona|lyfgenia|"
    r"\w+(?:cabtagene|glogene|darsagene) \w+|onasemnogene|zolgensma|eladocagene|kebilidi|hemgenix|roctavian|beqvez|"
    r"luxturna|elevidys|car[- ]?t\b|tisagenlecleucel|axicabtagene"
)
_CELLS = (
    r"(?<!into )(?<!via )(?<!through )(?:bone[- ]marrow|(?:stem|progenitor)[- ]cells?|cord[- ]blood|"
    r"\bha?ematopoietic cells|\b(?:hsc|hpc|pbsc|hspc)s?\b)(?![- ]*(?:factor|mobili|stimul|suppress|depress|gas\b))"
)
_WHITE_CELLS = (
    r"(?:granulocytes?|leu[ck]ocytes?|white (?:blood )?cells?|\bwbcs?|neutrophils?|buffy coats?)\b"
    r"(?![- ]*(?:colony|macrophage|monocyte|csf|stimulat|reduc|poor|deplet|filter|free|remov|count|antibod|function|"
    r"adhesion|esterase|scan|label|[<>=\d]))"
)
_NOT_OF_IT = r"(?:(?!\b(?:red|rbcs?|prbcs?|platelets?|plasma|for|in|due|with|before|after|prior|post|during|low)\b).)"
"""A character between the giving and what is given; other blood products, and what it only goes with, stop it."""
_NOT_AN_ORGAN = r"(?:(?!kidney|renal|liver|hepat|heart|cardiac|lung|pancrea|islet|cornea|limbal|skin|\bfat\b|hair).)"
"""A character between "allogeneic" and "transplant"; an organ or another tissue stops it."""
_QUALIFIED = (
    r"^(?:(?:fresh|thawed|frozen|cryopreserved|irradiated|selected|manipulated|depleted|replete|allo\w*|auto\w*|"
    r"nonautologous|syngeneic|related|unrelated|matched|mismatched|haplo\w*|donor|sibling|family|identical|human|"
    r"umbilical|peripheral|blood|pooled|single|apheresis|t|cd34|cells?|positive|of|and|the|transfusion|infusion|ha?ematopoietic)"
    r"[ ,:()/+-]+)*"
)

PHRASES: dict[str, str] = {
    "kresladi": KRESLADI,
    "other-gene-therapy": OTHER_GENE_THERAPY,
    "gene-therapy": (
        r"gene[- ]therap|genetically[- ](?:modified|corrected)|gene[- ](?:modified|corrected|edit)|lentivir|"
        r"nct03812263|\btransduced\b|\bhsc-?gt\b"
    ),
    "study": (
        r"clinical (?:trial|study)|research stud|\bstudy (?:drug|product|medication|participa|subject)|investigational"
    ),
    "transplant": (
        r"(?:bone[- ]marrow|stem[- ]cells?|ha?ematopoietic|progenitor[- ]cells?|cord[- ]blood|marrow)\b.{0,40}"
        r"transplant|transplant\w*.{0,30}(?:bone[- ]marrow|stem[- ]cell|progenitor|ha?ematopoietic)|"
        r"\b(?:allo|auto|haplo)?-?(?:hsct|bmt|hct)\b|"
        rf"(?:allogene?ic|autologous){_NOT_AN_ORGAN}{{0,30}}transplant|"
        r"\b(?:allo|auto|haplo|mud|msd)[- ]?sct\b|(?:allogene?ic|autologous|haploidentical|donor) sct\b|"
        rf"\b(?:pbsct|ucbt|asct)\b|(?:infus|transfus|administ)\w*{_NOT_OF_IT}{{0,60}}?{_CELLS}|"
        rf"{_CELLS}{_NOT_OF_IT}{{0,40}}?(?:infus|transfus|administ|\brescue|\bboost)|"
        r"\bmarrow (?:re-?)?(?:in|trans)fus|(?:in|trans)fusion of (?:\w+ ){0,3}marrow\b|"
        r"\b(?:haplo\w*|mud|msd|(?:hsc|hpc|pbsc|hspc)s?)[- ]+transplant|"
        r"donor (?:lympho|leu[ck]o)cyte infusion|"
        r"(?:marrow|stem[- ]cells?|cord[- ]blood) (?:allo)?graft(?= (?:fail|reject|loss|dysfunc))|"
        r"(?:(?<=failure of )|(?<=rejection of ))(?:bone[- ]marrow|stem[- ]cells?|cord[- ]blood) (?:allo)?graft\b"
    ),
    "graft-versus-host": r"\bgraft[- ](?:versus|vs\.?|v\.?)[- ]host(?:[- ]disease)?|\bgvhd\b",
    "stem-cell-product": rf"{_QUALIFIED}{_CELLS}",
    "allogeneic": (
        r"\ballo(?:gene?ic)?\b|\ballo-?(?:hsct|bmt|hct|sct)\b|non-?autologous|(?<!un)related donor|unrelated donor|"
        r"sibling donor|haplo|\bgraft[- ](?:versus|vs\.?|v\.?)[- ]host|\bgvhd\b"
    ),
    "apheresis": r"\b(?:leu[ck]o?)?apheresis\b|\bleukapheresis\b",
    "other-apheresis": r"plasma|platelet|red (?:blood )?cell|erythro|ldl|lipo|photo|therapeutic",
    "granulocyte-transfusion": (
        rf"{_WHITE_CELLS}{_NOT_OF_IT}{{0,40}}?(?:trans|in)fus|(?:trans|in)fus\w*{_NOT_OF_IT}{{0,40}}?{_WHITE_CELLS}"
    ),
    "granulocyte-product": rf"{_QUALIFIED}{_WHITE_CELLS}",
    "cd18": r"\bcd ?18\b|integrin,? beta-? ?2\b|\bbeta-? ?2 integrin",
    "cd11a": r"\bcd ?11 ?a\b",
    "cd11b": r"\bcd ?11 ?b\b",
    "cd11c": r"\bcd ?11 ?c\b",
    "itgb2": r"\bitgb2\b",
    "genetic": r"\bgen(?:e|etic|omic)s?\b|genotyp|\bvariants?\b|sequencing|exome|\bngs\b",
    "lad": (
        r"adhesion[ -](?:molecule )?(?:deficiency|defect|disorder)|rambam[- ]hasharon|kindlin[- ]?3|"
        r"\blad\b|\blad[- ]?(?:i{1,3}|[123])\b"
    ),
    "cord": (
        r"(?:umbilical|cord)\b.{0,30}(?:separat|detach|fall|fell|shed|loss)|(?:separat|detach|"
        r"shed)\w*.{0,30}\bcord\b"
    ),
    "omphalitis": r"omphalitis",
    "mucosa": r"gingivitis|periodontitis|stomatitis|gingivostomatitis|mucosal inflammation|inflamed mucosa",
    "skin": r"cellulitis|dermatitis|skin (?:abscess|infection|inflammation|ulcer)|inflamed skin|pyoderma(?! gangr)",
    "no-pus": (
        r"(?:no|lack of|absen(?:t|ce of)|without|missing) (?:any )?pus\b|"
        r"pus (?:formation )?(?:is )?absent|impaired pus"
    ),
    "pus-formation": r"\bpus (?:formation|production|at (?:the )?(?:sites?|infect))",
    "wound": r"(?:poor|delayed|slow|impaired|non-?)[ -]?(?:wound[ -])?healing\b(?: of(?: \w+)? wounds?)?",
    "surgical-wound": r"dehiscence|disruption",
    "infection": (
        r"sepsis|septic|bacter(?:a?emia|ial)|fung(?:al|us|a?emia)|pneumonia|abscess|cellulitis|fasciitis|osteomyelitis|"
        r"meningitis|peritonitis|mastoiditis|otitis|candid|aspergill|empyema|omphalitis|perianal|infection"
    ),
    "culture": r"\bculture\b|\bcultures\b|organism|microbiolog",
    "sibling": r"\bsiblings?\b|\bbrothers?\b|\bsisters?\b|only child",
    "donor": r"\bdonors?\b|\bhla\b",
    "consult": r"\bconsult",
    "family-history": r"family (?:medical )?(?:history|hx)|\bfhx\b",
    "weight": r"\bbody weight\b|^weight(?:,? \(?(?:measured|actual|kg)\)?)?$",
}
_ILLNESSES = frozenset({"lad", "cord", "omphalitis", "mucosa", "skin", "wound", "infection", "graft-versus-host"})
"""Phrases of what a patient may have, which may be a differential, a risk or prevented; a treatment never is."""
_COMPILED = {tag: re.compile(pattern, re.IGNORECASE) for tag, pattern in PHRASES.items()}
_CELL_STEMS = (
    "marrow", "stem cell", "stem-cell", "progenitor", "cord blood", "cord-blood", "poietic cells", "hsc", "hpc", "pbsc",
    "hspc",
)  # fmt: skip
_WHITE_CELL_STEMS = ("granulocyte", "leucocyte", "leukocyte", "white ", "wbc", "neutrophil", "buffy")
STEMS: dict[str, tuple[str, ...]] = {
    "kresladi": ("kresladi", "marnetegra", "l201", "l 201", "83537"),
    "other-gene-therapy": (
        "casgevy", "glogene", "lenmeldy", "darsagene", "tecartus", "cabtagene", "zynteglo", "skysona", "lyfgenia",
        "onasemnogene", "zolgensma", "eladocagene", "kebilidi", "hemgenix", "roctavian", "beqvez", "luxturna",
        "elevidys",
        "cart", "car-t", "car t", "tisagenlecleucel",
    ),
    "gene-therapy": ("gene therap", "gene-therap", "genetically", "gene-modif", "gene modif", "gene-corr", "gene corr",
                     "gene-edit", "gene edit", "lentivir", "nct03812263", "transduced", "hsc-gt", "hscgt"),
    "study": ("clinical trial", "clinical study", "research stud", "study ", "investigational"),
    "transplant": ("transplant", "hsct", "bmt", "hct", "sct", "ucbt", *_CELL_STEMS, "cyte infusion"),
    "graft-versus-host": ("graft", "gvhd"),
    "stem-cell-product": _CELL_STEMS,
    "allogeneic": ("allo", "donor", "haplo", "nonauto", "non-auto", "graft", "gvhd"),
    "apheresis": ("apheresis",),
    "other-apheresis": ("plasma", "platelet", "red ", "erythro", "ldl", "lipo", "photo", "therapeutic"),
    "granulocyte-transfusion": _WHITE_CELL_STEMS,
    "granulocyte-product": _WHITE_CELL_STEMS,
    "cd18": ("cd18", "cd 18", "integrin"),
    "cd11a": ("cd11", "cd 11"),
    "cd11b": ("cd11", "cd 11"),
    "cd11c": ("cd11", "cd 11"),
    "itgb2": ("itgb2",),
    "genetic": ("gene", "genom", "genotyp", "variant", "sequencing", "exome", "ngs"),
    "lad": ("adhesion", "hasharon", "kindlin", "lad"),
    "cord": ("cord", "umbilical"),
    "omphalitis": ("omphalitis",),
    "mucosa": ("gingiv", "periodontitis", "stomatitis", "mucosa"),
    "skin": ("cellulitis", "dermatitis", "skin", "pyoderma"),
    "no-pus": ("pus",),
    "pus-formation": ("pus",),
    "wound": ("healing",),
    "surgical-wound": ("dehiscence", "disruption"),
    "infection": ("sepsis", "septic", "bacter", "fung", "pneumonia", "abscess", "cellulitis", "fasciitis", "myelitis",
                  "meningitis", "peritonitis", "mastoiditis", "otitis", "candid", "aspergill", "empyema", "omphalitis",
                  "perianal", "infection"),
    "culture": ("culture", "organism", "microbiolog"),
    "sibling": ("sibling", "brother", "sister", "only child"),
    "donor": ("donor", "hla"),
    "consult": ("consult",),
    "family-history": ("family", "fhx"),
    "weight": ("weight",),
}  # fmt: skip
"""Per phrase, in small letters, words of which one stands in every text that names it: a look for these is a tenth of
the price of the phrase itself, and nearly every text has none."""


_LETTERS = 3
"""Of a stem, by which it is looked up: no stem is shorter."""
_BY_BEGINNING: dict[str, list[tuple[str, str]]] = defaultdict(list)
for _tag, _stems in STEMS.items():
    for _stem in _stems:
        _BY_BEGINNING[_stem[:_LETTERS]].append((_stem, _tag))


def named_in(texts: Iterable[str]) -> frozenset[str]:
    """The tags of all phrases that the texts name."""
    return frozenset(tag for text in texts for tag in _possible(text.lower()) if _COMPILED[tag].search(text))


def _possible(folded: str) -> set[str]:
    """The tags of the phrases of which a stem stands in the text."""
    found: set[str] = set()
    for start in range(len(folded)):
        for stem, tag in _BY_BEGINNING.get(folded[start : start + _LETTERS], ()):
            if folded.startswith(stem, start):
                found.add(tag)
    return found


def names(tag: str, texts: Iterable[str]) -> bool:
    """Whether any of the texts names the phrase."""
    return any(_COMPILED[tag].search(text) for text in texts)


def found(tag: str, text: str) -> re.Match[str] | None:
    """Where the text names the phrase first."""
    return _COMPILED[tag].search(text)


def hedged_throughout(tag: str, text: str) -> bool:
    """Whether the text denies or doubts the phrase where it names it, or, where it does not, anything at its ends."""
    match = _COMPILED[tag].search(text)
    if match:
        return _hedged(tag, text, match)
    return illness_hedged(text, len(text), len(text)) or illness_hedged(text, 0, 0)


def plainly_named(tag: str, texts: Iterable[str]) -> bool:
    """Whether any of the texts names the phrase without denying or doubting it."""
    for text in texts:
        match = _COMPILED[tag].search(text)
        if match and not _hedged(tag, text, match):
            return True
    return False


def in_doubt(tag: str, texts: Iterable[str]) -> bool:
    """Whether any of the texts that name the phrase denies or doubts it: a code's title beside it takes none back."""
    places = ((text, found(tag, text)) for text in texts)
    return any(match is not None and _hedged(tag, text, match) for text, match in places)


def _hedged(tag: str, text: str, match: re.Match[str]) -> bool:
    return (illness_hedged if tag in _ILLNESSES else hedged)(text, *match.span())
