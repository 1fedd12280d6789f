# SPDX-License-Identifier: 0BSD
"""Sets of records: octets in a slot, until somebody asks for the set."""

from __future__ import annotations

from tdl.backends.python.runtime.fields import blanks
from tdl.codec.members import Members

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any, Generic, TypeVar

    Value = TypeVar("Value")

    class Held(Generic[Value]):
        """What `held` makes, as checkers of types see it."""

        def __get__(self, record: object, of: Any = None) -> Value: ...

        def __set__(self, record: object, value: Value | Collection[int]) -> None: ...

        def __delete__(self, record: object) -> None: ...


_sets = blanks(Members)


def held(slot: str) -> Any:
    """The attribute of a set whose octets are in a slot.

    The set is made when it is first asked for, and is in the slot from then on. What somebody stores is there at once.
    """

    def found(record: object) -> Any:
        value = getattr(record, slot)
        if value.__class__ is not bytes:
            return value
        made = next(_sets)
        made.octets = value
        setattr(record, slot, made)
        return made

    def store(record: object, value: Any) -> None:
        setattr(record, slot, value)

    def let_go(record: object) -> None:
        delattr(record, slot)

    return property(found, store, let_go)
