"""What free text names: every phrase is found by its stems, and the stems hide nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.chart.phrases import PHRASES, STEMS, named_in
from cds_service.fhir.elements import LONGEST_NAME, name_text, plain_text


def test_every_phrase_has_stems() -> None:
    """A phrase without stems would never be found."""
    assert set(STEMS) == set(PHRASES)


@pytest.mark.parametrize("tag", PHRASES)
@settings(derandomize=True, deadline=None, max_examples=60)
@given(data=st.data())
def test_no_text_is_hidden_by_the_stems(tag: str, data: st.DataObject) -> None:
    """Whatever text a phrase matches, one of its stems stands in it: generated from the pattern itself."""
    pattern = re.compile(PHRASES[tag], re.IGNORECASE | re.ASCII)
    text = data.draw(st.from_regex(pattern))
    if re.search(PHRASES[tag], text, re.IGNORECASE):
        assert tag in named_in([text])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Kresladi™", True),
        ("KRESLADI® suspension", True),
        ("Kresladi℠ 20 mL", True),
        ("KresladiTM", True),
        ("Kresladi_susp", True),
        ("KRESLADI_INFUSION", True),
        ("Kresladi20mL", True),
        ("Kres\u00adladi", True),
        ("Kresladi\u200b", True),
        ("RP-L201™", True),
        ("RP‑L201 infusion", True),
        ("marnetegragene\u00a0autotemcel", True),
        ("Marnetegragene_autotemcel-xxxx", True),
        ("RP-L2011", False),
        ("Prekresladin", False),
        ("autotemcel", False),
    ],
)
def test_the_name_of_the_drug_however_it_is_written(text: str, named: bool) -> None:
    """With a trade mark, a unit or an underscore on it, or with characters that nobody sees."""
    assert ("kresladi" in named_in([plain_text(text)])) is named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("Kresladi" + " x" * LONGEST_NAME, True, id="at the beginning of a treatise"),
        pytest.param("x " * LONGEST_NAME + "Kresladi", True, id="at its end"),
        pytest.param("x " * LONGEST_NAME + "Kresladi" + " x" * LONGEST_NAME, False, id="deep in it: that is no name"),
        pytest.param("x " * (LONGEST_NAME // 2 - 4) + "Kresladi", True, id="in a long name"),
    ],
)
def test_of_a_treatise_for_a_name_only_the_ends_are_read(text: str, named: bool) -> None:
    """Patterns take longer than a text is long: nobody holds up the others with a name of a megabyte."""
    assert ("kresladi" in named_in([name_text(text)])) is named
    assert len(name_text(text)) <= LONGEST_NAME + 1
