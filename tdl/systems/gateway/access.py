"""Who may do what: rights by meter, table and element, and tokens that stand for who has them.

A pattern is ``*``, ``ST*``, ``ST23`` or ``ST23/TOT_DATA_BLOCK``, an element with everything below it. A pending copy
has the rights of its table.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

from tdl.codec.errors import path_text
from tdl.ir.layout import Path
from tdl.systems.gateway.names import REQUESTS, TableName
from tdl.systems.gateway.problems import Problem

PREFIX, HASH = "tdl_", "sha256:"

_PATTERN = re.compile(r"(\*|[SM]T\*|[SM]T[0-9]{1,4})(/[A-Za-z_][A-Za-z0-9_.\[\]]*)?|[SM]P(\*|[0-9]{1,4})")
_OCTETS = 32

Act: TypeAlias = Literal["read", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is allowed on some meters, as patterns."""

    meters: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()

    def covers(self, act: Act, meter: str, table: TableName, path: Path) -> bool:
        """Whether a table, or an element of it, may be read or written."""
        patterns = self.read if act == "read" else self.write
        return self.meets(meter) and any(_covers(pattern, table.base, path) for pattern in patterns)

    def meets(self, meter: str) -> bool:
        return any(fnmatchcase(meter, pattern) for pattern in self.meters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody with rights.

    Attributes:
        name: what the audit log calls them.
        digest: the SHA-256 of the token; empty for whoever comes without one.
    """

    name: str
    digest: bytes = field(default=b"", repr=False)
    rules: tuple[Rule, ...] = ()

    def sees(self, meter: str) -> bool:
        """Whether anything is allowed on a meter; to others it is not there."""
        return any(rule.meets(meter) for rule in self.rules)

    def may(self, act: Act, meter: str, table: TableName, path: Path = ()) -> bool:
        """Whether a table, or an element of it, may be read or written."""
        if table.secret or (act == "write" and table.base == REQUESTS):
            return False
        return any(rule.covers(act, meter, table, path) for rule in self.rules)

    def may_run(self, meter: str, procedure: str) -> bool:
        return any(rule.meets(meter) and any(fnmatchcase(procedure, p) for p in rule.procedures) for rule in self.rules)

    def check(self, act: Act, meter: str, table: TableName, path: Path = ()) -> None:
        """Raise the problem that a caller without the right is told."""
        if self.may(act, meter, table, path):
            return
        if table.secret:
            raise Problem(403, f"{table.key} holds passwords or keys, which do not pass the gateway")
        if act == "write" and table.base == REQUESTS:
            raise Problem(403, f"{table.key} starts procedures: `POST` one instead")
        what = f"{table.key} {path_text(path)}" if path else table.key
        raise Problem(403, f"this token does not {act} {what} of `{meter}`")


EVERYBODY = Caller(name="anybody", rules=(Rule(meters=("*",), read=("*",)),))
"""Who comes to a gateway without tokens, which then listens on the loopback alone."""


class Callers:
    """Those who are known, found by their tokens."""

    def __init__(self, known: Iterable[Caller]) -> None:
        self._known = tuple(known)

    def find(self, authorization: str | None) -> Caller:
        """Who sends a header ``Authorization``.

        Raises:
            Problem: nobody that is known.
        """
        if not self._known:
            return EVERYBODY
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() == "bearer":
            digest = digest_of(token.strip())
            found = [caller for caller in self._known if hmac.compare_digest(caller.digest, digest)]
            if found:
                return found[0]
        raise Problem(401, "no token, or one that is not known", headers={"WWW-Authenticate": 'Bearer realm="tdl"'})

    def __repr__(self) -> str:
        return f"<Callers {', '.join(caller.name for caller in self._known)}>"


def digest_of(token: str) -> bytes:
    """What is kept of a token. A token is 256 random bits: a slow hash would not make it harder to guess."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def new_token() -> tuple[str, str]:
    """A token, and what a configuration holds of it."""
    token = PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(_OCTETS)).decode("ascii").rstrip("=")
    return token, HASH + digest_of(token).hex()


def is_pattern(text: str, *, procedure: bool) -> bool:
    """Whether a configuration may have it as a pattern of tables, or of procedures."""
    return text == "*" or (_PATTERN.fullmatch(text) is not None and (text[1] == "P") == procedure)


def _covers(pattern: str, key: str, path: Path) -> bool:
    tables, _, inside = pattern.partition("/")
    if not fnmatchcase(key, tables):
        return False
    return not inside or (f"{path_text(path)}.".startswith((f"{inside}.", f"{inside}[")))
