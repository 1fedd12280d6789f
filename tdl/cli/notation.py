"""`--notation`: in which notation a verb prints a definition or a fragment."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

import click

from tdl.cli.console import Failed
from tdl.report.rules import invocation, xml
from tdl.syntax import ast
from tdl.syntax.printer import print_document, print_fragment

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+")
_F = TypeVar("_F", bound=Callable[..., object])


def notation_options(function: _F) -> _F:
    """``--notation`` and ``--namespace``."""
    function = click.option(
        "--namespace",
        metavar="URI",
        callback=_checked,
        help="The namespace of the elements of XML TDL, instead of tdl's own.",
    )(function)
    return click.option(
        "--notation",
        type=click.Choice(["text", "xml"]),
        default="text",
        show_default=True,
        help="The document form, or XML TDL, which needs lxml: the extra `xml`.",
    )(function)


def _checked(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _URI.fullmatch(value):
        raise click.BadParameter(f"{value!r} is not an absolute URI")
    return value


def written(tree: ast.Document | ast.Fragment, notation: str, namespace: str | None) -> str:
    """A definition or fragment as text in a notation.

    Raises:
        Failed: it cannot be written in XML.
    """
    if notation != "xml":
        if namespace is not None:
            raise click.UsageError("--namespace is for --notation xml")
        return print_document(tree) if isinstance(tree, ast.Document) else print_fragment(tree)
    from tdl.syntax.xml import names, writer  # most runs write no XML

    try:
        return writer.write_xml(tree, names.NAMESPACE if namespace is None else namespace)
    except writer.NotInXml as error:
        raise Failed(xml.NOT_IN_XML.at(error.span, found=f"{ord(error.character):04X}")) from None
    except writer.LxmlMissing as error:
        raise Failed(
            invocation.UNWRITABLE.at(None, place="--notation xml", name="XML TDL", problem=str(error))
        ) from None
