"""The policy as a reviewer reads it: its clauses, its tree, its outcomes, and what it asks of an empty chart."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from cds_service import policy as policy_package
from cds_service.facts import Chart, Documentation, EarlierDose, Level, Result, Results
from cds_service.logic import Answer, Cause, Evidence, Gap
from cds_service.policy import kresladi
from cds_service.policy.kresladi import determine, policy
from cds_service.policy.model import Clause, Criterion, Outcome, Policy
from cds_service.wording import reasons

CLAUSES = (
    "I.A.1", "I.A.1.diagnosis", "I.A.1.a", "I.A.1.b", "I.A.1.b.i", "I.A.1.b.ii", "I.A.1.b.iii", "I.A.2", "I.A.2.a",
    "I.A.2.b", "I.A.3", "I.A.3.a", "I.A.3.b", "I.A.4", "I.A.5", "I.A.6", "I.B", "II.A",
)  # fmt: skip
EVIDENCE = (Evidence("it says so", "Type/x"),)
YES = Documentation("wanted", shows=EVIDENCE)
NO = Documentation("wanted", denies=EVIDENCE)


def percent(value: str) -> Results:
    return Results("wanted", (Result(Level.exactly(Decimal(value)), EVIDENCE[0], together=frozenset({"report"})),))


COMPLETE = Chart(
    earlier_dose=EarlierDose(read=EVIDENCE),
    lad1=YES,
    cd18=percent("1.2"),
    transplant_specialist=YES,
    second_specialist=YES,
    significant_infection=YES,
    no_matched_sibling_donor=YES,
    attested_stable=YES,
    attested_eligible=YES,
    single_infusion=YES,
    dose_per_kg=percent("2.8"),
)


def answers(chart: Chart) -> dict[str, Answer]:
    found: dict[str, Answer] = {}

    def walk(criterion: Criterion) -> None:
        found[criterion.clause.id] = criterion.finding.answer
        for part in criterion.parts:
            walk(part)

    for criterion in determine(chart).criteria:
        walk(criterion)
    return found


def test_every_clause_is_there_in_the_policys_order() -> None:
    """No clause is missing, none is invented, and they stand as the policy numbers them."""
    assert tuple(policy.clauses) == CLAUSES


def test_the_tree_nests_by_number() -> None:
    """I.A.1.b.i stands under I.A.1.b, which stands under I.A.1."""
    assert [clause.id for clause in policy.parts_of("I.A.1")] == ["I.A.1.diagnosis", "I.A.1.a", "I.A.1.b"]
    assert [clause.id for clause in policy.parts_of("I.A.1.b")] == ["I.A.1.b.i", "I.A.1.b.ii", "I.A.1.b.iii"]
    assert policy.parts_of("I.A.4") == ()


@pytest.mark.parametrize("clause", policy.clauses.values(), ids=lambda clause: clause.id)
def test_every_clause_says_what_it_means(clause: Clause) -> None:
    """A pharmacist reads a title and a meaning, not code."""
    assert clause.title
    assert clause.meaning.endswith(".")


def test_our_readings_are_shown_to_the_reader() -> None:
    """The comments that begin with "We read" are what `cds-service policy` prints, whole."""
    assert policy.clauses["I.A.1.b.i"].readings == (
        'We read "CD11a or CD11b" as either one.',
        'We read "concurrently" as the same specimen, the same report or the same day.',
    )
    assert sum(len(clause.readings) for clause in policy.clauses.values()) >= 14


def test_a_clause_cannot_stand_twice() -> None:
    """Two clauses of one number would hide one another."""
    twice = Policy("X", "", "")
    twice.clause("1", "one")(kresladi.diagnosis)
    with pytest.raises(ValueError, match="stands twice"):
        twice.clause("1", "two")(kresladi.attested)


def test_clauses_hold_no_control_flow() -> None:
    """A clause is a citation, combinators and facts: no `if`, no loop, nothing to step through."""
    for clause in policy.clauses.values():
        tree = ast.parse(inspect.getsource(clause.question))
        kinds = {type(node) for node in ast.walk(tree)}
        assert not kinds & {ast.If, ast.IfExp, ast.For, ast.While, ast.Try, ast.BoolOp, ast.Compare}, clause.id


def test_a_complete_chart_meets_every_criterion() -> None:
    """The chart that the other tests take something from."""
    determined = determine(COMPLETE)
    assert determined.outcome is Outcome.CRITERIA_MET
    assert determined.answered(Answer.MET) == determined.criteria


def test_an_empty_chart_lists_every_datum_it_could_use() -> None:
    """Nothing is cut short: the gaps of an empty chart are the policy's data elements. Silence is never a no."""
    determined = determine(Chart())
    found = answers(Chart())
    assert found.pop("II.A") is Answer.MET, "an empty but complete chart holds no dose"
    assert set(found.values()) == {Answer.UNKNOWN}
    wanted = {
        gap.wanted for criterion in determined.criteria for leaf in criterion.leaves() for gap in leaf.finding.gaps
    }
    assert len(wanted) == 16


@pytest.mark.parametrize(
    ("change", "clause", "answer", "remark"),
    [
        ({"cd18": percent("1.99")}, "I.A.1.a", Answer.MET, "just below 2 %"),
        ({"cd18": percent("2")}, "I.A.1.a", Answer.NOT_MET, "exactly 2 % is not below 2 %"),
        ({"cd18": percent("2")}, "I.A.1", Answer.UNKNOWN, "2 % asks for pathway b"),
        ({"cd18": percent("2"), "cd11a": percent("1"), "pathogenic_itgb2": YES, "delayed_cord_separation": YES},
         "I.A.1", Answer.MET, "pathway b complete"),
        ({"cd18": percent("2"), "cd11b": percent("1"), "pathogenic_itgb2": YES, "family_history": YES},
         "I.A.1", Answer.MET, "CD11b serves as well, and a relative for the history"),
        ({"cd18": percent("2"), "cd11a": percent("2"), "cd11b": percent("2")}, "I.A.1", Answer.NOT_MET, "no CD11 low"),
        ({"cd18": percent("2"), "cd11a": percent("2")}, "I.A.1.b.i", Answer.UNKNOWN, "CD11b is not known"),
        ({"cd18": Results("wanted"), "cd11a": percent("1")}, "I.A.1", Answer.UNKNOWN, "CD18 not known is not 2 %"),
        ({"lad1": NO}, "I.A.1", Answer.NOT_MET, "the diagnosis is refuted"),
        ({"family_history": YES, "significant_infection": Documentation("wanted")}, "I.A.3", Answer.MET, "a relative"),
        ({"family_history": NO, "significant_infection": Documentation("wanted")}, "I.A.3", Answer.UNKNOWN,
         "no relative, but infections are not known"),
        ({"attested_stable": NO}, "I.A.5", Answer.NOT_MET, "one statement answered no"),
        ({"attested_stable": Documentation("wanted")}, "I.A.5", Answer.UNKNOWN, "one statement missing"),
        ({"attested_stable": NO, "attested_eligible": Documentation("wanted")}, "I.A.5", Answer.NOT_MET,
         "one no decides whatever is missing"),
        ({"dose_per_kg": percent("2.79")}, "I.A.6", Answer.NOT_MET, "just below the minimum dose"),
        ({"dose_per_kg": percent("2.8")}, "I.A.6", Answer.MET, "exactly the minimum dose"),
        ({"single_infusion": NO}, "I.A.6", Answer.NOT_MET, "more than one infusion"),
        ({"no_matched_sibling_donor": NO}, "I.A.4", Answer.NOT_MET, "a donor is available"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else None,
)  # fmt: skip
def test_one_change_to_a_complete_chart(change: dict[str, object], clause: str, answer: Answer, remark: str) -> None:
    """Each row changes one thing in a chart that documents everything."""
    assert answers(replace(COMPLETE, **change))[clause] is answer, remark


GIVEN_BEFORE = EarlierDose(given=EVIDENCE)
PERHAPS_GIVEN = EarlierDose(possible=(Gap("wanted", "because", Cause.UNUSABLE),))
OTHER_DISEASE = Documentation("wanted", shows=EVIDENCE)


@pytest.mark.parametrize(
    ("change", "outcome", "remark"),
    [
        ({"earlier_dose": GIVEN_BEFORE, "ordered_for_another_disease": OTHER_DISEASE}, Outcome.EARLIER_DOSE,
         "an earlier dose comes before everything"),
        ({"ordered_for_another_disease": OTHER_DISEASE, "no_matched_sibling_donor": NO}, Outcome.OTHER_INDICATION,
         "another indication comes before a donor"),
        ({"no_matched_sibling_donor": NO, "attested_stable": NO}, Outcome.SIBLING_DONOR, "a donor before other nos"),
        ({"attested_stable": NO, "lad1": Documentation("wanted")}, Outcome.CRITERIA_NOT_MET, "a no before an unknown"),
        ({"earlier_dose": PERHAPS_GIVEN}, Outcome.DOCUMENTATION_MISSING, "a possible dose is an unknown"),
        ({}, Outcome.CRITERIA_MET, "all met"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
def test_the_first_outcome_that_applies(change: dict[str, object], outcome: Outcome, remark: str) -> None:
    """The gravest comes first."""
    assert determine(replace(COMPLETE, **change)).outcome is outcome, remark


def test_another_indication_asks_only_what_applies() -> None:
    """Under I.B only II.A and I.B are there, and I.B is met because the section applies."""
    determined = determine(replace(COMPLETE, ordered_for_another_disease=OTHER_DISEASE))
    assert determined.section == "I.B"
    assert [(each.clause.id, each.finding.answer) for each in determined.criteria] == [
        ("II.A", Answer.MET),
        ("I.B", Answer.MET),
    ]


def test_the_policy_package_is_pure() -> None:
    """Its docstring promises it; the import test keeps it."""
    assert "Pure" in (policy_package.__doc__ or "")


@pytest.mark.parametrize(
    ("cd18", "because"),
    [
        pytest.param(Results("wanted"), reasons.nothing_to_go_with, id="no CD18 that can be used"),
        pytest.param(
            Results("wanted", (Result(Level.exactly(Decimal(3)), EVIDENCE[0]),)),
            reasons.not_concurrent,
            id="another CD18",
        ),
    ],
)
def test_a_cd11_by_itself_says_what_it_lacks(cd18: Results, because: Callable[[str], str]) -> None:
    """A CD18 result at all, or one of the same specimen, report or day."""
    finding = kresladi.cd11_is_missing(replace(COMPLETE, cd18=cd18, cd11a=percent("1"), cd11b=Results("wanted")))
    assert because(EVIDENCE[0].says) in [gap.because for gap in finding.gaps]


def test_one_conflict_is_told_once() -> None:
    """CD18 is asked about twice (below 2 %, 2 % or more); results that disagree make one gap of it, not two."""
    low, high = percent("1.4").usable[0], percent("2.6").usable[0]
    chart = replace(COMPLETE, cd18=Results("wanted", (low, replace(high, evidence=Evidence("2.6 %", "Type/y")))))
    criterion = determine(chart).criterion("I.A.1")
    assert criterion is not None
    assert [gap.cause for gap in criterion.finding.gaps] == [Cause.CONFLICT]
