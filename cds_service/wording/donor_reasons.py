"""Why what a chart says of donors does not settle whether there is one."""

from __future__ import annotations

from cds_service.wording.reasons import quoted

NO_WORD_ON_MATCH = "it says nothing on a match"
NOT_IN_FORCE = "cancelled, or no longer so"


def match_not_read(said: str) -> str:
    return f"The HLA match status {quoted(said)} does not say whether the donor is matched"


def not_a_match(said: str) -> str:
    return f"{quoted(said)} is no full match; that one donor does not match does not say that no sibling does"


def identical_twin(says: str) -> str:
    return f"{says}: an identical twin has the same disease and is no donor"


def not_a_full_sibling(says: str) -> str:
    return f"{says}: not a full sibling"


def possible_sibling_match(says: str) -> str:
    return f"{says}: a possible matched sibling donor; the chart does not say whether full or half sibling"


def several_relations(says: str) -> str:
    return f"{says}: a possible matched sibling donor; more than one relationship is stated for the donor"


def said_of_one(says: str) -> str:
    return f"{says}: said of one person, and so not of all siblings"


def donor_in_words(says: str) -> str:
    return f"{says}: a matched sibling donor named only in words; to count, it has to be recorded as answer or result"


def one_sibling_cannot_donate(says: str) -> str:
    return f"{says}: that one sibling cannot donate does not say that no other is a match"


def relation_not_said(says: str) -> str:
    return f"{says}: how the donor is related is not said"


def sibling_affected(says: str, reference: str) -> str:
    return f"{says}, but a sibling of that relationship has LAD-I ({reference}) and would be no donor"
