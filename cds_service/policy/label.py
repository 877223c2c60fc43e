"""The product label of Kresladi around the infusion, clause by clause: sections 2.1 to 2.3 and 16.2, revised 2026.

Apart from the coverage policy: nothing here bears on coverage, and the coverage policy does not ask it. A clause
stands with the orders that it applies to; it is all of its parts, and anything left open is unknown. A comment that
begins with "We read" marks a place where the label leaves something open; the reading is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from cds_service.course import Bedside, Role, opposite
from cds_service.frozen import frozen
from cds_service.logic import Answer, Finding, all_of, any_of
from cds_service.policy.model import Criterion, Label, Order

label = Label(product="Kresladi", revised="2026")


# --- what a clause applies to -----------------------------------------------------------------------------------------


def treated(bedside: Bedside) -> Answer:
    """Whether Kresladi was given; unknown where that could not be looked at."""
    return bedside.treated.shown().answer


def untreated(bedside: Bedside) -> Answer:
    """Whether Kresladi was not given yet."""
    return treated(bedside).opposite


def mobilises(bedside: Bedside) -> Answer:
    """Plerixafor, apheresis of progenitor cells, or a G-CSF that is for mobilisation."""
    return _is(Role.MOBILISES in bedside.roles)


def begins_another_cycle(bedside: Bedside) -> Answer:
    """A G-CSF for mobilisation after a completed apheresis."""
    return min(_is(Role.MOBILISES_WITH_G_CSF in bedside.roles), bedside.apheresis_done.shown().answer)


def conditions(bedside: Bedside) -> Answer:
    """A myeloablative agent that is not given by mouth, or total body irradiation."""
    return _is(Role.CONDITIONS in bedside.roles)


def infuses_now(bedside: Bedside) -> Answer:
    """An order for Kresladi that says when, or any once conditioning is on record."""
    soon = max(_is(bedside.stated_time.when is not None), bedside.conditioned.shown().answer)
    return min(_is(Role.INFUSES in bedside.roles), soon)


def transfuses_in_window(bedside: Bedside) -> Answer:
    """A transfusion from the infusion's day through the same day three months on."""
    return min(_is(Role.TRANSFUSES in bedside.roles), bedside.since_infusion.ends_within_months(3).answer)


def donation_comes_up(bedside: Bedside) -> Answer:
    """The chart is opened, or an order is for a donation."""
    return _is(bedside.is_view or Role.DONATES in bedside.roles)


def handles_product(bedside: Bedside) -> Answer:
    """An order that has Kresladi undergo what it must not."""
    return _is(Role.HANDLES_PRODUCT in bedside.roles)


def _is(so: bool) -> Answer:
    return Answer.MET if so else Answer.NOT_MET


# --- 2.2  Mobilisation and apheresis ----------------------------------------------------------------------------------


@label.clause("L.2.2.mobilise", "Before mobilisation and apheresis", applies=(untreated, mobilises))
def mobilise(bedside: Bedside) -> Finding:
    """Label 2.2: before cells are collected, transplantation is appropriate and the patient has been weighed."""
    return all_of(transplant_is_appropriate(bedside), weighed_first(bedside))


@label.clause("L.2.2.mobilise.appropriate", "Autologous transplantation is appropriate for the patient")
def transplant_is_appropriate(bedside: Bedside) -> Finding:
    """Label 2.2: confirmed before mobilisation, apheresis and conditioning are begun."""
    return bedside.transplant_appropriate.shown()


@label.clause("L.2.2.mobilise.weight", "The patient was weighed before the first apheresis")
def weighed_first(bedside: Bedside) -> Finding:
    """Label 2.1, 2.2: the dose is reckoned by the weight before the first apheresis."""
    # We read any measured weight as one before the first apheresis as long as there was none.
    return bedside.weighed_before_apheresis.shown()


@label.clause("L.2.2.repeat", "Another cycle of mobilisation", applies=(untreated, begins_another_cycle))
def repeat(bedside: Bedside) -> Finding:
    """Label 2.2: another cycle after at least 14 days, where more cells are needed."""
    # We read a G-CSF for mobilisation as what begins a cycle.
    return all_of(two_weeks_passed(bedside), more_cells_needed(bedside))


@label.clause("L.2.2.repeat.interval", "At least 14 days after the last apheresis")
def two_weeks_passed(bedside: Bedside) -> Finding:
    """Label 2.2: calendar days from the end of the last completed apheresis to the start of the order."""
    return bedside.since_last_apheresis.at_least_days(14)


@label.clause("L.2.2.repeat.needed", "More cells are needed")
def more_cells_needed(bedside: Bedside) -> Finding:
    """Label 2.2: the minimum dose is not reached, or there is no back-up."""
    # We read the back-up collection as a reason for another cycle too.
    return any_of(opposite(bedside.minimum_dose_reached.shown()), opposite(bedside.back_up_available.shown()))


# --- 2.2  Conditioning ------------------------------------------------------------------------------------------------


@label.clause("L.2.2.conditioning", "Before conditioning is begun", applies=(untreated, conditions))
def conditioning(bedside: Bedside) -> Finding:
    """Label 2.2: conditioning is not begun before Kresladi is received and stored and the back-up is available."""
    return all_of(product_is_stored(bedside), back_up_is_there(bedside))


@label.clause("L.2.2.conditioning.product", "Kresladi received and stored at the treatment centre")
def product_is_stored(bedside: Bedside) -> Finding:
    """Label 2.2: received, and in the vapour phase of liquid nitrogen."""
    # We read a completed delivery as saying nothing of storage.
    return bedside.product_stored.shown()


@label.clause("L.2.2.conditioning.back-up", "A back-up of at least 2 × 10⁶ CD34+ cells per kg, available")
def back_up_is_there(bedside: Bedside) -> Finding:
    """Label 2.2: collected, frozen at the treatment centre, and its availability confirmed."""
    # We read several collections of which none alone suffices as open: nothing tells whether they may be added.
    return all_of(bedside.back_up.at_least("2"), bedside.back_up_available.shown())


# --- 2.2, 2.3  Infusion -----------------------------------------------------------------------------------------------


@label.clause("L.2.2.infuse", "Infusion of Kresladi", applies=(untreated, infuses_now))
def infuse(bedside: Bedside) -> Finding:
    """Label 2.2, 2.3: in time after conditioning, in date, checked, centrally, without filter and pump."""
    # We read an order without a time, on a chart without conditioning, as one for later.
    return all_of(
        infused_in_time(bedside),
        bags_in_date(bedside),
        lot_sheet_checked(bedside),
        central_access(bedside),
        no_filter_no_pump(bedside),
    )


@label.clause("L.2.2.infuse.interval", "24 to 48 hours after conditioning was completed")
def infused_in_time(bedside: Bedside) -> Finding:
    """Label 2.2: hours from the end of conditioning to the order's time, 24 and 48 included."""
    return bedside.since_conditioning.hours(24, 48)


@label.clause("L.2.2.infuse.in-date", "Each bag within its expiration date")
def bags_in_date(bedside: Bedside) -> Finding:
    """Label 2.2: the expiration date is no day before the infusion's."""
    return bedside.bags.good_on(bedside.stated_time)


@label.clause("L.2.2.infuse.lot", "Lot Information Sheet checked")
def lot_sheet_checked(bedside: Bedside) -> Finding:
    """Label 2.1 to 2.3: the sheet tells the dose, the number of bags and their dates."""
    return bedside.lot_sheet_checked.shown()


@label.clause("L.2.2.infuse.access", "Central venous access")
def central_access(bedside: Bedside) -> Finding:
    """Label 2.3: Kresladi is infused through a central vein."""
    return bedside.central_access.shown()


@label.clause("L.2.2.infuse.equipment", "No in-line blood filter, no infusion pump")
def no_filter_no_pump(bedside: Bedside) -> Finding:
    """Label 2.3: neither filter nor pump between the bag and the patient."""
    # We read a syringe pump as an infusion pump.
    return bedside.no_filter_no_pump.shown()


# --- 2.3  After the infusion ------------------------------------------------------------------------------------------


@label.clause("L.2.3.irradiate", "Blood products irradiated", applies=(treated, transfuses_in_window))
def irradiate(bedside: Bedside) -> Finding:
    """Label 2.3: blood products are irradiated for 3 months after the infusion."""
    # We read the 3 months as from the infusion's day through the same day of the third month, both included.
    # We read leukoreduced or washed as not irradiated.
    return any_of(
        bedside.says_irradiated.shown(),
        opposite(bedside.treated.shown()),
        opposite(bedside.since_infusion.ends_within_months(3)),
    )


@label.clause("L.2.3.donate", "No donation of blood, organs, tissues or cells", applies=(treated, donation_comes_up))
def donate(bedside: Bedside) -> Finding:
    """Label 2.3: a patient treated with Kresladi does not donate, at any time, and is told so."""
    # We read a donation for the patient's own use as none.
    # We read, where the chart is opened, what was said to the patient; where an order is signed, the order itself.
    return any_of(bedside.never_donates.shown(), opposite(bedside.treated.shown()))


# --- 2.2, 16.2  The product -------------------------------------------------------------------------------------------


@label.clause("L.2.2.product", "Kresladi is left as it comes", applies=(handles_product,))
def product(bedside: Bedside) -> Finding:
    """Label 2.2, 16.2: not filtered, washed, spun down, resuspended, sampled, irradiated or frozen again."""
    return bedside.product_left_alone.shown()


# --- what comes of it -------------------------------------------------------------------------------------------------


@frozen
class LabelEvaluation:
    """What the label says of one draft order, or, with `order` None, of the patient whose chart is opened."""

    order: Order | None
    patient: str
    """`Patient/x`."""
    criteria: tuple[Criterion, ...]
    """The clauses that apply, with their parts; none where no clause does."""
    draft: Mapping[str, Any] = field(default_factory=dict)
    """The draft order's resource as it was sent."""
    bedside_steps_open: bool = False
    """Whether Kresladi is to be infused and the checklist does not say that the bedside steps were reviewed."""

    @property
    def outcome(self) -> Answer:
        """The lowest of the answers. Raises ValueError where no clause applies."""
        return min(criterion.finding.answer for criterion in self.criteria)


def checked(bedside: Bedside) -> tuple[Criterion, ...]:
    """The clauses that apply, or may apply, each asked with its parts."""
    return label.checked(bedside)
