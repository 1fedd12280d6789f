# SPDX-License-Identifier: 0BSD
"""Types that Table 0 selects, such as NI_FMAT1: how to read and write the one that a meter has.

An arm is what one selection stands for: kind, variant, octets and decimals, as the ops of a Plan have them.
"""

from __future__ import annotations

from tdl.backends.python.runtime.known import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Literal, TypeAlias

    Arm: TypeAlias = tuple[str, int, int, int]
    Reader: TypeAlias = Callable[[bytes], Any]
    Writer: TypeAlias = Callable[[Any], bytes]
    Kept: TypeAlias = dict[tuple[Arm, bool, int], Any]
else:
    Kept = dict


ORDERS: tuple[Literal["little"], Literal["big"]] = ("little", "big")
"""What Python calls orders of octets, by whether the most significant one is first."""


class _Ways(Kept):
    """What reads or writes an arm, made when it is first asked for: what that takes is long to import."""

    __slots__ = ("writing",)

    def __init__(self, *, writing: bool) -> None:
        self.writing = writing

    def of(self, arm: Arm, big: bool, form: int) -> Any:
        try:
            return self[arm, big, form]
        except TypeError:  # a format that is not known: the arm may have no use for it
            return self.made(arm, big, form)

    def __missing__(self, key: tuple[Arm, bool, int]) -> Any:
        way = self[key] = self.made(*key)
        return way

    def made(self, arm: Arm, big: bool, form: int) -> Any:
        from tdl.backends.python.runtime.movers import reader_of, writer_of

        return writer_of(arm, big, form) if self.writing else reader_of(arm, big, form)


_READERS, _WRITERS = _Ways(writing=False), _Ways(writing=True)


def reader(arms: Mapping[int, Arm], selector: Any, big: bool, form: int) -> tuple[Any, Any]:
    """Octets and reader of the arm selected: `UNKNOWN` both if none is, so that only their use raises."""
    arm = None if selector is UNKNOWN else arms.get(selector)
    return (UNKNOWN, UNKNOWN) if arm is None else (arm[2], _READERS.of(arm, big, form))


def writer(arms: Mapping[int, Arm], selector: Any, big: bool, form: int) -> tuple[Any, Any]:
    """Octets and writer of the arm selected, as `reader` has them."""
    arm = None if selector is UNKNOWN else arms.get(selector)
    return (UNKNOWN, UNKNOWN) if arm is None else (arm[2], _WRITERS.of(arm, big, form))
