"""The transplant specialist's attestation. The author is looked at first: only that specialist's answers are read."""

from __future__ import annotations

from dataclasses import dataclass

from cds_service.chart.answers import ELIGIBLE, STABLE, Answers, Response
from cds_service.chart.clinicians import TRANSPLANT, Clinician, Clinicians
from cds_service.chart.source import Source
from cds_service.facts import Documentation
from cds_service.logic import Cause, Evidence, Gap, Remedy
from cds_service.wording import reasons, shown

REMEDY = Remedy.TRANSPLANT_CONSULT


@dataclass(frozen=True, slots=True)
class Attestation:
    """The two statements, and the responses of transplant specialists that made them."""

    stable: Documentation
    eligible: Documentation
    responses: tuple[Response, ...]


def read_attestation(source: Source, answers: Answers, clinicians: Clinicians) -> Attestation:
    """Both statements of the attestation, as transplant specialists answered them."""
    authors = {id(r): clinicians.behind(r.author, r.contained) for r in answers.responses}

    def by_specialist(response: Response) -> bool:
        author = authors[id(response)]
        return author is not None and TRANSPLANT in author.specialties

    def read(link_id: str, wanted: str, says: str) -> Documentation:
        response = answers.newest(link_id, by_specialist)
        answer = response.boolean(link_id) if response else None
        if response is not None and answer is not None:
            evidence = Evidence(shown.attested(says, answer, response.authored), response.record.reference)
            return Documentation(wanted, shows=(evidence,) if answer else (), denies=() if answer else (evidence,))
        others = [r for r in answers.responses if r.answer(link_id) is not None]
        gaps = [_why_not(wanted, r, authors[id(r)]) for r in others]
        return Documentation(
            wanted,
            gaps=(*gaps, *answers.sifted.gaps(wanted, REMEDY)),
            unread=source.unread(wanted, "QuestionnaireResponse", remedy=REMEDY),
            set_aside=tuple(answers.sifted.set_aside),
            remedy=REMEDY,
        )

    attesting = tuple(
        response
        for response in answers.responses
        if by_specialist(response) and (response.boolean(STABLE) is not None or response.boolean(ELIGIBLE) is not None)
    )
    return Attestation(
        read(STABLE, reasons.WANTED_STABLE, shown.STABLE),
        read(ELIGIBLE, reasons.WANTED_ELIGIBLE, shown.ELIGIBLE),
        attesting,
    )


def _why_not(wanted: str, response: Response, author: Clinician | None) -> Gap:
    """Why an answer does not count as the attestation: who wrote it."""
    reference = response.record.reference
    if response.author is None:
        return Gap(wanted, reasons.NO_AUTHOR, Cause.UNUSABLE, reference, REMEDY)
    if author is not None and not author.known:
        return Gap(wanted, reasons.AUTHOR_NOT_READ, Cause.UNAVAILABLE, reference, REMEDY)
    because = reasons.author_is_not_transplant(", ".join(author.words[:2]) if author else "")
    return Gap(wanted, because, Cause.UNUSABLE, reference, REMEDY)
