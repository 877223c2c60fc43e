"""What the cards around the infusion say: what the product label asks for, and what the chart says of it.

Section numbers are the label's. No sentence here speaks of coverage: these cards are about safety at the bedside.
"""

from __future__ import annotations

from collections.abc import Sequence

from cds_service.wording import cards

SOURCE = "Kresladi product label"
"""Whose guidance it is: the label's, not the health plan's."""

# --- in a few words, for summaries ------------------------------------------------------------------------------------

AGAINST = {
    "L.2.2.mobilise.appropriate": "autologous transplant is recorded as not appropriate",
    "L.2.2.mobilise.weight": "no weight from before the first apheresis",
    "L.2.2.repeat.interval": "fewer than 14 days since the last apheresis",
    "L.2.2.repeat.needed": "minimum dose and back-up are already collected",
    "L.2.2.conditioning.product": "Kresladi is not received and stored",
    "L.2.2.conditioning.back-up": "the back-up is too small or not available",
    "L.2.2.infuse.interval": "not 24 to 48 h after conditioning",
    "L.2.2.infuse.in-date": "bag past its date",
    "L.2.2.infuse.lot": "lot sheet unchecked",
    "L.2.2.infuse.access": "no central line",
    "L.2.2.infuse.equipment": "filter or pump",
}
"""What is wrong, where a clause is not met."""
OPEN = {
    "L.2.2.mobilise.appropriate": "that autologous transplant is appropriate",
    "L.2.2.mobilise.weight": "a weight from before the first apheresis",
    "L.2.2.repeat.interval": "that 14 days have passed since the last apheresis",
    "L.2.2.repeat.needed": "that more cells are needed",
    "L.2.2.conditioning.product": "Kresladi is received and stored",
    "L.2.2.conditioning.back-up": "a back-up of at least 2 × 10⁶ CD34+ cells/kg is available",
    "L.2.2.infuse.interval": "24 to 48 hours since the end of conditioning",
    "L.2.2.infuse.in-date": "bags in date",
    "L.2.2.infuse.lot": "Lot Information Sheet checked",
    "L.2.2.infuse.access": "central venous access",
    "L.2.2.infuse.equipment": "no in-line filter and no pump",
}
"""What is to be confirmed, where a clause is open."""

SETTLED_BY = {
    "L.2.2.mobilise.appropriate": "Answer it in the treatment checklist.",
    "L.2.2.mobilise.weight": "Weigh the patient before the first apheresis: the dose is reckoned by that weight.",
    "L.2.2.repeat.interval": "The order's start and the end of the last apheresis, dated to the day, settle it.",
    "L.2.2.repeat.needed": "Answer in the treatment checklist whether minimum dose and back-up are reached.",
    "L.2.2.conditioning.product": "Answer it in the treatment checklist.",
    "L.2.2.conditioning.back-up": "Record its CD34+ cells per kg and that it is available in the treatment checklist.",
    "L.2.2.infuse.interval": "The end of conditioning and the time of this order, both to the minute, settle it.",
    "L.2.2.infuse.in-date": "Check each bag against the Lot Information Sheet.",
    "L.2.2.infuse.lot": "Check the bags against the Lot Information Sheet, and answer it in the treatment checklist.",
    "L.2.2.infuse.access": "Record the central line, or answer it in the treatment checklist.",
    "L.2.2.infuse.equipment": "Infuse without an in-line blood filter and without a pump.",
}
"""What to do about it."""

# --- mobilise, repeat -------------------------------------------------------------------------------------------------

MOBILISE_DETAIL = "The label (2.2) asks for these before mobilisation, apheresis and conditioning begin:"
MOBILISE_BESIDE = (
    "Recommended target of the collection: 20 × 10⁶ CD34+ cells/kg. The label also says to consider ustekinumab, "
    "before mobilisation and apheresis, before the infusion, or both."
)
REPEAT_DETAIL = (
    "The label (2.2) repeats mobilisation and apheresis after 14 days or more, and only where the minimum dose of "
    "2.8 × 10⁶ CD34+ cells/kg is not reached; we read a missing back-up as a reason too:"
)


def mobilise_open(parts: Sequence[str]) -> str:
    return f"Before mobilisation for Kresladi, document {' and '.join(OPEN[part] for part in parts)}."


def mobilise_against(parts: Sequence[str]) -> str:
    return f"Review before mobilisation for Kresladi: {'; '.join(AGAINST[part] for part in parts)}."


def repeat_against(parts: Sequence[str]) -> str:
    return f"Review before mobilising again: {'; '.join(AGAINST[part] for part in parts)}."


REPEAT_OPEN = "Before mobilising again, check that 14 days have passed since the last apheresis: the dates do not tell."

# --- conditioning -----------------------------------------------------------------------------------------------------

CONDITIONING_DETAIL = (
    "Conditioning cannot be undone. The label (2.2): do not begin before Kresladi lies in storage at the treatment "
    "centre and a back-up of at least 2 × 10⁶ CD34+ cells/kg is at hand."
)


def conditioning_against(parts: Sequence[str]) -> str:
    return f"Do not begin conditioning: {', and '.join(AGAINST[part] for part in parts)}."


def conditioning_open(parts: Sequence[str]) -> str:
    return f"Confirm before conditioning that {' and that '.join(OPEN[part] for part in parts)}."


# --- infuse -----------------------------------------------------------------------------------------------------------

INFUSE_DETAIL = (
    "What the label asks of the infusion (2.2, 2.3), and this order or the chart contradicts or leaves open:"
)


def infuse_against(parts: Sequence[str]) -> str:
    return f"Review the Kresladi infusion: {'; '.join(AGAINST[part] for part in parts)}."


INFUSE_OPEN = "Check before infusing Kresladi: whether it falls 24 to 48 hours after conditioning is not clear."

# --- after the infusion -----------------------------------------------------------------------------------------------

IRRADIATE = "Irradiate this blood product: it falls within 3 months after the Kresladi infusion."
IRRADIATE_OPEN = "Irradiate this blood product if it falls within 3 months after Kresladi: the chart does not tell."
IRRADIATE_DETAIL = (
    "The label (2.3) asks that every blood product of the first 3 months after the infusion is irradiated. "
    "Leukoreduced or washed is not irradiated."
)
IRRADIATE_ORDER = "Ask for an irradiated product"
IRRADIATED = "irradiated"
"""What is added to the order."""

DONATE_VIEW = "After Kresladi, never a donor: record that the family was told."
DONATE_VIEW_DETAIL = (
    "Who was treated with Kresladi should at no time donate blood, organs, tissues or cells (label 2.3). When patient "
    "and family know, flag it or answer the checklist:"
)
DONATE_VIEW_AGAINST = (
    "Who was treated with Kresladi should at no time donate blood, organs, tissues or cells (label 2.3). Tell patient "
    "and family, and answer the checklist again:"
)
DONATE_ORDER = "This patient was treated with Kresladi and should never donate blood, organs, tissues or cells."
DONATE_ORDER_OPEN = "Treated with Kresladi? Then this patient should never donate blood, organs, tissues or cells."
DONATE_ORDER_DETAIL = "The label (2.3) rules out donation for life. This order asks for one:"
RECORD_FLAG = "Flag the chart: never a donor"
FLAG = "Never a donor of blood, organs, tissues or cells: treated with Kresladi"
"""What the flag on the chart says."""

# --- the product, the checklist ---------------------------------------------------------------------------------------

PRODUCT = "Leave the Kresladi bag as it is: no irradiating, filtering, washing, spinning, refreezing or sampling."
PRODUCT_DETAIL = (
    "The label (2.2, 16.2): Kresladi is living cells, and irradiation can inactivate them. Nothing may be done to the "
    "product but thawing and infusing it. This order asks for more:"
)

CHECKLIST = "At the bedside of the Kresladi infusion: go through the steps that no order shows."
CHECKLIST_STEPS = (
    "**Identity**: the patient's identifiers match shipper, cassette and bag; if not, leave the bag in its cassette "
    "and call the manufacturer (2.2, 2.3)",
    "**Bag count**: as many bags as the Lot Information Sheet gives for the dose, one or two (2.2)",
    "**Integrity**: each bag looked at for breaks and cracks before it is thawed (2.2)",
    "**Storage**: in its cassette, in the vapour of liquid nitrogen at −150 °C or colder until the thaw; the second "
    "bag too (2.2, 16.2)",
    "**Thaw**: at 37 °C until no ice is seen, within 5 minutes; mixed gently, never shaken (2.2)",
    "**Infusion**: complete within 30 minutes of the start of its thaw, each bag (2.3)",
    "**Flush**: bag and tubing with normal saline at the end (2.3)",
    "**Bag two**, if there is one: thawed 1 to 2 hours after bag one was given (2.2, 2.3)",
)
"""One item a step, each with the label's section."""
CHECKLIST_DETAIL = "The label asks for these; the chart cannot show them:"
CHECKLIST_END = "Answer the treatment checklist when the team has gone through them: this card then stays away."
CHECKLIST_LINK = "Kresladi treatment checklist"
FILL_IN = "Fill in the treatment checklist"

# --- shared -----------------------------------------------------------------------------------------------------------

REMOVE = "Remove this order"
OVERRIDES = cards.OVERRIDES | {"will-document": "Will be documented before this step"}
"""The reasons of all cards; what is documented here is a step of treatment, not a request to a plan."""


def remove_action(order: str) -> str:
    return f"Delete {order}"


def irradiated_action(order: str) -> str:
    return f"Add “irradiated” to {order}"


FLAG_ACTION = "Create a flag: never a donor, treated with Kresladi"


def about_order(reference: str, name: str) -> str:
    """Which of several orders a card is about."""
    return f"About the order: {name} ({reference})." if name else f"About the order: {reference}."


def still_open(parts: Sequence[str]) -> str:
    """What else has no answer yet, in one line."""
    return f"Not answered yet: {'; '.join(OPEN[part] for part in parts)}."
