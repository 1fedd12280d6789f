"""`tdl graph`: which table's layout depends on which other."""

from __future__ import annotations

import click

from tdl.cli.console import write_out
from tdl.cli.options import definition_options, project
from tdl.docs.dependencies import dependencies
from tdl.docs.graph import dot, mermaid, svg

_FORMATS = {"dot": dot, "mermaid": mermaid, "svg": svg}


@click.command("graph")
@definition_options
@click.option(
    "--format", "form", type=click.Choice(list(_FORMATS)), default="dot", show_default=True, help="What is written."
)
@click.option("--table", metavar="ST23", help="Only this table, with all it depends on and all that depends on it.")
@click.option("--labels", is_flag=True, help="Say which elements decide.")
@click.option("-o", "--output", metavar="FILE", help="Where to; standard output without it.")
def command(
    definition: str | None, fragments: tuple[str, ...], form: str, table: str | None, labels: bool, output: str | None
) -> int:
    """Write the graph of a definition's tables: arrows lead from the table whose values decide to the one whose layout
    they decide over.

    `dot` is for Graphviz, `mermaid` for pages that draw it themselves; `svg` is a picture, and needs no other program.
    """
    compiled = project(definition, fragments).compile()
    graph = dependencies(compiled.plan.tables)
    if table is not None:
        graph = graph.around(compiled.table(table).key)
    write_out(output, _FORMATS[form](graph, labels=labels))
    return 0
