"""The compiler, from names to Plan: this list is its table of contents.

Each pass is a plain function ``f(input, context) -> output`` that returns a new value and reports into the context.
A pass that reports an error ends the run after it, so one run shows all errors of a stage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tdl.check import check
from tdl.check.plugins import check_with_plugins
from tdl.check.view import View
from tdl.deferred import dataclass, field
from tdl.ir.bind import Known, bind
from tdl.ir.lower import lower
from tdl.ir.model import Definition as Model
from tdl.ir.plan import Plan, TablePlan
from tdl.ir.schedule import PlanTooLarge, schedule
from tdl.ir.show import show_model, show_plan
from tdl.merge import merge
from tdl.report import Report
from tdl.report.rules import invocation, layout
from tdl.sources import Resolver, SourceFile
from tdl.syntax import ast
from tdl.syntax.bases import Bases
from tdl.syntax.imports import Parse, follow_imports, load, read
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_document, print_fragment
from tdl.uncollected import without_collection


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to compile: a definition and the fragments that change it, by name.

    Attributes:
        definition: a document, or a fragment whose base can be found.
        near: documents in which a base is looked for before those beside the fragment.
    """

    definition: str
    fragments: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Notes:
    """What passes tell whoever wants to do less the next time.

    Attributes:
        steps: the steps of the merge that had fragments, each with the document before it.
        view: what the checks worked out.
    """

    steps: list[tuple[ast.Document, Step]] = field(default_factory=list)
    view: View | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What passes share: where texts come from, where findings go, what is known of the meter.

    ``notes`` are taken where somebody wants some.
    """

    resolver: Resolver = field(default_factory=Resolver)
    report: Report = field(default_factory=Report)
    known: Known | None = None
    notes: Notes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The texts of a definition and its fragments, each with the name it was asked for by."""

    definition: tuple[str, SourceFile]
    fragments: tuple[tuple[str, SourceFile], ...]
    bases: Bases


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Fragments that are merged together; ``base_names`` are what they may call what they change."""

    fragments: tuple[ast.Fragment, ...]
    base_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A base document, and the steps that make a definition of it.

    A definition that is a fragment itself takes one step for each fragment down to it; the last step is that of the
    fragments given with it.
    """

    base: ast.Document
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A definition in its two intermediate forms, and the document they were made from."""

    document: ast.Document
    model: Model
    plan: Plan

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def hash(self) -> str:
        return self.model.hash

    def table(self, key: str) -> TablePlan | None:
        """See `tdl.ir.Plan.table`."""
        return self.plan.table(key)


def read_sources(request: Request, context: Context) -> Sources | None:
    """Names to texts."""
    found = [(name, read(name, context.resolver, context.report)) for name in (request.definition, *request.fragments)]
    sources = [(name, source) for name, source in found if source is not None]
    if len(sources) != len(found):
        return None
    definition, *fragments = sources
    bases = Bases(context.resolver, request.near)
    return Sources(definition=definition, fragments=tuple(fragments), bases=bases)


def parse_sources(sources: Sources, context: Context, parse: Parse = parse) -> Parsed:
    """Texts to trees, imports followed; the base of a definition that is a fragment is found.

    Args:
        parse: how one text is read.
    """
    (name, source) = sources.definition
    base, steps = _with_bases(name, source, sources.bases, context, parse)
    fragments = []
    for _, other in sources.fragments:
        fragment = follow_imports(other, context.resolver, context.report, parse)
        if isinstance(fragment, ast.Fragment):
            fragments.append(fragment)
        else:
            context.report.add(invocation.NOT_A_FRAGMENT.at(fragment.header.span, name=fragment.header.name))
    return Parsed(base=base, steps=(*steps, Step(fragments=tuple(fragments), base_names=(name, source.name))))


def _with_bases(
    name: str, source: SourceFile, bases: Bases, context: Context, parse: Parse
) -> tuple[ast.Document, list[Step]]:
    node = follow_imports(source, context.resolver, context.report, parse)
    if isinstance(node, ast.Document):
        return node, []
    chain = bases.chain(name, node)
    if chain is None:
        context.report.add(
            invocation.NOT_A_DEFINITION.at(node.header.span, help=f"give its base first: `{node.header.base}`")
        )
        return ast.Document(header=node.header), []
    nodes = [load(each, context.resolver, context.report, parse) for each in chain]
    base, *others = (*nodes, node)
    if None in nodes or not isinstance(base, ast.Document):
        return ast.Document(header=node.header), []  # the report says why
    steps = [
        Step(fragments=(fragment,), base_names=(parent,))
        for parent, fragment in zip(chain, others, strict=True)
        if isinstance(fragment, ast.Fragment)
    ]
    return base, steps


def merge_fragments(parsed: Parsed, context: Context) -> ast.Document:
    """Base and fragments to one document."""
    document = parsed.base
    for step in parsed.steps:
        if context.notes is not None and step.fragments:
            context.notes.steps.append((document, step))
        merged = merge(document, step.fragments, context.report, step.base_names)
        if merged is None:
            break  # a failed merge is in the report and ends the run
        document = merged
    return document


def validate(document: ast.Document, context: Context) -> ast.Document:
    """Names resolved, rules looked at; the document is passed on as it is."""
    view = check(document, context.report)
    if context.notes is not None:
        context.notes.view = view
    check_with_plugins(document, context.report)
    return document


def lower_document(document: ast.Document, context: Context) -> tuple[ast.Document, Model]:
    """Document to Model."""
    return document, lower(document)


def schedule_model(lowered: tuple[ast.Document, Model], context: Context) -> Compiled | None:
    """Model to Plan."""
    document, definition = lowered
    try:
        return Compiled(document=document, model=definition, plan=schedule(definition))
    except PlanTooLarge as error:
        context.report.add(layout.TABLE_TOO_LARGE.at(error.span, table=error.table, found=error.found))
        return None


def bind_plan(compiled: Compiled, context: Context) -> Compiled:
    """Plan to specialised Plan, where something is known of the meter."""
    if context.known is None:
        return compiled
    return Compiled(document=compiled.document, model=compiled.model, plan=bind(compiled.plan, context.known))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One stage: its function, and how its output is shown by `tdl debug`."""

    name: str
    run: Callable[[Any, Context], Any]
    show: Callable[[Any], str]


def _show_parsed(parsed: Parsed) -> str:
    fragments = (fragment for step in parsed.steps for fragment in step.fragments)
    return "\n".join([print_document(parsed.base), *map(print_fragment, fragments)])


def _show_sources(sources: Sources) -> str:
    return "".join(source.text for _, source in (sources.definition, *sources.fragments))


PASSES: tuple[Pass, ...] = (
    Pass(name="read", run=read_sources, show=_show_sources),
    Pass(name="parse", run=parse_sources, show=_show_parsed),
    Pass(name="merge", run=merge_fragments, show=print_document),
    Pass(name="validate", run=validate, show=print_document),
    Pass(name="lower", run=lower_document, show=lambda lowered: show_model(lowered[1])),
    Pass(name="schedule", run=schedule_model, show=lambda compiled: show_plan(compiled.plan)),
    Pass(name="bind", run=bind_plan, show=lambda compiled: show_plan(compiled.plan)),
)


def run(request: Request, context: Context, *, after: str = "schedule") -> Any:
    """Run the passes up to and including ``after``; None if one of them reported an error.

    The result is what that pass returns; findings are in the context's report.
    """
    if after not in PASS_NAMES:
        raise ValueError(f"no pass `{after}`")
    value: Any = request
    with without_collection():
        for each in PASSES:
            value = each.run(value, context)
            if context.report.failed:
                return None
            if each.name == after:
                break
    return value


PASS_NAMES: Mapping[str, Pass] = {each.name: each for each in PASSES}
