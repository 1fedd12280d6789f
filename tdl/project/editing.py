"""A definition compiled again after its fragments were edited: only the declarations that the edit can concern.

What a fragment does to a declaration depends on that declaration and on the fragments alone. What a declaration means
depends on those that its names lead to. So the fragments are applied to the declarations that they touch; whatever
came out differently, and whatever leads to that, is checked, lowered and scheduled anew, in a document that holds
nothing else but what those need; and all the rest is as it was.

Where that does not hold, or anything at all is wrong, there is no result, and the whole definition is to be compiled:
that run says what is wrong. There is none either where a fragment renames, where the edit concerns the header, Table 0
or what stands before pending tables, or where limits that count for a whole definition come near.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from tdl.check.graph import MAX_ELEMENTS
from tdl.check.scope import MAX_INDEXED
from tdl.check.stage import look
from tdl.check.view import View
from tdl.deferred import dataclass
from tdl.frozen import replace
from tdl.ir.lower import lower
from tdl.ir.schedule import PlanTooLarge, schedule
from tdl.merge.applying import merge
from tdl.merge.paths import DOCUMENT, key_of
from tdl.project.keeping import declared, nodes_of, number_of, scheduled, touched_by
from tdl.project.parts import Declared, Index, Parts, Scheduled, Stretch, Writer, names_in
from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.canonical import content_of, hash_of_parts
from tdl.syntax.notation import parse

if TYPE_CHECKING:
    from tdl.ir.model import Definition as Model
    from tdl.ir.plan import Plan

CONFIGURATION = "TABLE 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What an edit made of a definition.

    Attributes:
        index: the new parts, but for what else is to be kept; ``writer`` has them.
        model, plan: the changed declarations and tables, and in the Model what those need.
        changed: the names of all declarations that may not be what they were.
    """

    index: Index
    writer: Writer
    model: Model
    plan: Plan
    changed: frozenset[str]

    @property
    def hash(self) -> str:
        """Of the whole definition."""
        return self.model.hash


KINDS = ("Table", "Procedure", "Record", "BitField", "Enumeration")
"""What a Model is made of, by the classes of the trees."""


def whole_of(now: Edited, kinds: Collection[str] = KINDS) -> tuple[Model, Plan]:
    """The whole Model and Plan of an edited definition.

    Args:
        kinds: what the Model has; of the others it has none.
    """
    parts = Parts(memoryview(now.writer.whole(now.index)))
    nodes: dict[str, list[Any]] = {}
    for each in parts.index.declarations.values():
        if each.node is not None and each.kind in kinds:
            nodes.setdefault(each.kind, []).append(parts.load(each.node))
    tables = tuple(parts.load(each.plan) for each in parts.index.plans.values())
    return replace(
        now.model,
        tables=_sorted(nodes.get("Table", ()), "id"),
        procedures=_sorted(nodes.get("Procedure", ()), "id"),
        records=_sorted(nodes.get("Record", ()), "name"),
        bit_fields=_sorted(nodes.get("BitField", ()), "name"),
        enumerations=_sorted(nodes.get("Enumeration", ()), "name"),
    ), replace(now.plan, tables=tables)


def _sorted(nodes: Iterable[Any], by: str) -> tuple[Any, ...]:
    return tuple(sorted(nodes, key=attrgetter(by)))


class _Unable(Exception):
    """The whole definition is to be compiled."""


def edited(parts: Parts, texts: Mapping[str, str]) -> Edited | None:
    """A definition of which some fragments have other texts now; None if it is to be compiled as a whole.

    Args:
        texts: by path.
    """
    try:
        return _Edit(parts, texts).done()
    except (_Unable, PlanTooLarge):
        return None


class _Edit:
    def __init__(self, parts: Parts, texts: Mapping[str, str]) -> None:
        self.parts, self.index = parts, parts.index
        self.header: ast.Header = parts.load(self.index.header)
        self.writer = Writer(parts)
        self.stretches: list[tuple[str, Stretch]] = []
        self.fragments = [self.fragment(path, stretch, texts.get(path)) for path, stretch in self.index.fragments]
        if not {*texts} <= {path for path, _ in self.index.fragments}:
            raise _Unable

    def fragment(self, path: str, stretch: Stretch, text: str | None) -> ast.Fragment:
        """One of the fragments, read again if it has another text."""
        before: ast.Fragment = self.parts.load(stretch)
        if text is None:
            self.stretches.append((path, self.writer.copy(stretch)))
            return before
        report = Report()
        now = parse(SourceFile(path, text), report)
        if report.failed or not isinstance(now, ast.Fragment) or now.imports or now.header != before.header:
            raise _Unable
        self.stretches.append((path, self.writer.dump(now)))
        return now

    def done(self) -> Edited:
        touched = _touched(self.fragments)
        declarations = self.merged({*touched, *self.index.touched})
        changed = self.changed(declarations)
        document = self.document(declarations, changed)
        view = self.checked(document, declarations, changed)
        contents = {key: each.content for key, each in self.index.declarations.items() if key not in declarations}
        contents |= {key: content_of(each) for key, each in declarations.items() if each is not None}
        hash = hash_of_parts(self.header, contents.values())
        model = lower(document, hash)
        plan = schedule(model, changed)
        known = self.known(document, declarations, changed, model)
        index = Index(
            header=self.writer.copy(self.index.header),
            base=(
                self.writer.copy(self.index.base[0]),
                {key: self.writer.copy(each) for key, each in self.index.base[1].items()},
            ),
            fragments=tuple(self.stretches),
            base_names=self.index.base_names,
            touched=tuple(sorted(touched)),
            declarations=known,
            plans=self.plans(plan, known, changed),
            expanded=self.index.expanded + view.expanded,
            indexed=self.index.indexed + view.scope.indexed,
            more={},
        )
        return Edited(index=index, writer=self.writer, model=model, plan=plan, changed=changed)

    # --- what the fragments do -----------------------------------------------------------------------------------

    def merged(self, keys: Iterable[str]) -> dict[str, ast.Declaration | None]:
        """What is under some keys now; None where there is nothing."""
        header, base = self.index.base
        document = ast.Document(
            header=self.parts.load(header),
            declarations=tuple(self.parts.load(base[key]) for key in base if key in keys),
        )
        fragments = self.fragments
        if len(fragments) == 1:  # what it says of its base's hash held for this base, and it still says the same
            fragments = [replace(fragments[0], header=replace(fragments[0].header, base_hash=None))]
        elif any(each.header.base_hash is not None for each in fragments):
            raise _Unable
        report = Report()
        now = merge(document, fragments, report, self.index.base_names)
        if now is None or report.failed or now.header != self.header:
            raise _Unable
        found: dict[str, ast.Declaration | None] = dict.fromkeys(keys)
        found |= {key_of(each): each for each in now.declarations}
        if len(now.declarations) != sum(each is not None for each in found.values()):
            raise _Unable
        return found

    def changed(self, declarations: Mapping[str, ast.Declaration | None]) -> frozenset[str]:
        """The names of what is not as it was, and of all whose names lead there."""
        changed: set[str] = set()
        for key, now in declarations.items():
            before = self.before(key)
            if before != now:
                changed.update(each.name for each in (before, now) if each is not None)
        mentioning: dict[str, set[str]] = {}
        for key, each in self.index.declarations.items():
            if key not in declarations:
                for name in each.mentions:
                    mentioning.setdefault(name, set()).add(each.name)
        for declaration in declarations.values():
            for name in () if declaration is None else names_in(declaration):
                assert declaration is not None
                mentioning.setdefault(name, set()).add(declaration.name)
        waiting = list(changed)
        while waiting:
            more = mentioning.get(waiting.pop(), set()) - changed
            changed |= more
            waiting += more
        configuration = self.index.declarations.get(CONFIGURATION)
        if (configuration is None and CONFIGURATION in declarations) or changed & self.everywhere():
            raise _Unable
        return frozenset(changed)

    def everywhere(self) -> set[str]:
        """The names that any table may depend on without naming them."""
        configuration = self.index.declarations.get(CONFIGURATION)
        pending = {str(getattr(p.value, "name", p.value)) for p in self.header.properties if p.name == "PendingHeader"}
        return pending if configuration is None else pending | {configuration.name}

    def before(self, key: str) -> ast.Declaration | None:
        """What was under a key."""
        known = self.index.declarations.get(key)
        found: ast.Declaration | None = None if known is None else self.parts.load(known.tree)
        return found

    # --- what that means -----------------------------------------------------------------------------------------

    def document(self, declarations: Mapping[str, ast.Declaration | None], changed: frozenset[str]) -> ast.Document:
        """What changed, and all that its names lead to."""
        named: dict[str, list[str]] = {}
        for key, each in self.index.declarations.items():
            if key not in declarations:
                named.setdefault(each.name, []).append(key)
        now = {key: each for key, each in declarations.items() if each is not None}
        for key, declaration in now.items():
            named.setdefault(declaration.name, []).append(key)
        held: dict[str, ast.Declaration] = {}
        waiting = [*changed, *self.everywhere()]
        seen = set(waiting)
        while waiting:
            for key in named.get(waiting.pop(), ()):
                declaration = now.get(key) or self.parts.load(self.index.declarations[key].tree)
                held[key] = declaration
                mentions = names_in(declaration) if key in now else self.index.declarations[key].mentions
                fresh = [name for name in mentions if name in named and name not in seen]
                seen.update(fresh)
                waiting += fresh
        return ast.Document(header=self.header, declarations=tuple(held[key] for key in sorted(held)))

    def checked(
        self,
        document: ast.Document,
        declarations: Mapping[str, ast.Declaration | None],
        changed: frozenset[str],
    ) -> View:
        """What the checks work out for a document that stands for the whole."""
        report = Report()
        view = View(document)
        look(view, view.focused(changed), report)
        if report.failed or view.scope.exhausted:
            raise _Unable
        if self.index.expanded + view.expanded > MAX_ELEMENTS or self.index.indexed + view.scope.indexed > MAX_INDEXED:
            raise _Unable
        here = {key_of(each) for each in document.declarations}
        others = {each.number for key, each in self.index.declarations.items() if key not in {*declarations, *here}}
        others |= {number_of(each) for key, each in declarations.items() if each is not None and key not in here}
        if {number_of(each) for each in document.declarations if each.name in changed} & others - {None}:
            raise _Unable  # two tables of one number
        return view

    # --- what is kept --------------------------------------------------------------------------------------------

    def known(
        self,
        document: ast.Document,
        declarations: Mapping[str, ast.Declaration | None],
        changed: frozenset[str],
        model: Model,
    ) -> dict[str, Declared]:
        """All declarations as they are now."""
        nodes = nodes_of(model, document.declarations)
        found: dict[str, Declared] = {}
        for key, each in self.index.declarations.items():
            if key not in declarations or each.name not in changed:
                node = None if each.node is None else self.writer.copy(each.node)
                if each.name in changed and key in nodes:
                    node = self.writer.dump(nodes[key])
                found[key] = each._replace(tree=self.writer.copy(each.tree), node=node)
        for key, declaration in declarations.items():
            if declaration is not None and declaration.name in changed:
                found[key] = declared(self.writer, declaration, nodes.get(key))
        return dict(sorted(found.items()))

    def plans(self, plan: Plan, known: Mapping[str, Declared], changed: frozenset[str]) -> dict[str, Scheduled]:
        """All Plans, in the order that the whole has."""
        found: dict[str, Scheduled] = {}
        for key, each in self.index.plans.items():
            if each.owner in known and known[each.owner].name not in changed:
                found[key] = each._replace(plan=self.writer.copy(each.plan))
        found |= scheduled(self.writer, plan, known)
        return dict(sorted(found.items(), key=lambda each: ("." in each[0], each[1].id, each[0])))


def _touched(fragments: Sequence[ast.Fragment]) -> set[str]:
    """The keys of the declarations that fragments change, if that is all they change."""
    for edit in (edit for fragment in fragments for edit in fragment.edits):
        inner = edit.edits if isinstance(edit, ast.Modify) else ()
        of_header = isinstance(edit, ast.Modify) and edit.target.kind == DOCUMENT
        if of_header or isinstance(edit, ast.Rename) or any(isinstance(each, ast.RenameMember) for each in inner):
            raise _Unable
    return touched_by(fragments)
