"""The transplant specialist's attestation. The author is looked at first: only that specialist's answers are read."""

from __future__ import annotations

from cds_service.chart.answers import ELIGIBLE, STABLE, Answers, Response
from cds_service.chart.clinicians import Clinician, Clinicians
from cds_service.chart.source import Source
from cds_service.chart.specialty import TRANSPLANT
from cds_service.facts import Documentation
from cds_service.frozen import frozen
from cds_service.logic import Cause, Evidence, Gap, Remedy
from cds_service.wording import not_read, reasons, shown, wants

REMEDY = Remedy.TRANSPLANT_CONSULT


@frozen
class Attestation:
    """The two statements, and the responses of transplant specialists that made them."""

    stable: Documentation
    eligible: Documentation
    responses: tuple[Response, ...]


def read_attestation(source: Source, answers: Answers, clinicians: Clinicians) -> Attestation:
    """Both statements of the attestation, as transplant specialists answered them."""
    authors = {
        r.record.reference: clinicians.behind(r.author, r.contained, r.record.reference) for r in answers.responses
    }
    reader = _Reader(source, answers, authors)
    return Attestation(
        reader.read(STABLE, wants.STABLE, shown.STABLE),
        reader.read(ELIGIBLE, wants.ELIGIBLE, shown.ELIGIBLE),
        tuple(r for r in answers.responses if reader.by_specialist(r) and _attests(r)),
    )


def _attests(response: Response) -> bool:
    return response.boolean(STABLE) is not None or response.boolean(ELIGIBLE) is not None


@frozen
class _Reader:
    """Reads one statement after the other, knowing every author."""

    source: Source
    answers: Answers
    authors: dict[str, Clinician | None]

    def by_specialist(self, response: Response) -> bool:
        """Whether a transplant specialist wrote the response."""
        author = self.authors[response.record.reference]
        return author is not None and TRANSPLANT in author.specialties

    def read(self, link_id: str, wanted: str, says: str) -> Documentation:
        """One statement: the newest answer by a transplant specialist, or why there is none that counts."""
        response = self.answers.newest(link_id, self.by_specialist)
        answer = response.boolean(link_id) if response else None
        if response is not None and answer is not None:
            evidence = Evidence(shown.attested(says, answer, response.authored), response.record.reference)
            return Documentation(wanted, shows=(evidence,) if answer else (), denies=() if answer else (evidence,))
        others = [r for r in self.answers.responses if r.answer(link_id) is not None]
        return Documentation(
            wanted,
            gaps=(*(self._why_not(wanted, link_id, r) for r in others), *self.answers.sifted.gaps(wanted, REMEDY)),
            unread=self.source.unread(wanted, "QuestionnaireResponse", remedy=REMEDY),
            set_aside=tuple(self.answers.sifted.set_aside),
            remedy=REMEDY,
        )

    def _why_not(self, wanted: str, link_id: str, response: Response) -> Gap:
        """Why an answer does not count as the attestation: who wrote it, or how it is answered."""
        author = self.authors[response.record.reference]
        reference = response.record.reference
        if response.author is None:
            return Gap(wanted, reasons.NO_AUTHOR, Cause.UNUSABLE, reference, REMEDY)
        if author is not None and not author.known:
            return Gap(wanted, not_read.AUTHOR_NOT_READ, Cause.UNAVAILABLE, reference, REMEDY)
        if self.by_specialist(response):
            both = any(isinstance(value, bool) for value in response.answers[link_id])
            cause = Cause.CONFLICT if both else Cause.UNUSABLE
            return Gap(wanted, reasons.NOT_ONE_YES_OR_NO, cause, reference, REMEDY)
        because = reasons.author_is_not_transplant(", ".join(author.words[:2]) if author else "")
        return Gap(wanted, because, Cause.UNUSABLE, reference, REMEDY)
