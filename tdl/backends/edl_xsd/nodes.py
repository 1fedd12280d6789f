"""XML as values, and its text."""

from __future__ import annotations

from tdl.deferred import dataclass

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


@dataclass(frozen=True, slots=True)
class Node:
    """An element of a schema; equal ones are the same declaration."""

    tag: str
    attributes: tuple[tuple[str, str], ...] = ()
    below: tuple[Node, ...] = ()

    def text(self, indent: str) -> str:
        """Its lines."""
        said = "".join([f" {name}={_quoted(value)}" for name, value in self.attributes])
        if not self.below:
            return f"{indent}<xs:{self.tag}{said}/>\n"
        inner = f"{indent}  "
        below = "".join([node.text(inner) for node in self.below])
        return f"{indent}<xs:{self.tag}{said}>\n{below}{indent}</xs:{self.tag}>\n"


def _quoted(value: str) -> str:
    """A value as `xml.sax.saxutils.quoteattr` writes it, which brings everything that talks to servers along."""
    text = value.translate(_ESCAPED)
    return f"'{text}'" if '"' in text and "'" not in text else '"' + text.replace('"', "&quot;") + '"'


def node(tag: str, *below: Node, **attributes: str | int | None) -> Node:
    """An element; attributes that are None are left out."""
    said = tuple((name, str(value)) for name, value in attributes.items() if value is not None)
    return Node(tag, said, below)
