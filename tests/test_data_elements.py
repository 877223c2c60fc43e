"""The page of data elements says what the code does."""

from __future__ import annotations

from cds_service.policy.kresladi import policy
from cds_service.policy.label import label
from tools.data_elements import LABEL_READERS, READERS, TARGET, document, literals, reach


def test_the_page_is_what_the_code_says() -> None:
    """`make docs` was run after the last change."""
    assert TARGET.read_text() == document()


def test_every_leaf_of_the_policy_is_on_the_page() -> None:
    """No criterion is without its readers, the label's included."""
    for clauses, readers in ((policy, READERS), (label, LABEL_READERS)):
        assert set(readers) == {clause_id for clause_id in clauses.clauses if not clauses.parts_of(clause_id)}


def test_what_a_reader_names_is_found() -> None:
    """The literals of the readers, and of those that they import, are what the page is made of."""
    assert "cd18" in set(literals("flow_cytometry"))
    assert "stem-cell-transplant" in {each for module in reach("flow_cytometry") for each in literals(module)}
