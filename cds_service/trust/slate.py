"""What the workers of one host know in common of a key set: the set itself, and when it was asked for.

A file without a name, made before gunicorn forks its workers. Its lock is the kernel's: a worker that is killed lets go
of it.
"""

from __future__ import annotations

import fcntl
import os
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from cds_service.frozen import frozen

_TIMES = struct.Struct("dd")
NEVER = float("-inf")


@frozen
class Entry:
    """What was written last."""

    tried_at: float = NEVER
    """When somebody asked last, in seconds of a clock that all workers share."""
    fetched_at: float = NEVER
    """When somebody was answered last."""
    key_set: bytes = b""


class Slate:
    """Read and written by one process at a time; its threads have to take turns by themselves."""

    def __init__(self) -> None:
        """To be made before the workers are."""
        self._file = _file_in_memory()
        self.write(Entry())

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait until no other process holds it, and hold it."""
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def read(self) -> Entry:
        """What was written last, by whichever worker."""
        content = os.pread(self._file, os.fstat(self._file).st_size, 0)
        tried_at, fetched_at = _TIMES.unpack_from(content)
        return Entry(tried_at, fetched_at, content[_TIMES.size :])

    def write(self, entry: Entry) -> None:
        """Write this in place of it."""
        content = _TIMES.pack(entry.tried_at, entry.fetched_at) + entry.key_set
        os.pwrite(self._file, content, 0)
        os.ftruncate(self._file, len(content))

    def __del__(self) -> None:
        os.close(self._file)


def _file_in_memory() -> int:
    """The file may not be written where the container's file system is read-only: in memory, where there is such."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("key-set")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
