"""Statements on donors in words: that there is no sibling, no matched one, or that a donor cannot be used.

Each is read only where a whole clause says it and nothing else: "No sibling donor" counts, "No sibling donor typed
yet" does not. A sentence that names a matched sibling is only looked for, so that nothing is concluded against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cds_service.chart.hedging import denied
from cds_service.chart.hla import is_hedged, matched
from cds_service.chart.spoken import all_no, all_yes

_WHO = r"(?:(?:the )?(?:patient|child|infant|pt) |he |she |they )?(?:is |has |have |there (?:is|are) |with )?"
_KINDS = r"(?:full |living |biological |known |suitable |available |usable |eligible |acceptable )*"
_MATCHED = r"(?:(?:fully[- ])?(?:hla[- ]?)?(?:matched|identical|compatible)[- ,]*|hla[- ])"
_SIBLINGS = r"(?:siblings?|brothers? (?:or|and|/) sisters?)"
_DONORS = rf"(?:sibling|related|family) {_KINDS}{_MATCHED}?donors?"
_THERE = r"(?: (?:is |are |was |were |has been |have been )?(?:available|identified|found|exists?|to donate))*"
_NO = r"(?:no|zero|0|without|lack of|lacks|absence of)(?: an?)?"

_OF_THEM_NONE = (
    r"(?:none of (?:the|his|her|their) (?:two |three |four |five |full |\d )*siblings|neither (?:full )?sibling)"
)

_NONE = re.compile(
    rf"{_WHO}(?:"
    rf"{_NO} (?:any )?{_KINDS}{_SIBLINGS}(?: at all)?|(?:an |the )?only child|"
    rf"{_NO} {_KINDS}{_MATCHED}*{_KINDS}{_DONORS}{_THERE}|"
    rf"{_NO} {_KINDS}{_MATCHED}+{_KINDS}{_SIBLINGS}(?: donors?)?{_THERE}|"
    r"(?:hla[- ])?(?:matched )?(?:sibling|related|family) donors? (?:is |are )?"
    r"(?:not available|unavailable|not found)|"
    rf"{_OF_THEM_NONE} (?:is|are) (?:an? )?(?:hla[- ])?match(?:ed)?|{_OF_THEM_NONE} match(?:es)?|"
    r"(?:all |the |his |her )*siblings are (?:not (?:an? )?(?:hla[- ])?match(?:ed|es)?|(?:hla[- ])?mismatched)"
    r")",
    re.IGNORECASE,
)
_ASKED = rf"{_KINDS}{_MATCHED}*{_KINDS}(?:sibling|related|family) {_KINDS}"
_HAS = r"(?:(?:does )?(?:(?:the )?(?:patient|child|infant|pt) |he |she |they |you )?(?:has |have )|(?:are |is )there )"
_ANY = rf"(?:{_HAS}(?:an? |any )?|(?:is |are )?any (?:of (?:the |his |her |their )?)?)"
_ONE = rf"(?:{_ANY}|(?:(?:is|are|was|were) )?(?:an? )?)"
_MATCHED_SIBLINGS = rf"{_KINDS}(?:(?:fully[- ])?(?:hla[- ]?)?(?:matched|identical|compatible)[- ,]*)+{_KINDS}siblings?"
_BEEN_FOUND = r" (?:is |are |been )?(?:available|identified|found|exists?|availability|present)"
_FOUND = rf"(?:{_BEEN_FOUND}| status)*"
_IS_ONE_AVAILABLE = re.compile(
    rf"(?:{_ONE}{_ASKED}donors?|{_ANY}{_ASKED}match|{_ANY}{_MATCHED_SIBLINGS}|{_ONE}{_MATCHED_SIBLINGS}{_BEEN_FOUND}|"
    rf"{_ANY}{_KINDS}siblings? (?:an? )?(?:hla[- ])?(?:match(?:ed|es)?|identical|compatible)){_FOUND}\??",
    re.IGNORECASE,
)
"""A "sibling match", or a "matched sibling", is one sibling's unless "any" is asked for, or whether one was found."""
_ARE_THERE_SIBLINGS = re.compile(rf"{_HAS}(?:any )?{_KINDS}siblings?\??", re.IGNORECASE)
_HOW_MANY = re.compile(
    rf"(?:(?:total )?(?:number|count|no\.|#) of {_KINDS}{_MATCHED}*{_KINDS}siblings(?: donors?)?|"
    r"siblings? (?:count|number)|"
    rf"how many {_KINDS}{_MATCHED}*{_KINDS}siblings(?: are there| do(?:es)? "
    r"(?:(?:the )?(?:patient|child|infant|pt)|he|she|they|you|your child) have)?|"
    rf"(?:any )?{_KINDS}siblings)\??",
    re.IGNORECASE,
)
_OF_SOMEBODY_ELSE = re.compile(r"mother|father|maternal|paternal|parent|donor's|partner", re.IGNORECASE)
_OF_DONORS = re.compile(r"donor|match|identical|compatible|haplo|\d ?/ ?\d", re.IGNORECASE)
_LIMITED = re.compile(
    r"\b(?:yet|except|but|other than|apart from|besides|unless|until|if|not true|outstanding|ongoing|in progress|"
    r"so far|to date|continu\w+|underway|under way|incomplete|scheduled|planned|being)\b",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[,()]|\s-\s")
_LONGEST = 120
"""Characters of a clause that plainly says one thing."""

_UNUSABLE = (
    r"(?:ineligible|unfit|unsuitable|unwilling|unavailable|too young|"
    r"contraindicated|declin(?:es|ed)|refus(?:es|ed)|cannot donate|unable to donate|"
    r"not (?:medically )?(?:eligible|suitable|fit|willing|available|able to donate|cleared))"
)
_LEFT_OUT = (
    r"(?:[ ,:(-]+(?:eligibility|evaluation|clearance|status|suitability|assessment|selection|candidate|"
    r"donors?|siblings?|brother|sister|medically|temporarily|permanently|is|was|are|were|has|have|been|being|be|to|"
    r"now|since|later|then|therefore|but|and)){0,8}[ ,:(-]+(?:deferred|excluded)"
)
"""Nothing but the donor is left out: `LAD-I excluded` speaks for a donor, and a vaccination may be deferred."""
_CANNOT_DONATE = re.compile(
    rf"\bdon(?:or|ors|ation|ate)\b(?:[^.;?]{{0,60}}\b{_UNUSABLE}|{_LEFT_OUT})\b|"
    r"\b(?:deferred|excluded) (?:from|as) (?:being )?(?:an? |the )?(?:stem[- ]cell |marrow )?don(?:or|ate|ation)\b|"
    r"\b(?:ineligible|unfit|unsuitable|not (?:eligible|able|suitable|fit|willing)|unable|unwilling|declin(?:es|ed)|"
    r"refus(?:es|ed)|cannot|too young)\b "
    r"(?:to |as |for |be )*(?:an? |the )?(?:stem[- ]cell |marrow )?don(?:or|ate|ation)\b",
    re.IGNORECASE,
)
_CAN_AFTER_ALL = re.compile(
    r"\b(?:not|never|no longer|nor) (?:medically )?"
    r"(?:ineligible|unfit|unsuitable|unwilling|unavailable|deferred|excluded|contraindicated|unable|"
    r"declined|refused)|typing|test|search|insur|sample|vaccin|serolog|records?\b|if\b|\b(?:yes|true)\b|"
    r"\bdonors?(?: available| identified| found)?\??(?: -|:) ?(?:declin|refus|deferr|not (?:medically )?cleared)"
    r"(?!\w* (?:to |as )?(?:be )?(?:an? )?don)",
    re.IGNORECASE,
)
"""That a donor is "declined", and no more, may be said of the testing; a yes stands against what it is qualified by."""
_AFFIRMED = re.compile(
    r"(?:y|yes|true|positive|confirmed|present|available|identified|found|match(?:ed)?|[1-9])\b(?! sibling)",
    re.IGNORECASE,
)
_CAN_DONATE = re.compile(
    r"(?:sibling |matched |hla[- ])*(?:donor )?(?:is )?"
    r"(?:able to donate|can donate|(?:medically )?(?:eligible|fit|suitable)(?: to donate)?)(?: as (?:a )?donor)?\??|"
    r"(?:sibling |related |family )?donor (?:is )?available\??",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"[.;!](?!\d)")
_STOPS = re.compile(r"[.;]")
_LOOKED_FOR = re.compile(r"search|evaluation|work-?up", re.IGNORECASE)
_PARTS = re.compile(r"[,:()]|\b(?:and|but|while|whereas|however)\b", re.IGNORECASE)
_ONE_OF_THEM = re.compile(r"\b(?:sibling|brother|sister)s?\b", re.IGNORECASE)
_NOT_THIS_ONE = re.compile(
    r"\b(?:half|step|adopt\w*|foster|in-?law|unrelated|mother|father|maternal|paternal|parents?|cousin|identical twin|"
    r"lack\w*|if|whether|vs|versus|to (?:find|identify|determine|see|look)|recommend\w*|plan\w*|consider\w*|would|"
    r"should|could|discuss\w*|options?|prefer\w*|needs?|"
    r"(?:search\w*|look\w*|screen\w*|evaluat\w*|test\w*|typ(?:ed|ing)|assess\w*|refer\w*|work-?up) for)\b|\?",
    re.IGNORECASE,
)


def says_none(name: Iterable[str], values: tuple[str, ...], *, of_a_donor: bool = False) -> bool:
    """Whether an Observation of this name and value states that there is no sibling, or no matched one.

    `of_a_donor`: it is coded as how one donor matches, so that a no to its name is that donor's.
    """
    names = tuple(name)
    if any(map(_OF_SOMEBODY_ELSE.search, names)) or any(map(_speaks_against, values)):
        return False
    if any(_is_none(value) for value in values):
        return True
    if any(_is_none(text) for text in names):
        return not values or all_yes(values)
    # A negative is a result's: of a test on siblings, not of their number.
    if of_a_donor or not all_no(values) or any(value.strip(" .").lower() == "negative" for value in values):
        return False
    return _asks(names, _IS_ONE_AVAILABLE, _ARE_THERE_SIBLINGS, _HOW_MANY)


def says_one_available(name: Iterable[str], values: tuple[str, ...]) -> bool:
    """Whether it asks for a sibling donor and is answered yes."""
    siblings = [text for text in name if _ONE_OF_THEM.search(text)]
    return all_yes(values) and _asks(siblings, _IS_ONE_AVAILABLE)


def sentences(text: str) -> list[str]:
    """The sentences of a text, and their parts where they list several things."""
    whole = [each.strip() for each in _SENTENCES.split(text)]
    parts = [part.strip() for each in whole for part in _PARTS.split(each)]
    return list(dict.fromkeys(filter(None, (*parts, *whole))))


def names_matched_sibling(sentence: str) -> bool:
    """Whether a sentence plainly says that a sibling matches, and not that he or she cannot donate."""
    if not _ONE_OF_THEM.search(sentence) or _NOT_THIS_ONE.search(sentence) or denied((sentence,)):
        return False
    return matched(None, (sentence,)) is True and not says_cannot_donate((sentence,), ())


def says_cannot_donate(name: Iterable[str], values: tuple[str, ...]) -> bool:
    """Whether an Observation of this name and value states that a donor cannot be used."""
    names = tuple(name)
    if any(_CANNOT_DONATE.search(text) and _is_plain(text) for text in names):
        return not values or all_yes(values)
    if any(_CAN_DONATE.fullmatch(text.strip()) for text in names):
        return all_no(values)
    answers = [value for value in values if not _AFFIRMED.match(value)]
    whole = (*values, *(f"{text}: {value}" for text in names for value in answers))
    return any(_CANNOT_DONATE.search(text) and _is_plain(text) for text in whole)


def _asks(names: Iterable[str], *questions: re.Pattern[str]) -> bool:
    return any(question.fullmatch(text[:_LONGEST].strip(" .:")) for question in questions for text in names)


def _is_plain(text: str) -> bool:
    return not is_hedged(text) and not _CAN_AFTER_ALL.search(text)


def _is_none(text: str) -> bool:
    if is_hedged(text) or _LIMITED.search(text):
        return False
    of_others: list[str] = []
    for clauses in _clauses(text):
        of_others += filter(_OF_SOMEBODY_ELSE.search, clauses)
        if any(_is_none_clause(clause) and _is_the_patients(clause, of_others) for clause in clauses):
            return True
    return False


def _is_none_clause(clause: str) -> bool:
    return len(clause) <= _LONGEST and bool(_NONE.fullmatch(clause))


def _is_the_patients(clause: str, of_others: list[str]) -> bool:
    """Whether it is not said of those named before it: a father who is haploidentical is one more donor looked at."""
    return not of_others or all(map(_OF_DONORS.search, (clause, *of_others)))


def _speaks_against(value: str) -> bool:
    """Whether it is on somebody else alone, or a clause of it says that a sibling matches after all."""
    if _OF_SOMEBODY_ELSE.search(value) and not _is_none(value):
        return True
    return any(map(_is_a_match_clause, (clause for clauses in _clauses(value) for clause in clauses)))


def _is_a_match_clause(clause: str) -> bool:
    if _is_none_clause(clause) or _LOOKED_FOR.search(clause):
        return False
    return names_matched_sibling(_OF_SOMEBODY_ELSE.sub("", clause))


def _clauses(text: str) -> list[list[str]]:
    """The clauses of each sentence."""
    return [list(filter(None, map(str.strip, _CLAUSES.split(each)))) for each in _STOPS.split(text)]
