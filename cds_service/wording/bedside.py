"""The sentences of findings around the infusion: what is wanted, what is there, and why that will not do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cds_service.timing import When
from cds_service.wording.reasons import quoted
from cds_service.wording.shown import clipped, dated

# --- what is wanted --------------------------------------------------------------------------------------------------

WANTED_ORDER_TIME = "The time for which the order is"
WANTED_IRRADIATED = "A transfusion order that asks for irradiated blood products"
WANTED_NO_DONATION = "No donation by a patient treated with Kresladi"
WANTED_LEFT_ALONE = "Kresladi neither filtered, washed, spun down, resuspended, sampled, irradiated nor frozen again"
WANTED_TREATED = "Whether Kresladi was given"
WANTED_INFUSION = "When Kresladi was given"
WANTED_APPROPRIATE = "A confirmation that autologous stem cell transplantation is appropriate for the patient"
WANTED_WEIGHT = "A body weight measured before the first apheresis"
WANTED_APHERESIS = "The last apheresis"
WANTED_CYCLE_INTERVAL = "At least 14 days from the last apheresis to the next cycle"
WANTED_MINIMUM_DOSE = "A word on whether the cells collected reach the minimum dose"
WANTED_STORED = "A confirmation that Kresladi was received and is stored at the treatment centre"
WANTED_BACK_UP = "The CD34+ cells per kg of the back-up collection"
WANTED_BACK_UP_AVAILABLE = "A confirmation that the back-up collection is available"
WANTED_CONDITIONING = "Myeloablative conditioning"
WANTED_END_OF_CONDITIONING = "When conditioning was completed"
WANTED_INFUSION_INTERVAL = "24 to 48 hours from the end of conditioning to the infusion"
WANTED_IN_DATE = "Infusion bags within their expiration date"
WANTED_LOT = "A confirmation that the Lot Information Sheet was checked"
WANTED_ACCESS = "Central venous access"
WANTED_EQUIPMENT = "An infusion without in-line blood filter and without pump"
WANTED_WINDOW = "Whether the order falls within 3 months after the infusion"
WANTED_TOLD = "A record that the patient was told never to donate blood, organs, tissues or cells"

# --- why what is there will not do -----------------------------------------------------------------------------------

NOT_ON_RECORD = "Not found in the chart"


def dates_do_not_tell(said: Sequence[str]) -> str:
    return f"The dates may lie on either side of the limit: {'; '.join(said)}"


def none_suffices(limit: str) -> str:
    return f"Of several collections on record none alone is known to hold {limit} × 10⁶ CD34+ cells per kg"


def may_be_less(limit: str) -> str:
    return f"It is not known to be {limit} × 10⁶ CD34+ cells per kg or more"


def _at(moment: When | None) -> str:
    """A moment as precisely as the chart has it: to the minute where it is known, with its offset."""
    if moment is None:
        return ""
    if moment.first != moment.last:
        return moment.text
    return moment.first.replace(tzinfo=moment.offset).isoformat(" ", "minutes")


THE_END_OF_CONDITIONING = "the end of conditioning"
THE_LAST_APHERESIS = "the last apheresis"


def lies_after(length: timedelta | int, what: str) -> str:
    """How long after (or before) something: in hours and minutes as counted, or in days."""
    if isinstance(length, int):
        return f"{abs(length)} {'day' if abs(length) == 1 else 'days'} {'before' if length < 0 else 'after'} {what}"
    minutes, seconds = divmod(int(abs(length).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    smaller = f" {minutes} min" if minutes or seconds else ""
    return (
        f"{hours} h{smaller}{f' {seconds} s' if seconds else ''} {'before' if length < timedelta() else 'after'} {what}"
    )


# --- the order -------------------------------------------------------------------------------------------------------

NO_TIME_STATED = "The order states no time"
ASKS_FOR_IRRADIATED = "The order asks for irradiated blood products"
DOES_NOT_ASK_FOR_IRRADIATED = "The order does not ask for irradiated blood products"
ORDERS_DONATION = "The order is for a donation"


def ordered_for(moment: When) -> str:
    return f"Ordered for {_at(moment)}"


def written_on(moment: When) -> str:
    return f"Order without a time, written {_at(moment)}"


def signed_on(day: When) -> str:
    return f"Order without a time, signed {day.text}"


def asks_for(words: str | None) -> str:
    return f"The order says {quoted(words or '')}"


# --- the course ------------------------------------------------------------------------------------------------------

UNDATED = "It has no date"
NO_APHERESIS = "No apheresis of progenitor cells among the procedures on record"
NO_CONDITIONING = "No conditioning among the administrations and procedures on record"
CONDITIONING_AGENT = "Conditioning"
_PARTS = {"MedicationAdministration": "administrations", "Procedure": "procedures"}


def no_infusion_among(resource_type: str) -> str:
    return f"No infusion of Kresladi among the {_PARTS[resource_type]} on record"


def infusion(status: str, end: When | None) -> str:
    return f"Kresladi infusion, {status}{f', {_at(end)}' if end else ''}"


def may_be_the_infusion(says: str) -> str:
    return f"{clipped(says)}: it does not tell whether Kresladi was given"


def ended(moment: When | None) -> str:
    return f", ended {_at(moment)}" if moment else ""


def conditioning_answered(moment: When) -> str:
    return f"Recorded answer: conditioning completed {_at(moment)}"


def conditioning_given(name: str, status: str, end: When | None) -> str:
    return f"{clipped(name)}, {status}{f', {_at(end)}' if end else ''}"


def still_running(says: str) -> str:
    return f"{says}: it is not completed"


def may_be_later(says: str, end: When | None) -> str:
    return f"{says}: it may have ended later than {_at(end)}" if end else f"{says}: it does not say when it ended"


# --- what is there ---------------------------------------------------------------------------------------------------

_ANSWERS = {
    "transplant-appropriate": "autologous transplantation is appropriate",
    "minimum-dose-reached": "the minimum dose is reached",
    "product-received-and-stored": "Kresladi is received and stored",
    "back-up-available": "the back-up collection is available",
    "bags-in-date": "each bag is within its expiration date",
    "lot-sheet-checked": "the Lot Information Sheet is checked",
    "central-venous-access": "there is central venous access",
    "no-filter-no-pump": "no in-line blood filter and no pump is used",
    "told-never-to-donate": "the patient was told never to donate",
    "bedside-steps-reviewed": "the bedside steps are reviewed",
}
BACK_UP = "The back-up collection"
BACK_UP_UNIT = "A back-up collection has no usable number of CD34+ cells per kg"
A_RANGE = "a range"
UNDER_WAY = "The delivery of Kresladi is in progress, and none is completed"
EXPIRY_NOT_READ = "The expiration date cannot be read"


def answered(link_id: str, answer: bool, when: When | None) -> str:
    return dated(f"Recorded answer: {_ANSWERS[link_id]}: {'yes' if answer else 'no'}", when)


def back_up_answered(quantity: object, when: When | None) -> str:
    return dated(f"Recorded answer: back-up of {quantity} × 10⁶ CD34+ cells per kg", when)


def back_up(quantity: str, when: When | None) -> str:
    return dated(f"Back-up collection, CD34+: {quantity}", when)


def delivered(when: When | None) -> str:
    return dated("Kresladi was delivered; that does not say that it is stored", when)


def expires(moment: When) -> str:
    return f"Expires {_at(moment)}"


def device(name: str) -> str:
    return f"Active device: {clipped(name)}"


def flag(name: str) -> str:
    return f"Active flag: {clipped(name)}"
