"""The topics of the cards around the infusion: their order, why a reader may override them, and their criteria."""

from __future__ import annotations

PRODUCT, CONDITIONING, INFUSE = "label-product", "label-conditioning", "label-infuse"
IRRADIATE, DONATE = "label-irradiate", "label-donate"
REPEAT, MOBILISE, CHECKLIST = "label-repeat", "label-mobilise", "label-checklist"

ORDER = (PRODUCT, CONDITIONING, INFUSE, IRRADIATE, DONATE, REPEAT, MOBILISE, CHECKLIST)
"""Among cards that are equally grave, what cannot be undone first."""
INDICATORS = ("critical", "warning", "info")
"""The gravest first."""

CRITERION = {
    PRODUCT: "L.2.2.product",
    CONDITIONING: "L.2.2.conditioning",
    INFUSE: "L.2.2.infuse",
    IRRADIATE: "L.2.3.irradiate",
    DONATE: "L.2.3.donate",
    REPEAT: "L.2.2.repeat",
    MOBILISE: "L.2.2.mobilise",
    CHECKLIST: "L.2.2.infuse",
}
"""The criterion that each card is about, whatever the chart says."""

_ELSEWHERE, _WILL_DOCUMENT = "documented-elsewhere", "will-document"
_JUDGEMENT, _NOT_APPLICABLE = "clinical-judgement", "not-applicable"
_DOCUMENTABLE = (_ELSEWHERE, _WILL_DOCUMENT, _JUDGEMENT, _NOT_APPLICABLE)
_OVERRIDES = {
    IRRADIATE: (_ELSEWHERE, _JUDGEMENT, _NOT_APPLICABLE),
    DONATE: (_JUDGEMENT, _NOT_APPLICABLE),
    PRODUCT: (_JUDGEMENT, _NOT_APPLICABLE),
}


def gravity(topic: str, indicator: str) -> tuple[int, int]:
    """A sort key: the gravest first."""
    return INDICATORS.index(indicator), ORDER.index(topic)


def overrides(topic: str, indicator: str) -> tuple[str, ...]:
    """The codes of the reasons that make sense; none where there is nothing to override."""
    return () if indicator == "info" else _OVERRIDES.get(topic, _DOCUMENTABLE)
