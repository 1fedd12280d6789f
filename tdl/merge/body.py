"""The members of a declaration while they are edited: each found by name and moved in constant time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from tdl.frozen import replace
from tdl.syntax import ast


class Entry:
    """A place in a block: a member, a conditional with its own blocks, or (no item) the block's end.

    A block is a ring, so that its end stands before its first item and behind its last.
    """

    __slots__ = ("after", "before", "blocks", "depth", "item")

    def __init__(self, item: ast.Item | None, depth: int) -> None:
        self.item, self.depth = item, depth
        self.blocks: tuple[Entry, ...] = ()
        self.before = self.after = self

    def link(self, before: Entry) -> None:
        """Stand right behind ``before``."""
        self.before, self.after = before, before.after
        self.before.after = self.after.before = self

    def unlink(self) -> None:
        self.before.after, self.after.before = self.after, self.before


class Body:
    """The items of one declaration.

    Attributes:
        end: the end of the outermost block.
        names: the entries of each member's name; more than one if it stands in several branches.
    """

    def __init__(self, items: tuple[ast.Item, ...]) -> None:
        self.names: dict[str, list[Entry]] = {}
        self.end = self._block(items, 0)

    def items(self) -> tuple[ast.Item, ...]:
        """The items as they stand now."""
        return tuple(_frozen(self.end))

    def insert(self, item: ast.Item, before: Entry) -> None:
        """Put an item right behind an entry."""
        self._entry(item, before.depth).link(before)

    def remove(self, entry: Entry, name: str) -> None:
        entry.unlink()
        self._forget(entry, name)

    def rename(self, entry: Entry, name: str, member: ast.Member) -> None:
        """Put the member in the place of the one called ``name``."""
        self._forget(entry, name)
        entry.item = member
        self.names.setdefault(member.name, []).append(entry)

    def _forget(self, entry: Entry, name: str) -> None:
        entries = self.names[name]
        entries.remove(entry)
        if not entries:
            del self.names[name]

    def _block(self, items: tuple[ast.Item, ...], depth: int) -> Entry:
        end = Entry(None, depth)
        for item in items:
            self._entry(item, depth).link(end.before)
        return end

    def _entry(self, item: ast.Item, depth: int) -> Entry:
        entry = Entry(item, depth)
        match item:
            case ast.Member():
                self.names.setdefault(item.name, []).append(entry)
            case ast.If():
                entry.blocks = (self._block(item.then, depth + 1), self._block(item.otherwise, depth + 1))
            case ast.Switch():
                branches = [arm.items for arm in item.arms] + ([] if item.default is None else [item.default])
                entry.blocks = tuple(self._block(branch, depth + 1) for branch in branches)
            case _:
                assert_never(item)
        return entry


def _frozen(end: Entry) -> Iterator[ast.Item]:
    entry = end.after
    while entry is not end:
        blocks = [tuple(_frozen(block)) for block in entry.blocks]
        match entry.item:
            case ast.Member() as member:
                yield member
            case ast.If() as item:
                yield replace(item, then=blocks[0], otherwise=blocks[1])
            case ast.Switch() as item:
                arms = tuple(replace(arm, items=block) for arm, block in zip(item.arms, blocks, strict=False))
                yield replace(item, arms=arms, default=None if item.default is None else blocks[-1])
        entry = entry.after
