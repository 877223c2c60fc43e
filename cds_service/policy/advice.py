"""What the label says beside the policy. Advice is shown to the prescriber and never bears on coverage."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.facts import Advised, Chart
from cds_service.logic import Answer, Evidence
from cds_service.wording import advice as say


def advice_for(chart: Chart) -> tuple[Advised, ...]:
    """All the advice that this chart calls for, in a fixed order."""
    return tuple(_advice(chart))


def _advice(chart: Chart) -> Iterator[Advised]:
    # We read "paediatric", which the label does not define, as under 18.
    if chart.adult is Answer.MET:
        yield Advised("label-paediatric", say.PAEDIATRIC)
    if chart.biallelic_itgb2.shown().answer is not Answer.MET:
        yield Advised("label-biallelic", say.BIALLELIC)
    yield from _with_evidence("label-weight", say.weight, chart.weight_not_before_apheresis)
    yield from _with_evidence("label-product-form", say.product_form, chart.dose_exceeds_product)
    yield from _with_evidence("coverage-scope", say.coverage_scope, chart.coverage_outside_policy)
    yield from _with_evidence("prior-transplant", say.prior_transplant, chart.allogeneic_transplant)


def _with_evidence(code: str, sentence: say.Sentence, evidence: tuple[Evidence, ...]) -> Iterator[Advised]:
    if evidence:
        yield Advised(code, sentence("; ".join(each.says for each in evidence)))
