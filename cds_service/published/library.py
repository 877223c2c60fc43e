"""The published resources, each as its file holds it: the bytes that are served are the bytes under review."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from cds_service.frozen import frozen


@frozen
class Published:
    """One resource: its type and id, its bytes, and the version and digest that change with them."""

    type: str
    id: str
    version: str
    content: bytes

    @property
    def digest(self) -> str:
        """What an ETag says: other bytes, other digest."""
        return hashlib.sha256(self.content).hexdigest()[:32]

    def read(self) -> dict[str, Any]:
        """The resource as a dict of its own."""
        read: dict[str, Any] = msgspec.json.decode(self.content)
        return read


def published(kind: str, id_: str) -> Published | None:
    """The published resource of that type and id, None where there is none."""
    return _library().get((kind, id_))


@cache
def _library() -> dict[tuple[str, str], Published]:
    return {(each.type, each.id): each for each in _read_all()}


def _read_all() -> Iterator[Published]:
    for file in files(__package__).iterdir():
        if file.name.endswith(".json"):
            content = file.read_bytes()
            said = msgspec.json.decode(content)
            yield Published(said["resourceType"], said["id"], said["version"], content)
