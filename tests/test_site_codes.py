"""A site's own codes: they add to ours, and what is wrong with them is said in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cds_service.__main__ import main
from cds_service.errors import TerminologyError
from cds_service.evaluation import Evaluator
from cds_service.fhir.exclusive import EXCLUSIVE, Taken
from cds_service.fhir.site_codes import URL, terminology_with
from cds_service.fhir.terminology import packaged_value_sets
from cds_service.hooks.cards import Source
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.offer import Offer, answer
from tests.charts import SETTINGS, TODAY, complete, concept, flow, request, without

LOCAL = "https://lab.example/codes"
LOINC, ICD = "http://loinc.org", "http://hl7.org/fhir/sid/icd-10-cm"


def written(folder: Path, **changes: Any) -> Path:
    """A folder with one file that adds a local code for CD18, with changes to it."""
    value_set: dict[str, Any] = {
        "resourceType": "ValueSet",
        "url": f"{URL}cd18",
        "status": "active",
        "compose": {"include": [{"system": LOCAL, "concept": [{"code": "CD18PMN", "display": "CD18 PMN %"}]}]},
    }
    (folder / "cd18.json").write_text(json.dumps(value_set | changes))
    return folder


def value_set(id_: str, system: str, *codes: str, **more: Any) -> dict[str, Any]:
    """A ValueSet that adds codes to one of ours."""
    include = {"system": system, "concept": [{"code": code} for code in codes]} | more
    return {"resourceType": "ValueSet", "url": f"{URL}{id_}", "status": "active", "compose": {"include": [include]}}


def folder_with(folder: Path, **files: dict[str, Any]) -> Path:
    """A folder with a file of each name."""
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return folder


def at_start(folder: Path) -> list[str]:
    """What the service says of a folder at its start; nothing where it starts."""
    try:
        terminology_with(folder)
    except TerminologyError as error:
        return str(error).splitlines()
    return []


def in_the_shell(folder: Path) -> tuple[int, list[str], list[str]]:
    """Exit status of `cds-service terminology check`, what it prints, and what it complains of."""
    result = CliRunner().invoke(main, ["terminology", "check", str(folder)])
    return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()


def status_of_cd18(folder: Path | None) -> str:
    """I.A.1 of a chart whose only CD18 result has a local code."""
    local = flow("CD18", 1.2) | {"code": concept("CD18 PMN %", (LOCAL, "CD18PMN"))}
    evaluator = Evaluator(SETTINGS, terminology_with(folder), lambda: TODAY)
    offer = Offer(SERVICES, {}, Source("Example Health Plan"), evaluator.evaluate)
    body = json.dumps(request([*without(complete(), "cd18"), local])).encode()
    determined = answer(offer, SERVICES[0], body)["extension"]["example.kresladi-cds.determinations"][0]
    return next(each["status"] for each in determined["criteria"] if each["id"] == "I.A.1")


def test_a_sites_code_counts_like_ours(tmp_path: Path) -> None:
    """The same result is not counted without the site's ValueSet and counts with it."""
    assert status_of_cd18(None) == "unknown"
    assert status_of_cd18(written(tmp_path)) == "met"


def test_ours_stay(tmp_path: Path) -> None:
    """A site's codes add to ours."""
    terminology = terminology_with(written(tmp_path))
    assert "cd18" in terminology.meanings(LOCAL, "CD18PMN")
    assert "cd18" in terminology.meanings("http://loinc.org", "17121-5")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"resourceType": "CodeSystem"}, "cd18.json: is no FHIR ValueSet"),
        ({"url": "https://lab.example/ValueSet/cd18"}, "url has to be that of the ValueSet it adds to"),
        ({"url": f"{URL}cd19"}, "url names no ValueSet of ours"),
        ({"compose": {}}, "compose.include is missing"),
        ({"compose": {"include": [{"concept": [{"code": "x"}]}]}}, r"compose.include\[0\].system is missing"),
        ({"compose": {"include": [{"system": LOCAL}]}}, r"compose.include\[0\] lists no codes"),
        ({"compose": {"include": [{"system": LOCAL, "concept": [{"display": "x"}]}]}}, r"concept\[0\].code is missing"),
        ({"compose": {"include": [{"system": LOCAL, "valueSet": ["x"]}]}}, "valueSet is not read"),
        ({"compose": {"include": [{"system": LOCAL, "concept": {"code": "x"}}]}}, r"include\[0\].concept is no list"),
        (
            {"compose": {"include": [{"system": LOCAL, "concept": [{"code": "x"}], "filter": None}]}},
            r"include\[0\].filter is no list",
        ),
        (
            {"compose": {"include": [{"system": LOCAL, "filter": [{"property": "x", "op": "=", "value": "y"}]}]}},
            r"filter\[0\]: a filter has to be",
        ),
        (
            {"compose": {"include": [{"system": LOCAL, "concept": [{"code": "x"}]}], "exclude": [{"system": LOCAL}]}},
            "never remove",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    """The service does not start with a folder that it would read wrongly."""
    with pytest.raises(TerminologyError, match=says):
        terminology_with(written(tmp_path, **changes))


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    """Nobody has to start the service ten times to find ten mistakes."""
    written(tmp_path, url="x", compose={"include": [{"concept": [{"code": ""}]}]})
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(TerminologyError) as raised:
        terminology_with(tmp_path)
    assert len(str(raised.value).splitlines()) == 4


def prefix(value: str) -> list[dict[str, str]]:
    return [{"property": "code", "op": "regex", "value": value}]


FOLDERS = [
    # remark, files, what is said of them
    ("one file", {"a": value_set("cd18", LOCAL, "P18")}, []),
    ("two files", {"a": value_set("cd18", LOCAL, "P18"), "b": value_set("cd11a", LOCAL, "P11A")}, []),
    ("two files for one of ours", {"a": value_set("cd18", LOCAL, "P18"), "b": value_set("cd18", LOCAL, "P19")}, []),
    ("two files, both wrong", {"a": value_set("cd18", "", "P18"), "b": value_set("cd99", LOCAL, "P11")},
     ["a.json: compose.include[0].system is missing", "b.json: url names no ValueSet of ours"]),
    ("ours, where it is already", {"a": value_set("cd18", LOINC, "17121-5")}, []),
    ("ours of CD18 as CD11a", {"a": value_set("cd11a", LOINC, "17121-5")},
     ["a.json: compose.include[0]: 17121-5 is in cd18 already and cannot be in cd11a too"]),
    ("ours of CD18 as another specimen's", {"a": value_set("flow-wrong-specimen", LOINC, "17121-5")},
     ["17121-5 is in cd18 already"]),
    ("ours written otherwise", {"a": value_set("lad-other-type", ICD, "d711")},
     ["d711 is in lad-type-not-said already"]),
    ("a significant infection as none", {"a": value_set("infection-never", ICD, "J15.1")},
     ["J15.1 is in infection-tier-a already"]),
    ("none as a significant infection", {"a": value_set("infection-tier-a", ICD, "B44.81")},
     ["B44.81 is in infection-never already"]),
    ("too broad as LAD-I", {"a": value_set("lad1", ICD, "D71")}, ["D71 is in lad-too-broad already"]),
    ("pathogenic as benign", {"a": value_set("benign", LOINC, "LA6668-3")}, ["LA6668-3 is in pathogenic already"]),
    ("germline as somatic", {"a": value_set("somatic", LOINC, "LA6683-2")}, ["LA6683-2 is in germline already"]),
    ("a full brother as a half one",
     {"a": value_set("half-or-step-sibling", "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "NBRO")},
     ["NBRO is in full-sibling already"]),
    ("a category of ours as none",
     {"a": {**value_set("infection-never", ICD), "compose": {"include": [{"system": ICD, "filter": prefix("J15.*")}]}}},
     ["J15.* is in infection-tier-a and infection-tier-b already"]),
    ("the billing code of anything as Kresladi",
     {"a": value_set("kresladi", "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "J3590")},
     ["J3590 is in unclassified-biologic already"]),
    ("a second meaning that takes nothing away", {"a": value_set("mucosal-inflammation", ICD, "J15.1")}, []),
    ("one code of the site's in two files",
     {"a": value_set("cd18", LOCAL, "M1"), "b": value_set("cd11a", LOCAL, "M1")},
     ["b.json: compose.include[0]: M1 is in cd18 already"]),
    ("a code with blanks around it", {"a": value_set("cd18", LOCAL, " P18 ")}, []),
    ("a code of blanks inside", {"a": value_set("cd18", LOCAL, "P 18")}, []),
    ("a system with a slash at its end", {"a": value_set("cd18", "http://loinc.org/", "99999-9")}, []),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "files", "said"), FOLDERS, ids=[case[0] for case in FOLDERS])
def test_the_shell_says_what_the_start_says(
    tmp_path: Path, remark: str, files: dict[str, Any], said: list[str]
) -> None:
    """The same problems, in the same words; a code of ours keeps what it means."""
    folder = folder_with(tmp_path, **files)
    status, added, problems = in_the_shell(folder)
    assert problems == at_start(folder), remark
    assert (status, bool(added)) == ((1, False) if said else (0, True))
    assert len(problems) == len(said)
    assert all(expected in problem for expected, problem in zip(said, problems, strict=True))


def test_a_code_is_found_as_it_is_written(tmp_path: Path) -> None:
    """Blanks around a code and a slash behind a system are no part of them."""
    folder = folder_with(tmp_path, a=value_set("cd18", f"{LOCAL}/", " P18 "))
    assert "cd18" in terminology_with(folder).meanings(LOCAL, "P18")


TEXT = json.dumps(value_set("cd18", LOCAL, "P18", version="é"), ensure_ascii=False)
FILES = [
    # remark, name, content, what is said
    ("as it should be", "a.json", TEXT.encode(), None),
    ("a byte order mark", "a.json", b"\xef\xbb\xbf" + TEXT.encode(), None),
    ("capitals in its name", "a.JSON", TEXT.encode(), None),
    ("Latin-1", "a.json", TEXT.encode("latin-1"), "a.json: is not in UTF-8: save it in that encoding"),
    ("UTF-16", "a.json", TEXT.encode("utf-16"), "a.json: is not in UTF-8: save it in that encoding"),
    ("a comma too many", "a.json", b'{"resourceType": "ValueSet",\n "url": "x",}', "a.json: is not JSON (line 2)"),
    ("nothing", "a.json", b"", "a.json: is empty"),
    ("nested without end", "a.json", b"[" * 100_000, "a.json: is not JSON"),
    ("in a folder of its own", "lab/a.json", TEXT.encode(), "lab: folders inside are not read; move its files up"),
    ("in a folder that the system made", "..data/a.json", TEXT.encode(), "holds no .json file"),
    ("in another format", "a.xml", b"<ValueSet/>", "holds no .json file"),
]


@pytest.mark.parametrize(("remark", "name", "content", "said"), FILES, ids=[case[0] for case in FILES])
def test_files_as_people_save_them(tmp_path: Path, remark: str, name: str, content: bytes, said: str | None) -> None:
    """What can be read is read; what cannot is said in words for who saved it, never passed over in silence."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)
    problems = in_the_shell(tmp_path)[2]
    assert problems == at_start(tmp_path), remark
    assert [said in problem for problem in problems] == ([True] if said else [])


def test_a_file_that_is_not_read_is_named(tmp_path: Path) -> None:
    """A note beside the codes does no harm; who checks the folder is told that it is not read."""
    (folder_with(tmp_path, a=value_set("cd18", LOCAL, "P18")) / "b.json.txt").write_text("{}")
    status, printed, problems = in_the_shell(tmp_path)
    assert (status, problems) == (0, [])
    assert printed == ["a.json: adds 1 to cd18", "b.json.txt: not read, its name does not end in .json"]


def test_every_set_that_excludes_another_is_ours() -> None:
    """The table of what excludes what names nothing that is no ValueSet."""
    known = {each["id"] for each in packaged_value_sets()}
    assert known.issuperset(name for group in EXCLUSIVE for name in group)


def test_ours_exclude_each_other_as_a_sites_must() -> None:
    """No code of ours is in two ValueSets that exclude each other."""
    ours = packaged_value_sets()
    taken = Taken(ours)
    parts = [(each["id"], part | {"filter": []}) for each in ours for part in each["compose"]["include"]]
    clashing = {code: (id_, others) for id_, part in parts for code, others in taken.clashes(id_, part)}
    assert clashing == {}


def test_a_folder_without_files_is_a_mistake(tmp_path: Path) -> None:
    """A folder that is missing or empty was configured by mistake."""
    with pytest.raises(TerminologyError, match=r"holds no \.json file"):
        terminology_with(tmp_path)
    with pytest.raises(TerminologyError, match="no such folder"):
        terminology_with(tmp_path / "nowhere")
