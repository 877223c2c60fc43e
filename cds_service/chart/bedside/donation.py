"""Whether the patient was told never to donate: as the checklist says, else by a flag of the chart."""

from __future__ import annotations

import re
from typing import Any

from cds_service.chart.bedside.checklist import TOLD, Checklist, otherwise
from cds_service.chart.bedside.members import dicts, words_of
from cds_service.chart.bedside.moments import written
from cds_service.chart.bedside.small import sift_plain
from cds_service.chart.source import Source
from cds_service.facts import Documentation
from cds_service.logic import Evidence
from cds_service.timing import When
from cds_service.wording import bedside as say

WANTED = say.WANTED_TOLD
_DONATION = re.compile(r"donat|\bdonors?\b", re.IGNORECASE)
_WILLING = re.compile(
    r"\b(?:organ|tissue|eye|cornea|registered|potential|living|related|sibling|matched|haplo\w*|kidney|liver|"
    r"marrow|stem[- ]cell)\b.{0,20}\bdonors?\b|\bdonors? (?:card|regist|search|match|consent|milk)|\bdonated\b|"
    r"\bdonor[- ](?:derived|specific|lymphocyte|chimerism)",
    re.IGNORECASE,
)
"""Says that somebody gives, or gave, rather than that the patient must not."""
_MUST_NOT = re.compile(
    r"\b(?:no|not|never|cannot|nor|without|ineligible|unsuitable|permanent\w*|life-?long)\b|n['’]t\b|defer|exclu|restrict|"
    r"\bban|prohibit|contraindic|avoid|barred|forbid",
    re.IGNORECASE,
)


def read_told(source: Source, checklist: Checklist) -> Documentation:
    """Told, as answered or flagged; not told, as answered; else open."""
    flags = sift_plain(source, "Flag", "subject")
    shows = tuple(
        Evidence(say.flag(words_of(flag.get("code"))[0]), record.reference)
        for record, flag in flags.usable
        if _is_in_force(flag, source) and _forbids(words_of(flag.get("code")))
    )
    unread = source.unread(WANTED, "Flag")
    return otherwise(checklist.answered(WANTED, TOLD), shows=shows, gaps=flags.gaps(WANTED), unread=unread)


def _is_in_force(flag: dict[str, Any], source: Source) -> bool:
    today = When.on(source.today)
    ends = [written(period.get("end")) for period in dicts(flag.get("period"))]
    return flag.get("status") == "active" and not any(end and end.last < today.first for end in ends)


def _forbids(said: tuple[str, ...]) -> bool:
    """Whether a flag is about donating, and not about the patient as somebody's donor."""
    return any(_DONATION.search(text) and (_MUST_NOT.search(text) or not _WILLING.search(text)) for text in said)
