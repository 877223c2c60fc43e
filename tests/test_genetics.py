"""Genetic findings on ITGB2: one pathogenic variant for pathway b, two alleles for the label's advice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import (
    HGNC,
    LOINC,
    Resource,
    asked,
    causes,
    complete,
    concept,
    determination,
    flow,
    lad,
    observation,
    patient,
    request,
    subject,
    variant,
)

TBD = "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"
PATHOGENIC, LIKELY, VUS, BENIGN = "LA6668-3", "LA26332-9", "LA26333-7", "LA6675-8"
PRESENT, ABSENT = concept("Present", (LOINC, "LA9633-4")), concept("Absent")
HOMOZYGOUS, HETEROZYGOUS = concept("Homozygous", (LOINC, "LA6705-3")), concept("Heterozygous", (LOINC, "LA6706-1"))
ITGB2 = concept("ITGB2", (HGNC, "HGNC:6155"))


def part(code: str, value: Any) -> Resource:
    """A component: a LOINC code with a concept, or with a text."""
    valued = {"valueString": value} if isinstance(value, str) else {"valueCodeableConcept": value}
    return {"code": concept(None, (LOINC, code))} | valued


def found(*parts: Resource, gene: Any = ITGB2, id_: str = "variant", **more: Any) -> Resource:
    """A variant Observation with the gene and the given components; its value says Present unless told otherwise."""
    components = [*([part("48018-6", gene)] if gene is not None else []), *parts]
    base: Resource = {"component": components, "valueCodeableConcept": PRESENT} | more
    return observation(id_, concept(None, (LOINC, "69548-6")), **base)


def significance(code: str, text: str | None = None) -> Resource:
    return part("53037-8", concept(text, (LOINC, code)))


def state(value: Any) -> Resource:
    return part("53034-5", value)


def change(text: str) -> Resource:
    return part("48004-6", text)


def implication(code: str, *of: str, id_: str = "implication", **more: Any) -> Resource:
    derived = {"derivedFrom": [{"reference": each} for each in of], "component": [significance(code)]}
    return observation(id_, concept(None, (TBD, "diagnostic-implication")), **(derived | more))


def report(*results: str, status: str = "final", **more: Any) -> Resource:
    listed = {"result": [{"reference": each} for each in results]} if results else {}
    base = {"resourceType": "DiagnosticReport", "id": "report", "status": status, "subject": subject()}
    return base | {"code": concept("Genetic analysis", (LOINC, "51969-4"))} | listed | more


def document(**more: Any) -> Resource:
    """A genetic report as a document."""
    base = {"resourceType": "DocumentReference", "id": "document", "status": "current", "subject": subject()}
    held = {"type": concept("ITGB2 sequencing", (LOINC, "51969-4")), "content": [{"attachment": {"url": "Binary/x"}}]}
    return base | held | more


def ref(to: str) -> Resource:
    return {"reference": to}


def panel(*members: str, **more: Any) -> Resource:
    base = {"hasMember": [ref(each) for each in members]}
    return observation("panel", concept(None, (LOINC, "81247-9")), **(base | more))


TRANSPLANT = {
    "resourceType": "Procedure", "id": "transplant", "status": "completed", "subject": subject(),
    "code": concept("Allogeneic stem cell transplant"), "performedDateTime": "2026-06-01",
}  # fmt: skip
P = significance(PATHOGENIC)
NAMED, PANEL = "Observation/variant", "Observation/panel"
ENTREZ = "https://www.ncbi.nlm.nih.gov/gene"
CASES = [
    # remark, resources, I.A.1.b.ii
    ("pathogenic, present", [found(P)], "met"),
    ("pathogenic on the implication", [found(), implication(PATHOGENIC, NAMED)], "met"),
    (
        "pathogenic on the implication, referred to absolutely",
        [found(), implication(PATHOGENIC, "https://ehr.example/fhir/Observation/variant")],
        "met",
    ),
    (
        "pathogenic as the value of an older implication",
        [found(), observation("i", concept(None, (LOINC, "53037-8")), derivedFrom=[ref(NAMED)],
                              valueCodeableConcept=concept("Pathogenic", (LOINC, PATHOGENIC)))],
        "met",
    ),
    ("pathogenic in words alone", [found(part("53037-8", concept("Pathogenic")))], "met"),
    ("pathogenic as a text", [found(part("53037-8", "Pathogenic"))], "met"),
    ("one allele suffices here", [found(P, state(HETEROZYGOUS))], "met"),
    ("no value, but an allelic state", [found(P, state(HOMOZYGOUS), valueCodeableConcept=None)], "met"),
    ("germline", [found(P, part("48002-0", concept("Germline", (LOINC, "LA6683-2"))))], "met"),
    ("the gene in words", [found(P, gene=concept("ITGB2"))], "met"),
    ("the gene as a text", [found(P, gene="ITGB2")], "met"),
    ("the gene in the older system", [found(P, gene=concept(None, (f"{HGNC}/geneId", "HGNC:6155")))], "met"),
    ("the gene in the change alone", [found(P, change("NM_000211.5(ITGB2):c.562C>T"), gene=None)], "met"),
    ("the gene by its number without prefix", [found(P, gene=concept(None, (HGNC, "6155")))], "met"),
    ("the gene by its id in small letters", [found(P, gene=concept(None, (HGNC, "hgnc:6155")))], "met"),
    ("the gene by its symbol as the code", [found(P, gene=concept(None, (HGNC, "ITGB2")))], "met"),
    ("the gene by the identifier of its system",
     [found(P, gene=concept(None, ("urn:oid:2.16.840.1.113883.6.281", "HGNC:6155")))], "met"),
    ("the gene by a number of another system and its name", [found(P, gene=concept("ITGB2", (ENTREZ, "3689")))], "met"),
    ("contained in a report", [report("#v", contained=[found(P, id_="v")])], "met"),
    (
        "contained, with its implication",
        [report(contained=[found(id_="v"), implication(PATHOGENIC, "#v", id_="i")])],
        "met",
    ),
    ("amended", [found(P, status="amended")], "met"),
    ("before a transplant", [found(P), TRANSPLANT], "met"),
    # not enough
    ("no genetic result", [], "unknown"),
    ("no value and no allelic state", [found(P, valueCodeableConcept=None)], "unknown"),
    (
        "an allelic state that is not known",
        [found(P, {"code": concept(None, (LOINC, "53034-5")), "dataAbsentReason": concept("unknown")},
               valueCodeableConcept=None)],
        "unknown",
    ),
    ("homozygous for the wild type", [found(P, state(concept("Homozygous wild type")), valueCodeableConcept=None)],
     "unknown"),
    ("no call", [found(P, valueCodeableConcept=concept("No call"))], "unknown"),
    ("value false", [found(P, state(HOMOZYGOUS), valueCodeableConcept=None, valueBoolean=False)], "unknown"),
    ("no value, reason given", [found(P, state(HOMOZYGOUS), valueCodeableConcept=None,
                                      dataAbsentReason=concept("error"))], "unknown"),
    ("absent, in no report", [found(P, valueCodeableConcept=ABSENT)], "unknown"),
    ("likely pathogenic", [found(significance(LIKELY))], "unknown"),
    ("likely pathogenic on the implication", [found(), implication(LIKELY, NAMED)], "unknown"),
    ("uncertain", [found(significance(VUS))], "unknown"),
    ("benign, in no report", [found(significance(BENIGN))], "unknown"),
    ("no significance", [found()], "unknown"),
    ("a significance nobody knows", [found(part("53037-8", concept("Class 5?")))], "unknown"),
    ("code and words of significance differ", [found(significance(PATHOGENIC, "Likely benign"))], "unknown"),
    ("pathogenic and uncertain", [found(P), implication(VUS, NAMED)], "unknown"),
    ("an implication of another variant", [found(), implication(PATHOGENIC, "Observation/other")], "unknown"),
    ("a preliminary implication", [found(), implication(PATHOGENIC, NAMED, status="preliminary")], "unknown"),
    ("an implication taken back", [found(), implication(PATHOGENIC, NAMED, valueCodeableConcept=ABSENT)], "unknown"),
    ("somatic", [found(P, part("48002-0", concept("Somatic", (LOINC, "LA6684-0"))))], "unknown"),
    ("somatic in words", [found(P, part("48002-0", concept("likely somatic")))], "unknown"),
    ("of unknown origin", [found(P, part("48002-0", concept("Unknown genomic origin")))], "unknown"),
    ("reclassified in another result", [found(P, change("c.1A>T")), found(significance(VUS),
                                        change("NM_000211.5:c.1A>T"), id_="newer")], "unknown"),
    ("two genes named", [found(P, part("48018-6", concept("ITGAM")))], "unknown"),
    ("made on the mother's blood", [found(P, specimen={"display": "Maternal blood"})], "unknown"),
    ("another gene of LAD", [found(P, gene=concept("FERMT3", (HGNC, "HGNC:23151")))], "unknown"),
    ("another gene named like it", [found(P, gene=concept("ITGB2-AS1"))], "unknown"),
    ("another gene by its code", [found(P, gene=concept("ITGB2", (HGNC, "HGNC:6148")))], "unknown"),
    ("no gene named", [found(P, gene=None)], "unknown"),
    ("preliminary", [found(P, status="preliminary")], "unknown"),
    ("cancelled", [found(P, status="cancelled")], "unknown"),
    ("entered in error", [found(P, status="entered-in-error")], "unknown"),
    ("in a withdrawn report", [found(P), report(NAMED, status="entered-in-error")], "unknown"),
    ("in a panel of a withdrawn report", [found(P), panel(NAMED), report(PANEL, status="cancelled")], "unknown"),
    ("in a panel entered in error", [found(P), panel(NAMED, status="entered-in-error"), report(PANEL)], "unknown"),
    ("in a report that cannot be read", [found(P), report(NAMED, code="ITGB2")], "unknown"),
    ("contained in a preliminary report", [report(contained=[found(P, id_="v")], status="preliminary")], "unknown"),
    ("a modifier extension", [found(P, modifierExtension=[{"url": "x", "valueBoolean": True}])], "unknown"),
    ("the mother's", [found(P, focus=[{"reference": "RelatedPerson/mother"}])], "unknown"),
    ("in the mother's panel", [found(P), panel(NAMED, focus=[ref("RelatedPerson/mother")])], "unknown"),
    ("made on the mother's blood by the report", [found(P), report(NAMED, specimen=[{"display": "Maternal blood"}])],
     "unknown"),
    ("another patient's", [found(P, subject=ref("Patient/p2"))], "unknown"),
    ("a report in words", [report(conclusion="Homozygous pathogenic ITGB2 variant")], "unknown"),
    ("a report as PDF alone", [report(presentedForm=[{"contentType": "application/pdf"}])], "unknown"),
    ("a result in words", [observation("x", concept("ITGB2 gene analysis"), valueString="Pathogenic")], "unknown"),
    # contradicted
    ("benign alone, in a final report", [found(significance(BENIGN)), report(NAMED)], "not-met"),
    ("absent alone, in a final report", [found(P, valueCodeableConcept=ABSENT), report(NAMED)], "not-met"),
    ("benign alone, contained", [report(contained=[found(significance(BENIGN), id_="v")])], "not-met"),
    ("benign alone, in a panel of a final report", [found(significance(BENIGN)), panel(NAMED), report(PANEL)],
     "not-met"),
    ("benign alone, in a panel of which a member is not here",
     [found(significance(BENIGN)), panel(NAMED, "Observation/missing"), report(PANEL)], "unknown"),
    ("benign alone, in a contained panel of which a member is not here",
     [found(significance(BENIGN)), report("#panel", contained=[panel(NAMED, "Observation/missing")])], "unknown"),
    ("benign beside a pathogenic one, the gene by its bare number",
     [found(significance(BENIGN)), found(P, gene=concept(None, (HGNC, "6155")), id_="other"),
      report(NAMED, "Observation/other")], "met"),
    ("benign beside one of a gene of an unknown system",
     [found(significance(BENIGN)), found(P, gene=concept(None, (ENTREZ, "3689")), id_="other"),
      report(NAMED, "Observation/other")], "unknown"),
    ("benign alone, in a preliminary report", [found(significance(BENIGN)), report(NAMED, status="preliminary")],
     "unknown"),
    (
        "benign beside a variant on another chromosome",
        [found(significance(BENIGN)), report(NAMED, "Observation/other"),
         found(part("81290-9", "NC_000019.8:g.1171707G>A"), gene=None, id_="other")],
        "not-met",
    ),
    (
        "benign beside a result that is not here",
        [found(significance(BENIGN)), report(NAMED, "Observation/missing")],
        "unknown",
    ),
    (
        "benign, but the report concludes a pathogenic one",
        [found(significance(BENIGN)), report(NAMED, conclusion="A second, pathogenic variant was found")],
        "unknown",
    ),
    (
        "benign, and the report concludes none pathogenic",
        [found(significance(BENIGN)), report(NAMED, conclusion="No pathogenic variant was found")],
        "not-met",
    ),
    (
        "benign beside uncertain",
        [found(significance(BENIGN)), found(significance(VUS), id_="other"), report(NAMED, "Observation/other")],
        "unknown",
    ),
    (
        "benign beside pathogenic",
        [found(significance(BENIGN)), found(P, id_="other"), report(NAMED, "Observation/other")],
        "met",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("resources", "status"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_pathogenic_variant(resources: list[Resource], status: str) -> None:
    """One pathogenic germline variant of ITGB2 on a final result; benign alone contradicts, all else stays open."""
    criterion = asked("I.A.1.b.ii", [patient(), lad(), *resources])
    assert criterion["status"] == status
    assert bool(criterion.get("gaps")) == (status == "unknown")


SAID = [
    # remark, resources, what the gap says
    ("likely pathogenic", [found(significance(LIKELY))], "reviewer"),
    ("uncertain", [found(significance(VUS))], "uncertain significance"),
    ("somatic", [found(P, part("48002-0", concept("Somatic")))], "somatic"),
    ("absent", [found(P, valueCodeableConcept=ABSENT)], "absent"),
    ("cancelled", [found(P, status="cancelled")], "withdrawn"),
    ("after a transplant", [found(P, effectiveDateTime="2026-07-01"), TRANSPLANT], "before the transplant"),
    (
        "benign after a transplant, in a final report",
        [found(significance(BENIGN), effectiveDateTime="2026-07-01"), report(NAMED), TRANSPLANT],
        "before the transplant",
    ),
    ("preliminary", [found(P, status="preliminary")], "not a final result"),
    ("no gene named", [found(P, gene=None)], "of which gene"),
    ("a report in words", [report(conclusion="ITGB2 pathogenic")], "attach"),
    *(
        (f"a report in words, {status}", [report(conclusion="ITGB2", status=status)], f"Genetic analysis is {status}")
        for status in ("registered", "preliminary", "partial", "unknown")
    ),
    *(
        (f"a report in words, {status}", [report(conclusion="ITGB2", status=status)], "attach")
        for status in ("amended", "corrected", "appended")
    ),
    (
        "an analysis in words, preliminary",
        [observation("x", concept("ITGB2 gene analysis"), valueString="see report", status="preliminary")],
        "ITGB2 gene analysis is preliminary",
    ),
    *(
        (f"a document, {said}", [document(**more)], says)
        for said, more, says in (
            ("final", {"docStatus": "final"}, "attach"),
            ("of no stage", {}, "attach"),
            ("preliminary", {"docStatus": "preliminary"}, "ITGB2 sequencing is preliminary"),
        )
    ),
    ("which change", [found(significance(VUS), change("c.562C>T"))], "c.562C>T"),
]


def called(text: str) -> Resource:
    """What a variant is called beside its code."""
    return {"code": concept(text, (LOINC, "69548-6"))}


def noted(text: str) -> Resource:
    """A variant that is coded Pathogenic, with a note."""
    return found(P, change("NM_000211.5(ITGB2):c.562C>T"), note=[{"text": text}])


def named(text: str) -> list[Resource]:
    """A variant that is coded Pathogenic, in a report of that name."""
    return [found(P), report(NAMED, code=concept(text, (LOINC, "51969-4")))]


def concluded(text: str, **more: Any) -> list[Resource]:
    """A variant that is coded Pathogenic, in an amended report that concludes something."""
    return [found(P, change("c.562C>T")), report(NAMED, status="amended", conclusion=text, **more)]


IN_WORDS = [
    # remark, resources, I.A.1.b.ii
    # whose it is
    ("named the mother's", [found(P) | called("Mother's ITGB2 variant")], "unknown"),
    ("in a report named a sibling's", named("ITGB2 analysis, sibling donor"), "unknown"),
    ("in a report of parental carrier testing", named("ITGB2 parental carrier testing"), "unknown"),
    ("in a report named the patient's and the parents'", named("ITGB2 trio analysis (patient, mother, father)"), "met"),
    ("in a report named a trio's", named("Trio exome with parents"), "met"),
    ("in a prenatal report", named("Prenatal ITGB2 analysis, amniotic fluid"), "unknown"),
    ("in a report named post-transplant", named("ITGB2 analysis post BMT"), "unknown"),
    ("noted as a maternal sample", [noted("Maternal sample.")], "unknown"),
    ("noted as the mother's alone", [noted("Detected in the mother; not detected in the patient.")], "unknown"),
    ("the same with a comma", [noted("Present in the father, but not in the patient")], "unknown"),
    ("noted as not carried", [noted("The patient does not carry this variant.")], "unknown"),
    ("noted as inherited", [noted("Maternally inherited. Also detected in the maternal sample.")], "met"),
    ("noted with the parents' results", [noted("Maternal sample: heterozygous carrier. Paternal sample: negative.")],
     "met"),
    ("noted as present in the mother", [noted("Variant present in mother, absent in father.")], "met"),
    # somatic
    ("in a report named somatic", named("Tumor somatic mutation panel"), "unknown"),
    ("in a report named a tumour's", named("Solid tumour panel"), "unknown"),
    ("in a report named hereditary", named("Hereditary cancer and immunodeficiency panel"), "met"),
    ("in a report named germline", named("Germline panel (non-somatic)"), "met"),
    ("named somatic", [found(P) | called("Somatic ITGB2 variant")], "unknown"),
    ("on a tumour", [found(P, specimen={"display": "Tumor tissue"})], "unknown"),
    ("on a buccal swab", [found(P, specimen={"display": "Buccal swab"})], "met"),
    ("stated germline, in a report named a tumour's",
     [found(P, part("48002-0", concept("Germline", (LOINC, "LA6683-2")))),
      report(NAMED, code=concept("Tumor and normal panel", (LOINC, "51969-4")))], "met"),
    ("noted as somatic", [noted("Likely somatic")], "unknown"),
    # reclassified
    ("noted as reclassified",
     [noted("AMENDED 2026-05-01: reclassified from pathogenic to uncertain significance.")], "unknown"),
    ("noted as reclassified, to what not said", [noted("Reclassified from pathogenic.")], "unknown"),
    ("noted as downgraded", [noted("Downgraded to likely pathogenic")], "unknown"),
    ("noted as no longer pathogenic", [noted("This variant is no longer considered pathogenic.")], "unknown"),
    ("noted as uncertain", [noted("This variant is of uncertain significance.")], "unknown"),
    ("noted as benign", [noted("Classification: likely benign (ACMG)")], "unknown"),
    ("noted as raised", [noted("Reclassified from VUS to pathogenic.")], "met"),
    ("noted as raised, the other way round", [noted("Now reclassified as pathogenic (was VUS)")], "met"),
    ("noted as once uncertain", [noted("Previously classified as VUS, now pathogenic.")], "met"),
    ("noted what is not reported", [noted("Benign variants are not reported.")], "met"),
    ("noted what may come", [noted("Variants may be reclassified as benign as evidence emerges.")], "met"),
    ("noted as not reclassified", [noted("On review it was not reclassified to VUS.")], "met"),
    ("noted on another gene", [noted("FERMT3 c.1A>G: reclassified as VUS.")], "met"),
    ("noted on another change", [noted("c.24G>A has been reclassified to benign.")], "met"),
    ("noted on this change", [noted("c.562C>T has been reclassified to benign.")], "unknown"),
    ("noted on a second variant", [noted("A second variant was reclassified as VUS.")], "met"),
    ("noted as rare", [noted("This variant is absent from gnomAD; not found in controls.")], "met"),
    ("noted in the criteria", [noted("PVS1, PM2; not present in population databases")], "met"),
    ("concluded as reclassified",
     concluded("AMENDED: the variant has been reclassified as a variant of uncertain significance."), "unknown"),
    ("concluded as uncertain", concluded("The ITGB2 variant is of uncertain significance."), "unknown"),
    ("concluded by code as uncertain", concluded("Amended", conclusionCode=[concept(None, (LOINC, VUS))]), "unknown"),
    ("concluded by codes, one of each", concluded("Amended", conclusionCode=[
        concept(None, (LOINC, PATHOGENIC)), concept(None, (LOINC, VUS))]), "met"),
    ("concluded as none", concluded("No pathogenic variant was detected."), "unknown"),
    ("concluded for two genes",
     concluded("Pathogenic variant in ITGB2. FERMT3: variant of uncertain significance."), "met"),
    ("concluded as pathogenic beside another",
     concluded("ITGB2 c.562C>T: pathogenic. A variant of uncertain significance is reported as well."), "met"),
    ("interpreted as benign", [found(P, interpretation=[concept("Benign", (LOINC, BENIGN))])], "unknown"),
    ("interpreted as benign in words", [found(P, interpretation=[concept("Likely benign")])], "unknown"),
    ("interpreted as negative", [found(P, interpretation=[concept("Negative")])], "unknown"),
    ("interpreted as abnormal", [found(P, interpretation=[concept("Abnormal")])], "met"),
    ("interpreted as pathogenic, and no significance", [found(interpretation=[concept("Pathogenic")])], "unknown"),
    ("reclassified by a note on the implication",
     [found(), implication(PATHOGENIC, NAMED, note=[{"text": "Reclassified to VUS"}])], "unknown"),
    ("interpreted as benign on the implication",
     [found(), implication(PATHOGENIC, NAMED, interpretation=[concept(None, (LOINC, BENIGN))])], "unknown"),
    ("reclassified by a note on a newer result of the same change",
     [found(P, change("c.562C>T"), id_="older"), noted("Reclassified to VUS.")], "unknown"),
    ("noted as a maternal sample on another result of the same change",
     [found(P, change("c.562C>T"), id_="own"), noted("Maternal sample.")], "met"),
    ("reclassified by a component in words", [found(P, part("48767-8", "Reclassified to VUS in 2026"))], "unknown"),
    ("benign, noted as reclassified to pathogenic",
     [found(significance(BENIGN), note=[{"text": "Reclassified from benign to pathogenic."}]), report(NAMED)],
     "unknown"),
    ("benign, noted as reclassified to benign",
     [found(significance(BENIGN), note=[{"text": "Reclassified from VUS to benign."}]), report(NAMED)], "not-met"),
    ("benign, noted as a maternal sample",
     [found(significance(BENIGN), note=[{"text": "Maternal sample."}]), report(NAMED)], "unknown"),
    # not confirmed
    ("noted as not confirmed", [noted("NOT confirmed by Sanger sequencing (false positive).")], "unknown"),
    ("noted as not to be confirmed", [noted("The variant could not be confirmed on repeat testing.")], "unknown"),
    ("noted as an artefact", [noted("Sequencing artefact.")], "unknown"),
    ("noted as not detected", [noted("Variant not detected on repeat.")], "unknown"),
    ("noted as confirmed", [noted("Confirmed by Sanger sequencing.")], "met"),
    ("noted that errors happen", [noted("False positive results may occur.")], "met"),
    ("noted as not confirmed in the parents", [noted("Not confirmed to be in trans; parents not tested.")], "met"),
    ("noted which are not confirmed", [noted("Variants of high quality are not confirmed by Sanger sequencing.")],
     "met"),
    # of which gene
    ("two genes in one text", [found(P, gene="ITGB2, FERMT3")], "unknown"),
    ("the gene's code, another's name", [found(P, gene=concept("ITGAL", (HGNC, "HGNC:6155")))], "unknown"),
    ("the gene's code and long name", [found(P, gene=concept("integrin subunit beta 2", (HGNC, "HGNC:6155")))], "met"),
    ("a panel's genes in one text", [found(P, gene=concept("LAD panel: ITGB2, SLC35C1, FERMT3"))], "unknown"),
    ("two genes without a number", [found(P, gene="ITGB2/ITGAM")], "unknown"),
    ("other than the gene", [found(P, gene="Genes other than ITGB2")], "unknown"),
    ("the gene and its long name", [found(P, gene="ITGB2 (CD18, integrin subunit beta 2) ENSG00000160255")], "met"),
    ("the gene in capitals", [found(P, gene="ITGB2 GENE, LAD-I")], "met"),
    ("the gene, and a change of another", [found(P, change("NM_031471.6(FERMT3):c.1A>G"))], "unknown"),
    ("the gene, and a change of another without transcript", [found(P, change("FERMT3:c.1A>G"))], "unknown"),
    ("the gene, and a change on another chromosome", [found(P, part("81290-9", "NC_000011.10:g.64215G>A"))], "unknown"),
    ("the gene, and its change", [found(P, change("NM_000211.5(ITGB2):c.562C>T (p.Arg188Ter)"))], "met"),
    ("the gene, and its change by a transcript", [found(P, change("ENST00000302347:c.562C>T"))], "met"),
    ("two genes in the name, none studied",
     [found(P, gene=None) | called("ITGB2 or FERMT3 variant")], "unknown"),
    ("the gene in the name with its change, none studied",
     [found(P, gene=None) | called("ITGB2 p.R188X variant")], "met"),
]  # fmt: skip


@pytest.mark.parametrize(("resources", "status"), [case[1:] for case in IN_WORDS], ids=[case[0] for case in IN_WORDS])
def test_words_beside_a_variant_may_take_it_back(resources: list[Resource], status: str) -> None:
    """Names, notes, conclusions and interpretations say whose it is, of which cells and gene, and what became of it."""
    assert asked("I.A.1.b.ii", [patient(), lad(), *resources])["status"] == status


def test_what_takes_a_variant_back_is_quoted() -> None:
    """The reader sees the sentence and can judge it."""
    criterion = asked("I.A.1.b.ii", [patient(), lad(), noted("Seen in 2024. Reclassified to VUS.")])
    assert "“Reclassified to VUS”" in " | ".join(gap["because"] for gap in criterion["gaps"])


def test_a_report_named_anothers_is_set_aside() -> None:
    """It is no finding of the patient's, and nothing to attach."""
    criterion = asked("I.A.1.b.ii", [patient(), lad(), *named("ITGB2 analysis, sibling donor")])
    assert causes(criterion) == {"absent"}


def test_two_words_on_one_variant_are_a_conflict() -> None:
    """Pathogenic on the variant, uncertain on the implication that is derived from it."""
    criterion = asked("I.A.1.b.ii", [patient(), lad(), found(P), implication(VUS, NAMED)])
    assert (criterion["status"], causes(criterion)) == ("unknown", {"conflict"})


@pytest.mark.parametrize(("resources", "says"), [case[1:] for case in SAID], ids=[case[0] for case in SAID])
def test_what_was_found_instead_is_said(resources: list[Resource], says: str) -> None:
    """The gap names what is on record, so that nobody orders the test a second time."""
    criterion = asked("I.A.1.b.ii", [patient(), lad(), *resources])
    assert says in " | ".join(gap["because"] for gap in criterion["gaps"])
    assert causes(criterion) == {"unusable"}


def sequence(accession: str) -> Resource:
    """The genomic sequence that positions refer to: RefSeq numbers those of the chromosomes."""
    return part("48013-7", concept(None, ("http://www.ncbi.nlm.nih.gov/refseq", accession)))


GENES = [
    # remark, variant, the causes of the gaps
    ("another gene by its bare number", found(P, gene=concept(None, (HGNC, "3687"))), {"absent"}),
    ("a number of another system", found(P, gene=concept(None, (ENTREZ, "3689"))), {"unusable"}),
    ("a code of no system", found(P, gene={"coding": [{"code": "3689"}]}), {"unusable"}),
    ("the protein's long name", found(P, gene=concept("Integrin subunit beta 2", (ENTREZ, "3689"))), {"unusable"}),
    ("a number of another system, on chromosome 10",
     found(P, sequence("NC_000010.10"), gene=concept(None, (ENTREZ, "5728"))), {"absent"}),
    ("another gene studied", found(P, gene=concept("FERMT3", (HGNC, "HGNC:23151"))), {"absent"}),
    ("on chromosome 10", found(P, sequence("NC_000010.10"), gene=None), {"absent"}),
    ("on chromosome 21, where ITGB2 is", found(P, sequence("NC_000021.9"), gene=None), {"unusable"}),
    ("from chromosome 10 to 21", found(P, sequence("NC_000010.10"), sequence("NC_000021.9"), gene=None), {"unusable"}),
    ("a genomic change on chromosome 19", found(P, part("81290-9", "NC_000019.8:g.1171707G>A"), gene=None), {"absent"}),
    ("a change that names another gene", found(P, change("NM_000106.5(CYP2D6):c.886C>T"), gene=None), {"absent"}),
    ("a change that names another gene, as a code of ClinVar",
     found(P, part("81252-9", concept("NM_000106.5(CYP2D6):c.886C>T")), gene=None), {"absent"}),
    ("a change that gives the older name", found(P, change("NM_000211.5(CD18):c.562C>T"), gene=None), {"unusable"}),
    ("a change on a transcript alone", found(P, change("NM_022787.3:c.769G>A"), gene=None), {"unusable"}),
    ("one chromosome, ITGB2 in another value",
     found(P, sequence("NC_000010.10"), part("81252-9", "ITGB2 variant"), gene=None), {"unusable"}),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "why"), [case[1:] for case in GENES], ids=[case[0] for case in GENES])
def test_another_gene_alone_is_nothing_on_itgb2(stated: Resource, why: set[str]) -> None:
    """A variant that is surely of another gene is set aside; one of which nobody can tell stays open."""
    criterion = asked("I.A.1.b.ii", [patient(), lad(), stated])
    assert (criterion["status"], causes(criterion)) == ("unknown", why)


GENE_OF_R4: Resource = {
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/observation-geneticsGene", "valueCodeableConcept": ITGB2}
    ]
}
MASTER_PANEL = concept("Genetic analysis master panel", (LOINC, "55233-1"))
POSITIVE = concept("Positive")
REPORTS = [
    # remark, resources, whether there is something to attach
    ("a report whose results are not here", [report("Observation/x", conclusion="Pathogenic in ITGB2")], True),
    ("a report whose results are of another gene",
     [report(NAMED, conclusion="ITGB2 examined"), found(gene=concept("FERMT3"))], True),
    ("a report that lists the variant", [report(NAMED, conclusion="Variant of ITGB2"), found()], False),
    ("a panel that lists the variant",
     [found(), observation("panel", concept("ITGB2 gene analysis"), hasMember=[ref(NAMED)], valueString="see below")],
     False),
    ("a report on another gene, results not here", [report("Observation/x", conclusion="Pathogenic, FERMT3")], False),
    ("the gene in an extension of R4's older profile",
     [observation("x", MASTER_PANEL, valueCodeableConcept=POSITIVE, **GENE_OF_R4)], True),
    ("the same, a genotype", [observation("x", concept("Genotype determination"), valueString="*1", **GENE_OF_R4)],
     True),
    ("the same, no value", [observation("x", MASTER_PANEL, **GENE_OF_R4)], False),
]  # fmt: skip


@pytest.mark.parametrize(("resources", "attach"), [case[1:] for case in REPORTS], ids=[case[0] for case in REPORTS])
def test_what_speaks_of_the_gene_and_is_not_counted_is_named(resources: list[Resource], attach: bool) -> None:
    """A report on ITGB2 of which no variant was read is there to be attached; nobody should order a second one."""
    criterion = asked("I.A.1.b.ii", [patient(), lad(), *resources])
    assert criterion["status"] == "unknown"
    assert ("attach" in " | ".join(gap["because"] for gap in criterion["gaps"])) is attach


def test_the_evidence_names_the_variant_and_its_change() -> None:
    """A reader finds the variant, its date and its resource."""
    criterion = asked("I.A.1.b.ii", [patient(), lad(), found(P, change("c.562C>T"))])
    assert criterion["evidence"] == [
        {"reference": "Observation/variant", "says": "ITGB2 variant c.562C>T, 2026-03-04, pathogenic"}
    ]


def test_pathway_a_needs_no_genetics() -> None:
    """CD18 below 2 % meets I.A.1 whatever the genes say."""
    assert asked("I.A.1", [patient(), lad(), flow(), found(significance(BENIGN)), report(NAMED)])["status"] == "met"


HET = [
    found(P, state(HETEROZYGOUS), change("c.1A>T"), id_="v1"),
    found(P, state(HETEROZYGOUS), change("c.2A>T"), id_="v2"),
]
BOTH = {"derivedFrom": [ref("Observation/v1"), ref("Observation/v2")]}


def genotype(**more: Any) -> Resource:
    return observation("genotype", concept(None, (LOINC, "84413-4")), **(BOTH | more))


def phase(said: str, **more: Any) -> Resource:
    value = {"valueCodeableConcept": concept(said)}
    return observation("phase", concept(None, (LOINC, "82120-7")), **(BOTH | value | more))


BIALLELIC = [
    # remark, resources, whether the label's advice is given
    ("nothing on ITGB2", [], True),
    ("homozygous pathogenic", [found(P, state(HOMOZYGOUS))], False),
    ("homozygous likely pathogenic", [found(significance(LIKELY), state(HOMOZYGOUS))], False),
    ("homozygous of uncertain significance", [found(significance(VUS), state(HOMOZYGOUS))], True),
    ("homozygous, absent", [found(P, state(HOMOZYGOUS), valueCodeableConcept=ABSENT)], True),
    ("homozygous, preliminary", [found(P, state(HOMOZYGOUS), status="preliminary")], True),
    ("a carrier", [found(P, state(HETEROZYGOUS))], True),
    ("two variants, phase unknown", HET, True),
    ("compound heterozygous by genotype", [*HET, genotype()], False),
    ("a preliminary genotype", [*HET, genotype(status="preliminary")], True),
    ("a genotype of one variant", [*HET, genotype(derivedFrom=[ref("Observation/v1")])], True),
    ("in trans", [*HET, phase("Trans")], False),
    ("in cis", [*HET, phase("Cis")], True),
    ("in cis, with a genotype", [*HET, phase("Cis"), genotype()], True),
    ("a phase that is not known", [*HET, phase("Unknown")], True),
    (
        "in trans with a benign one",
        [HET[0], found(significance(BENIGN), change("c.2A>T"), id_="v2"), phase("Trans")],
        True,
    ),
    ("one variant reported twice", [HET[0], HET[0] | {"id": "v2"}, genotype()], True),
]


@pytest.mark.parametrize(
    ("resources", "advised"), [case[1:] for case in BIALLELIC], ids=[case[0] for case in BIALLELIC]
)
def test_the_label_asks_for_both_alleles(resources: list[Resource], advised: bool) -> None:
    """Homozygous, or two variants on two alleles; it is advice and never bears on coverage."""
    answer = determination(request([*complete(), *resources]))
    assert ("label-biallelic" in {each["code"] for each in answer.get("advice", [])}) is advised
    assert answer["outcome"] == "criteria-met"


def test_the_usual_variant_of_these_tests_counts() -> None:
    """The builder that other tests use shows both: pathogenic, and on both alleles."""
    assert asked("I.A.1.b.ii", [patient(), variant()])["status"] == "met"


@pytest.mark.parametrize("key", ["observations", "diagnosticReports"])
def test_results_that_were_not_sent_are_unavailable(key: str) -> None:
    """What could not be looked at is not "not there"."""
    assert "unavailable" in causes(asked("I.A.1.b.ii", [patient(), lad()], leave_out=(key,)))


def test_benign_alone_is_no_answer_while_treatments_are_unread() -> None:
    """A transplant among them would make the finding the donor's."""
    chart = [patient(), lad(), found(significance(BENIGN)), report(NAMED)]
    left_out = ((), ("procedures",), ("medicationAdministrations",), ("conditions",))
    statuses = [asked("I.A.1.b.ii", chart, leave_out=left)["status"] for left in left_out]
    assert statuses == ["not-met", "unknown", "unknown", "unknown"]
