"""The table of contents: every fact that the label's clauses ask for, and the reader that finds it."""

from __future__ import annotations

from dataclasses import dataclass

from cds_service.chart.bedside import order as ordered
from cds_service.chart.bedside.access import read_access
from cds_service.chart.bedside.apheresis import Aphereses, read_aphereses
from cds_service.chart.bedside.back_up import read_back_up
from cds_service.chart.bedside.bags import read_bags
from cds_service.chart.bedside.checklist import (
    APPROPRIATE,
    BACK_UP_AVAILABLE,
    LOT_SHEET,
    MINIMUM_DOSE,
    NO_FILTER_NO_PUMP,
    REVIEWED,
    Checklist,
    read_checklist,
)
from cds_service.chart.bedside.conditioning import Conditioning, read_conditioning
from cds_service.chart.bedside.donation import read_told
from cds_service.chart.bedside.draft import Draft
from cds_service.chart.bedside.product import filter_or_pump_asked
from cds_service.chart.bedside.shipment import read_shipment
from cds_service.chart.bedside.treated import Treatment, read_treatment
from cds_service.chart.bedside.weighed import read_weighing
from cds_service.chart.source import Source
from cds_service.course import Bedside, Quantities, Role
from cds_service.facts import Documentation
from cds_service.logic import Answer, Evidence
from cds_service.once import once
from cds_service.wording import bedside as say


@dataclass(frozen=True)
class OnRecord:
    """What the chart holds of the course of treatment, whichever order asks: each part is read once, when wanted."""

    source: Source

    @once
    def treatment(self) -> Treatment:
        """Whether and when Kresladi was given."""
        return read_treatment(self.source)

    @once
    def checklist(self) -> Checklist:
        """What was answered at the bedside."""
        return read_checklist(self.source)

    @once
    def aphereses(self) -> Aphereses:
        """The collections of cells."""
        return read_aphereses(self.source)

    @once
    def weighed(self) -> Documentation:
        """Whether the patient was weighed before the first of them."""
        return read_weighing(self.source, self.aphereses)

    @once
    def conditioning(self) -> Conditioning:
        """Conditioning begun and done."""
        return read_conditioning(self.source, self.checklist)

    @once
    def shipment(self) -> Documentation:
        """Whether the product is there."""
        return read_shipment(self.source, self.checklist)

    @once
    def back_up(self) -> Quantities:
        """The back-up collection."""
        return read_back_up(self.source, self.checklist)

    def answered(self, wanted: str, link_id: str) -> Documentation:
        """One answer of the checklist."""
        return self.checklist.answered(wanted, link_id)

    @property
    def steps_are_reviewed(self) -> bool:
        """Whether the checklist says that the steps were reviewed which no order shows."""
        return self.answered(say.WANTED_LOT, REVIEWED).shown().answer is Answer.MET


def read_bedside(known: OnRecord, draft: Draft, roles: frozenset[Role]) -> Bedside:
    """The facts about one draft order that has a trigger."""
    today = known.source.today
    return Bedside(
        roles=roles,
        stated_time=ordered.stated_time(draft),
        time=ordered.time_of(draft, today),
        says_irradiated=ordered.says_irradiated(draft),
        never_donates=ordered.is_no_donation(draft),
        product_left_alone=ordered.leaves_product_alone(draft, roles),
        treated=known.treatment.documented,
        infusion=known.treatment.infusion(today),
        transplant_appropriate=known.answered(say.WANTED_APPROPRIATE, APPROPRIATE),
        weighed_before_apheresis=known.weighed,
        apheresis_done=known.aphereses.done,
        last_apheresis=known.aphereses.last,
        minimum_dose_reached=known.answered(say.WANTED_MINIMUM_DOSE, MINIMUM_DOSE),
        product_stored=known.shipment,
        back_up=known.back_up,
        back_up_available=known.answered(say.WANTED_BACK_UP_AVAILABLE, BACK_UP_AVAILABLE),
        conditioned=known.conditioning.begun,
        end_of_conditioning=known.conditioning.end,
        bags=read_bags(known.source, draft, known.checklist),
        lot_sheet_checked=known.answered(say.WANTED_LOT, LOT_SHEET),
        central_access=read_access(known.source, draft, known.checklist),
        no_filter_no_pump=_equipment(draft, known.checklist),
    )


def read_opening(known: OnRecord) -> Bedside:
    """The facts about a patient whose chart is opened."""
    return Bedside(
        is_view=True,
        treated=known.treatment.documented,
        infusion=known.treatment.infusion(known.source.today),
        never_donates=read_told(known.source, known.checklist),
    )


def _equipment(draft: Draft, checklist: Checklist) -> Documentation:
    """Not met by an order that asks for a filter or a pump, whatever was answered."""
    asked = filter_or_pump_asked(draft)
    if asked:
        return Documentation(say.WANTED_EQUIPMENT, denies=(Evidence(say.asks_for(asked), draft.reference),))
    return checklist.answered(say.WANTED_EQUIPMENT, NO_FILTER_NO_PUMP)
