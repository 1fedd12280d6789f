"""What does not fit, as findings: a table's decoding or encoding error with its rule, place and help."""

from __future__ import annotations

import re

from tdl.codec.environment import Environment
from tdl.codec.errors import EncodeError, ImageError, MissingValue, path_text
from tdl.ir import plan
from tdl.ir.expr import External
from tdl.report import Diagnostic
from tdl.report.rules import binding

_LABEL = re.compile(r"`([^`]+)`")


def failure_finding(
    error: ImageError, table: plan.TablePlan | None = None, environment: Environment | None = None, image: str = ""
) -> Diagnostic:
    """The finding of an error.

    Args:
        table, environment: what was to be moved and what was known, to tell all that is missing at once.
        image: where the octets come from.
    """
    encoding = isinstance(error, EncodeError)
    rule = binding.encoding_rule(error.kind) if encoding else binding.decoding_rule(error.kind)
    element = f"{error.table} {path_text(error.path)}" if error.path else error.table
    bit = "" if error.bit is None else f" bit {error.bit}"
    place = f"{image + ': ' if image else ''}{error.table} octet {error.offset}{bit}"
    notes: tuple[str, ...] = ()
    help = ""
    if error.kind == "missing":
        if error.found == "none":
            notes, help = _others(error, table, environment), _help(error)
        else:  # the table that holds it failed: that is what to look at
            notes = (f"not known{error.found.removeprefix('none')}",)
    return rule.at(
        None,
        place=place,
        notes=notes,
        help=help,
        element=element,
        offset=error.offset,
        found=error.found,
        expected=error.expected,
    )


def _label(error: ImageError) -> str:
    match = _LABEL.search(error.expected)
    return match[1] if match else error.expected


def _others(error: ImageError, table: plan.TablePlan | None, environment: Environment | None) -> tuple[str, ...]:
    """What else the layout needs and nobody knows, so that it can be given in one go."""
    if table is None or environment is None:
        return ()
    labels = dict.fromkeys(
        need.reference.label
        for need in table.needs
        if not need.reference.indices
        and not environment.holds(need.reference.table)
        and not _known(environment, need.reference)
    )
    labels.pop(_label(error), None)
    return (f"not known either: {', '.join(f'`{label}`' for label in labels)}",) if labels else ()


def _known(environment: Environment, reference: External) -> bool:
    try:
        environment.find(reference, ())
    except MissingValue:
        return False
    return True


def _help(error: ImageError) -> str:
    label = _label(error)
    table, _, element = label.partition(".")
    name = f"{table}.{element.rpartition('.')[2]}"
    return f"give it with `--set {name}=VALUE`, or the meter's values with `--bind PROFILE_OR_IMAGE`"
