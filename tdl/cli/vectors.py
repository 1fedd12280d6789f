"""`tdl vectors`: test vectors for every codec of a definition."""

from __future__ import annotations

import click

from tdl.cli.console import say, write_out
from tdl.cli.options import binding_options, definition_options, project
from tdl.cli.progress import Watch
from tdl.codec.environment import Environment
from tdl.ir.bind import bind_table
from tdl.project.reading import known_values
from tdl.vectors.suite import Suite, make_suite, write_suite


@click.command("vectors")
@definition_options
@binding_options
@click.option("--table", "tables", multiple=True, metavar="TABLE", help="Only this table; may be given several times.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed makes other random values.")
@click.option(
    "--count",
    type=click.IntRange(0, 1000),
    default=4,
    show_default=True,
    help="How many random images of each table there are besides those that reach something.",
)
@click.option("-o", "--output", metavar="FILE", help="Where the vectors go instead of standard output.")
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    bind: str | None,
    settings: tuple[str, ...],
    tables: tuple[str, ...],
    seed: int,
    count: int,
    output: str | None,
) -> int:
    """Write test vectors as JSON: images with what every codec of the definition must make of them.

    The accepted ones together take every branch of every table's layout, and have the least, zero and the largest of
    each number and every code of each enumeration; the refused ones are cut short, too long, or have values without a
    layout. Each says what its layout needs from other tables. How many branches are taken is reported, and why the
    others cannot be. The same seed makes the same vectors.
    """
    chosen = project(definition, fragments)
    compiled = chosen.compile()
    bound = chosen.binding(bind)
    known = known_values(compiled, bound, settings) if bound is not None or settings else Environment()
    plans = [compiled.table(name) for name in tables] if tables else list(compiled.plan.tables)
    with Watch("making vectors") as watch:
        suite = make_suite(
            compiled.name,
            compiled.hash,
            ((plan, bind_table(plan, known)) for plan in plans),
            known,
            compiled.model.enumerations,
            seed=seed,
            count=count,
            watch=lambda done: watch(done, len(plans)),
        )
    write_out(output, write_suite(suite))
    _report(suite)
    return 0


def _report(suite: Suite) -> None:
    for table in suite.tables:
        for missed in table.missed:
            say(f"not covered: {table.table} {missed.branch}: {missed.reason}")
    vectors = list(suite.vectors)
    accepted = sum(vector.accepted for vector in vectors)
    tables = f"{len(suite.tables)} table{'s' if len(suite.tables) != 1 else ''}"
    say(
        f"{len(vectors)} vectors of {tables}, {accepted} accepted and {len(vectors) - accepted} "
        f"refused; covered {suite.covered} of {suite.branches} branches"
    )
