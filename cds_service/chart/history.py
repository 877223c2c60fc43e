"""Clinical history consistent with LAD-I (the policy's Appendix D): the hallmark, and the other signs by kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field

from cds_service.chart import phrases
from cds_service.chart.cord import THREE_WEEKS, age_at_end, age_at_onset, age_in_value, age_in_words, both
from cds_service.chart.sign_statements import Statement, doubt_about, statements_in, why_not_there
from cds_service.chart.source import Sifted, Source
from cds_service.facts import Documentation, Level, Signs
from cds_service.fhir.terminology import ICD10CM, normalised
from cds_service.frozen import frozen
from cds_service.logic import Answer, Cause, Evidence, Gap
from cds_service.wording import reasons, shown, wants

TYPES = ("Condition", "Observation")
KINDS = (
    ("omphalitis", ("omphalitis", "~omphalitis")),
    ("mucosa", ("mucosal-inflammation", "~mucosa")),
    ("no-pus", ("~no-pus",)),
    ("wound-healing", ("slow-wound-healing", "~wound")),
    ("skin", ("skin-inflammation", "~skin")),
)
"""In this order a record that means several is one kind: an umbilical cellulitis is omphalitis, not inflamed skin."""

_CORD = ("delayed-cord-separation", "~cord")
_PUS = "pus-formation"
_SURGICAL_WOUND = "T813"
"""ICD-10-CM for a wound that came apart after surgery, which is another thing than slow healing."""
_OF_OTHER_CAUSE = {
    "omphalitis": re.compile(r"(?!)"),
    "mucosa": re.compile(r"aphth|herp|allerg|drug|radiation|contact", re.IGNORECASE),
    "no-pus": re.compile(
        r"\bpus cells|\bpus\b[^.;,]{0,30}?\b(?:from|in|at|on|of|around|behind)\b"
        r"(?![^.;,]{0,30}(?:infect|abscess|\w+itis\b|ulcer|lesion|necro|inflam))",
        re.IGNORECASE,
    ),
    "wound-healing": re.compile(r"fracture|bone|\bunion|tendon|surgical|post-?operative", re.IGNORECASE),
    "skin": re.compile(
        r"atopic|contact|diaper|napkin|seborr|allerg|irritant|stasis|radiation|drug|herp|\bvir(?:al|us)|varicell|"
        r"zoster|wart|mollusc|scabies|tonsil|(?<!peri-)(?<!pre-)(?<!peri )(?<!pre )\borbit|pelvi|parametri|pharyn|"
        r"laryn|mediastin|retroperiton|mouth|\boral|tongue|sublingual|palat|rectal\b|vagin|uter",
        re.IGNORECASE,
    ),
}
"""Words that give a sign another cause, or another place than the skin, a wound or an infected site; only codes count
beside them."""
_OTHER_CORD = re.compile(r"spinal|vocal|nuchal|tethered|spermatic|cord blood|clamp", re.IGNORECASE)
_DELAY = re.compile(r"delay|late\b|prolong|persist", re.IGNORECASE)
_NAVEL = re.compile(r"umbilic|navel", re.IGNORECASE)


@frozen
class History:
    """The hallmark (delayed separation of the cord) and the other signs."""

    delayed_cord_separation: Documentation
    other_signs: Signs


def read_history(source: Source) -> History:
    """What Conditions and Observations say of the signs of LAD-I."""
    tags = [tag for _, tags in KINDS for tag in tags]
    sifted = source.sift(source.about(TYPES, *_CORD, *tags, f"~{_PUS}"), TYPES)
    statements = list(statements_in(source, sifted))
    return History(_cord(source, sifted, statements), _signs(source, sifted, statements))


# --- the hallmark ----------------------------------------------------------------------------------------------------


@frozen
class _Cord:
    """What the chart says of the separation: late by its age, late by its code, early by its age, or of no use."""

    troubles: Sifted
    late: list[Evidence] = field(default_factory=list)
    coded: list[Evidence] = field(default_factory=list)
    early: list[Evidence] = field(default_factory=list)

    def gaps(self, wanted: str) -> Iterator[Gap]:
        """Why what is there does not show the hallmark."""
        if self.early and self.late:
            because = reasons.records_disagree([each.says for each in (*self.late, *self.early)])
            yield Gap(wanted, because, Cause.CONFLICT, self.early[0].source)
        else:
            for each in self.early:
                yield Gap(wanted, reasons.cord_too_early(each.says), Cause.UNUSABLE, each.source)
        yield from self.troubles.gaps(wanted)


def _cord(source: Source, sifted: Sifted, statements: Iterable[Statement]) -> Documentation:
    cord = _Cord(Sifted(troubles=list(sifted.troubles)))
    for statement in statements:
        if statement.means & set(_CORD) and not _OTHER_CORD.search(" ".join(statement.said)):
            _sort_cord(source, statement, cord)
    return Documentation(
        wants.CORD,
        shows=() if cord.early else (*cord.late, *cord.coded),
        gaps=tuple(cord.gaps(wants.CORD)),
        unread=source.unread(wants.CORD, *TYPES),
        set_aside=tuple(sifted.set_aside),
    )


def _sort_cord(source: Source, statement: Statement, cord: _Cord) -> None:
    """An age in the value speaks for itself; without one, the finding has to have been there."""
    doubt, age = doubt_about(source, statement), age_in_value(statement.holder)
    if age is None and statement.answer is Answer.NOT_MET:
        return
    if age is None:
        doubt = doubt or why_not_there(statement, shown.named(statement.name))
        age = age_in_words(statement.said, [note.text for note in statement.model.note or () if note.text])
        if statement.record.type == "Condition":
            age = both(age or age_at_onset(statement.model), age_at_end(statement.model))
    if doubt is not None:
        cord.troubles.trouble(statement.record, doubt)
    elif age is not None:
        _sort_age(statement, age, cord)
    elif "delayed-cord-separation" in statement.means:
        cord.coded.append(Evidence(shown.named(statement.name), statement.record.reference))
    elif any(map(_DELAY.search, statement.said)):
        cord.troubles.trouble(statement.record, reasons.cord_only_in_words(shown.named(statement.name)))


def _sort_age(statement: Statement, age: Level, cord: _Cord) -> None:
    name, late = shown.named(statement.name), age.at_least(THREE_WEEKS)
    if late is Answer.UNKNOWN:
        cord.troubles.trouble(statement.record, reasons.cord_duration_not_read(name))
        return
    says = shown.cord(name, age.low if age.low == age.high else None)
    (cord.late if late is Answer.MET else cord.early).append(Evidence(says, statement.record.reference))


# --- the other signs -------------------------------------------------------------------------------------------------


def _signs(source: Source, sifted: Sifted, statements: Iterable[Statement]) -> Signs:
    wanted = wants.SIGNS
    troubles = Sifted(troubles=list(sifted.troubles))
    kinds: list[tuple[str, Evidence]] = []
    for statement in statements:
        kind = _kind(statement)
        if kind is None:
            continue
        name = shown.sign(statement.name, statement.when)
        doubt = doubt_about(source, statement) or (why_not_there(statement, name) if kind != _PUS else None)
        if doubt is not None:
            troubles.trouble(statement.record, doubt)
        elif statement.answer is (Answer.NOT_MET if kind == _PUS else Answer.MET):
            kinds.append(("no-pus" if kind == _PUS else kind, Evidence(name, statement.record.reference)))
    return Signs(wanted, tuple(kinds), troubles.gaps(wanted), source.unread(wanted, *TYPES), tuple(sifted.set_aside))


def _kind(statement: Statement) -> str | None:
    """The kind of sign that is named, whether it was there or not; `pus-formation` is one when it was not."""
    for kind, tags in KINDS:
        if any(_names(statement, kind, tag) for tag in tags):
            of_the_navel = kind == "skin" and any(map(_NAVEL.search, statement.said))
            return "omphalitis" if of_the_navel else kind
    elsewhere = any(map(_OF_OTHER_CAUSE["no-pus"].search, statement.said))
    return _PUS if f"~{_PUS}" in statement.means and not elsewhere else None


def _names(statement: Statement, kind: str, tag: str) -> bool:
    if tag not in statement.means or not tag.startswith("~"):
        return tag in statement.means
    if kind == "wound-healing" and _is_surgical(statement):
        return False
    return not any(map(_OF_OTHER_CAUSE[kind].search, statement.said)) and _stands(statement, tag.removeprefix("~"))


def _stands(statement: Statement, phrase: str) -> bool:
    """Whether the words name it plainly, or all that they name is in doubt (which is then said)."""
    if phrase == "no-pus" or not phrases.in_doubt(phrase, statement.said):
        return True
    return not statement.names_plainly


def _is_surgical(statement: Statement) -> bool:
    codes = [normalised(coding.system, coding.code) for coding in statement.holder.code.coding or () if coding.code]
    came_apart = any(code.system == ICD10CM and code.code.startswith(_SURGICAL_WOUND) for code in codes)
    return came_apart or phrases.names("surgical-wound", statement.said)
