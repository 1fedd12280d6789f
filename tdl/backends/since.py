"""The door to back ends that make anew only what an edit concerns.

Such a back end has `Incremental.generate_again` beside what every one has. A file that it leaves out of its answer is
as it was, so nothing in it may depend on anything but what the file is about: the definition's hash, for example,
stands in one file alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from tdl.backends.api import Backend, Generated, Options
from tdl.deferred import dataclass
from tdl.ir import model, plan

PLAIN = 2
"""The form of marshalled values that is the same for equal ones, so that equal definitions are kept alike."""


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
        memory: what the back end wanted to be told the next time.
        plan: makes the whole Plan, and a Model that has the enumerations and nothing else. That takes long.
    """

    before: Names
    now: Names
    changed: frozenset[str]
    text: Callable[[str], str]
    memory: bytes
    plan: Callable[[], tuple[model.Definition, plan.Plan]]


@runtime_checkable
class Incremental(Protocol):
    """A back end that can do less the second time."""

    def generate_first(self, definition: model.Definition, plan: plan.Plan, options: Options) -> Generated:
        """The files that `tdl.backends.api.Backend.generate` makes.

        Raises:
            BackendError: as there.
        """

    def generate_again(
        self, definition: model.Definition, plan: plan.Plan, options: Options, since: Since
    ) -> Generated | None:
        """The files that may not be what they were, octet for octet as in a whole run; None if it takes one.

        It is not asked where it wanted to be told nothing.

        Args:
            definition: of the declarations, those that changed, and what they need.
            plan: the tables that may not be what they were.

        Raises:
            BackendError: as `tdl.backends.api.Backend.generate`; a whole run says where.
        """


def generated_first(backend: Backend, definition: model.Definition, plan: plan.Plan, options: Options) -> Generated:
    """All files of a target, and what it wants to be told the next time, if it ever does less.

    Raises:
        BackendError: the target cannot express something.
    """
    if isinstance(backend, Incremental):
        return backend.generate_first(definition, plan, options)
    return Generated(files=backend.generate(definition, plan, options))
