"""Whether words ask for an infusion more than once, or spread it over days."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cds_service.chart.care_words import without_care
from cds_service.fhir.elements import plain_text

_MANY = r"(?:\d+|two|three|four|five|several|multiple)"
_SPAN = r"(?:day|night|morning|evening|week|month|quarter|year)"
_REPEATS = re.compile(
    rf"\b(?:daily|nightly|(?:bi-?|semi-?|tri-?)?(?:weekly|monthly|annually)|yearly|quarterly|fortnightly|"
    rf"(?:every|each|alternate) (?:(?:other|second|third|{_MANY}) )?(?:{_SPAN}|hour|fortnight|(?:mon|tues|wednes|thurs|"
    rf"fri|satur|sun)day)s?|every \d+ ?(?:h|hrs?|d|wks?|mo)\b|"
    rf"(?:once|times?) (?:in )?an? {_SPAN}|(?:once|times?|doses?|infusions?) (?:per|each|every|/) ?{_SPAN}|"
    r"repeat\w*|re-?(?:dos(?:e|es|ed|ing)|infus\w+|treat\w*|administ\w+)|again (?:in|on|at|after|every)|"
    r"(?:infused?|given?|administer(?:ed)?|dosed?) again|"
    r"booster|top-?up|twice|thrice|bid|tid|qid|qd|qod|qhs|qam|qpm|q ?(?:day|night|week|month|wk|mo|hs|am|pm)|"
    r"q ?\d+ ?(?:h|d|w|mo)|(?:[2-9]|two|three|four) (?:doses|infusions|times|courses|cycles)|"
    r"days? ?\d+ ?(?:and|,|&) ?(?:days? ?)?\d+|days ?\d+ ?(?:to|through|until|-) ?(?:day ?)?\d+|"
    r"months? ?\d+ ?(?:and|,|&) ?(?:months? ?)?\d+|"
    r"(?:second|third|2nd|3rd|another|further|additional|subsequent) (?:dose|infusion|course)|"
    r"x ?[2-9]\b(?! ?(?:\d|bags?)))",
    re.IGNORECASE,
)
"""What runs more than once, in words. Vital signs every 15 minutes do not make an infusion run again."""
_ALONE = re.compile(
    r"\bhourly\b|\bq\.? ?[dwm]\.?(?!\w)|\bevery\b|\beach\b|\b(?:per|a) (?:hour|minute)\b", re.IGNORECASE
)
"""Also says so where it is all that a timing says."""
_PART = r"(?:half|bags?|lots?|part|portion|dose|infusion|remainder|rest|one|other|second|third|2nd|next|1|2)"
_SPREAD = re.compile(
    rf"\b(?:over|across|on) (?:the )?{_MANY} (?:\w+ )?days\b(?! ?(?:after|before|from|prior|of\b|post|following))|"
    r"\b(?:consecutive|successive|separate|different|alternat\w+) (?:days|weeks|occasions)\b|"
    r"\b(?:split|divided) (?:doses|infusions)\b|\bhalf\b[^.;]{0,200}\bhalf\b|"
    rf"\b{_PART}\b[^.;]{{0,25}}\bday ?\+?\d[^.;]{{0,25}}\b{_PART}\b[^.;]{{0,25}}\bday ?\+?\d|"
    rf"\b(?:second|other|next|remaining|2nd|rest|remainder)\b[^.;]{{0,30}}\b(?:tomorrow|(?:next|following) day|"
    r"(?:days?|weeks?|months?) later)|\btoday\b[^.;]{0,200}\btomorrow\b|"
    r"\b(?:days?|weeks?|months?|(?:2[4-9]|[3-9]\d|\d{3}) ?(?:h|hrs?|hours)) apart\b",
    re.IGNORECASE,
)
"""One dose that is given on several days, in words."""
_DENIED_BEFORE = re.compile(
    r"\b(?:no|not|never|without|don't|cannot|non)\b(?:[ -](?:intended|meant|allowed|to|be|a|any))*"
    r"(?:[ -](?!more|less|fewer|exceed|than|delay|forget|miss|skip|omit|only|later|earlier|sooner)\w+){0,2}[ -]*$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"(?: (?:infusions?|dos(?:es?|ing)|courses?))?(?: ?[:=] ?| )(?:(?:is|are|was|will|has|have|may|must|should) )*"
    r"(?:none|never|no(?! (?:later|sooner|earlier|more|less|longer))|not (?:be |been )?(?:needed|planned|allowed|"
    r"permitted|intended|studied|indicated|recommended|required|authori[sz]ed|covered|given|repeated))\b",
    re.IGNORECASE,
)

_WINDOW = 200
"""Characters on either side of a word in which its sentence is looked at."""
_MOST = 100
"""Words of repeating that are looked at in a line; one with more says too much to tell."""
_SENTENCE_ENDS = re.compile(r";|\.(?!\d)")
_CLAUSE_ENDS = re.compile(r"[,:()]|\s-\s|\b(?:and|then|with)\b", re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:if|unless|when|until|pending|depending)\b.*", re.IGNORECASE)
_PRODUCT = (
    r"(?:the|this|that|its|same|full|kresladi|marnetegra\w*|autotemcel|rp-?l ?201|(?:stem )?cells?|cd ?34\+?|"
    r"autologous|gene(?: therapy)?|product)"
)
_MOMENT = re.compile(
    rf"\b(?:before|after|during|prior to|following|post|pre|since|(?:day|time|start|end) of)[ -](?:(?:first|initial|"
    rf"{_PRODUCT}) )*(?:infus\w*|dos(?:e|ing)|kresladi)",
    re.IGNORECASE,
)
"""When something else is done: it does not make the sentence one on the infusion."""
_INFUSED_AGAIN = re.compile(
    rf"\b(?:repeat(?:ed|ing)?|second|third|2nd|3rd|another|further|additional|subsequent|two|three|four|[2-9]|daily|"
    rf"weekly|monthly|quarterly|yearly) (?:{_PRODUCT} )*infusions?\b(?! (?:of (?!{_PRODUCT}\b)|clinic|cent|suite|team|"
    r"nurs|chair|pump|set|rate|reaction|site))",
    re.IGNORECASE,
)
_OF_IT = re.compile(
    r"\binfus|\bdos(?:e|es|ed|ing)\b|kresladi|marnetegra|autotemcel|rp-?l ?201|gene therapy|\bcells?\b|cd ?34", re.I
)
_DRUGS = (
    r"\w{2,}(?:mycin|cillin|azole|vir|mab|sone|lone|mide|amine|stim|xafor|setron|fan|parin|cycline|floxacin|profen|phen|"
    r"mol|tidine)|g-?csf|ivig|immunoglobulins?|antibiotics?|fluids?|saline|steroids?|medications?"
)
_OTHER_CARE = re.compile(
    rf"\b(?:{_DRUGS}|labs?|laborator\w+|cbc|cmp|bmp|anc|counts?|chemistr\w+|panels?|tests?|testing|levels?|cultures?|pcr|"
    r"chimerism|vcn|imaging|x-?rays?|ct|mri|echo\w*|e[ck]g|scans?|biops\w+|weigh\w*|heights?|vitals?|vital signs?|"
    r"temp\w*|bp|blood pressure|spo2|follow\w*[ -]?ups?|visits?|appointments?|clinic|calls?|phone|flush\w*|dressings?|"
    r"pre-?med\w*|hydrat\w*|check\w*|monitor\w*|observ\w*|assess\w*|exam\w*|verif\w*|confirm\w*|discuss\w*|explain\w*|"
    r"review\w*|record\w*|measur\w*|calculat\w*|titrat\w*|rate|reactions?|\w*apheresis|mobili[sz]\w*|collect\w*|"
    r"harvest\w*|conditioning|transfus\w*|platelets?|red cells?|p?rbcs?|type|screen\w*|"
    rf"dos(?:e|es|ing) of (?!{_PRODUCT}\b))\b",
    re.IGNORECASE,
)
"""What is repeated, checked and counted around an infusion."""
_SAYS_NOTHING_ELSE = re.compile(
    r"\b(?:may|might|can|could|should|will|must|to|be|is|it|this|that|the|an?|in|on|at|after|from|for|of|or|by|per|each|"
    r"every|until|up|order\w*|given?|administ\w+|treat\w*|therapy|courses?|cycles?|bags?|lots?|half|part|one|once|time|"
    r"as|needed|necessary|prn|protocol|discretion|physician|provider|doctor|md|transplant|bmt|oncology|patient|above|same|"
    rf"continue|ok|refill\w*|indicated|clinically|planned|plan|scheduled?|please|later|next|first|second|third|other|total|today|"
    rf"tomorrow|apart|{_MANY}|(?:{_SPAN}|hour|minute)s?|(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*)\b|"
    r"[\W\d_]+",
    re.IGNORECASE,
)


def says_repeated(text: str) -> bool:
    """Whether words of a timing, which are of the order alone, say that it runs again."""
    return any(_found(_REPEATS, text)) or any(_found(_ALONE, text))


def may_repeat(instruction: str) -> bool:
    """Whether an instruction may ask for more than one infusion, or for one on several days."""
    said = without_care(plain_text(instruction))
    return any(_found(_REPEATS, said)) or any(_found(_SPREAD, said))


def part_that_may_repeat(note: str) -> str:
    """The words of a note that may ask for it; "" where what it repeats is other care, or it says nothing of it.

    Notes are on everything around the infusion: read is what speaks of it by name, or of nothing else.
    """
    for line in map(plain_text, note.splitlines()):
        for pattern in (_REPEATS, _SPREAD):
            for number, match in enumerate(_found(pattern, line)):
                if said := match.group() if number == _MOST else _of_the_infusion(line, match):
                    return said
    return ""


def _found(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Where words say it without denying it: "do not repeat" does, "not more than once daily" does not."""
    for match in pattern.finditer(text):
        before, after = _around(text, match)
        if not _DENIED_BEFORE.search(before) and not _DENIED_AFTER.match(after):
            yield match


def _around(text: str, match: re.Match[str]) -> tuple[str, str]:
    return text[max(0, match.start() - _WINDOW) : match.start()], text[match.end() : match.end() + _WINDOW]


def _of_the_infusion(line: str, match: re.Match[str]) -> str:
    """The clause around what is repeated; "" where that is something else."""
    before, after = _around(line, match)
    *leading, begun = _CLAUSE_ENDS.split(_SENTENCE_ENDS.split(before)[-1])
    rest = _CLAUSE_ENDS.split(_SENTENCE_ENDS.split(after)[0])[0]
    clause = begun + match.group() + rest
    if _INFUSED_AGAIN.search(clause):
        return clause.strip()
    parts = _CLAUSE_ENDS.split(_MOMENT.sub(" ", begun + match.group() + _CONDITION.sub("", rest)))
    if not all(_names_it(part) or _is_bare(part) for part in parts):
        return ""
    # "CBC on day 14, repeat weekly": a clause that names nothing is on what was named before.
    named = " ".join(_CONDITION.sub("", each) for each in leading)
    of_other_care = not any(map(_names_it, parts)) and _OTHER_CARE.search(named)
    return "" if of_other_care else clause.strip()


def _names_it(part: str) -> bool:
    return bool(_OF_IT.search(part)) and not _OTHER_CARE.search(part)


def _is_bare(part: str) -> bool:
    """Whether words say nothing but that, and when, it is repeated."""
    return not _SAYS_NOTHING_ELSE.sub("", _REPEATS.sub(" ", part))
