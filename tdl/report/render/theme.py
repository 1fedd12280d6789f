"""The one place that knows colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tdl.deferred import dataclass

_RESET = "\x1b[0m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Roles of text and how a terminal shows them; a role that is not listed is shown as it is."""

    codes: Mapping[str, str] = field(default_factory=dict)

    def paint(self, role: str, text: str) -> str:
        """The text with the colours of its role."""
        code = self.codes.get(role)
        return f"\x1b[{code}m{text}{_RESET}" if code and text else text


PLAIN = Theme()
"""No colours: what a file or a pipe gets."""

_COLOURS = Theme(
    codes={
        "error": "1;31",
        "warning": "1;33",
        "note": "1;36",
        "help": "1;32",
        "message": "1",
        "gutter": "34",
        "place": "34",
        "secondary": "36",
        "title": "1",
        "dim": "2",
    }
)


def colours(wanted: bool) -> Theme:
    """The theme of a terminal, or the plain one."""
    return _COLOURS if wanted else PLAIN
