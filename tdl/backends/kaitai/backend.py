"""The Kaitai Struct back end: a ``.ksy`` file for each table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tdl.backends.api import BackendError, GeneratedFile, Options, check_options, chosen_tables
from tdl.backends.kaitai.expressions import NoForm
from tdl.backends.kaitai.file import TableFile
from tdl.backends.kaitai.names import plain_identifier
from tdl.backends.kaitai.text import lines
from tdl.backends.words import Words
from tdl.deferred import dataclass
from tdl.ir import model, plan
from tdl.ir.expr import External, references, show_expr
from tdl.ir.traverse import expressions, walk
from tdl.report.rules import targets

_NAME = re.compile("[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class KaitaiBackend:
    """Generates Kaitai Struct files, for the meters whose values a definition is bound to."""

    name: str = "ksy"
    description: str = "Kaitai Struct, a .ksy file for each table: with --bind or --set"

    @property
    def options(self) -> Mapping[str, str]:
        return {"tables": "the tables that files are made for, by key and with commas between them; else all"}

    def generate(self, definition: model.Definition, plan: plan.Plan, options: Options) -> tuple[GeneratedFile, ...]:
        check_options(self, options)
        name = plain_identifier(definition.name)[:64] if options.package is None else options.package
        if not _NAME.fullmatch(name):
            expected = "a name of small letters, digits and `_`"
            raise BackendError(
                targets.BAD_OPTION.at(None, place="--package", option="--package", found=name, expected=expected)
            )
        head = (
            f"# Made by tdl from {definition.name} {plan.hash}.",
            "# This file belongs to whoever made it with tdl.",
        )
        words, enumerations = Words(definition), {each.name: each for each in definition.enumerations}
        files = []
        for table in chosen_tables(plan, options).tables:
            identifier = f"{name}_{plain_identifier(table.key)}"
            _check_bound(table)
            written = _content(TableFile(table, words, enumerations), identifier)
            content = "".join(f"{line}\n" for line in (*head, *written))
            files.append(GeneratedFile(path=f"{identifier}.ksy", content=content.encode("utf-8")))
        return tuple(files)


BACKEND = KaitaiBackend()

_FEWER = "`--option tables=ST1,ST3` makes files of some tables only"


def _content(file: TableFile, identifier: str) -> Iterator[str]:
    try:
        spec = file.spec(identifier)
    except NoForm as problem:
        table, expression = file.table, show_expr(problem.expression)
        element = _element(table, file.reading)
        raise BackendError(
            targets.NO_FORM.at(
                table.span, target="ksy", element=element, expression=expression, what=problem.what, help=_FEWER
            )
        ) from None
    return lines(spec)


def _check_bound(table: plan.TablePlan) -> None:
    """Refuse a table that depends on values of others that are not known."""
    for op in walk(table.root):
        for expression in expressions(op):
            for reference in references(expression):
                if isinstance(reference, External):
                    helps = [f"`--set {reference.label}=...` or `--bind` says it", _FEWER]
                    raise BackendError(
                        targets.NOT_BOUND.at(
                            op.span,
                            target="ksy",
                            element=_element(table, op.path),
                            value=reference.label,
                            help="; ".join(helps),
                        )
                    )


def _element(table: plan.TablePlan, path: tuple[str, ...]) -> str:
    return ".".join((table.name, *path)).replace(".[]", "[]")
