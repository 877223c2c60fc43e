"""Whether an HLA-matched sibling donor is available: the recorded answer, results, statements, reports and notes."""

from __future__ import annotations

from cds_service.chart.answers import SIBLING_DONOR, Answers
from cds_service.chart.donor_documents import sort_documents
from cds_service.chart.donor_results import results_on_donors
from cds_service.chart.donor_statements import Statement, Statements
from cds_service.chart.source import Source
from cds_service.facts import Documentation
from cds_service.logic import Evidence, Remedy
from cds_service.wording import shown, wants

TYPES = ("QuestionnaireResponse", "Observation", "Condition", "DiagnosticReport")
REMEDY = Remedy.SIBLING_HLA_TYPING


def read_donors(source: Source, answers: Answers) -> Documentation:
    """Whether it is documented that no matched sibling donor is available."""
    wanted = wants.NO_SIBLING_DONOR
    statements = Statements()
    _sort_answer(answers, statements)
    found, sifted = results_on_donors(source)
    for each in found:
        each.sort_into(statements)
    sort_documents(source, sifted, statements)
    shows, denies = statements.settled()
    unread = (*TYPES, "RelatedPerson") if any(each.relation.dangling for each in found) else TYPES
    return Documentation(
        wanted,
        shows=shows,
        denies=denies,
        gaps=(*answers.troubles(wanted, SIBLING_DONOR, REMEDY), *sifted.gaps(wanted, REMEDY)),
        unread=source.unread(wanted, *unread, remedy=REMEDY),
        set_aside=tuple(sifted.set_aside),
        remedy=REMEDY,
    )


def _sort_answer(answers: Answers, statements: Statements) -> None:
    response = answers.newest(SIBLING_DONOR)
    answer = response.boolean(SIBLING_DONOR) if response else None
    if response is not None and answer is not None:
        says = shown.answered_sibling_donor(answer, response.authored)
        statement = Statement(Evidence(says, response.record.reference), response.authored)
        (statements.available if answer else statements.none).append(statement)
