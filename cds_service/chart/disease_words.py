"""Whether free text names one specific disease that is not LAD."""

from __future__ import annotations

import re

from cds_service.chart import phrases
from cds_service.chart.hedging import illness_hedged

_DISEASE = re.compile(
    r"\b(?:disease|syndrome|an?a?emia|thalass?a?emia|leuk(?:a)?emia|lymphoma|sarcoma|carcinoma|cancer|"
    r"\w+ deficiency|scid|immunodeficiency|neutropenia|gangliosidosis|mucopolysaccharidosis|porphyria|hemophilia|"
    r"haemophilia|osteopetrosis|granulomatous|myeloma|\w*blastoma|\w*dystrophy|\w*histiocytosis)\b",
    re.IGNORECASE,
)
_TOO_BROAD = re.compile(
    r"adhesion|(?:primary |inherited |congenital |severe )?immun(?:e|o) ?deficiency(?! \w* \d)|"
    r"rare disease|genetic disease|"
    r"blood disease|periodontal disease|gum disease|infectious disease|neutrophil (?:disorder|dysfunction)|\bLAD\b|"
    r"skin disease|lung disease|gingival|leu[ck]ocytosis|genetic syndrome|"
    r"\bCD ?18\b|\bITGB2\b|beta-? ?2 integrin|\bLFA-? ?1\b",
    re.IGNORECASE,
)
_SPECIFIC_IMMUNODEFICIENCY = re.compile(
    r"severe combined|\bscid\b|common variable|x-linked|granulomatous", re.IGNORECASE
)


def names_other_disease(text: str) -> bool:
    """Whether a text names one specific disease that is not LAD, a finding of it, an infection or a broad group."""
    broad = _TOO_BROAD.search(text) and not _SPECIFIC_IMMUNODEFICIENCY.search(text)
    if phrases.names("infection", (text,)) or broad:
        return False
    match = _DISEASE.search(text)
    return bool(match) and not illness_hedged(text, *match.span())  # type: ignore[union-attr]
