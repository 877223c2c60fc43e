"""Reading from the EHR's FHIR server, for one call: with its token, below one base, before one deadline.

Whatever the server does, nothing is raised: each ask gets an `Answered`. COMPLETE without entries is what a read of
something that does not exist gives (404, 410), and a search that finds nothing; FIRST_PAGE is a search of which only a
part came; FAILED is everything else. Why is kept in `exchanges`, without addresses, ids or the token.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

import msgspec

from cds_service.fhir.asks import Ask, Ended, Exchange, Read, Rest, Search, Stop, is_id
from cds_service.fhir.bundle import Answered, Entry, State
from cds_service.fhir.exchanges import Exchanges, Limits
from cds_service.fhir.pages import is_of_unknown_type, named, page_of, together
from cds_service.fhir.servers import below
from cds_service.fhir.wires import Line

# All that it takes to ask comes through this door.
__all__ = ["Ask", "Ended", "FhirClient", "Limits", "Read", "Rest", "Search", "is_id"]

Key = TypeVar("Key", bound=Hashable)

_GONE = (404, 410)


@dataclass(slots=True)
class _Task:
    """One ask under way. What it holds is what is known so far, and stands when time runs out."""

    ask: Ask
    answer: Answered
    ended: Ended = Ended.TIMED_OUT
    seconds: float | None = None


class FhirClient:
    """Reads for one call. The deadline runs from its making; make it when there is something to ask."""

    def __init__(self, base: str, token: str, limits: Limits | None = None) -> None:
        """`base` as `servers.allowed_base` gives it."""
        self.base = base
        self.limits = limits or Limits()
        self.exchanges: list[Exchange] = []
        self._through = Exchanges(token, self.limits)
        self._line = Line()

    def __repr__(self) -> str:
        return f"FhirClient({self.base!r})"

    def answers_to(self, asks: Mapping[Key, Ask]) -> dict[Key, Answered]:
        """What the server answers to each ask, all asked at once. Returns by the deadline and never raises."""
        begun = monotonic()
        tasks = {key: _begun(ask) for key, ask in asks.items()}
        if tasks and self._through.seconds_left() > 0:
            self._work(list(tasks.values()))
        for task in tasks.values():
            seconds = monotonic() - begun if task.seconds is None else task.seconds
            self.exchanges.append(Exchange(task.ask.type, task.ended, round(seconds * 1000)))
        return {key: task.answer for key, task in tasks.items()}

    def _work(self, tasks: list[_Task]) -> None:
        # Threads of this call's own: a server that keeps them waiting keeps no other call waiting.
        pool = ThreadPoolExecutor(min(self.limits.at_once, len(tasks)), initializer=self._line.take_thread)
        running = [pool.submit(self._run, task) for task in tasks]
        unfinished = wait(running, timeout=max(0.0, self._through.seconds_left())).not_done
        pool.shutdown(wait=False, cancel_futures=True)
        if unfinished:
            self._line.hang_up()

    def _run(self, task: _Task) -> None:
        begun = monotonic()
        try:
            self._answer(task)
        except Stop as stop:
            task.ended = stop.ended
        except Exception:  # whatever the network, TLS or a decoder makes of what the server sent
            task.ended = Ended.TIMED_OUT if self._through.seconds_left() <= 0 else Ended.UNREACHABLE
        finally:
            task.seconds = monotonic() - begun

    def _answer(self, task: _Task) -> None:
        match task.ask:
            case Read() as read:
                self._read(read, task)
            case Search() as search:
                self._follow(*search.address(self.base), task)
            case Rest() as rest:
                self._follow(_below(self.base, rest.link), None, task)

    def _read(self, read: Read, task: _Task) -> None:
        if not is_id(read.id):
            raise Stop(Ended.ELSEWHERE)
        address = read.address(self.base)
        status, body = self._through.read(address, read_also=_GONE)
        if status in _GONE:
            if is_of_unknown_type(body):
                raise Stop(Ended.REFUSED)
            task.answer, task.ended = Answered(State.COMPLETE), Ended.ABSENT
            return
        if named(body) != (read.type, read.id):
            raise Stop(Ended.UNREADABLE)
        task.answer, task.ended = Answered(State.COMPLETE, (Entry(msgspec.Raw(body), address),)), Ended.COMPLETE

    def _follow(self, address: str, form: str | None, task: _Task) -> None:
        """A search, page by page."""
        seen: set[str] = set()
        while address not in seen and len(seen) < self.limits.pages:
            seen.add(address)
            _, body = self._through.read(address, form)
            total, page = page_of(body)
            entries = task.answer.entries + page.entries
            if page.state is State.FAILED:
                task.answer = Answered(State.FAILED, entries)
                raise Stop(Ended.REFUSED)
            if page.next_page is None:
                task.answer, task.ended = together(entries, total, page), Ended.COMPLETE
                return
            task.answer = Answered(State.FIRST_PAGE, entries)
            address, form = _below(self.base, page.next_page, address), None
        raise Stop(Ended.TOO_LARGE)


def _begun(ask: Ask) -> _Task:
    known = Answered(State.FIRST_PAGE, ask.so_far) if isinstance(ask, Rest) else Answered(State.FAILED)
    return _Task(ask, known)


def _below(base: str, link: str, here: str = "") -> str:
    address = below(base, link, here)
    if address is None:
        raise Stop(Ended.ELSEWHERE)
    return address
