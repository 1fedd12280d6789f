"""What URLs of meters have in common, whatever the protocol: no user, and settings behind the ``?``."""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qsl, urlsplit

from tdl.systems.wire.errors import LineFailed

_QUERY = 10
"""The most settings in a URL."""


def split(url: str, forms: str) -> SplitResult:
    """The parts of a URL; its port is a number or None.

    Args:
        forms: what is expected, for the error.

    Raises:
        LineFailed: it is no URL, or has a user.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise LineFailed("a URL that cannot be read", forms) from None
    if "@" in parts.netloc:
        raise LineFailed("a URL with a user", "credentials apart from it")
    return parts


def given(query: str) -> list[tuple[str, str]]:
    """The settings by name, in their order.

    Raises:
        LineFailed: they are none, or too many.
    """
    try:
        return parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=_QUERY)
    except ValueError:
        raise LineFailed("settings that cannot be read", "`name=value`, joined by `&`") from None


def number(name: str, value: str, least: int, most: int) -> int:
    """The value of a setting that is a number.

    Raises:
        LineFailed: it is none, or out of bounds.
    """
    found = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
    if not least <= found <= most:
        raise LineFailed(f"`{name}` of `{value[:20]}`", f"{least} to {most}")
    return found
