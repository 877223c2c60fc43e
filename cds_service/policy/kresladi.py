"""CP.PHAR.599, Kresladi (marnetegragene autotemcel), clause by clause.

Read it beside the policy: each clause has the policy's own number, its meaning in our words, and the question it
asks of the chart. A comment that begins with "We read" marks a place where the policy leaves something open; the
reading is ours, and `cds-service policy` prints it. How a chart is read (codes, units, dates) is in
`cds_service/chart`; here is only what is asked.
"""

from __future__ import annotations

from cds_service.facts import Chart
from cds_service.logic import Answer, Finding, all_of, any_of, given
from cds_service.policy.advice import advice_for
from cds_service.policy.model import Criterion, Determination, Outcome, Policy

policy = Policy(number="CP.PHAR.599", effective="2026-03-26", revised="2026-05")


# --- I.A  Initial approval: LAD-I -----------------------------------------------------------------------------------


@policy.clause("I.A.1", "LAD-I diagnosed, and confirmed by flow cytometry")
def diagnosed_and_confirmed(chart: Chart) -> Finding:
    """The diagnosis, and flow cytometry that confirms it by pathway a or pathway b."""
    return all_of(diagnosis(chart), any_of(cd18_is_missing(chart), cd18_is_present(chart)))


@policy.clause("I.A.1.diagnosis", "Diagnosis of LAD-I")
def diagnosis(chart: Chart) -> Finding:
    """A confirmed diagnosis of type I, whatever its clinical status; a refuted one alone contradicts it."""
    # We read ICD-10-CM D71.1 as the diagnosis although the code also covers types II and III: the flow cytometry
    # tells the type. A word of type II or III beside it undoes that.
    return chart.lad1.shown()


@policy.clause("I.A.1.a", "CD18 on fewer than 2 % of neutrophils")
def cd18_is_missing(chart: Chart) -> Finding:
    """CD18 expressed by less than 2 % of neutrophils; exactly 2 % is not less."""
    # We read results within 7 days after a granulocyte transfusion, and all after a transplant or gene therapy, as
    # saying nothing about the diagnosis.
    return chart.cd18.below("2")


@policy.clause("I.A.1.b", "CD18 on 2 % of neutrophils or more, together with i, ii and iii")
def cd18_is_present(chart: Chart) -> Finding:
    """CD18 known to be 2 % or more, and three further findings. CD18 not known is never "2 % or more"."""
    return given(
        chart.cd18.at_least("2"),
        all_of(cd11_is_missing(chart), variant_is_pathogenic(chart), history_fits(chart)),
    )


@policy.clause("I.A.1.b.i", "CD11a or CD11b on fewer than 2 % of neutrophils")
def cd11_is_missing(chart: Chart) -> Finding:
    """CD11a or CD11b below 2 %, measured concurrently with the CD18 that is used. CD11c never counts."""
    # We read "CD11a or CD11b" as either one.
    # We read "concurrently" as the same specimen, the same report or the same day.
    return any_of(
        chart.cd11a.taken_with(chart.cd18).below("2"),
        chart.cd11b.taken_with(chart.cd18).below("2"),
    )


@policy.clause("I.A.1.b.ii", "A pathogenic ITGB2 variant")
def variant_is_pathogenic(chart: Chart) -> Finding:
    """One pathogenic germline variant of ITGB2 on a final result."""
    # We read one pathogenic variant as enough here; that the label wants two is said as advice.
    # We read "likely pathogenic" as a matter for the reviewer.
    return chart.pathogenic_itgb2.shown()


@policy.clause("I.A.1.b.iii", "History consistent with LAD-I, or a known family history")
def history_fits(chart: Chart) -> Finding:
    """Delayed cord separation (3 weeks or later), or other signs of Appendix D, or a relative with LAD-I."""
    # We read "consistent with LAD-I" as the hallmark alone, or any two others of distinct kinds: omphalitis,
    # inflamed skin, inflamed mucosa, no pus at infected sites, slow wound healing.
    return any_of(
        chart.delayed_cord_separation.shown(),
        chart.other_signs.of_distinct_kinds(2),
        family_history(chart),
    )


@policy.clause("I.A.2", "Prescribed by, or in consultation with, both specialists")
def specialists_involved(chart: Chart) -> Finding:
    """Both a transplant specialist and one of four other specialists prescribe or are consulted."""
    return all_of(transplant_specialist(chart), second_specialist(chart))


@policy.clause("I.A.2.a", "A transplant specialist")
def transplant_specialist(chart: Chart) -> Finding:
    """The prescriber or a clinician consulted is a specialist of haematopoietic cell transplantation."""
    # We read "transplant specialist" as one of haematopoietic cell transplant, not of an organ.
    # We read a member of an active care team as consulted; a referral only ordered is no consultation.
    return chart.transplant_specialist.shown()


@policy.clause("I.A.2.b", "A haematologist, oncologist, immunologist or infectious-disease specialist")
def second_specialist(chart: Chart) -> Finding:
    """The prescriber or a clinician consulted holds one of the four specialties."""
    # We read one clinician who holds both specialties as answering both a and b.
    return chart.second_specialist.shown()


@policy.clause("I.A.3", "Family history of LAD-I, or a significant infection before")
def family_history_or_infection(chart: Chart) -> Finding:
    """Either a relative with LAD-I, or at least one significant bacterial or fungal infection."""
    return any_of(family_history(chart), significant_infection(chart))


@policy.clause("I.A.3.a", "Family history of LAD-I")
def family_history(chart: Chart) -> Finding:
    """A relative by blood who has LAD-I. A carrier does not count; an explicit denial contradicts it."""
    return chart.family_history.shown()


@policy.clause("I.A.3.b", "At least one significant bacterial or fungal infection")
def significant_infection(chart: Chart) -> Finding:
    """An infection significant by its code, or by its code and severity, recurrence, culture or hospital stay."""
    # We read localised skin abscess and cellulitis (L02, L03), J36, K05 and uncomplicated B38, B39 as significant
    # only with such corroboration; a code's own word "chronic" is none for K05.
    return chart.significant_infection.shown()


@policy.clause("I.A.4", "No HLA-matched sibling donor is available")
def no_matched_sibling_donor(chart: Chart) -> Finding:
    """Documented that there is none. Silence never says so, nor does one sibling who does not match."""
    # We read a matched full sibling as available until the chart says otherwise: a "none available" newer than the
    # match settles it, an older one is a conflict.
    return chart.no_matched_sibling_donor.shown()


@policy.clause("I.A.5", "A transplant specialist attests stability and eligibility")
def attested(chart: Chart) -> Finding:
    """Both statements, by a transplant specialist: clinically stable, and eligible for conditioning and HSCT."""
    return all_of(chart.attested_stable.shown(), chart.attested_eligible.shown())


@policy.clause("I.A.6", "One infusion of at least 2.8 × 10⁶ CD34+ cells per kg")
def dose_is_sufficient(chart: Chart) -> Finding:
    """The order asks for a single infusion, of 2.8 × 10⁶ CD34+ cells per kg or more."""
    # We read, with the label, the last weight before the first apheresis as the one that counts; before any
    # apheresis, the latest.
    # We read several instructions without timing, or on one day, as one infusion, and sum them.
    return all_of(chart.single_infusion.shown(), chart.dose_per_kg.at_least("2.8"))


# --- I.B  Another diagnosis -----------------------------------------------------------------------------------------


@policy.clause("I.B", "Ordered for another disease: other policies apply")
def other_indication(chart: Chart) -> Finding:
    """The order's reason is a specific other disease, and nothing confirmed says LAD-I."""
    return chart.ordered_for_another_disease.shown()


# --- II.A  Continued therapy ----------------------------------------------------------------------------------------


@policy.clause("II.A", "Once in a lifetime: no earlier dose")
def no_earlier_dose(chart: Chart) -> Finding:
    """No dose of Kresladi, RP-L201 included, is on record."""
    # We read a chart whose orders, administrations and procedures could be read completely and hold no dose as
    # documenting none: nobody records that a thing was not done.
    return chart.earlier_dose.none_given()


# --- The determination ----------------------------------------------------------------------------------------------

INITIAL_APPROVAL = ("II.A", "I.A.1", "I.A.2", "I.A.3", "I.A.4", "I.A.5", "I.A.6")
OTHER_DIAGNOSIS = ("II.A", "I.B")


def determine(chart: Chart) -> Determination:
    """Ask the whole policy about one chart.

    Returns the section that applies, the first outcome that holds, every criterion of that section with its
    sub-clauses, and the label's advice.
    """
    section = section_for(chart)
    clause_ids = OTHER_DIAGNOSIS if section == "I.B" else INITIAL_APPROVAL
    criteria = tuple(policy.asked(clause_id, chart) for clause_id in clause_ids)
    return Determination(section, outcome_of(criteria), criteria, advice_for(chart))


def section_for(chart: Chart) -> str:
    """`I.B` when the order is for another disease, else `I.A`."""
    return "I.B" if other_indication(chart).answer is Answer.MET else "I.A"


def outcome_of(criteria: tuple[Criterion, ...]) -> Outcome:
    """The first outcome that applies, the gravest first."""
    answers = {each.clause.id: each.finding.answer for each in criteria}
    outcomes = (
        (answers["II.A"] is Answer.NOT_MET, Outcome.EARLIER_DOSE),
        ("I.B" in answers, Outcome.OTHER_INDICATION),
        (answers.get("I.A.4") is Answer.NOT_MET, Outcome.SIBLING_DONOR),
        (Answer.NOT_MET in answers.values(), Outcome.CRITERIA_NOT_MET),
        (Answer.UNKNOWN in answers.values(), Outcome.DOCUMENTATION_MISSING),
    )
    return next((outcome for applies, outcome in outcomes if applies), Outcome.CRITERIA_MET)
