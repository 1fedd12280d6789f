"""Views read by C: each element that a view has as a function of octets, or as the class of its own view."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from tdl.backends.c.frames import CannotExpress
from tdl.backends.c.functions import Function
from tdl.backends.native.making import Making
from tdl.backends.python.viewing import Seen
from tdl.deferred import dataclass
from tdl.ir.size import size_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenElement:
    """A row of a table's elements.

    Attributes:
        seen: the element as the view in Python has it.
        octets: how many it has.
        maker: what C calls the function that makes its value; "" for views.
        function: that function, if no element before has had the same.
    """

    seen: Seen
    octets: int
    maker: str
    function: Function | None


class Seeing:
    """The elements of a package's views; functions that would do the same are one."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, ...], str] = {}

    def elements(
        self, seen: Iterable[Seen], module: str, written: Callable[[Callable[[Making], None]], Function]
    ) -> Iterator[SeenElement]:
        """What of a table's views C can read.

        Args:
            written: makes a function of a walk.
        """
        for each in seen:
            octets = size_of(each.op)[0]
            if each.below:
                yield SeenElement(seen=each, octets=octets, maker="", function=None)
                continue
            try:
                function = written(partial(Making.alone, op=each.op))
            except CannotExpress:
                continue
            # A table's own layouts are known to its functions only.
            key = (module if "LAYOUT(" in "".join(function.body) else "", *function.body)
            known = self._names.get(key)
            name = self._names.setdefault(key, f"see_{len(self._names)}")
            head = function.head.replace(f"{function.name}(", f"{name}(")
            made = Function(name=name, head=head, body=function.body, about=function.about)
            yield SeenElement(seen=each, octets=octets, maker=name, function=None if known else made)
