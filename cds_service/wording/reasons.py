"""Why what is there does not give what is wanted: the sentences of a `Gap`, and of what is set aside."""

from __future__ import annotations

from collections.abc import Sequence

# --- not there --------------------------------------------------------------------------------------------------------

NOT_IN_CHART = "Not found in the chart"


def nobody_holds(clinicians: int) -> str:
    if not clinicians:
        return "No clinician is named on the order, the care team, a consult note or a visit"
    whom = "the one clinician" if clinicians == 1 else f"any of the {clinicians} clinicians"
    return f"No such specialty is stated for {whom} involved"


# --- there, but will not do ------------------------------------------------------------------------------------------

UNREADABLE = "It could not be read"
ENTERED_IN_ERROR = "entered in error"
ANOTHER_PATIENT = "it is another person's"
NOBODYS = "It does not say whose it is"
MODIFIED = "It carries a modifier extension, which can change what it means"
MASKED = "Its content is masked"
REFUTED = "refuted"
IMPOSSIBLE = "Its value is impossible"
NO_VALUE = "It holds no value"
IN_UNREAD_REPORT = "in reports or panels that could not all be read"
WITHOUT_STATUS = "without status"
WRONG_SPECIMEN = "measured on another specimen or cell population"
CD11C = "CD11c does not count for this criterion"


def unreadable(problem: str) -> str:
    return f"It could not be read ({problem})"


def undecided(without: str) -> str:
    return f"It is {without}, and so does not tell whether it counts"


def has_status(status: str) -> str:
    return f"status {status}"


def status_not_counted(says: str, status: str) -> str:
    return f"{says}: status {status}"


def not_final(says: str, status: str) -> str:
    return f"{says} is {status}; only final, amended or corrected results count"


def no_number(said: str) -> str:
    return f"It says {quoted(said)} and gives no percentage"


def no_unit(said: str) -> str:
    return f"{quoted(said)} is a bare number; percent of cells is needed"


def no_value(why: str) -> str:
    return f"It has no value ({why or 'no reason given'})"


def not_percent_of_cells(unit: str) -> str:
    return f"{quoted(unit)} is not a percentage of cells (an intensity, or a percentage of a control, does not count)"


def only_text_names(named: str, code: str) -> str:
    return f"{quoted(named)} is named only by a local code or text; coded as {code} it would count"


FLOW_AS_TEXT = "A flow cytometry report is there without numbers that can be read: attach it, or code its results"


def not_expression(says: str, value: str) -> str:
    return f"{says}: {quoted(value)} is not the percentage of cells that express the marker"


def codes_disagree(named: str) -> str:
    return f"The codes and words of {quoted(named)} do not agree on one marker"


def wrong_cells(marker: str, value: str, *, marrow: bool) -> str:
    return f"{marker} {value} is of {'bone marrow' if marrow else 'another cell population'}, not of blood neutrophils"


def spoilt(marker: str, value: str, why: str) -> str:
    return f"{marker} {value} says nothing about the diagnosis: {why}"


def after_treatment(treatment: str) -> str:
    return f"taken after {treatment}"


def not_known_before(treatment: str) -> str:
    return f"the dates do not tell whether it was taken before {treatment}"


def after_granulocytes(transfusion: str) -> str:
    return f"taken, or possibly taken, within 7 days after {transfusion}"


def of_anothers_sample(note: str) -> str:
    return f"it is of another person's sample, by its note {quoted(note)}"


def of_a_control(note: str) -> str:
    return f"it is of a control, by its note {quoted(note)}"


def either_side(says: str, limit: str) -> str:
    return f"{says} may lie on either side of {limit}"


def not_concurrent(says: str) -> str:
    return f"{says} is not of the same specimen, report or day as the CD18 result that is used"


def nothing_to_go_with(says: str) -> str:
    return f"{says} counts only beside a CD18 result, and there is none that can be used"


def results_disagree(says: Sequence[str], limit: str) -> str:
    return f"Results lie on both sides of {limit}: {'; '.join(says)}"


def records_disagree(says: Sequence[str]) -> str:
    return f"The chart contradicts itself: {'; '.join(says)}"


def entered_by_no_clinician(marker: str) -> str:
    return f"{marker} was entered in the questionnaire, but its author is no clinician"


def entered_without_date(marker: str) -> str:
    return f"{marker} was entered in the questionnaire without the date of the flow cytometry"


CONTRADICTORY_ANSWERS = "The question was answered in more than one way, and nothing tells which answer is the newest"


def answers_not_final(status: str) -> str:
    return f"The questionnaire is {status}; only completed or amended answers count"


# diagnosis


def not_confirmed(says: str) -> str:
    return f"{says} is not confirmed"


def too_broad(says: str) -> str:
    return f"{says} is too broad to say LAD-I"


def other_type(says: str) -> str:
    return f"{says} is type II or III, not LAD-I"


def doubtful_words(says: str) -> str:
    return f"{says} is ruled out, only suspected, or said of somebody else"


# genetics

ANOTHER_GENE = "a variant of another gene"
GENE_NOT_STATED = "A variant is there that does not say of which gene it is"
GENETIC_REPORT_AS_TEXT = "A genetic report is there as text only: attach it; its findings are not counted"
_VARIANT = {
    "likely-pathogenic": "is likely pathogenic; whether that suffices is for the reviewer",
    "uncertain-significance": "is of uncertain significance",
    "benign": "is benign",
    "somatic": "is somatic, not germline",
    "origin-not-germline": "is of an origin that is not stated to be germline",
    "absent": "was looked for and is absent",
    "after-treatment": "is not known to be from before the transplant or gene therapy on record",
    "withdrawn": "was withdrawn",
    "not-final": "is not a final result",
    "in-unread-report": f"is {IN_UNREAD_REPORT}",
    "disputed": "is given more than one significance",
    "presence-not-stated": "is not stated to be present",
    "significance-not-stated": "has no significance stated",
    "significance-not-read": "has a significance that no known code states",
}


def variant_found(says: str, finding: str) -> str:
    return f"{says} {_VARIANT[finding]}"


# history


def one_sign_alone(says: str) -> str:
    return f"{says} alone is not enough: the hallmark, or two signs of different kinds, are needed"


def sign_only_looked_for(says: str, said: str) -> str:
    return f"{says}: {quoted(said)} does not say that it was there"


def cord_only_in_words(says: str) -> str:
    return f"{says} is named in words only; coded as ICD-10-CM P96.82, or with the age at separation, it would count"


def cord_duration_not_read(says: str) -> str:
    return f"{says}: the age at separation could not be read, or may lie on either side of 3 weeks"


def cord_too_early(says: str) -> str:
    return f"{says} is earlier than 3 weeks"


# specialists

ORGAN_NOT_SAID = "{0}: transplantation, but not of which organ or cells"
TRANSPLANT_NOT_SAID = "{0}: the specialty does not say transplant"
OTHER_ONCOLOGIST = "{0}: radiation, surgical or gynaecological oncology is for the reviewer"
TEAM_NOT_ACTIVE = "the care team is not active"
MEMBERSHIP_NOT_CURRENT = "the membership of the care team has ended or not begun"
NO_CONSULT_NOTE = "superseded, or no note of a consultation that took place"
NOTE_WITHOUT_AUTHOR = "A consult note names no author"
VISIT_NOT_FINISHED = "the visit is not finished"
EMERGENCY_VISIT = "an emergency visit is no consultation"
CONSULT_DID_NOT_HAPPEN = "the consultation did not take place"
USER_NOT_THERE = "The role and qualifications of the signing clinician are not on record"
NOT_ONE_YES_OR_NO = "The statement is answered in more than one way, or with neither yes nor no"
CONSULT_ONLY_ORDERED = "A consultation is ordered, but not documented as done"
NO_AUTHOR = "The attestation names no author"


def role_not_current(words: str) -> str:
    return f"{words}: the role has ended, has not begun, or is marked inactive"


def not_a_physician(role: str) -> str:
    return f"on the care team as {quoted(role)}"


def note_not_final(status: str) -> str:
    return f"A consult note is {status}; a final one is needed"


def author_is_not_transplant(words: str) -> str:
    who = f" ({words})" if words else ""
    return f"Its author{who} is not documented as a transplant specialist; only that specialist's attestation counts"


# family


def carrier(says: str) -> str:
    return f"{says}: a carrier does not count"


def relative_other_disease(says: str) -> str:
    return f"{says} is not LAD-I"


def family_history_too_broad(says: str) -> str:
    return f"{says}: does not say that a relative has LAD-I"


def relative_only_in_note(says: str) -> str:
    return f"{says}: LAD-I stands only in a note; it counts as the relative's coded condition"


def relation_not_by_blood(says: str) -> str:
    return f"{says}: not coded as a relative by blood"


# infections


def never_significant(says: str) -> str:
    return f"{says}: not a significant bacterial or fungal infection"


def infection_only_in_words(says: str) -> str:
    return f"{says} has no code that is known here; coded in ICD-10-CM it could count"


def in_the_future(says: str) -> str:
    return f"{says}: dated in the future"


def needs_corroboration(says: str) -> str:
    return (
        f"{says} counts only when documented as severe, recurrent, extensive, or with a positive culture, "
        "a hospital stay or an intravenous antimicrobial"
    )


def quoted(said: str) -> str:
    """Words of the chart, short and on one line, in quotation marks."""
    words = " ".join(said.split())
    return f"“{words[:80]}…”" if len(words) > 80 else f"“{words}”"


def related_person_inactive(says: str) -> str:
    return f"{says}: the record of the related person is inactive, and so does not say how the donor is related"


def not_to_be_used(note: str) -> str:
    return f"it is not to be used, by its note {quoted(note)}"


def variant_undone(says: str, said: str) -> str:
    return f"{says}: beside it the chart says {quoted(said)}; whether it stands is for the reviewer"
