"""What prefetch left out, read from the EHR's FHIR server: the missing parts, then the references that matter.

Three waves at most, before the client's one deadline: the parts of the chart by key; what their references lead to;
and who stands behind the roles that came with the second. What prefetch gave is not asked for again, and null is an
answer. What comes is taken into the `Sent` of the call, so the chart is the same as if all of it had been sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import msgspec

from cds_service.chart.gather import Call, Sent
from cds_service.chart.leads import leads, on_server, ordered_medications, products
from cds_service.chart.orders import DraftOrder
from cds_service.chart.queries import EVERY, PATIENT, Query
from cds_service.chart.source import Source
from cds_service.exact_json import UNREADABLE
from cds_service.fhir.bundle import Answered, Entry, State
from cds_service.fhir.client import Ask, FhirClient, Read, Rest, Search, is_id
from cds_service.fhir.headers import is_taken_apart
from cds_service.fhir.identity import split_literal
from cds_service.fhir.servers import below

MOST_REFERENCES = 150
"""References followed for one call; the gravest come first."""
MOST_ORDERED = 20
"""Draft orders of one call whose Medication is read to tell what they are for."""
_PEOPLE_PER_SEARCH = 20
_WAVES_OF_REFERENCES = 2
_TYPES = {query.key: query.type for query in EVERY}
_TOKENS = {"Practitioner": "{{userPractitionerId}}", "PractitionerRole": "{{userPractitionerRoleId}}"}


@dataclass(slots=True, repr=False)
class Fetching:
    """All fetching for one call: with its client, into its `Sent`.

    `references` and `roles` tell, by `Type/id`, what became of each reference that was followed, and of the search for
    each Practitioner's roles. COMPLETE without entries: looked for, and not there.
    """

    client: FhirClient
    call: Call
    sent: Sent
    references: dict[str, Answered] = field(default_factory=dict)
    roles: dict[str, Answered] = field(default_factory=dict)

    @property
    def absent(self) -> frozenset[str]:
        """The references that lead nowhere."""
        return frozenset(key for key, answer in self.references.items() if _is_complete(answer) and not answer.entries)

    @property
    def roles_unread(self) -> frozenset[str]:
        """The Practitioners whose roles were not (all) read, so that no word of a specialty proves nothing."""
        return frozenset(key for key, answer in self.roles.items() if not _is_complete(answer))

    def medications(self, drafts: Iterable[Entry]) -> None:
        """Read the Medications that draft orders refer to and that were not sent, to tell what the orders are for."""
        wanted = dict.fromkeys(on_server(ordered_medications(drafts), self._bases, ("Medication",)))
        self._follow([*islice(filter(self._is_missing, wanted), MOST_ORDERED)], ())

    def chart(self, orders: Iterable[DraftOrder], view: Callable[[Sent], Source]) -> None:
        """Read what was not sent: the parts of the chart, then the references that matter.

        `view` makes the Source of what there is, so that references are looked for where the readers will look.
        """
        ordered = tuple(orders)
        self.read(view, lambda source: leads(source, ordered, self.call.user, self._bases))

    def bedside(self, view: Callable[[Sent], Source]) -> None:
        """The same for the course of treatment, of which only what was given and delivered refers to anything."""
        self.read(view, lambda source: products(source, self._bases))

    def read(self, view: Callable[[Sent], Source], wanted_of: Callable[[Source], Iterable[str]]) -> None:
        """Read the parts of the chart that were not sent, then the references that are wanted of them."""
        self._parts()
        self._know_user()
        source = view(self.sent)
        for _ in range(_WAVES_OF_REFERENCES):
            wanted = tuple(islice(dict.fromkeys(wanted_of(source)), MOST_REFERENCES))
            people = [reference for reference in wanted if reference.startswith("Practitioner/")]
            self._follow([*filter(self._is_missing, wanted)], [each for each in people if each not in self.roles])

    @property
    def _bases(self) -> frozenset[str]:
        """The server's address, in its one form and as the call writes it."""
        return frozenset({self.client.base, self.call.fhir_server.rstrip("/")})

    # --- the parts of the chart --------------------------------------------------------------------------------------

    def _parts(self) -> None:
        answers, base = self.sent.answers, self.client.base
        asks = missing_parts(self.call, answers, base)
        self._ask_parts(asks)
        # A paging link may be good only for the EHR's own session, or no longer: then the search is run anew.
        stuck = {key for key, ask in asks.items() if isinstance(ask, Rest) and _is_stuck(ask, answers[key])}
        known = {key: answers[key] for key in answers if key not in stuck}
        anew = missing_parts(self.call, known, base)
        self._ask_parts({key: ask for key, ask in anew.items() if key in stuck})

    def _ask_parts(self, asks: Mapping[str, Ask]) -> None:
        for key, answer in self.client.answers_to(asks).items():
            self._take_in(key, answer.entries)
            self.sent.answers[key] = _merged(self.sent.answers.get(key), asks[key], answer)

    def _know_user(self) -> None:
        """What the parts about the user say of references: they are not asked for twice."""
        _, kind, id_ = split_literal(self.call.user)
        for query in self.call.queries:
            if query.user_token == kind and query.key in self.sent.answers:
                known = self.roles if "?" in query.template else self.references
                known[f"{kind}/{id_}"] = self.sent.answers[query.key]

    # --- references --------------------------------------------------------------------------------------------------

    def _is_missing(self, reference: str) -> bool:
        return reference not in self.references and self.sent.records.at(reference) is None

    def _follow(self, missing: Iterable[str], people: Sequence[str]) -> None:
        """Read references and search for people's roles, all at once; take in what comes."""
        asks: dict[str | tuple[str, ...], Ask] = {reference: _read(reference) for reference in missing}
        for start in range(0, len(people), _PEOPLE_PER_SEARCH):
            group = tuple(people[start : start + _PEOPLE_PER_SEARCH])
            asks[group] = _roles_of(group)
        for key, answer in self.client.answers_to(asks).items():
            if isinstance(key, str):
                self.references[key] = answer
                self._take_in(key, answer.entries)
            else:
                self.roles |= dict.fromkeys(key, answer)
                self._take_in("PractitionerRole", answer.entries)

    # --- taking in ---------------------------------------------------------------------------------------------------

    def _take_in(self, place: str, entries: Iterable[Entry]) -> None:
        """Add what is not here yet: a resource that was sent stays as it was sent."""
        records, type_ = self.sent.records, _TYPES.get(place, "")
        for number, entry in enumerate(entries):
            if is_taken_apart(entry.resource):
                continue  # it came with the request, as did the first page of what was asked for
            reference = _reference_of(entry)
            if reference is None or records.at(reference) is None:
                records.take((entry,), place, type_, number)


def missing_parts(call: Call, answers: Mapping[str, Answered], base: str) -> dict[str, Ask]:
    """What is to be asked, by prefetch key: what was left out or failed, and the further pages of what was cut."""
    asks: dict[str, Ask] = {}
    for query in call.queries:
        answer = answers.get(query.key, Answered(State.LEFT_OUT))
        ask = _filled(query, call)
        if ask is not None and not _is_complete(answer):
            asks[query.key] = _continued(query, answer, base) or ask
    return asks


def _filled(query: Query, call: Call) -> Ask | None:
    """The query with its token filled; None where this call cannot fill it."""
    _, kind, user_id = split_literal(call.user)
    token, id_ = (PATIENT, call.patient_id) if query.user_token is None else (_TOKENS[query.user_token], user_id)
    if not is_id(id_) or query.user_token not in (None, kind):
        return None
    type_, _, parameters = query.template.partition("?")
    if not parameters:
        return Read(query.type, id_)
    pairs = (pair.partition("=") for pair in parameters.split("&"))
    return Search(type_, tuple((name, value.replace(token, id_)) for name, _, value in pairs))


def _continued(query: Query, answer: Answered, base: str) -> Rest | None:
    """The further pages of a first page, where its link may be followed."""
    if answer.state is not State.FIRST_PAGE or not answer.next_page or below(base, answer.next_page) is None:
        return None
    return Rest(query.type, answer.next_page, answer.entries)


def _is_stuck(ask: Rest, answer: Answered) -> bool:
    """Whether not one further page came."""
    return not _is_complete(answer) and len(answer.entries) == len(ask.so_far)


def _merged(old: Answered | None, ask: Ask, new: Answered) -> Answered:
    """What is known of a part after asking. An ask that failed leaves it as it was."""
    if old is None or _is_complete(new) or isinstance(ask, Rest):
        return new
    return Answered(old.state if new.state is State.FAILED else new.state, (*old.entries, *new.entries))


def _read(reference: str) -> Read:
    kind, _, id_ = reference.partition("/")
    return Read(kind, id_)


def _roles_of(people: tuple[str, ...]) -> Search:
    ids = (reference.partition("/")[2] for reference in people)
    return Search("PractitionerRole", (("practitioner", ",".join(ids)),))


class _Named(msgspec.Struct):
    resourceType: Any = None
    id: Any = None


_named = msgspec.json.Decoder(_Named)


def _reference_of(entry: Entry) -> str | None:
    try:
        named = _named.decode(entry.resource)
    except UNREADABLE:
        return None
    return f"{named.resourceType}/{named.id}" if named.id else None


def _is_complete(answer: Answered) -> bool:
    return answer.state is State.COMPLETE
