"""The merge itself: lineage, then conflicts, then each fragment's turn in the order given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from tdl.merge.lineage import BASE, Lineage, trace
from tdl.merge.origins import declared
from tdl.merge.paths import Path, is_gap, property_facet, shown
from tdl.merge.touches import Conflict, Touches, conflicts, touches
from tdl.merge.turn import Family, Findings, Turn
from tdl.merge.verbs import apply
from tdl.merge.workspace import Workspace
from tdl.report import Diagnostic, Report
from tdl.report.rules import merging
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.canonical import content_hash


def merge(
    base: ast.Document, fragments: Sequence[ast.Fragment], report: Report, base_names: Collection[str] = ()
) -> ast.Document | None:
    """Apply fragments to a base in the order given; None if anything is wrong, and all that is wrong is reported.

    The result has the name of the last fragment, and needs no imports. Its version and edition are those of the last
    fragment that states them; one that states an empty text takes them away. Every declaration, member, conditional
    and property of the result has its origins.

    Args:
        base: the base, imports followed.
        base_names: names by which fragments may call the base besides its own, such as ``std:2012``.
    """
    return _Merge(base, fragments, base_names).run(report)


class _Merge:
    def __init__(self, base: ast.Document, fragments: Sequence[ast.Fragment], base_names: Collection[str]) -> None:
        self.base, self.fragments = declared(base), fragments
        self.places = Workspace(self.base)
        self.findings = Findings()
        self.lineage: Lineage = trace(base, fragments, base_names, self.findings.add)
        self.touched: list[Touches] = [touches(fragment) for fragment in fragments]

    def run(self, report: Report) -> ast.Document | None:
        sound = [number for number, parent in enumerate(self.lineage.parents) if parent is not None]
        family = self.family(sound)
        workspace = self.applied(sound, family, self.findings, pinned=True)
        report.extend(self.findings.found)
        return None if self.findings.found else workspace.document()

    def family(self, numbers: Sequence[int]) -> Family:
        """The fragments side by side, with their conflicts reported."""
        disputed: defaultdict[int, set[Path]] = defaultdict(set)
        for conflict in conflicts(self.touched, self.lineage.ancestors, numbers):
            disputed[conflict.later].add(conflict.path)
            self.findings.add(self.dispute(conflict))
        touchers: defaultdict[Path, list[int]] = defaultdict(list)
        for number in numbers:
            for path in self.touched[number]:
                touchers[path].append(number)
        return Family(self.touched, self.lineage.ancestors, touchers, disputed)

    def applied(self, numbers: Sequence[int], family: Family, findings: Findings, *, pinned: bool) -> Workspace:
        """A workspace in which some fragments have had their turn; ``pinned`` if hashes of parents count."""
        workspace = Workspace(self.base)
        failed: set[Path] = set()
        before: dict[tuple[int, Path], object] = {}
        refused: set[int] = set()
        had: list[int] = []
        for number in numbers:
            fragment = self.fragments[number]
            if refused & self.lineage.ancestors[number]:
                continue
            if pinned and fragment.header.base_hash is not None:
                mismatch = self.wrong_hash(number, workspace, had)
                if mismatch is not None:
                    findings.add(mismatch)
                    refused.add(number)
                    continue
            apply(Turn(number, fragment, workspace, family, findings, failed, before))
            had.append(number)
        return workspace

    def wrong_hash(self, number: int, workspace: Workspace, had: Sequence[int]) -> Diagnostic | None:
        """What is wrong with the hash of a fragment's parent, which its ancestors alone have made."""
        chain = sorted(self.lineage.ancestors[number] - {number})
        if chain != list(had):
            alone = Family(self.touched, self.lineage.ancestors, touchers={}, disputed={})
            findings = Findings()
            workspace = self.applied(chain, alone, findings, pinned=False)
            if findings.found:
                return None
        header = self.fragments[number].header
        found, expected = content_hash(workspace.document()), (header.base_hash or "").lower()
        if found == expected:
            return None
        parent = self.lineage.parents[number]
        place = self.base.header.span if parent in (None, BASE) else self.fragments[parent].header.span
        return merging.HASH_MISMATCH.at(
            header.base_span,
            parent=header.base,
            found=found,
            expected=expected,
            secondary=[(place, "the parent given here")],
        )

    def dispute(self, conflict: Conflict) -> Diagnostic:
        earlier, later = (self.fragments[n].header.name for n in (conflict.earlier, conflict.later))
        secondary = [
            (conflict.earlier_span, f"`{earlier}` changes it here"),
            (self.place(conflict.path), "in the base"),
        ]
        help = f'make one of them a fragment `OF` the other, for example `{later}` of "{earlier}"'
        path = conflict.path
        if is_gap(path):
            where = {"FIRST": "at the start", "LAST": "at the end"}.get(path[-1][1:])
            return merging.SAME_GAP.at(
                conflict.later_span,
                f"`{later}` inserts here",
                first=earlier,
                second=later,
                where=where or f"{path[-1][1:].lower()} `{path[1]}`",
                what=path[0].removeprefix("TYPE "),
                secondary=secondary,
                help=help,
            )
        return merging.CONFLICT.at(
            conflict.later_span,
            f"`{later}` changes it here",
            first=earlier,
            second=later,
            what=shown(path),
            secondary=secondary,
            help=help,
        )

    def place(self, path: Path) -> Span:
        """Where the base has what a path leads to, or else the nearest thing around it."""
        slot = self.places.find(path[0])
        if slot is None:
            header = self.base.header
            return _property_span(header.properties, path) or header.span
        body = slot.body()
        for entry in body.names.get(path[1], ()) if body and len(path) > 1 else ():
            if isinstance(entry.item, ast.Member):
                return _property_span(entry.item.properties, path) or entry.item.span
        return _property_span(slot.head.properties, path) or slot.head.name_span


def _property_span(properties: ast.Properties, path: Path) -> Span | None:
    return next((p.span for p in properties if property_facet(p.name) == path[-1]), None)
