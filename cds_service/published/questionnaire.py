"""A published Questionnaire as a form can be made of it: its questions, what they allow, and when they apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal
from functools import cache
from typing import Any

from cds_service.frozen import frozen
from cds_service.published.library import published

_CORE = "http://hl7.org/fhir/StructureDefinition/"
_UNIT, _LEAST, _MOST = f"{_CORE}questionnaire-unit", f"{_CORE}minValue", f"{_CORE}maxValue"
_PLACES = f"{_CORE}maxDecimalPlaces"
_REFERENCE, _CONTROL = f"{_CORE}questionnaire-referenceResource", f"{_CORE}questionnaire-itemControl"
_CLAUSES = tuple(f"https://kresladi-cds.example/CodeSystem/{each}-clause" for each in ("policy", "label"))


@frozen
class Condition:
    """When a question applies: another one is answered (or not), or its answer compares so to a value."""

    question: str
    operator: str
    """`exists`, or one of `=`, `!=`, `>`, `<`, `>=`, `<=`."""
    value: Any


@frozen
class Item:
    """A group, a question, or words in between (`display`)."""

    link_id: str
    text: str
    type: str
    required: bool = False
    prefix: str = ""
    clauses: tuple[str, ...] = ()
    """Ids of the policy's or the label's clauses that the answer bears on."""
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimal_places: int | None = None
    """The most digits after the point; None is no limit."""
    enable_when: tuple[Condition, ...] = ()
    enable_any: bool = False
    """Whether one condition suffices; else all have to hold."""
    reference_types: tuple[str, ...] = ()
    help: str = ""
    items: tuple[Item, ...] = ()

    @property
    def is_question(self) -> bool:
        """Whether there is something to answer."""
        return self.type not in ("group", "display")

    @property
    def conditions(self) -> list[dict[str, Any]]:
        """When it applies, as JSON can hold it."""
        return [asdict(condition) for condition in self.enable_when]

    def questions(self) -> Iterator[Item]:
        """This and what is below it, as far as it can be answered."""
        if self.is_question:
            yield self
        for item in self.items:
            yield from item.questions()


@frozen
class Form:
    """A whole Questionnaire. `canonical` is its address with its version."""

    canonical: str
    title: str
    items: tuple[Item, ...]
    description: str = ""

    def questions(self) -> tuple[Item, ...]:
        """All questions, in their order."""
        return tuple(question for item in self.items for question in item.questions())


@cache
def form_of(id_: str) -> Form:
    """The published Questionnaire of that id. Raises LookupError where there is none."""
    found = published("Questionnaire", id_)
    if found is None:
        raise LookupError(f"no Questionnaire {id_} is published")
    said = found.read()
    items = tuple(map(_item, said["item"]))
    return Form(f"{said['url']}|{said['version']}", said["title"], items, said["description"])


def _item(said: Mapping[str, Any]) -> Item:
    extensions = [(each["url"], each) for each in said.get("extension", ())]
    one = dict(extensions)
    below = said.get("item", ())
    return Item(
        link_id=said["linkId"],
        text=said["text"],
        type=said["type"],
        required=said.get("required", False),
        prefix=said.get("prefix", ""),
        clauses=tuple(code["code"] for code in said.get("code", ()) if code["system"] in _CLAUSES),
        unit=one[_UNIT]["valueCoding"]["display"] if _UNIT in one else "",
        minimum=_number(one.get(_LEAST)),
        maximum=_number(one.get(_MOST)),
        decimal_places=one[_PLACES]["valueInteger"] if _PLACES in one else None,
        enable_when=tuple(map(_condition, said.get("enableWhen", ()))),
        enable_any=said.get("enableBehavior") == "any",
        reference_types=tuple(each["valueCode"] for url, each in extensions if url == _REFERENCE),
        help=" ".join(each["text"] for each in below if _is_help(each)),
        items=tuple(_item(each) for each in below if not _is_help(each)),
    )


def _is_help(said: Mapping[str, Any]) -> bool:
    controls = [each for each in said.get("extension", ()) if each["url"] == _CONTROL]
    return any(coding["code"] == "help" for each in controls for coding in each["valueCodeableConcept"]["coding"])


def _number(extension: Mapping[str, Any] | None) -> Decimal | None:
    if extension is None:
        return None
    return Decimal(str(next(value for name, value in extension.items() if name.startswith("value"))))


def _condition(said: Mapping[str, Any]) -> Condition:
    value = next(value for name, value in said.items() if name.startswith("answer"))
    return Condition(said["question"], said["operator"], value)
