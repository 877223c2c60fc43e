"""The lines of a card's detail: each open item once, with why what is there will not do, and where that stands."""

from __future__ import annotations

from collections.abc import Iterable

from cds_service.hooks.markdown import escaped
from cds_service.logic import Evidence, Gap, unique
from cds_service.policy.model import Criterion
from cds_service.wording import cards as say
from cds_service.wording import reasons

_MOST_SOURCES, _MOST_SAYINGS = 3, 2


def evidence_lines(evidence: Iterable[Evidence]) -> list[str]:
    """Each thing the chart says, with its source, as an item."""
    return [f"- {_sourced(each.says, each.source)}" for each in evidence]


def contradicted_lines(criteria: Iterable[Criterion]) -> list[str]:
    """What the policy asks, and below it what the chart says instead."""
    lines = []
    for criterion in criteria:
        lines.append(f"- **{criterion.clause.title}** ({criterion.clause.id}). The chart says:")
        lines += below(evidence_lines(criterion.finding.evidence))
    return lines


def documented_lines(criteria: Iterable[Criterion]) -> list[str]:
    """One line a criterion, for the office that compiles the request."""
    lines = []
    for criterion in criteria:
        said = "; ".join(_by_source(criterion.finding.evidence)[:_MOST_SOURCES])
        lines.append(f"- {_named(criterion, met=True)}{f': {said}' if said else ''}")
    return lines


def open_lines(items: Iterable[tuple[Criterion, list[Gap]]]) -> list[str]:
    """What is open under each criterion, and what would settle it."""
    lines = []
    for criterion, gaps in items:
        lines.append(f"- {_named(criterion)}. {say.SETTLED_BY[criterion.clause.id]}")
        lines += below(gap_lines(gaps))
    return lines


def gap_lines(gaps: list[Gap]) -> list[str]:
    """What is simply not there, in one line; then why what is there will not do."""
    return [*_not_found(gaps), *_will_not_do(gaps)]


def doubt_lines(gaps: Iterable[Gap]) -> list[str]:
    """Why each thing that is there leaves the question open."""
    return [f"- {_sourced(because, source)}" for because, source in unique((g.because, g.source) for g in gaps)]


def unread_lines(items: Iterable[tuple[Criterion, list[Gap]]]) -> list[str]:
    """Each part of the chart that could not be read, with the criteria that hang on it."""
    waiting: dict[tuple[str, str | None], list[str]] = {}
    for criterion, gaps in items:
        for gap in gaps:
            waiting.setdefault((gap.because, gap.source), []).append(say.SHORT[criterion.clause.id])
    return [f"- {_sourced(because, source)}: {', '.join(unique(on))}" for (because, source), on in waiting.items()]


def as_markdown(lines: Iterable[str]) -> str:
    """Lines of a list close together, everything else a paragraph of its own."""
    text = ""
    for line in filter(None, lines):
        together = _is_item(line) and _is_item(text.rsplit("\n", 1)[-1])
        text += line if not text else ("\n" if together else "\n\n") + line
    return text


def _named(criterion: Criterion, *, met: bool = False) -> str:
    return f"**{say.heading(criterion.clause.id, met=met)}** ({criterion.clause.id})"


def _not_found(gaps: list[Gap]) -> list[str]:
    """Everything that is simply not there, in one line."""
    wanted = unique(gap.wanted for gap in gaps if is_plainly_absent(gap))
    return [f"- {say.not_found(wanted)}"] if wanted else []


def _will_not_do(gaps: list[Gap]) -> list[str]:
    """What is wanted, once, and why each thing that is there does not give it; what is wanting alike, together."""
    lines: list[str] = []
    there = [gap for gap in gaps if not is_plainly_absent(gap)]
    alike: dict[tuple[str, ...], list[str]] = {}
    for each in unique(gap.wanted for gap in there):
        alike.setdefault(tuple(doubt_lines(gap for gap in there if gap.wanted == each)), []).append(each)
    for doubts, wanting in alike.items():
        wanted = "; ".join(wanting)
        if len(doubts) == 1:
            lines.append(f"- {wanted}: {doubts[0].removeprefix('- ')}")
        else:
            lines += [f"- {wanted}:", *below(doubts)]
    return lines


def is_plainly_absent(gap: Gap) -> bool:
    """Whether there is nothing to say of a gap but that it was looked for and not found."""
    return gap.because == reasons.NOT_IN_CHART


def _by_source(evidence: Iterable[Evidence]) -> list[str]:
    """What each resource says, shortly; what names no resource (a search that found nothing) is not repeated here."""
    said: dict[str, list[str]] = {}
    for each in evidence:
        if "/" in each.source:
            said.setdefault(each.source, []).append(each.says)
    return [_sourced(", ".join(sayings[:_MOST_SAYINGS]), source) for source, sayings in said.items()]


def _sourced(says: str, source: str | None) -> str:
    return f"{escaped(says)} ({escaped(source)})" if source else escaped(says)


def below(lines: Iterable[str]) -> list[str]:
    """Items of a list, one step further in."""
    return [f"  {line}" for line in lines]


def _is_item(line: str) -> bool:
    return line.lstrip().startswith("- ")
