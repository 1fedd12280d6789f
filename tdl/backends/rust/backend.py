"""The Rust back end: puts files together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from tdl.backends.api import BackendError, Generated, GeneratedFile, Options, check_options, chosen_tables
from tdl.backends.rust.again import MakeFiles, made_again, remembered
from tdl.backends.rust.files import Files
from tdl.backends.rust.names import RUST_WORDS, words
from tdl.backends.since import Since
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
        return _encoded(self._files(definition, options)(chosen_tables(plan, options)).all())

    def generate_first(self, definition: model.Definition, plan: plan.Plan, options: Options) -> Generated:
        files = self._files(definition, options)(chosen_tables(plan, options))
        return Generated(files=_encoded(files.all()), memory=remembered(files))

    def generate_again(
        self, definition: model.Definition, plan: plan.Plan, options: Options, since: Since
    ) -> Generated | None:
        found = made_again(since, plan, self._files(definition, options))
        return None if found is None else Generated(files=_encoded(found[0]), memory=found[1])

    def _files(self, definition: model.Definition, options: Options) -> MakeFiles:
        """What makes the files of a Plan."""
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
        return partial(Files, definition, package=package, serde=serde == "yes")


BACKEND = RustBackend()


def _default_package(definition: str) -> str:
    name = "-".join(words(definition)).lower()[:64].strip("-")
    return name if name[:1].isalpha() and name not in RUST_WORDS else f"tables-{name}".strip("-")


def _encoded(files: Mapping[str, str]) -> tuple[GeneratedFile, ...]:
    return tuple(GeneratedFile(path=path, content=text.encode("utf-8")) for path, text in sorted(files.items()))
