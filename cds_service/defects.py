"""A defect of ours, as the log gets to know it: where it happened, never what the values were."""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)
_PLACES = 6


def log_defect(error: Exception, name: str) -> None:
    """Log the kind of error and the places it came through. The message stays out: it may hold a value of a request.

    `name` is the id by which a user can ask for it.
    """
    trace = error.__traceback__
    places = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.error("defect %s: %s at %s", name, type(error).__name__, " > ".join(places[-_PLACES:]))
