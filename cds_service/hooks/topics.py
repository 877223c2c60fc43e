"""The topics of cards: how grave each is, which stop an order, and why a reader may override it."""

from __future__ import annotations

EARLIER_DOSE, POSSIBLE_DOSE = "prior-lifetime-dose", "possible-prior-dose"
SIBLING_DONOR, NOT_MET = "sibling-donor", "criteria-not-met"
OTHER_INDICATION, MISSING = "other-indication", "missing-documentation"
UNAVAILABLE, DUPLICATE = "chart-unavailable", "duplicate-order"
WRONG_PATIENT, ALL_MET = "wrong-patient", "criteria-met"

STOPS = frozenset({EARLIER_DOSE, POSSIBLE_DOSE, SIBLING_DONOR, OTHER_INDICATION, NOT_MET})
"""The topics that an order-select shows: what would stop the order, not what is still to be filled in."""

ORDER = (
    EARLIER_DOSE,
    WRONG_PATIENT,
    SIBLING_DONOR,
    OTHER_INDICATION,
    NOT_MET,
    POSSIBLE_DOSE,
    DUPLICATE,
    MISSING,
    UNAVAILABLE,
    ALL_MET,
)
"""The gravest first."""

NOT_ABOUT_COVERAGE = frozenset({WRONG_PATIENT, DUPLICATE})

_ELSEWHERE, _WILL_DOCUMENT = "documented-elsewhere", "will-document"
_JUDGEMENT, _EXCEPTION, _NOT_APPLICABLE = "clinical-judgement", "plan-exception", "not-applicable"
_OVERRIDES = {
    EARLIER_DOSE: (_ELSEWHERE, _JUDGEMENT, _EXCEPTION, _NOT_APPLICABLE),
    POSSIBLE_DOSE: (_ELSEWHERE, _WILL_DOCUMENT, _JUDGEMENT, _NOT_APPLICABLE),
    SIBLING_DONOR: ("donor-not-usable", _ELSEWHERE, _WILL_DOCUMENT, _JUDGEMENT, _EXCEPTION),
    NOT_MET: (_ELSEWHERE, _WILL_DOCUMENT, _JUDGEMENT, _EXCEPTION, _NOT_APPLICABLE),
    MISSING: (_ELSEWHERE, _WILL_DOCUMENT, _JUDGEMENT, _EXCEPTION, _NOT_APPLICABLE),
    UNAVAILABLE: (_ELSEWHERE, _WILL_DOCUMENT, _JUDGEMENT, _NOT_APPLICABLE),
    OTHER_INDICATION: (_EXCEPTION, _JUDGEMENT, _WILL_DOCUMENT, _NOT_APPLICABLE),
    DUPLICATE: (_JUDGEMENT, _NOT_APPLICABLE),
    WRONG_PATIENT: (_JUDGEMENT, _NOT_APPLICABLE),
}
_INDICATORS = {EARLIER_DOSE: "critical", ALL_MET: "info"}


def indicator(topic: str) -> str:
    """`critical`, `warning` or `info`."""
    return _INDICATORS.get(topic, "warning")


def overrides(topic: str) -> tuple[str, ...]:
    """The codes of the reasons that make sense for a topic; none where there is nothing to override."""
    return _OVERRIDES.get(topic, ())
