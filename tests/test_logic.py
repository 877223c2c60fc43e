"""The three-valued logic, by exhaustion."""

from __future__ import annotations

from itertools import product

import pytest

from cds_service.logic import Answer, Cause, Evidence, Finding, Gap, SetAside, all_of, any_of, given

MET, NOT_MET, UNKNOWN = Answer.MET, Answer.NOT_MET, Answer.UNKNOWN
ANSWERS = (NOT_MET, UNKNOWN, MET)


def finding(answer: Answer, name: str = "x") -> Finding:
    gap = Gap(f"wanted {name}", "because", Cause.ABSENT)
    return Finding(answer, (Evidence(f"says {name}", f"Type/{name}"),), (gap,), (SetAside(f"Type/{name}", "why"),))


def test_an_answer_is_never_a_truth_value() -> None:
    """Three values folded into two is the mistake this type exists to prevent."""
    for answer in ANSWERS:
        with pytest.raises(TypeError, match="three values"):
            bool(answer)


@pytest.mark.parametrize(("answer", "opposite"), [(MET, NOT_MET), (NOT_MET, MET), (UNKNOWN, UNKNOWN)])
def test_the_opposite_of_unknown_is_unknown(answer: Answer, opposite: Answer) -> None:
    """Negation swaps the decided answers and leaves unknown alone."""
    assert answer.opposite is opposite


@pytest.mark.parametrize(
    "answers", [*product(ANSWERS, repeat=1), *product(ANSWERS, repeat=2), *product(ANSWERS, repeat=3)]
)
def test_all_of_is_the_lowest_and_any_of_the_highest(answers: tuple[Answer, ...]) -> None:
    """Kleene's tables: one "no" decides all_of, one "yes" decides any_of, whatever is unknown."""
    findings = [finding(answer, str(place)) for place, answer in enumerate(answers)]
    undecided = UNKNOWN in answers
    conjunction = NOT_MET if NOT_MET in answers else UNKNOWN if undecided else MET
    disjunction = MET if MET in answers else UNKNOWN if undecided else NOT_MET
    assert all_of(*findings).answer is conjunction
    assert any_of(*findings).answer is disjunction


@pytest.mark.parametrize(("first", "second"), [*product(ANSWERS, repeat=2)])
def test_given_answers_as_all_of(first: Answer, second: Answer) -> None:
    """`given` differs from `all_of` only in what it asks for, never in its answer."""
    assert given(finding(first), finding(second)).answer is all_of(finding(first), finding(second)).answer


@pytest.mark.parametrize(("first", "second"), [*product(ANSWERS, repeat=2)])
def test_de_morgan_holds(first: Answer, second: Answer) -> None:
    """Not (a and b) is (not a) or (not b), in three values too."""
    assert min(first, second).opposite is max(first.opposite, second.opposite)


def test_given_asks_only_for_its_condition_while_that_is_open() -> None:
    """Nobody is asked for CD11 and genetics before CD18 is known to be 2 % or more."""
    asked = given(finding(UNKNOWN, "condition"), finding(UNKNOWN, "rest"))
    assert [gap.wanted for gap in asked.gaps] == ["wanted condition"]
    asked = given(finding(MET, "condition"), finding(UNKNOWN, "rest"))
    assert [gap.wanted for gap in asked.gaps] == ["wanted rest"]


@pytest.mark.parametrize("answer", [MET, NOT_MET])
def test_a_decided_finding_has_no_gaps(answer: Answer) -> None:
    """A decided clause never nags."""
    assert finding(answer).gaps == ()
    assert finding(UNKNOWN).gaps != ()


def test_what_others_decide_over_is_set_aside() -> None:
    """It was looked at and would not have done. What could not be looked at, or is the evidence, was not set aside."""
    gaps = (
        Gap("wanted", "preliminary", Cause.UNUSABLE, "Type/a"),
        Gap("wanted", "not sent", Cause.UNAVAILABLE, "Type/b"),
        Gap("wanted", "nowhere", Cause.ABSENT),
        Gap("wanted", "also says so", Cause.UNUSABLE, "Type/evidence"),
    )
    decided = Finding(MET, (Evidence("shown", "Type/evidence"),), gaps)
    assert decided.set_aside == (SetAside("Type/a", "preliminary"),)


def test_the_reasons_are_the_branches_that_decided() -> None:
    """The evidence of the branch that lost is not shown as a reason."""
    decided = any_of(finding(MET, "yes"), finding(NOT_MET, "no"), finding(UNKNOWN, "open"))
    assert [each.source for each in decided.evidence] == ["Type/yes"]
    assert len(decided.set_aside) == 3


def test_a_question_about_nothing_has_no_answer() -> None:
    """An empty conjunction would be met by silence."""
    for combine in (all_of, any_of):
        with pytest.raises(ValueError, match="no answer"):
            combine()
