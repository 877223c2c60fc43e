"""The treatment checklist: what was answered at the bedside, question by question, before any other record."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from cds_service.chart.answers import CONTRADICTORY, Answers, Response, read_answers
from cds_service.chart.source import Source
from cds_service.facts import Documentation
from cds_service.frozen import frozen
from cds_service.logic import Cause, Evidence, Gap
from cds_service.wording import bedside as say

CANONICAL = re.compile(r"/Questionnaire/kresladi-treatment-checklist(?:\|[^|]*)?$")

APPROPRIATE = "transplant-appropriate"
MINIMUM_DOSE = "minimum-dose-reached"
STORED = "product-received-and-stored"
BACK_UP_AVAILABLE = "back-up-available"
BACK_UP_QUANTITY = "back-up-cd34-per-kg"
CONDITIONING_COMPLETED = "conditioning-completed"
IN_DATE = "bags-in-date"
LOT_SHEET = "lot-sheet-checked"
ACCESS = "central-venous-access"
NO_FILTER_NO_PUMP = "no-filter-no-pump"
TOLD = "told-never-to-donate"
REVIEWED = "bedside-steps-reviewed"


@frozen
class Checklist:
    """The answers of one chart."""

    answers: Answers
    source: Source

    def answered(self, wanted: str, link_id: str) -> Documentation:
        """True documents, false denies. Not answered: why what is recorded does not tell."""
        response = self.answers.newest(link_id)
        answer = response.boolean(link_id) if response is not None else None
        if response is None or answer is None:
            gaps = self.answers.troubles(wanted, link_id)
            return Documentation(wanted, gaps=gaps, unread=self.unread(wanted), set_aside=self._aside)
        evidence = Evidence(say.answered(link_id, answer, response.authored), response.record.reference)
        found = Documentation(wanted, set_aside=self._aside)
        return replace(found, shows=(evidence,)) if answer else replace(found, denies=(evidence,))

    def value(self, link_id: str) -> tuple[Response, Any] | None:
        """The newest answer to a question that is no yes or no, with its response; None where there is not one."""
        response = self.answers.newest(link_id)
        answer = response.answer(link_id) if response is not None else None
        return None if response is None or answer is None or answer is CONTRADICTORY else (response, answer)

    def is_contradicted(self, link_id: str) -> bool:
        """Whether the question was answered in more ways than one, and nothing tells which answer counts."""
        response = self.answers.newest(link_id)
        return response is not None and response.answer(link_id) is CONTRADICTORY

    def gaps(self, wanted: str, link_id: str) -> tuple[Gap, ...]:
        """Why what was recorded does not answer the question, or could not be looked at."""
        return (*self.answers.troubles(wanted, link_id), *self.unread(wanted))

    def unread(self, wanted: str) -> tuple[Gap, ...]:
        """A gap where the recorded answers could not be (all) looked at."""
        return self.source.unread(wanted, "QuestionnaireResponse")

    @property
    def _aside(self) -> tuple[Any, ...]:
        return tuple(self.answers.sifted.set_aside)


def read_checklist(source: Source) -> Checklist:
    """The answers to the treatment checklist on this chart."""
    return Checklist(read_answers(source, CANONICAL), source)


def otherwise(
    answered: Documentation,
    shows: tuple[Evidence, ...] = (),
    denies: tuple[Evidence, ...] = (),
    gaps: tuple[Gap, ...] = (),
    unread: tuple[Gap, ...] = (),
) -> Documentation:
    """What was answered; where nothing was, the same with what other records show, deny or leave open.

    Answers that contradict each other are not settled by another record; nor are those that could not be looked at,
    which would come first.
    """
    contradict = any(gap.cause is Cause.CONFLICT for gap in answered.gaps)
    if answered.shows or answered.denies or answered.unread or contradict:
        return answered
    return replace(answered, shows=shows, denies=denies, gaps=(*answered.gaps, *gaps), unread=unread)
