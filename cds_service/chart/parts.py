"""Which parts of a chart, of those that a service can use, are not all here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cds_service.chart.queries import Query
from cds_service.fhir.bundle import Answered, State
from cds_service.fhir.identity import split_literal


def incomplete_parts(queries: Iterable[Query], answers: Mapping[str, Answered], user: str) -> dict[str, State]:
    """By resource type, how much is here of what was asked for and is not complete.

    A key whose template needs a token that this request cannot fill is never missed.
    """
    states = {
        query.type: answers[query.key].state if query.key in answers else State.LEFT_OUT
        for query in queries
        if query.user_token is None or split_literal(user)[1] == query.user_token
    }
    return {kind: state for kind, state in states.items() if state is not State.COMPLETE}
