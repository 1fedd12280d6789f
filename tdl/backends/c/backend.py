"""The C back end: puts files together."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tdl.backends.api import BackendError, Generated, GeneratedFile, Options, check_options, chosen_tables
from tdl.backends.c.names import is_prefix
from tdl.backends.since import PLAIN, Since
from tdl.deferred import dataclass
from tdl.ir import model, plan
from tdl.report.rules import targets

if TYPE_CHECKING:
    from tdl.backends.c.files import Files

_HARNESS, _FORMS = ("no", "yes"), ("direct", "table")


@dataclass(frozen=True, slots=True)
class CBackend:
    """Generates freestanding C99: for one meter from a bound Plan, for any meter from an unbound one."""

    name: str = "c"
    description: str = "freestanding C99 without heap: for one meter with --bind, for every meter without"

    @property
    def options(self) -> Mapping[str, str]:
        return {
            "tables": "the tables that code is made for, by key and with commas between them; all if it is not given",
            "form": "direct: code for each table; table: constant operations where a layout allows it, and one engine",
            "harness": "yes: a harness for libFuzzer, too",
        }

    def generate(self, definition: model.Definition, plan: plan.Plan, options: Options) -> tuple[GeneratedFile, ...]:
        return _all(self._files(definition, plan, options), options)

    def generate_first(self, definition: model.Definition, plan: plan.Plan, options: Options) -> Generated:
        files = self._files(definition, plan, options)
        return Generated(files=_all(files, options), memory=marshal.dumps(files.fingerprints(), PLAIN))

    def generate_again(
        self, definition: model.Definition, plan: plan.Plan, options: Options, since: Since
    ) -> Generated | None:
        if _choice(options, "harness", _HARNESS) == "yes":
            return None
        files, before = self._files(*since.plan(), options), marshal.loads(since.memory)
        now = files.fingerprints()
        if before.get("") != now[""]:
            return None
        stems = files.stems(plan.tables) | {stem for stem, each in now.items() if before.get(stem) != each}
        return Generated(files=_encoded(files.again(stems)), memory=marshal.dumps(now, PLAIN))

    def _files(self, definition: model.Definition, plan: plan.Plan, options: Options) -> Files:
        from tdl.backends.c.files import Files  # not needed by a process that makes other targets

        check_options(self, options)
        prefix = options.package or _default_prefix(definition.name)
        if not is_prefix(prefix):
            expected = "a name that identifiers of C can begin with, of at most 31 characters and not with `tdl`"
            raise BackendError(
                targets.BAD_OPTION.at(None, place="--package", option="--package", found=prefix, expected=expected)
            )
        form = _choice(options, "form", _FORMS)
        return Files(definition, chosen_tables(plan, options), prefix, small=form == "table")


BACKEND = CBackend()


def _all(files: Files, options: Options) -> tuple[GeneratedFile, ...]:
    return _encoded(files.all(harness=_choice(options, "harness", _HARNESS) == "yes"))


def _encoded(files: Mapping[str, str]) -> tuple[GeneratedFile, ...]:
    return tuple(GeneratedFile(path=path, content=text.encode("utf-8")) for path, text in sorted(files.items()))


def _choice(options: Options, option: str, choices: tuple[str, ...]) -> str:
    """What an option says; the first of its choices if it is not given."""
    found = options.values.get(option, choices[0])
    if found not in choices:
        expected = " or ".join(f"`{each}`" for each in choices)
        raise BackendError(targets.BAD_OPTION.at(None, place="--option", option=option, found=found, expected=expected))
    return found


def _default_prefix(definition: str) -> str:
    name = definition.lower()[:31]
    return f"x{name}"[:31] if name.startswith(("_", "tdl")) else name
