"""The Rust back end: puts files together."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tdl.backends.api import BackendError, GeneratedFile, Options, check_options, chosen_tables
from tdl.backends.rust.files import Files
from tdl.backends.rust.names import RUST_WORDS, words
from tdl.deferred import dataclass
from tdl.ir import model, plan
from tdl.report.rules import targets


@dataclass(frozen=True, slots=True)
class RustBackend:
    """Generates a crate: for one meter from a bound Plan, for any meter from an unbound one."""

    name: str = "rust"
    description: str = "a no_std crate without dependencies: for one meter with --bind, for every meter without"

    @property
    def options(self) -> Mapping[str, str]:
        return {
            "tables": "the tables that code is made for, by key and with commas between them; all if it is not given",
            "serde": "yes: a feature `serde` that lets values be serialised, with the dependency that this takes",
        }

    def generate(self, definition: model.Definition, plan: plan.Plan, options: Options) -> tuple[GeneratedFile, ...]:
        check_options(self, options)
        package = options.package or _default_package(definition.name)
        if not re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", package) or package in RUST_WORDS:
            expected = "a name of a crate: small letters, digits, `_` and `-`, the first one a letter"
            raise BackendError(
                targets.BAD_OPTION.at(None, place="--package", option="--package", found=package, expected=expected)
            )
        serde = options.values.get("serde", "no")
        if serde not in ("no", "yes"):
            expected = "`no` or `yes`"
            raise BackendError(
                targets.BAD_OPTION.at(None, place="--option", option="serde", found=serde, expected=expected)
            )
        chosen = chosen_tables(plan, options)
        files = Files(definition, chosen, package, serde=serde == "yes").all()
        return tuple(GeneratedFile(path=path, content=text.encode("utf-8")) for path, text in sorted(files.items()))


BACKEND = RustBackend()


def _default_package(definition: str) -> str:
    name = "-".join(words(definition)).lower()[:64].strip("-")
    return name if name[:1].isalpha() and name not in RUST_WORDS else f"tables-{name}".strip("-")
