"""The document while fragments work on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from copy import copy

from tdl.deferred import dataclass
from tdl.frozen import replace
from tdl.merge.body import Body
from tdl.merge.namings import Namings, mentions
from tdl.merge.paths import Path, key_of, type_name
from tdl.merge.renames import FormerNames, Lost, Renaming, Rewriter
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.shapes import Shapes


class Slot:
    """One declaration; its members are opened for editing when a verb needs them, and put back when it is read."""

    __slots__ = ("_body", "_changed", "_declaration", "removed")

    def __init__(self, declaration: ast.Declaration) -> None:
        self.removed = False
        self._declaration = declaration
        self._body: Body | None = None
        self._changed = False

    @property
    def head(self) -> ast.Declaration:
        """The declaration for all but its members, which may be out of date."""
        return self._declaration

    def mark(self, origins: ast.Origins) -> None:
        self._declaration = replace(self._declaration, origins=origins)

    def set_properties(self, properties: ast.Properties) -> None:
        self._declaration = replace(self._declaration, properties=properties)

    @property
    def declaration(self) -> ast.Declaration:
        if self._changed and self._body and isinstance(self._declaration, _WITH_ITEMS):
            self._declaration = replace(self._declaration, items=self._body.items())
            self._changed = False
        return self._declaration

    @declaration.setter
    def declaration(self, declaration: ast.Declaration) -> None:
        self._declaration = declaration
        self._body, self._changed = None, False

    def body(self) -> Body | None:
        """The members; None if this kind of declaration has none."""
        if self._body is None and isinstance(self._declaration, _WITH_ITEMS):
            self._body = Body(self._declaration.items)
        return self._body

    def touch(self) -> None:
        """The body has changed."""
        self._changed = True


_WITH_ITEMS = (ast.Record, ast.BitField, ast.Enumeration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What became of a name that is no longer there; ``to`` is its new name if it was renamed."""

    fragment: str
    span: Span
    to: str | None = None


class Workspace:
    """A document that can be changed.

    The references to what is renamed are rewritten for many renames at once, at the latest when a new text names
    something that is concerned: renames that follow each other cost one walk over the document.

    Attributes:
        header: the header so far.
        traces: what was removed or renamed, by path.
        renamings: every rename so far, in order.
    """

    def __init__(self, base: ast.Document) -> None:
        self.header = base.header
        self.traces: dict[Path, Trace] = {}
        self.renamings: list[Renaming] = []
        self._span = base.span
        self._slots = {number: Slot(declaration) for number, declaration in enumerate(base.declarations)}
        self._next = len(self._slots)
        self._keys: dict[str, int] = {}
        for number, declaration in enumerate(base.declarations):
            self._keys.setdefault(key_of(declaration), number)
        self._shapes: Shapes | None = None
        self._unseen: dict[Slot, None] = {}
        self._mentioned: dict[str, dict[Slot, None]] | None = None
        self._pending: list[Renaming] = []
        self._former = FormerNames()
        self._shapes_before: Shapes | None = None
        self._fresh: set[str] = set()

    def document(self) -> ast.Document:
        """The document as it stands. Imports were followed before: it needs none."""
        declarations = tuple(slot.declaration for slot in self._slots.values())
        return ast.Document(header=self.header, declarations=declarations, span=self._span)

    def find(self, key: str) -> Slot | None:
        number = self._keys.get(key)
        return None if number is None else self._slots[number]

    def __iter__(self) -> Iterator[str]:
        """The keys of the declarations."""
        return iter(self._keys)

    def add(self, declaration: ast.Declaration) -> Slot:
        slot = Slot(declaration)
        self._keys[key_of(declaration)] = self._next
        self._slots[self._next] = slot
        self._next += 1
        self._hold(slot)
        return slot

    def replace(self, slot: Slot, declaration: ast.Declaration) -> None:
        """Put another declaration of the same key in the place of one."""
        self._forget_name(slot.head)
        slot.declaration = declaration
        self._hold(slot)

    def remove(self, key: str) -> None:
        slot = self._slots.pop(self._keys.pop(key))
        slot.removed = True
        self._forget_name(slot.head)

    def changed(self, slot: Slot, see: Callable[[Namings], object] | None = None) -> None:
        """The slot holds something new; ``see`` walks what of it may mention names."""
        if self._shapes is not None:
            self._unseen[slot] = None
        if self._mentioned is not None and see is not None:
            names = mentions(see)
            if self._pending:
                self._fresh |= names
            for name in names:
                self._mentioned.setdefault(name, {})[slot] = None

    def table_named(self, name: str) -> ast.Table | None:
        return self.shapes().tables.get(name)

    def shapes(self) -> Shapes:
        """The shapes as they are now."""
        if self._shapes is None:
            self._shapes = Shapes(self.document())
        for slot in self._unseen:
            match slot.declaration:
                case ast.Table() as table:
                    self._shapes.tables[table.name] = table
                case ast.Procedure():
                    pass
                case declaration:
                    self._shapes.types[declaration.name] = declaration
        self._unseen.clear()
        return self._shapes

    # --- renames -----------------------------------------------------------------------------------------------

    @property
    def unsettled(self) -> bool:
        """Whether references may have former names."""
        return bool(self._pending)

    def concerns(self, names: Collection[str]) -> bool:
        """Whether a text that mentions these names must wait for `settle`."""
        return not self._former.all.isdisjoint(names)

    def begin_rename(self, renaming: Renaming) -> list[Lost]:
        """Prepare for a rename, which the caller does next; entries and declarations in its hand are out of date."""
        lost = self.settle() if not self._fresh.isdisjoint((renaming.old, renaming.new)) else []
        if not self._pending:
            self._mentions()
            self._shapes_before = copy(self.shapes())
            self._shapes_before.types = dict(self._shapes_before.types)
            self._shapes_before.tables = dict(self._shapes_before.tables)
        self.renamings.append(renaming)
        self._pending.append(renaming)
        self._former.add(renaming)
        return lost

    def rename(self, slot: Slot, declaration: ast.Declaration) -> None:
        """Put a declaration under another name in the place of one."""
        self._forget_name(slot.head)
        number = self._keys.pop(key_of(slot.head))
        self._keys[key_of(declaration)] = number
        slot.declaration = declaration
        self.changed(slot)

    def settle(self) -> list[Lost]:
        """Rewrite the references to what has been renamed; the result has those that cannot be written any more."""
        if self._shapes_before is None:
            return []
        rewriter = Rewriter.forward(self._shapes_before, self._former)
        mentioned = self._mentions()
        for slot in {slot: None for name in sorted(self._former.all) for slot in mentioned.get(name, ())}:
            if not slot.removed:
                declaration = slot.declaration
                inside = type_name(declaration)
                former = inside and self._former.types.get(inside, inside)
                now = rewriter.inside(former).declaration(declaration)
                if now is not declaration:
                    slot.declaration = now
                    self._hold(slot)
        lost = [(self._cause(reference), reference) for reference in rewriter.lost]
        self._pending, self._former, self._shapes_before, self._fresh = [], FormerNames(), None, set()
        return lost

    def _cause(self, reference: ast.Reference) -> Renaming:
        """The rename that a reference suffers from."""
        names = [step.name for step in reference.steps]
        return next((r for r in self._pending if r.old in names), self._pending[-1])

    def _hold(self, slot: Slot) -> None:
        declaration = slot.declaration
        self.changed(slot, lambda namings: namings.declaration(declaration))

    def _forget_name(self, declaration: ast.Declaration) -> None:
        if self._shapes is None:
            return
        shapes = self.shapes()
        if isinstance(declaration, ast.Table):
            shapes.tables.pop(declaration.name, None)
        elif not isinstance(declaration, ast.Procedure):
            shapes.types.pop(declaration.name, None)

    def _mentions(self) -> dict[str, dict[Slot, None]]:
        """The slots that mention a name; some may have ceased to."""
        if self._mentioned is None:
            self._mentioned = {}
            for slot in self._slots.values():
                self._hold(slot)
        return self._mentioned
