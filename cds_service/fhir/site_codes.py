"""A site's own codes: ValueSets in a folder that add to ours, never remove.

Each file is a FHIR ValueSet (JSON) whose `url` is that of one of ours; its `compose.include` lists the site's codes, by
system. Every problem is found at once, and each is named by file and place, in words for who keeps the codes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cds_service.errors import TerminologyError
from cds_service.exact_json import UNREADABLE, plain
from cds_service.fhir.exclusive import Taken
from cds_service.fhir.terminology import Terminology, packaged_value_sets, prefix_of

URL = "https://kresladi-cds.example/ValueSet/"
_PLACE = re.compile(r"\(byte (\d+)\)")


def terminology_with(folder: Path | None) -> Terminology:
    """Our ValueSets and, where a folder is given, a site's. Raises TerminologyError, which lists every problem."""
    ours = packaged_value_sets()
    if folder is None:
        return Terminology(ours)
    problems = check(folder)
    if problems:
        raise TerminologyError("\n".join(problems))
    return Terminology([*ours, *(added_by(file) for file in files_in(folder))])


def files_in(folder: Path) -> list[Path]:
    """The ValueSet files of a folder, in the order of their names."""
    return [each for each in _visible(folder) if each.is_file() and _is_json(each)]


def passed_over(folder: Path) -> list[Path]:
    """The files of a folder that are not read."""
    return [each for each in _visible(folder) if each.is_file() and not _is_json(each)]


def check(folder: Path) -> list[str]:
    """Everything that is wrong with a site's folder, one line each; nothing where it can be used as it is."""
    if not folder.is_dir():
        return [f"{folder}: there is no such folder"]
    inside = [each for each in _visible(folder) if each.is_dir() and any(map(_is_json, each.rglob("*")))]
    problems = [f"{each.name}: folders inside are not read; move its files up" for each in inside]
    files = files_in(folder)
    if not files and not inside:
        return [f"{folder}: holds no .json file"]
    ours = packaged_value_sets()
    known, taken = frozenset(value_set["id"] for value_set in ours), Taken(ours)
    for file in files:
        found = list(_problems(file, known)) or list(_clashes(file, taken))
        problems += [f"{file.name}: {problem}" for problem in found]
        if not found:
            taken.add(added_by(file))
    return problems


def added_by(file: Path) -> dict[str, Any]:
    """A checked file as a ValueSet under the id of the one that it adds to."""
    value_set: dict[str, Any] = plain(_content(file))
    return {"id": value_set["url"].removeprefix(URL), "compose": value_set["compose"]}


def count(value_set: dict[str, Any]) -> int:
    """How many codes and prefixes a ValueSet adds."""
    return sum(len(part.get("concept", ())) + len(part.get("filter", ())) for part in value_set["compose"]["include"])


def _problems(file: Path, known: frozenset[str]) -> Iterator[str]:
    try:
        raw = _content(file)
        raw.decode()
        value_set = plain(raw)
    except UnicodeDecodeError:
        yield "is not in UTF-8: save it in that encoding"
        return
    except UNREADABLE as error:
        yield f"is not JSON{_line(raw, str(error))}" if raw.strip() else "is empty"
        return
    except OSError as error:
        yield f"cannot be opened ({error.strerror})"
        return
    if not isinstance(value_set, dict) or value_set.get("resourceType") != "ValueSet":
        yield "is no FHIR ValueSet (resourceType)"
        return
    yield from _url_problems(value_set.get("url"), known)
    compose = value_set.get("compose")
    compose = compose if isinstance(compose, dict) else {}
    includes = compose.get("include")
    if not isinstance(includes, list) or not includes:
        yield "compose.include is missing: list the codes there, by system"
        return
    if compose.get("exclude"):
        yield "compose.exclude is not possible: a site's codes add to ours and never remove any"
    for place, include in enumerate(includes):
        for problem in _include_problems(include):
            yield f"compose.include[{place}]{problem}"


def _clashes(file: Path, taken: Taken) -> Iterator[str]:
    """Codes that mean something already which they would undo."""
    added = added_by(file)
    for place, include in enumerate(added["compose"]["include"]):
        for code, others in taken.clashes(added["id"], include):
            yield (
                f"compose.include[{place}]: {code} is in {' and '.join(others)} already and cannot be in {added['id']} "
                "too: a site's codes add to what is there and take nothing from it"
            )


def _url_problems(url: Any, known: frozenset[str]) -> Iterator[str]:
    if not isinstance(url, str) or not url.startswith(URL):
        yield f"url has to be that of the ValueSet it adds to, {URL}…"
    elif url.removeprefix(URL) not in known:
        yield f"url names no ValueSet of ours; there are {', '.join(sorted(known))}"


def _include_problems(include: Any) -> Iterator[str]:
    if not isinstance(include, dict):
        yield " is no object"
        return
    if not isinstance(include.get("system"), str) or not include["system"].strip():
        yield ".system is missing: every code needs the system it belongs to"
    if include.get("valueSet"):
        yield ".valueSet is not read: list the codes themselves"
    if not include.get("concept") and not include.get("filter"):
        yield " lists no codes: a whole system cannot be added"
    for name in ("concept", "filter"):
        if not isinstance(include.get(name, []), list):
            yield f".{name} is no list"
    for place, concept in enumerate(_listed(include.get("concept"))):
        if not isinstance(concept, dict) or not isinstance(concept.get("code"), str) or not concept["code"].strip():
            yield f".concept[{place}].code is missing"
    for place, rule in enumerate(_listed(include.get("filter"))):
        try:
            prefix_of(rule if isinstance(rule, dict) else {})
        except TerminologyError as error:
            yield f".filter[{place}]: {error}"


def _visible(folder: Path) -> list[Path]:
    """What a folder holds, by name; what begins with a dot is the system's own."""
    return sorted(each for each in folder.iterdir() if not each.name.startswith("."))


def _is_json(file: Path) -> bool:
    return file.suffix.lower() == ".json"


def _content(file: Path) -> bytes:
    """The bytes of a file, without the mark that some editors put before UTF-8."""
    return file.read_bytes().removeprefix(codecs.BOM_UTF8)


def _line(raw: bytes, error: str) -> str:
    """Where the JSON is broken, where that is known."""
    place = _PLACE.search(error)
    return f" (line {raw[: int(place[1])].count(10) + 1})" if place else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
