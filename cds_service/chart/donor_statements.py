"""What a chart says on sibling donors, weighed: who is available, who cannot donate, and which word is the newer."""

from __future__ import annotations

from dataclasses import dataclass, field

from cds_service.chart.relations import Relation
from cds_service.frozen import frozen
from cds_service.logic import Answer, Evidence
from cds_service.timing import When

EVERYONE = Relation()


@frozen
class Statement:
    """One thing the chart says on donors: when, and of whom (`EVERYONE`, or one donor)."""

    evidence: Evidence
    when: When | None
    donor: Relation = EVERYONE

    def settles(self, match: Statement) -> bool:
        """Whether this is surely newer than the match, and surely about that donor."""
        return self.donor.sexes <= match.donor.sexes and match.is_before(self)

    def disputes(self, match: Statement) -> bool:
        """Whether this, that a donor does not match, may be about that donor, and is not surely the older word."""
        return self.donor.may_be_same_as(match.donor) and not self.is_before(match)

    def is_before(self, other: Statement) -> bool:
        """Whether this is surely older."""
        if self.when is None or other.when is None:
            return False
        return self.when.before(other.when) is Answer.MET


@dataclass(slots=True)
class Statements:
    """All statements, by what they say."""

    available: list[Statement] = field(default_factory=list)
    """A matched full sibling, or the answer that a matched sibling donor is available."""
    possible: list[Statement] = field(default_factory=list)
    """A match that may be a full sibling's."""
    none: list[Statement] = field(default_factory=list)
    """That there is no sibling, or no matched one."""
    unusable: list[Statement] = field(default_factory=list)
    """That one donor cannot donate."""
    the_matched_one_unusable: list[Statement] = field(default_factory=list)
    """That "the matched sibling" cannot donate, whoever that is."""
    mismatched: list[Statement] = field(default_factory=list)
    """That one donor does not match."""
    in_words: list[Statement] = field(default_factory=list)
    """A matched sibling named in a sentence of a report or note, which may be any of the others."""

    def against(self, match: Statement) -> list[Statement]:
        """What says that this donor is not available, or no match after all."""
        return [*self._settling(match), *(each for each in self.mismatched if each.disputes(match))]

    def _settling(self, match: Statement) -> list[Statement]:
        """What says that this donor is not available."""
        alone = len(self.available) + len(self.possible) == 1
        of_this_donor = [each for each in self.unusable if each.donor.may_be_same_as(match.donor)]
        unnamed = [each for each in self.unusable if not each.donor.names_someone]
        of_whoever_matches = (*unnamed, *self.the_matched_one_unusable) if alone else ()
        perhaps = [each for each in of_whoever_matches if not each.donor.is_surely_not(match.donor)]
        return [*self.none, *of_this_donor, *perhaps]

    def settled(self) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
        """What shows that none is available, and what denies it.

        A newer statement against every match settles it, and both are shown; an older one stands beside the match,
        which is a conflict, as is a newer result that the same donor does not match. A possible match alone denies
        nothing, but no older statement holds against it.
        """
        available = [match for match in self.available if self._is_open(match)]
        uncontested = [match for match in available if not self.against(match)]
        if available:
            return ((), _evidence(uncontested)) if uncontested else (self._against(available), _evidence(available))
        possible = [match for match in self.possible if self._is_open(match)]
        possible += [words for words in self.in_words if not self._is_settled(words)]
        settling = [each for match in self.available for each in self._settling(match)]
        shows = _evidence([*self.none, *(settling if self.available else self.the_matched_one_unusable)])
        if possible:
            return (shows, _evidence(possible)) if shows else ((), ())
        return (*shows, *_evidence(self.available)) if shows else (), ()

    def _against(self, matches: list[Statement]) -> tuple[Evidence, ...]:
        return _evidence([each for match in matches for each in self.against(match)])

    def _is_open(self, match: Statement) -> bool:
        return not any(each.settles(match) for each in self._settling(match))

    def _is_settled(self, words: Statement) -> bool:
        """Whether anything newer says that there is none, or that a sibling cannot donate."""
        newer = (*self.none, *self.unusable, *self.the_matched_one_unusable)
        return any(words.is_before(each) for each in newer)


def _evidence(statements: list[Statement]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(statement.evidence for statement in statements))
