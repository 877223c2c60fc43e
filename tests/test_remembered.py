"""What is kept from one text to the next, and what is not."""

from __future__ import annotations

import msgspec
import pytest

from cds_service.chart import gates
from cds_service.chart.concepts import concepts_under
from cds_service.fhir.terminology import Terminology
from cds_service.remembered import KEPT, LONGEST, remembered

CD18 = msgspec.Raw(b'{"coding":[{"system":"http://loinc.org","code":"17121-5"}],"text":"CD18 cells"}')


@pytest.mark.parametrize(
    ("length", "read"),
    [
        pytest.param(LONGEST, 1, id="short enough: read once"),
        pytest.param(LONGEST + 1, 2, id="prose: read each time, and not kept"),
    ],
)
def test_only_short_texts_are_kept(length: int, read: int) -> None:
    """Nobody's prose stays in memory, and no caller can fill it."""
    seen: list[str] = []
    reading = remembered(lambda text: seen.append(text) or len(text))
    assert [reading("x" * length), reading("x" * length)] == [length, length]
    assert len(seen) == read


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        pytest.param(("x" * (LONGEST - 1), "y"), 1, id="short together: read once"),
        pytest.param(("x" * LONGEST, "y"), 2, id="each short, long together: read each time, and not kept"),
    ],
)
def test_several_texts_are_kept_where_they_are_short_together(texts: tuple[str, ...], read: int) -> None:
    """A concept has a few; nobody fills the memory with many."""
    seen: list[tuple[str, ...]] = []
    reading = remembered(lambda said: seen.append(said) or len(said))
    assert [reading(texts), reading(texts)] == [2, 2]
    assert len(seen) == read


def test_what_a_note_says_of_the_gate_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate is remembered by the words of codes; a note, a specimen's name or a value is what somebody wrote."""
    kept: list[tuple[str, ...]] = []
    monkeypatch.setattr(gates, "_gate_by_names", lambda said: kept.append(said) or gates.Gate.NOT_STATED)
    gate = gates.gate_of(["CD18"], [], [], ["Ada asked: gated on lymphocytes"], coded=True)
    assert (gate, kept) == (gates.Gate.OTHER, [])
    gates.gate_of(["CD18"], ["Ada's blood"], [])
    assert kept == []
    gates.gate_of(["CD18"], [], [], ["Ada was well"], coded=True)
    assert kept == [("CD18", "")]


def test_the_longest_forgotten_goes_first() -> None:
    """The number of texts is bounded."""
    seen: list[str] = []
    reading = remembered(seen.append)
    for number in range(KEPT + 1):
        reading(str(number))
    reading("1")
    reading("0")
    assert seen[KEPT + 1 :] == ["0"]


def test_what_a_concept_means_is_kept_per_terminology() -> None:
    """A site's own codes change what a concept means; what another terminology made of it does not count."""
    system = {"system": "http://loinc.org", "concept": [{"code": "17121-5"}]}
    ours = Terminology([{"id": "cd18", "compose": {"include": [system]}}])
    empty = Terminology([])
    assert concepts_under(ours).means(CD18) == {"cd18", "~cd18"}
    assert concepts_under(empty).means(CD18) == {"~cd18"}
    assert concepts_under(ours) is concepts_under(ours)
