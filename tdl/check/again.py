"""A document checked again after an edit, with what the check of its former state knows.

A declaration is as it was if it is the same object, and so is every declaration that its names lead to. What was worked
out for such a declaration holds, and a rule that looks at one declaration at a time need not look at it once more if it
had nothing to say.
"""

from __future__ import annotations

from collections import defaultdict

from tdl.check.stage import LOCAL, look
from tdl.check.view import View
from tdl.merge.namings import Namings, mentions
from tdl.report import Diagnostic, Report
from tdl.syntax import ast


class Checked:
    """A document and what `tdl.check.check` says of it.

    Args:
        former: an earlier state of the document; the more declarations they share, the less is done.

    Attributes:
        view: the document with its names looked up.
        looked_at: the names of the declarations that every rule had to look at.
    """

    def __init__(self, document: ast.Document, former: Checked | None = None) -> None:
        self.document = document
        self.view = View(document)
        self._guilty: frozenset[str] | None = None
        self._names: dict[int, tuple[ast.Declaration, frozenset[str]]] = {}
        for each in document.declarations:
            known = None if former is None else former._names.get(id(each))
            self._names[id(each)] = known or (each, _mentioned(each))
        everything = frozenset(each.name for each in document.declarations)
        suspects = everything
        if (
            former is not None
            and former._guilty is not None
            and document.header.edition == former.document.header.edition
        ):
            changed = self._changed(former)
            self.view.take_over(former.view, changed)
            suspects = everything & (changed | former._guilty)
        report = Report()
        part = self.view.focused(suspects)
        local = look(self.view, part, report)
        self.looked_at = suspects
        self.findings: tuple[Diagnostic, ...] = tuple(report)
        self._guilty = frozenset() if not local else self._guilty_of(suspects)

    def worth(self, document: ast.Document) -> int:
        """How much it helps to have checked this document before another one."""
        if self._guilty is None or not self._knows_rules_of(document):
            return 0
        return sum(id(each) in self._names for each in document.declarations)

    def _knows_rules_of(self, document: ast.Document) -> bool:
        """Whether a document follows the same edition, of which some rules ask."""
        return document.header.edition == self.document.header.edition

    def _changed(self, former: Checked) -> frozenset[str]:
        """The names of what is not as it was, and of all whose names lead there."""
        now, before = _by_name(self.document), _by_name(former.document)
        changed = {name for name in {*now, *before} if now.get(name) != before.get(name)}
        mentioning: defaultdict[str, list[str]] = defaultdict(list)
        for each, names in self._names.values():
            for name in names:
                mentioning[name].append(each.name)
        pending = list(changed)
        while pending:
            for name in mentioning.get(pending.pop(), ()):
                if name not in changed:
                    changed.add(name)
                    pending.append(name)
        return frozenset(changed)

    def _guilty_of(self, suspects: frozenset[str]) -> frozenset[str] | None:
        """Which declarations the rules that look at one at a time have something to say of; None if it is none of them
        but the whole, or the names were too many to look all of them up."""
        if self.view.scope.exhausted or self._say_something(frozenset()):
            return None
        return frozenset(name for name in suspects if self._say_something(frozenset([name])))

    def _say_something(self, names: frozenset[str]) -> bool:
        part = self.view.focused(names)
        return any(True for each in LOCAL for _ in each(part))


def _mentioned(declaration: ast.Declaration) -> frozenset[str]:
    """The names that a declaration names."""

    def see(namings: Namings) -> object:
        return namings.declaration(declaration)

    return frozenset(mentions(see))


def _by_name(document: ast.Document) -> dict[str, list[int]]:
    """The declarations of each name, by identity."""
    found: dict[str, list[int]] = {}
    for each in document.declarations:
        found.setdefault(each.name, []).append(id(each))
    return found
