"""Which project's policy counts for a document: that of the nearest `tdl.toml`, in its folder or above."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from tdl.project.policy import Policy
from tdl.project.settings import SETTINGS_NAME, find_settings
from tdl.report import Diagnostic, Severity
from tdl.report.place import is_path
from tdl.review.stamps import Stamp, stamp

_WORST_FIRST = tuple(Severity)


class Policies:
    """The policies of documents, each folder's looked for once.

    Attributes:
        looked_at: where settings were looked for, with the stamps from before.

    Args:
        root: the folder whose project counts for what is in no folder, such as standard input.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.looked_at: dict[str, Stamp] = {}
        self._of: dict[Path, Policy] = {}

    def of(self, name: str) -> Policy:
        """The policy for a document.

        Raises:
            SettingsError: its project's settings cannot be used.
        """
        folder = Path(os.path.abspath(name)).parent if is_path(name) else self.root
        if folder not in self._of:
            for above in (folder, *folder.parents):
                file = str(above / SETTINGS_NAME)
                self.looked_at.setdefault(file, stamp(file))
            self._of[folder] = find_settings(folder).check
        return self._of[folder]

    def apply(self, findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """The findings with the severities that their documents' projects give them, without those they turn off."""
        for each in findings:
            policy = self.of(each.primary.span.source.name if each.primary else "")
            said = policy.severities.get(each.code, each.severity)
            if each.severity is Severity.ERROR or each.code not in policy.severities:
                yield each
            elif said is not None:
                # what a rule itself calls less than it usually does is not made more of
                lowered = each.severity is not each.rule.severity
                yield replace(each, severity=max(said, each.severity, key=_WORST_FIRST.index) if lowered else said)
