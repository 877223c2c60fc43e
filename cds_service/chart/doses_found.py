"""What was found on the way through a chart in search of an earlier dose."""

from __future__ import annotations

from dataclasses import dataclass, field

from cds_service.chart.source import Sifted
from cds_service.facts import EarlierDose
from cds_service.logic import Cause, Evidence, Gap, SetAside
from cds_service.wording import wants

WANTED = wants.NO_EARLIER_DOSE


@dataclass(slots=True)
class DosesFound:
    """Doses given, what may be one, what could not be looked at, and what is none."""

    given: list[Evidence] = field(default_factory=list)
    possible: list[Gap] = field(default_factory=list)
    unread: list[Gap] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)

    def dose(self, source: str, says: str) -> None:
        """Note a dose that was given."""
        self.given.append(Evidence(says, source))

    def may_be(self, source: str, because: str, cause: Cause = Cause.UNUSABLE) -> None:
        """Note something that may be a dose, or may hide one."""
        (self.unread if cause is Cause.UNAVAILABLE else self.possible).append(Gap(WANTED, because, cause, source))

    def no_dose(self, source: str, because: str) -> None:
        """Note a resource that was looked at and is none."""
        self.set_aside.append(SetAside(source, because))

    def take(self, sifted: Sifted) -> Sifted:
        """Keep what was set aside; what will not do may hide a dose."""
        self.set_aside += sifted.set_aside
        for reference, because in sifted.troubles:
            self.may_be(reference, because)
        return sifted

    def as_fact(self, read: tuple[Evidence, ...]) -> EarlierDose:
        """All of it, with what was looked through."""
        return EarlierDose(
            tuple(self.given), tuple(self.possible), tuple(self.unread), read, tuple(dict.fromkeys(self.set_aside))
        )
