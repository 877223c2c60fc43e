"""Which cells a percentage is of, by the words nearest to it: its own, then method and specimen, then the panel's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from cds_service.chart.control_words import is_intensity, is_noted_as_none_of_cells, is_of_control
from cds_service.remembered import remembered

_NEUTROPHILS = re.compile(
    r"neutrophil\w*|\bneut(?:ro)?s?\b|\bpmn[ls]?s?\b|\bpolys\b|polymorphonuclear(?: (?:leu[ck]ocytes?|cells?))?|"
    r"granulocyt\w*|\bgrans?\b",
    re.IGNORECASE,
)
_CD_OF_OTHERS = r"(?:1[49]|1a|2[02]?|3[48]?|4|5[67]?|7|8|41|61|117|123|138|235a?)"
"""CD numbers of lymphocytes, monocytes, stem cells and platelets, by which a gate on them is named."""
_OTHERS = re.compile(
    r"lymphocyt|lymphoid|\blym(?:ph?s?|pho)?\b|monocyt|\bmonos?\b|mononuclear|\b(?:mn|pbmn?)cs?\b|"
    r"\b[tb][- ]?(?:cells?|lymph)|\bnk\b|blast|eosinophil|\beos\b|basophil|\bbasos?\b|platelet|\bplts?\b|thrombocyt|"
    r"dendritic|macrophage|erythro|red (?:blood )?cells?|\brbcs?\b|(?:stem|progenitor)[- ]cells?(?!.{0,20}transplant)|"
    rf"\bhsp?cs?\b|\bcd ?{_CD_OF_OTHERS}(?:\+|[- ]?pos(?:itive)?\b| (?:[tb] )?cells\b)|\bnon[- ](?:neut|gran|pmn)",
    re.IGNORECASE,
)
_MIXED = re.compile(
    r"myeloid|\bleu[ck]ocytes?(?![ -]adhesion)|\bleu[ck]s?\b|\bleu[ck]os?\b|white (?:blood )?cells|\bwbcs?\b|"
    r"nucleated cells|\btncs?\b|\bcd45 ?\+",
    re.IGNORECASE,
)
"""Populations that hold neutrophils among others: said of the result itself it is not a percentage of neutrophils, said
of the panel it is only the panel's name."""
_MARROW = re.compile(r"(?:marrow|\bbm\b)(?![- ](?:transplant|tx\b|failure))|\bbma\b", re.IGNORECASE)
_EXCLUDED = (
    r"\b(?:not|exclud\w+|excl\.?|except(?: for)?|other than|minus|without|w/o|but no)(?: (?:on|of|from|the|any))* "
)
_POPULATIONS = (
    r"(?:[tb][- ]cells?|nk(?: cells?)?|(?:lympho|mono)(?:cyte)?s?|lymphs?|eosinophils?|eos|basophils?|basos?)"
)
_LEFT_OUT = r"(?: gate)?(?: (?:are|were|being))?(?: |-)(?:excluded|gated out|removed|depleted)\b"
_SOME_OTHERS = rf"{_POPULATIONS}\b(?:(?:,|/| and| or| nor|, and|, or) ?{_POPULATIONS}\b)*"
_WITHOUT_OTHERS = re.compile(rf"{_EXCLUDED}{_SOME_OTHERS}|\b{_SOME_OTHERS}{_LEFT_OUT}", re.IGNORECASE)
"""Cells that are left out of the neutrophils: `PMNs (not lymphocytes)`."""
_WITHOUT_NEUTROPHILS = re.compile(
    rf"{_EXCLUDED}(?:{_NEUTROPHILS.pattern})|(?:{_NEUTROPHILS.pattern}){_LEFT_OUT}", re.IGNORECASE
)
_GATE = r"\bgat(?:ed|es?|ing)\b"
_CELLS = r"[\w+-]+(?: cells?)?"
_SEVERAL = rf"(?:(?:{_CELLS}(?:, ?|/)){{0,4}}{_CELLS},? ?(?:and|or|&) ?)"
_NOTED_GATE = re.compile(
    rf"(?<![\w+-]){_SEVERAL}?(?:[\w+-]{{1,40}}[ /-]){{0,2}}{_GATE}[^.;|]*|"
    r"\b(?:population|cell type) ?[:=](?![^.;|]*\d ?%)[^.;|]*|"
    r"(?<!\d)(?<!\d )(?:%|percent(?:age)?|proportion|fraction) of "
    r"(?=[^.;|]{0,80}(?:bear|express|positive|carry|\bcd ?1[18]))[^.;|]*",
    re.IGNORECASE,
)
"""What a note says the percentage is of, the cells before the word gate with it; "98 % of lymphocytes" is another
result, not this one."""
_BESIDE_IT = re.compile(
    rf"\b(?:also|likewise|additionally|separately|compared (?:to|with)|versus|vs)\b(?! gat)[^.;|]{{0,60}}?{_GATE}|"
    r"\bgates?\b(?! on\b)[^.;|]{0,40}?\b(?:too(?! )|as well(?! as)|likewise|"
    r"(?:as|for) (?:an? |the )?(?:(?:internal|positive|negative) )?(?:control|comparison)\b)",
    re.IGNORECASE,
)
"""A gate that was looked at beside the result's own."""
_OTHERS_BY_NUMBER = re.compile(rf"\bcd ?{_CD_OF_OTHERS}\b", re.IGNORECASE)
"""Said of the result itself, the bare number is enough: `CD18 gated CD3`."""
_GATED_BY_NUMBER = re.compile(
    rf"{_GATE}(?: on| for)?[ :=]+cd ?{_CD_OF_OTHERS}(?= ?(?:$|[|.;,]|cells?\b))|\bcd ?{_CD_OF_OTHERS} {_GATE}",
    re.IGNORECASE,
)
_RED_CELLS = r"(?:rbcs?|red[- ](?:blood )?cells?|erythrocytes?)"
_LYSED = re.compile(
    rf"\b{_RED_CELLS}(?: (?:were|are|was))?[- ]lys\w*|\b(?:lys(?:is|ed)|lysing)(?: of)? {_RED_CELLS}\b", re.IGNORECASE
)
"""Red cells are dissolved in every sample before the others are looked at."""
_A_CONTROL = re.compile(
    r"\bcontrols?\b|isotypes?\b(?![- ]*(?:subtract|correct|adjust))|unstained|"
    r"\bno stain|\bfmo\b|fluorescence[- ]minus|background|\bblank\b|\bigg(?: ?\d[ab]?)?\b|secondary only",
    re.IGNORECASE,
)
_NOT_EXPRESSION = re.compile(
    r"negative|\black(?:s|ing)?\b|without|absen[ct]|deficient|defective|missing|\bnon[- ]?express|not express|"
    r"(?:\b|(?<=\d))(?:dim|bright|low|lo|hi|neg|null)\b|\bcd ?1[18][abc]?-(?=\s)|\(-\)|-ve\b|"
    r"decreas|reduc|change|loss|differen|\bcv\b|index|ratio\b|density|molecules",
    re.IGNORECASE,
)
"""A percentage of something else than the cells that express the marker, its very opposite included."""
_ANOTHER_PERSON = re.compile(
    r"\b(?:mothers?|mom|mum|fathers?|dad|maternal|paternal|parent(?:al|s)?|siblings?|brothers?|sisters?|donors?)\b",
    re.IGNORECASE,
)
_THE_PATIENT = re.compile(r"\b(?:patient|proband|recipient)\b", re.IGNORECASE)


class Gate(Enum):
    """Which cells a percentage is of."""

    NEUTROPHILS = "neutrophils"
    OTHER = "another population"
    MARROW = "marrow"
    CONTROL = "of a control"
    ANOTHER_PERSON = "another person's"
    NOT_EXPRESSION = "not of the cells that express the marker"
    NOT_STATED = "not stated"


def gate_of(
    own: Iterable[str],
    near: Iterable[str],
    panels: Iterable[Iterable[str]],
    notes: Iterable[str] = (),
    *,
    coded: bool = False,
) -> Gate:
    """The gate, from what is said of the result itself, of its method and specimen, and of each of its panels.

    Of its notes, only what plainly says which cells, or whose, the percentage is of. `coded`: all but the notes are
    the words of codes, which may be remembered.
    """
    noted, own, near, *far = (" | ".join(said).replace("_", " ") for said in (notes, own, near, *panels))
    if is_noted_as_none_of_cells(noted):
        return Gate.CONTROL
    gates = _gates_named(noted)
    said = (own, near, *far)
    return _gate_by_names(said) if coded and not gates else _gate(said, gates)


def is_gated_on_others(method: Iterable[str], lines: Iterable[str], notes: Iterable[str]) -> bool:
    """Whether a result's own method, its gate lines or its notes plainly say other cells, whatever its name says.

    Several gates tell nothing of which one is meant; cells that are left out are no gate.
    """
    method, lines, notes = (" | ".join(said).replace("_", " ") for said in (method, lines, notes))
    said = (" | ".join(_gates_named(method)), lines, " | ".join(_gates_named(notes)))
    by_number = any(map(_OTHERS_BY_NUMBER.fullmatch, lines.split(" | ")))
    return by_number or any(_near_gate(_WITHOUT_OTHERS.sub("", each)) is Gate.OTHER for each in said if each)


def is_gated_on_several(lines: Iterable[str]) -> bool:
    """Whether the gate lines of a result name other cells, be it beside neutrophils."""
    return _own_gate(" | ".join(lines).replace("_", " ")) is Gate.OTHER


def _gates_named(said: str) -> list[str]:
    return _NOTED_GATE.findall(_BESIDE_IT.sub("", said)) if said else []


@remembered
def _gate_by_names(said: tuple[str, ...]) -> Gate:
    return _gate(said)


def _gate(said: tuple[str, ...], noted: Iterable[str] = ()) -> Gate:
    """The gate, from what is said of the result itself, near it, and of each of its panels."""
    own, near, *far = said
    if any(map(is_of_control, said)):
        return Gate.CONTROL
    near = " | ".join((near, *noted))
    if names_another_person(own):
        return Gate.ANOTHER_PERSON
    if _A_CONTROL.search(own) or is_intensity(own) or is_intensity(near):
        return Gate.CONTROL
    if _NOT_EXPRESSION.search(own):
        return Gate.NOT_EXPRESSION
    if any(_MARROW.search(said) for said in (own, near, *far)):
        return Gate.MARROW
    return _own_gate(own) or _near_gate(near) or _panel_gate(far)


def names_another_person(said: str) -> bool:
    """Whether words name a relative or a donor."""
    return bool(_ANOTHER_PERSON.search(said))


def is_of_another_person(said: str) -> bool:
    """Whether the name of a panel says that it is a relative's or a donor's, and not the patient's too."""
    return names_another_person(said) and not _THE_PATIENT.search(said)


def _own_gate(said: str) -> Gate | None:
    """At the result itself, neutrophils beside others are another population."""
    said = _without_the_excluded(said)
    without = _NEUTROPHILS.sub("", said)
    if (
        _WITHOUT_NEUTROPHILS.search(said)
        or _OTHERS.search(said)
        or _OTHERS_BY_NUMBER.search(said)
        or _MIXED.search(without)
    ):
        return Gate.OTHER
    return Gate.NEUTROPHILS if without != said else None


def _near_gate(said: str) -> Gate | None:
    """Neutrophils beside others (a panel's method lists several) tell nothing."""
    said = _without_the_excluded(said)
    if _WITHOUT_NEUTROPHILS.search(said):
        return Gate.OTHER
    without = _NEUTROPHILS.sub("", said)
    neutrophils = without != said
    if _OTHERS.search(without) or _GATED_BY_NUMBER.search(without) or _MIXED.search(without):
        return None if neutrophils else Gate.OTHER
    return Gate.NEUTROPHILS if neutrophils else None


def _without_the_excluded(said: str) -> str:
    """What is said of neutrophils, without the cells that are not among them."""
    said = _LYSED.sub("", said)
    kept = _WITHOUT_OTHERS.sub("", said)
    return kept if _NEUTROPHILS.search(kept) else said


def _panel_gate(panels: list[str]) -> Gate:
    """One panel on other cells is enough to say that it may be theirs."""
    gates = {_near_gate(_MIXED.sub("", panel)) for panel in panels}
    if Gate.OTHER in gates:
        return Gate.OTHER
    return Gate.NEUTROPHILS if Gate.NEUTROPHILS in gates else Gate.NOT_STATED
