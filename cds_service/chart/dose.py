"""The dose that the order asks for, per kg of body weight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cds_service.chart.care_words import is_only_care
from cds_service.chart.dose_in_words import Amount, amount_in_words, names_cells
from cds_service.chart.order_words import beside_instructions
from cds_service.chart.orders import DraftOrder
from cds_service.chart.single_infusion import read_single_infusion
from cds_service.chart.source import Source
from cds_service.chart.treatments import Treatments
from cds_service.chart.values import compared, shown_quantity, trimmed
from cds_service.chart.weight import Weight, read_weight
from cds_service.facts import Documentation, Level, Result, Results
from cds_service.fhir.units import in_million_cells, is_volume
from cds_service.frozen import frozen
from cds_service.logic import Cause, Evidence, Gap, unique
from cds_service.wording import dose_reasons, reasons, shown, wants

MOST_IN_PRODUCT = Decimal("6.1") * 30 * 2
"""Million CD34+ cells that two bags of 30 mL at the highest concentration hold."""
WANTED = wants.DOSE


@frozen
class Dosing:
    """What the order asks for, and what follows from it."""

    single_infusion: Documentation
    per_kg: Results
    weight_not_before_apheresis: tuple[Evidence, ...] = ()
    exceeds_product: tuple[Evidence, ...] = ()


def read_dose(source: Source, order: DraftOrder, treatments: Treatments) -> Dosing:
    """The order's dose per kg; a total is divided by the weight that the label asks for."""
    broken = _why_unusable(order)
    if broken:
        gap = Gap(WANTED, broken, Cause.UNUSABLE, order.reference)
        return Dosing(Documentation(wants.SINGLE_INFUSION, gaps=(gap,)), Results(WANTED, gaps=(gap,)))
    single = read_single_infusion(order)
    amount = _amount(order)
    if isinstance(amount, str):
        gaps = (Gap(WANTED, amount, Cause.UNUSABLE, order.reference),) if amount else ()
        return Dosing(single, Results(WANTED, gaps=gaps))
    weight = read_weight(source, treatments)
    dosing = _per_kg(order, amount, weight) if amount.per_kg else _divided(order, amount, weight)
    return replace(dosing, single_infusion=single)


def _why_unusable(order: DraftOrder) -> str:
    if order.unreadable:
        return reasons.unreadable(order.unreadable)
    modified = order.model.modifierExtension or any(each.modifierExtension for each in order.instructions)
    return reasons.MODIFIED if modified else ""


def _per_kg(order: DraftOrder, amount: Amount, weight: Weight) -> Dosing:
    evidence = Evidence(shown.dose(amount.shown), order.reference)
    total = amount.level.times(weight.level.low) if weight.level else None
    return Dosing(
        Documentation(wants.SINGLE_INFUSION),
        Results(WANTED, (Result(amount.level, evidence),)),
        exceeds_product=_exceeds(total, evidence),
    )


def _divided(order: DraftOrder, amount: Amount, weight: Weight) -> Dosing:
    single = Documentation(wants.SINGLE_INFUSION)
    if weight.level is None:
        return Dosing(single, Results(WANTED, gaps=tuple(replace(gap, wanted=WANTED) for gap in weight.gaps)))
    per_kg = amount.level.divided_by(weight.level)
    weights = unique(evidence.says for evidence in weight.evidence)
    says = shown.dose_by_weight(amount.shown, weights, _ends(amount.level, per_kg))
    evidence = Evidence(says, order.reference)
    return Dosing(
        single,
        Results(WANTED, (Result(per_kg, evidence, rests_on=weight.evidence),)),
        weight_not_before_apheresis=() if weight.known_before_apheresis else weight.evidence,
        exceeds_product=_exceeds(amount.level, evidence),
    )


def _ends(total: Level, per_kg: Level) -> tuple[str, ...]:
    """The lowest and the highest dose per kg; of a total without a limit, the lowest alone."""
    if total.low < total.high and total.high > MOST_IN_PRODUCT:
        return (f"≥ {trimmed(per_kg.low)}",)
    return unique(map(trimmed, (per_kg.low, per_kg.high)))


def _exceeds(total: Level | None, evidence: Evidence) -> tuple[Evidence, ...]:
    return (evidence,) if total is not None and total.low > MOST_IN_PRODUCT else ()


# --- the amount ------------------------------------------------------------------------------------------------------


def _amount(order: DraftOrder) -> Amount | str:
    """The dose of one infusion; a string is why there is none ("" where the order says nothing at all)."""
    of_the_dose = [instruction for instruction in order.instructions if not _is_of_something_else(instruction)]
    amounts = [_of_instruction(instruction) for instruction in of_the_dose]
    stated = [amount for amount in amounts if amount != ""]
    words = [text for text in _texts(order) if names_cells(text)]
    members = vars(order.model)
    for quantity in (members.get("quantityQuantity"), members.get("quantityRange")):
        if quantity is not None and not (words and is_volume(quantity)):
            stated.append(_of_dose(quantity))
    if not stated:
        return amount_in_words(words)
    problems = [amount for amount in stated if isinstance(amount, str)]
    if problems or len(stated) < len(of_the_dose):
        return problems[0] if problems else dose_reasons.PART_OF_DOSE_NOT_SAID
    return _summed([amount for amount in stated if isinstance(amount, Amount)])


def _is_of_something_else(instruction: Any) -> bool:
    """Whether an instruction is on care beside the infusion, and what it gives, if anything, is no cells."""
    if not is_only_care(instruction.text or ""):
        return False
    doses = [_of_dose(dose) for dose in map(_stated, instruction.doseAndRate or ()) if dose is not None]
    return not any(isinstance(dose, Amount) for dose in doses)


def _summed(amounts: list[Amount]) -> Amount | str:
    total = amounts[0]
    for amount in amounts[1:]:
        if amount.per_kg != total.per_kg:
            return dose_reasons.MIXED_DOSES
        total = Amount(total.level.plus(amount.level), total.per_kg, f"{total.shown} + {amount.shown}")
    return total


def _of_instruction(instruction: Any) -> Amount | str:
    said = [instruction.text] if instruction.text else []
    doses = [_stated(each) for each in _ordered(instruction.doseAndRate or ())]
    stated = [dose for dose in doses if dose is not None]
    if not stated or (all(is_volume(dose) for dose in stated) and any(map(names_cells, said))):
        return amount_in_words(said)
    found = [_of_dose(dose) for dose in stated]
    if any(each != found[0] for each in found) or any(_exceeds_limit(found[0], each) for each in _limits(instruction)):
        return dose_reasons.MIXED_DOSES
    return dose_reasons.LESS_IN_WORDS if _is_less(amount_in_words(said), found[0]) else found[0]


def _is_less(words: Amount | str, stated: Amount | str) -> bool:
    """Whether the words of an instruction plainly give a lower dose than its quantity."""
    if isinstance(words, str) or isinstance(stated, str) or words.per_kg != stated.per_kg:
        return False
    return words.level.high < stated.level.low


def _limits(instruction: Any) -> Iterator[Amount | str]:
    """The most that the instruction lets be given."""
    limits = (instruction.maxDosePerAdministration, instruction.maxDosePerLifetime)
    yield from (_of_dose(limit) for limit in limits if limit is not None)


def _exceeds_limit(amount: Amount | str, limit: Amount | str) -> bool:
    if isinstance(amount, str) or isinstance(limit, str) or amount.per_kg != limit.per_kg:
        return False
    return amount.level.low > limit.level.high


def _stated(dose: Any) -> Any:
    return dose.doseQuantity if dose.doseQuantity is not None else dose.doseRange


def _ordered(doses: Any) -> list[Any]:
    """The doses as ordered, where the instruction tells them from calculated ones."""
    stated = [dose for dose in doses if _stated(dose) is not None]
    ordered = [dose for dose in stated if dose.type and any(each.code == "ordered" for each in dose.type.coding or ())]
    return ordered or stated


def _of_dose(dose: Any) -> Amount | str:
    if "low" in vars(dose):
        return _of_range(dose)
    unit = in_million_cells(dose)
    if unit is None or dose.value is None:
        return dose_reasons.dose_unit(shown_quantity(dose) if dose.value is not None else "")
    if dose.value < 0:
        return reasons.IMPOSSIBLE
    factor, per_kg = unit
    return Amount(compared(dose.value, dose.comparator).times(factor), per_kg, shown_quantity(dose))


def _of_range(dose: Any) -> Amount | str:
    low, high = _given(dose.low), _given(dose.high)
    ends = [end for end in (low, high) if end is not None]
    units = {in_million_cells(end) for end in ends}
    unit = units.pop() if len(units) == 1 else None
    if unit is None:
        return dose_reasons.dose_unit(shown_quantity(ends[0]) if ends else "")
    factor, per_kg = unit
    open_ended = compared(low.value, ">=") if low is not None else compared(high.value, "<=")
    level = replace(open_ended, high=high.value) if high is not None else open_ended
    if any(end.value < 0 for end in ends) or level.low > level.high:
        return reasons.IMPOSSIBLE
    words = " to ".join(shown_quantity(end) for end in ends)
    prefix = "" if low is not None and high is not None else "≥ " if low is not None else "≤ "
    return Amount(level.times(factor), per_kg, f"{prefix}{words}")


def _given(end: Any) -> Any:
    return end if end is not None and end.value is not None else None


def _texts(order: DraftOrder) -> Iterator[str]:
    """Where else an order's words may give its dose: instructions to the patient, notes, details, the drug's name."""
    yield from (each.patientInstruction for each in order.instructions if each.patientInstruction)
    yield from beside_instructions(order)
