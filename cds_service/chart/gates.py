"""Which cells a percentage is of, by the words nearest to it: its own, then method and specimen, then the panel's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

_NEUTROPHILS = re.compile(
    r"neutrophil\w*|\bpmns?\b|polymorphonuclear(?: (?:leu[ck]ocytes?|cells?))?|granulocyt\w*", re.I
)
_OTHERS = re.compile(
    r"lymphocyt|lymphoid|monocyt|mononuclear|\bpbmcs?\b|\b[tb][- ]?(?:cells?|lymph)|\bnk\b|blast|eosinophil|basophil|"
    r"platelet|dendritic|\bcd(?:3|4|8|14|19|20|56)\+|\bnon[- ](?:neutrophil|granulocyt|pmn)",
    re.IGNORECASE,
)
_MIXED = re.compile(
    r"myeloid|\bleu[ck]ocytes?(?![ -]adhesion)|white (?:blood )?cells|\bwbcs?\b|\bcd45\+", re.IGNORECASE
)
"""Populations that hold neutrophils among others: said of the result itself it is not a percentage of neutrophils, said
of the panel it is only the panel's name."""
_MARROW = re.compile(r"marrow(?! transplant)", re.IGNORECASE)
_OF_CONTROL = re.compile(
    r"%? ?of (?:the )?(?:normal|healthy|control)|normal control|\bmfi\b|fluorescence|intensity", re.IGNORECASE
)
_NOTED_AS_OF_CONTROL = re.compile(
    r"(?:%|percent(?:age)?|fraction|relative to) (?:of )?(?:the |a )?(?:normal|healthy|control)", re.IGNORECASE
)
_NOTED_GATE = re.compile(r"\bgat(?:ed?|ing)\b[^.;|]*", re.IGNORECASE)
_A_CONTROL = re.compile(r"\bcontrols?\b", re.IGNORECASE)
_NOT_EXPRESSION = re.compile(
    r"negative|lacking|without|absen[ct]|\b(?:dim|bright|low)\b|decreas|reduc|change|loss|differen|\bcv\b|index|ratio\b|"
    r"density|molecules",
    re.IGNORECASE,
)
"""A percentage of something else than the cells that express the marker, its very opposite included."""
_ANOTHER_PERSON = re.compile(
    r"\b(?:mother|father|maternal|paternal|parent(?:al)?|sibling|brother|sister|donor)\b", re.IGNORECASE
)


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
    own: Iterable[str], near: Iterable[str], panels: Iterable[Iterable[str]], notes: Iterable[str] = ()
) -> Gate:
    """The gate, from what is said of the result itself, of its method and specimen, and of each of its panels.

    Of its notes, only what plainly says which cells, or whose, the percentage is of.
    """
    noted = " | ".join(notes)
    own, near, far = " | ".join(own), " | ".join(near), [" | ".join(panel) for panel in panels]
    if _NOTED_AS_OF_CONTROL.search(noted):
        return Gate.CONTROL
    near = " | ".join((near, *_NOTED_GATE.findall(noted)))
    if _ANOTHER_PERSON.search(own):
        return Gate.ANOTHER_PERSON
    if _A_CONTROL.search(own) or _OF_CONTROL.search(own) or _OF_CONTROL.search(near):
        return Gate.CONTROL
    if _NOT_EXPRESSION.search(own):
        return Gate.NOT_EXPRESSION
    if any(_MARROW.search(said) for said in (own, near, *far)):
        return Gate.MARROW
    return _own_gate(own) or _near_gate(near) or _panel_gate(far)


def _own_gate(said: str) -> Gate | None:
    """At the result itself, neutrophils beside others are another population."""
    without = _NEUTROPHILS.sub("", said)
    if _OTHERS.search(said) or _MIXED.search(without):
        return Gate.OTHER
    return Gate.NEUTROPHILS if without != said else None


def _near_gate(said: str) -> Gate | None:
    """Neutrophils beside others (a panel's method lists several) tell nothing."""
    without = _NEUTROPHILS.sub("", said)
    others, neutrophils = _OTHERS.search(without) or _MIXED.search(without), without != said
    if others:
        return None if neutrophils else Gate.OTHER
    return Gate.NEUTROPHILS if neutrophils else None


def _panel_gate(panels: list[str]) -> Gate:
    """One panel on other cells is enough to say that it may be theirs."""
    gates = {_near_gate(_MIXED.sub("", panel)) for panel in panels}
    if Gate.OTHER in gates:
        return Gate.OTHER
    return Gate.NEUTROPHILS if Gate.NEUTROPHILS in gates else Gate.NOT_STATED
