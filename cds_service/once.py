"""A property that is worked out when it is first asked for, and then stays with its object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Once(Generic[T]):
    """Like `functools.cached_property`, which in Python 3.11 holds one lock for all objects while one is worked out: a
    chart that one EHR is slow to give would hold up everybody else's."""

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self._work_out = work_out
        self._name = work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Once[T]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> T | Once[T]:
        """The value, which from now on hides this descriptor."""
        if instance is None:
            return self
        value = self._work_out(instance)
        vars(instance)[self._name] = value
        return value


once = Once
