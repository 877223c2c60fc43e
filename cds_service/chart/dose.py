"""The dose that the order asks for, per kg of body weight, and whether it is one infusion."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from cds_service.chart.orders import DraftOrder
from cds_service.chart.source import Sifted, Source
from cds_service.chart.treatments import Treatments
from cds_service.chart.values import compared, shown_quantity, trimmed
from cds_service.facts import Documentation, Level, Result, Results
from cds_service.fhir.elements import first_when, period, plain_text, when
from cds_service.fhir.units import in_kilograms, in_million_cells, million_cells_of_text
from cds_service.logic import Answer, Cause, Evidence, Gap
from cds_service.timing import When
from cds_service.wording import reasons, shown

FINAL = ("final", "amended", "corrected")
MOST_IN_PRODUCT = Decimal("6.1") * 30 * 2
"""Million CD34+ cells that two bags of 30 mL at the highest concentration hold."""
HEAVIEST = Decimal(500)

_TEXT_DOSE = re.compile(
    r"(?i)(?P<at_least>minimum(?: of)?|at least|≥|>=|no less than)?\s*(?P<number>\d+(?:[.,]\d+)?)\s*"
    r"(?P<unit>(?:(?:x|×|\*)\s*10\s*(?:\^|\*|E|e)?\s*\(?(?:6|⁶)\)?|million|10\s*(?:\^|\*)\s*6|10⁶|e6)[^/.,;()]{0,40}"
    r"(?:/|\s+per\s+)\s*kg)"
)
_REPEATING_CODES = {
    "BID",
    "TID",
    "QID",
    "AM",
    "PM",
    "QD",
    "QOD",
    "Q4H",
    "Q6H",
    "Q8H",
    "BED",
    "WK",
    "MO",
    "Q1H",
    "Q2H",
}


@dataclass(frozen=True, slots=True)
class Dosing:
    """What the order asks for, and what follows from it."""

    single_infusion: Documentation
    per_kg: Results
    weight_not_before_apheresis: tuple[Evidence, ...] = ()
    exceeds_product: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount of CD34+ cells, in millions: per kg or in total."""

    level: Level
    per_kg: bool
    shown: str


@dataclass(frozen=True, slots=True)
class _Weight:
    """The weight that counts, in kg, or the gaps in its place."""

    level: Level | None = None
    evidence: tuple[Evidence, ...] = ()
    known_before_apheresis: bool = True
    gaps: tuple[Gap, ...] = ()


def read_dose(source: Source, order: DraftOrder, treatments: Treatments) -> Dosing:
    """The order's dose per kg; a total is divided by the weight that the label asks for."""
    wanted = reasons.WANTED_DOSE
    if order.unreadable or order.model.modifierExtension:
        because = reasons.unreadable(order.unreadable) if order.unreadable else reasons.MODIFIED
        gap = Gap(wanted, because, Cause.UNUSABLE, order.reference)
        return Dosing(Documentation(reasons.WANTED_SINGLE_INFUSION, gaps=(gap,)), Results(wanted, gaps=(gap,)))
    single = _single(order)
    amount = _amount(order.model)
    if isinstance(amount, str):
        gaps = (Gap(wanted, amount, Cause.UNUSABLE, order.reference),) if amount else ()
        return Dosing(single, Results(wanted, gaps=gaps))
    if amount.per_kg:
        weight = _weight(source, treatments)
        evidence = Evidence(shown.dose(amount.shown), order.reference)
        total = amount.level.times(weight.level.low) if weight.level else None
        return Dosing(
            single,
            Results(wanted, (Result(amount.level, evidence),)),
            exceeds_product=_exceeds(total, evidence),
        )
    return _divided(source, order, treatments, single, amount)


def _divided(
    source: Source, order: DraftOrder, treatments: Treatments, single: Documentation, amount: _Amount
) -> Dosing:
    wanted = reasons.WANTED_DOSE
    weight = _weight(source, treatments)
    if weight.level is None:
        return Dosing(single, Results(wanted, gaps=tuple(replace(gap, wanted=wanted) for gap in weight.gaps)))
    per_kg = amount.level.divided_by(weight.level)
    evidence = Evidence(
        shown.dose_by_weight(amount.shown, weight.evidence[0].says, trimmed(per_kg.low)), order.reference
    )
    return Dosing(
        single,
        Results(wanted, (Result(per_kg, evidence),)),
        weight_not_before_apheresis=() if weight.known_before_apheresis else weight.evidence,
        exceeds_product=_exceeds(amount.level, evidence),
    )


def _exceeds(total: Level | None, evidence: Evidence) -> tuple[Evidence, ...]:
    return (evidence,) if total is not None and total.low > MOST_IN_PRODUCT else ()


# --- one infusion ----------------------------------------------------------------------------------------------------


def _single(order: DraftOrder) -> Documentation:
    """Whether the order runs once: no refills, no repeats, not on several days."""
    wanted = reasons.WANTED_SINGLE_INFUSION
    model, reference = order.model, order.reference
    dispense = getattr(model, "dispenseRequest", None)
    refills = dispense.numberOfRepeatsAllowed if dispense is not None else None
    if refills:
        return Documentation(wanted, denies=(Evidence(shown.refills(refills), reference),))
    instructions = getattr(model, "dosageInstruction", None) or ()
    days: list[When] = []
    for instruction in instructions:
        repeats = _repeats(instruction.timing, days)
        if repeats:
            return Documentation(wanted, denies=(Evidence(repeats, reference),))
    if any(not first.overlaps(other) for first in days for other in days):
        return Documentation(wanted, denies=(Evidence(shown.ON_SEVERAL_DAYS, reference),))
    return Documentation(wanted, shows=(Evidence(shown.ONE_INFUSION, reference),))


def _repeats(timing: Any, days: list[When]) -> str | None:
    """In words, how a timing runs more than once; the days it names are added to `days`."""
    if timing is None:
        return None
    for event in timing.event or ():
        moment = when(event)
        if moment is not None:
            days.append(When.on(moment.first.date()) if moment.is_one_day else moment)
    repeat = timing.repeat
    if repeat is None:
        codes = {coding.code for coding in (timing.code.coding or () if timing.code else ())}
        return shown.timing_repeats(", ".join(sorted(codes & _REPEATING_CODES))) if codes & _REPEATING_CODES else None
    if (repeat.countMax or repeat.count or 0) > 1:
        return shown.timing_repeats(f"{repeat.countMax or repeat.count} times")
    if repeat.count == 1 or repeat.countMax == 1:
        return None
    if (
        (repeat.frequencyMax or repeat.frequency or 0) > 1
        or repeat.period is not None
        or repeat.dayOfWeek
        or repeat.when
    ):
        every = f"{repeat.frequency or 1} per {trimmed(repeat.period or Decimal(1))} {repeat.periodUnit or ''}".strip()
        return shown.timing_repeats(every)
    start = period(repeat.boundsPeriod)
    if start is not None and start.is_one_day:
        days.append(When.on(start.first.date()))
    return None


# --- the amount ------------------------------------------------------------------------------------------------------


def _amount(model: Any) -> _Amount | str:
    """The dose of one infusion; a string is why there is none ("" where the order says nothing at all)."""
    instructions = getattr(model, "dosageInstruction", None) or ()
    amounts = [_of_instruction(instruction) for instruction in instructions]
    stated = [amount for amount in amounts if amount != ""]
    for quantity in (getattr(model, "quantityQuantity", None), getattr(model, "quantityRange", None)):
        if quantity is not None:
            stated.append(_of_dose(quantity))
    if not stated:
        return _in_text(_order_texts(model))
    problems = [amount for amount in stated if isinstance(amount, str)]
    if problems or len(stated) < len(instructions):
        return problems[0] if problems else reasons.PART_OF_DOSE_NOT_SAID
    return _summed([amount for amount in stated if isinstance(amount, _Amount)])


def _summed(amounts: list[_Amount]) -> _Amount | str:
    total = amounts[0]
    for amount in amounts[1:]:
        if amount.per_kg != total.per_kg:
            return reasons.MIXED_DOSES
        total = _Amount(total.level.plus(amount.level), total.per_kg, f"{total.shown} + {amount.shown}")
    return total


def _of_instruction(instruction: Any) -> _Amount | str:
    doses = [
        each for each in instruction.doseAndRate or () if each.doseQuantity is not None or each.doseRange is not None
    ]
    if not doses:
        return _in_text([instruction.text] if instruction.text else [])
    ordered = [dose for dose in doses if _is_ordered(dose)]
    found = [
        _of_dose(dose.doseQuantity if dose.doseQuantity is not None else dose.doseRange) for dose in ordered or doses
    ]
    return found[0] if all(each == found[0] for each in found) else reasons.MIXED_DOSES


def _is_ordered(dose: Any) -> bool:
    return any(coding.code == "ordered" for coding in (dose.type.coding or () if dose.type else ()))


def _of_dose(dose: Any) -> _Amount | str:
    if hasattr(dose, "low"):
        return _of_range(dose)
    unit = in_million_cells(dose)
    if unit is None or dose.value is None:
        return reasons.dose_unit(shown_quantity(dose) if dose.value is not None else "")
    if dose.value < 0:
        return reasons.IMPOSSIBLE
    factor, per_kg = unit
    return _Amount(compared(dose.value, dose.comparator).times(factor), per_kg, shown_quantity(dose))


def _of_range(dose: Any) -> _Amount | str:
    ends = [end for end in (dose.low, dose.high) if end is not None and end.value is not None]
    units = {in_million_cells(end) for end in ends}
    unit = units.pop() if len(units) == 1 else None
    if unit is None or any(end.value < 0 for end in ends):
        return reasons.dose_unit(shown_quantity(ends[0]) if ends else "")
    factor, per_kg = unit
    has_low = dose.low is not None and dose.low.value is not None
    has_high = dose.high is not None and dose.high.value is not None
    low = compared(dose.low.value, ">=") if has_low else compared(dose.high.value, "<=")
    high = dose.high.value if has_high else low.high
    if low.low > high:
        return reasons.IMPOSSIBLE
    words = " to ".join(shown_quantity(end) for end in ends)
    return _Amount(Level(low.low, high).times(factor), per_kg, words if has_high else f"≥ {words}")


def _order_texts(model: Any) -> list[str]:
    said = [instruction.patientInstruction for instruction in getattr(model, "dosageInstruction", None) or ()]
    said += [note.text for note in model.note or ()]
    return [text for text in said if text]


def _in_text(said: list[str]) -> _Amount | str:
    """A dose that stands only in text: read when it is one number with one unit, not otherwise."""
    matches = [match for text in said for match in _TEXT_DOSE.finditer(_one_line(text))]
    if not matches:
        return reasons.dose_only_in_words(said[0]) if said else ""
    units = [million_cells_of_text(match["unit"]) for match in matches]
    if (
        len(matches) > 1
        or units[0] is None
        or re.search(r"\d\s*(?:-|to|–)\s*$", _one_line(said[0])[: matches[0].start()])
    ):
        return reasons.dose_only_in_words(said[0])
    match, unit = matches[0], units[0]
    value = Decimal(match["number"].replace(",", "."))
    level = compared(value, ">=" if match["at_least"] else None).times(unit[0])
    return _Amount(level, unit[1], plain_text(match.group(0)))


def _one_line(text: str) -> str:
    return " ".join(text.replace("−", "-").split())


# --- the weight ------------------------------------------------------------------------------------------------------


def _weight(source: Source, treatments: Treatments) -> _Weight:
    """The last weight before the first apheresis; before any apheresis, the latest."""
    wanted = reasons.WANTED_WEIGHT
    sifted = source.sift(source.about(("Observation",), "body-weight"), ("Observation",))
    weights = _weights(sifted)
    first = _first([event.when for event in treatments.aphereses])
    missing = (*sifted.gaps(wanted), *source.unread(wanted, "Observation", "Procedure"))
    if not weights:
        return _Weight(gaps=missing or (Gap(wanted, reasons.NO_WEIGHT, Cause.ABSENT),))
    if "Procedure" in source.incomplete:
        return _Weight(gaps=source.unread(wanted, "Procedure"))
    if not treatments.aphereses:
        return _latest(weights, known_before=False)
    if first is None:
        return _Weight(
            gaps=(Gap(wanted, reasons.APHERESIS_UNDATED, Cause.UNUSABLE, treatments.aphereses[0].evidence.source),)
        )
    before = [weight for weight in weights if weight.when and weight.when.before(first) is Answer.MET]
    unclear = [w for w in weights if w.when is None or w.when.before(first) is Answer.UNKNOWN]
    if before:
        return _latest([*before, *unclear], known_before=True)
    nearest = unclear[0] if unclear else weights[0]
    because = reasons.WEIGHT_DATE_UNCLEAR if unclear else reasons.WEIGHT_ONLY_AFTER
    return _Weight(gaps=(Gap(wanted, because, Cause.UNUSABLE, nearest.evidence.source),))


def _weights(sifted: Sifted) -> list[Result]:
    found = []
    for record, model in sifted.usable:
        quantity = model.valueQuantity
        factor = in_kilograms(quantity) if quantity is not None else None
        if model.status not in FINAL:
            sifted.trouble(record, reasons.not_final(shown.WEIGHT, model.status))
        elif factor is None or quantity.value is None or quantity.comparator:
            sifted.trouble(record, reasons.WEIGHT_UNIT)
        elif not 0 < quantity.value * factor <= HEAVIEST:
            sifted.trouble(record, reasons.IMPOSSIBLE)
        else:
            moment = first_when(model, "effectiveDateTime", "effectiveInstant", "effectivePeriod")
            evidence = Evidence(shown.weight(shown_quantity(quantity), moment), record.reference)
            found.append(Result(Level.exactly(quantity.value * factor), evidence, moment))
    return found


def _first(moments: list[When | None]) -> When | None:
    """The earliest of the moments, where that can be told."""
    known = [moment for moment in moments if moment is not None]
    return min(known, key=lambda moment: moment.first) if known and len(known) == len(moments) else None


def _latest(weights: list[Result], *, known_before: bool) -> _Weight:
    """The newest weight; the span of all that may be the newest where their dates do not tell."""
    newest = [
        weight
        for weight in weights
        if not any(weight.when and other.when and weight.when.before(other.when) is Answer.MET for other in weights)
    ]
    levels = [weight.level for weight in newest]
    span = Level(min(level.low for level in levels), max(level.high for level in levels))
    return _Weight(span, tuple(weight.evidence for weight in newest), known_before)
