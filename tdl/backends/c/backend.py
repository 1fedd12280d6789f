"""The C back end: puts files together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tdl.backends.api import BackendError, GeneratedFile, Options, check_options, chosen_tables
from tdl.backends.c.files import Files
from tdl.backends.c.names import is_prefix
from tdl.ir import model, plan
from tdl.report.rules import targets

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
        check_options(self, options)
        prefix = options.package or _default_prefix(definition.name)
        if not is_prefix(prefix):
            expected = "a name that identifiers of C can begin with, of at most 31 characters and not with `tdl`"
            raise BackendError(
                targets.BAD_OPTION.at(None, place="--package", option="--package", found=prefix, expected=expected)
            )
        harness = _choice(options, "harness", _HARNESS)
        form = _choice(options, "form", _FORMS)
        chosen = chosen_tables(plan, options)
        files = Files(definition, chosen, prefix, small=form == "table").all(harness=harness == "yes")
        return tuple(GeneratedFile(path=path, content=text.encode("utf-8")) for path, text in sorted(files.items()))


BACKEND = CBackend()


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
