"""What the worksheet says to answers that will not do, and of the criteria and the packet beside the templates."""

from __future__ import annotations

from decimal import Decimal

REQUIRED = "This answer is needed with the others that you gave."
NOTHING_ANSWERED = "Nothing is answered yet. Answer at least one question, or close the page: nothing is lost by it."
YES_OR_NO = "Choose yes or no."
PLAIN_NUMBER = "Type a plain number, such as 1.2. Where the report says “less than”, leave it open: the report says it."
A_DAY = "Give a day of the calendar, with the whole year."
IN_THE_FUTURE = "This day is still to come."
A_MOMENT = "Give both, the day and the time."
MOMENT_TO_COME = "This moment is still to come: record it when it has passed."
A_CLINICIAN = "Choose a clinician from the list."

STATUS = {"met": "Documented", "not-met": "Contradicted", "unknown": "Open"}
"""The three answers, as the worksheet and the packet call them: what the chart says, never what the plan will."""

EARLIER_DOSE = "An earlier dose is on record"
EARLIER_DOSE_DETAIL = (
    "Kresladi is given once in a lifetime (II.A), so no answer on this page helps the request. If the record is wrong, "
    "correct it in the chart."
)
OTHER_INDICATION = "The order is for another disease than LAD-I"
OTHER_INDICATION_DETAIL = (
    "The criteria for LAD-I do not apply (I.B), so nothing is asked. If the order's reason is wrong, correct the "
    "order. Else these policies are to be used:"
)


def between(least: Decimal | None, most: Decimal | None, unit: str) -> str:
    bounds = [f"{word} {limit}" for word, limit in (("from", least), ("to", most)) if limit is not None]
    return f"Type a number {' '.join(bounds)} {unit}.".replace(" .", ".")


def too_fine(places: int) -> str:
    return f"Type no more than {places} digits after the point."


BEDSIDE_STEPS = "Steps at the bedside gone through"
WANTED_STEPS = "That the team has gone through the steps that no order shows"
NO_STEPS = "No such answer could be read from the checklist"

PACKET = "Documentation for a prior-authorization request"
ABOUT = "What this is"
NEXT = "What happens next"
STILL_OPEN = "Still open"
COMMITTEE = (
    "The plan decides. Its Precision Drug Action Committee (CC.PHAR.21) reviews every request; these pages show what "
    "the chart documents, and are no decision."
)


def packet_title(policy: str) -> str:
    return f"Kresladi (marnetegragene autotemcel): what the chart documents for {policy}"


def about(policy: str, effective: str, revised: str) -> tuple[str, ...]:
    return (
        f"Clinical policy {policy}, effective {effective}, revised {revised}.",
        "Each criterion of the policy: what the patient's chart says to it, where that stands, what is still open.",
        COMMITTEE,
    )
