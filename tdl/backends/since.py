"""The door to back ends that make anew only what an edit concerns.

Such a back end has `Incremental.generate_again` beside what every one has. A file that it leaves out of its answer is
as it was, so nothing in it may depend on anything but what the file is about: the definition's hash, for example,
stands in one file alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from tdl.backends.api import GeneratedFile, Options
from tdl.deferred import dataclass
from tdl.ir import model, plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Everything that a definition declares, by name, and the keys of its tables in the order of the Plan."""

    types: tuple[str, ...]
    enumerations: tuple[str, ...]
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What a back end is told of a definition that it has made files of before.

    Attributes:
        before, now: what the definition declared then, and does now.
        changed: the names of all declarations that may not be what they were, of those that are gone, too.
        text: what a file said that was made then, by its path.
        memory: what the back end wanted to be told the next time; nothing if it was not asked.
        whole: makes the whole Model and Plan, which takes longer than most of what else is to be done.
    """

    before: Names
    now: Names
    changed: frozenset[str]
    text: Callable[[str], str]
    memory: bytes
    whole: Callable[[], tuple[model.Definition, plan.Plan]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The files that may not be what they were, and what the back end wants to be told the next time."""

    files: tuple[GeneratedFile, ...]
    memory: bytes = b""


@runtime_checkable
class Incremental(Protocol):
    """A back end that can do less the second time."""

    def memory(self, definition: model.Definition, plan: plan.Plan, options: Options) -> bytes:
        """What it wants to be told after a whole run."""

    def generate_again(
        self, definition: model.Definition, plan: plan.Plan, options: Options, since: Since
    ) -> Again | None:
        """What is not as it was, octet for octet as in a whole run; None if it takes one.

        Args:
            definition: of the declarations, those that changed, and what they need.
            plan: the tables that may not be what they were.

        Raises:
            BackendError: as `tdl.backends.api.Backend.generate`; a whole run says where.
        """
