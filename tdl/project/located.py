"""The elements of one table of one meter by path, octets or indices, where only its values tell where they lie."""

from __future__ import annotations

from bisect import bisect_right

from tdl.codec.decoder import Moved
from tdl.codec.environment import Environment
from tdl.codec.errors import path_text
from tdl.ir.layout import Path
from tdl.ir.locating import Location
from tdl.project.definition import Definition


class LocatedTable:
    """Where everything in a table's image lies. The questions are those of `tdl.ir.locating`.

    Raises:
        DecodeError: the octets do not fit the definition.
    """

    def __init__(self, definition: Definition, key: str, octets: bytes, environment: Environment) -> None:
        self.key = definition.table(key).key
        self.leaves: list[Moved] = []
        definition.decode(key, octets, environment, self.leaves.append)
        self._spans: dict[Path, tuple[int, int]] = {}
        self._indices: dict[Path, tuple[int, ...]] = {}
        self._paths: dict[tuple[int, ...], Path] = {}
        self._bits: dict[Path, tuple[int, int]] = {}
        for leaf in self.leaves:
            self._add(leaf)
        self._starts = [leaf.offset for leaf in self.leaves]

    def _add(self, leaf: Moved) -> None:
        """Take a leaf into itself and all that is around it."""
        end = leaf.offset + leaf.octets
        for depth in range(1, len(leaf.path) + 1):
            path, indices = leaf.path[:depth], leaf.indices[:depth]
            start, _ = self._spans.get(path, (leaf.offset, end))
            self._spans[path] = start, end
            self._indices[path], self._paths[indices] = indices, path
        if leaf.low is not None and leaf.width is not None:
            self._bits[leaf.path] = leaf.low, leaf.width

    def locate(self, path: Path) -> Location:
        """The octets of an element.

        Raises:
            LookupError: this image has no such element; a record or array without octets has none either.
        """
        try:
            start, end = self._spans[path]
        except KeyError:
            raise LookupError(f"{self.key} has no element `{path_text(path)}`") from None
        return Location(offset=start, octets=end - start, bits=self._bits.get(path))

    def element_at(self, offset: int) -> Path:
        """The path of the innermost element that holds an octet; for a bit field that is the container.

        Raises:
            LookupError: the octet lies behind the end.
        """
        for leaf in reversed(self.leaves[: bisect_right(self._starts, offset)]):
            if leaf.offset <= offset < leaf.offset + leaf.octets:
                return leaf.path if leaf.low is None else leaf.path[:-1]
            if leaf.octets:
                break
        raise LookupError(f"octet {offset} lies behind the end of {self.key}")

    def indices_of(self, path: Path) -> tuple[int, ...]:
        """The index path of an element.

        Raises:
            LookupError: this image has no such element.
        """
        try:
            return self._indices[path]
        except KeyError:
            raise LookupError(f"{self.key} has no element `{path_text(path)}`") from None

    def path_of(self, indices: tuple[int, ...]) -> Path:
        """The path of the element with an index path.

        Raises:
            LookupError: this image has no such element.
        """
        try:
            return self._paths[indices]
        except KeyError:
            raise LookupError(f"{self.key} has no element of indices {indices}") from None
