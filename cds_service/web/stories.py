"""The sample stories: synthetic charts, one a folder, each with a line that tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from cds_service.frozen import frozen
from cds_service.wording.tryit import AROUND_THE_INFUSION, GROUPS, OTHER_STORIES

BESIDE_THE_PACKAGE = Path(__file__).parent.parent.parent / "sample_bundles"
"""Where they lie in a clone and in the image; an installation from a wheel names its own folder."""
_FILES = ("request.json", "bundle.json")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)

TO_BEGIN_WITH = (
    "everything-documented-cd18-absent",
    "cd18-exactly-2-percent",
    "newly-diagnosed-and-nothing-else-on-record",
    "sister-is-a-matched-donor",
)
"""The stories that show most of the service in the shortest time."""
_AROUND_THE_INFUSION = "kresladi-treatment-"
"""How the ids of those services begin."""
_SPELLINGS = {
    "kresladi": "Kresladi", "cd18": "CD18", "cd11": "CD11", "itgb2": "ITGB2", "hla": "HLA",
    "cds": "CDS", "hooks": "Hooks", "lad i": "LAD-I", "lad iii": "LAD-III",
}  # fmt: skip


class _Expected(msgspec.Struct):
    service: str = ""
    topics: list[str] = []


@frozen
class Story:
    """One folder: its name, its line, the group it stands in, where it is sent, and the file."""

    name: str
    says: str
    group: str
    service: str
    """The id of the service that it is for; empty where its hook tells."""
    file: Path

    @property
    def title(self) -> str:
        """The name as a person writes it."""
        words = self.name.removeprefix("treatment-").replace("-", " ")
        for plain, spelled in _SPELLINGS.items():
            words = re.sub(rf"\b{plain}\b", spelled, words)
        words = re.sub(r"(\d) percent\b", "\\1\u00a0%", words)
        return words[0].upper() + words[1:]


def stories_in(folder: Path) -> tuple[Story, ...]:
    """All stories of a folder, by name; none where there is no such folder."""
    found = (_story(each) for each in sorted(folder.iterdir())) if folder.is_dir() else ()
    return tuple(story for story in found if story is not None)


def grouped(stories: Iterable[Story]) -> dict[str, list[Story]]:
    """The stories by group, without groups that are empty."""
    groups: dict[str, list[Story]] = {title: [] for title in (*GROUPS, AROUND_THE_INFUSION, OTHER_STORIES)}
    for story in stories:
        groups[story.group].append(story)
    return {title: members for title, members in groups.items() if members}


def _story(folder: Path) -> Story | None:
    files = [folder / name for name in _FILES if (folder / name).is_file()]
    if not files or not _NAME.fullmatch(folder.name):
        return None
    readme = folder / "README.md"
    says = " ".join(readme.read_text().split()).replace(" %", "\u00a0%") if readme.is_file() else ""
    file = folder / "expected.json"
    expected = msgspec.json.decode(file.read_bytes(), type=_Expected) if file.is_file() else None
    return Story(folder.name, says, _group_of(expected), expected.service if expected else "", files[0])


def _group_of(expected: _Expected | None) -> str:
    """By the service, or else by the first card."""
    if expected is None:
        return OTHER_STORIES
    if expected.service.startswith(_AROUND_THE_INFUSION):
        return AROUND_THE_INFUSION
    first = expected.topics[0] if expected.topics else ""
    return next((title for title, shown in GROUPS.items() if first in shown), OTHER_STORIES)
