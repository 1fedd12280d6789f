"""What expressions ask for: numbers, with the right subscripts, that are known where they are needed."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.check.builtins import BUILTINS
from tdl.check.interval import INT64_MAX, MAX_OCTETS, value_range
from tdl.check.places import name_span
from tdl.check.survey import MAX_VARIANTS, Place, Placed, Presence, Site, presence
from tdl.check.view import Mention, View, walk
from tdl.report import Diagnostic, Severity
from tdl.report.rules import layout
from tdl.syntax import ast
from tdl.syntax.shapes import ElementFound, NotFound, Step, TableFound

_KINDS = {
    "float": "a number with decimals", "ni": "a number with decimals", "moment": "a date or time", "text": "a text",
    "binary": "binary octets", "bcd": "digits", "set": "a set", "char": "a number as characters",
    "digits": "a number as digits", "opaque": "opaque octets", "nil": "nothing",
}  # fmt: skip

SERVICE_LIMIT = 0xFFFF
"""Services that read a part of a table count its octets and elements in 16 bits."""


def values(view: View) -> Iterator[Diagnostic]:
    """Each reference has the subscripts of its arrays and leads to a number."""
    for mention in view.mentions:
        match mention.found:
            case ElementFound():
                yield from _element(view, mention, mention.found)
            case TableFound() if mention.reference.steps[0].subscripts:
                yield _subscripts(mention.reference.steps[0], len(mention.reference.steps[0].subscripts), 0)
            case _:
                pass


def _element(view: View, mention: Mention, found: ElementFound) -> Iterator[Diagnostic]:
    said = mention.reference.steps if found.table is None else mention.reference.steps[1:]
    if found.table is not None and mention.reference.steps[0].subscripts:
        yield _subscripts(mention.reference.steps[0], len(mention.reference.steps[0].subscripts), 0)
    for name, index in zip(said[:-1], found.written[:-1], strict=True):
        arrays = view.scope.made(found.steps[index].member.specification).arrays
        if len(name.subscripts) != arrays:
            yield _subscripts(name, len(name.subscripts), arrays)
    name, last = said[-1], found.steps[-1]
    for variant in _variants(view, last):
        problem = _value_problem(view, variant, name)
        if problem is not None:
            yield problem
            return


def _variants(view: View, step: Step) -> list[ast.Member]:
    """The members that a step may be: one in each exclusive branch that has the name."""
    variants = view.survey(view.scope.types[step.owner]).by_name.get(step.member.name, [])
    return [each.member for each in variants[:MAX_VARIANTS]]


def _value_problem(view: View, member: ast.Member, name: ast.Name) -> Diagnostic | None:
    """Why what a name and its subscripts lead to is no number."""
    made, given = view.scope.made(member.specification), len(name.subscripts)
    if given < made.arrays:
        return _subscripts(name, given, made.arrays)
    if isinstance(made.of, ast.Sized) and made.of.name == "SET" and given == made.arrays + 1:
        return None
    if given > made.arrays:
        return _subscripts(name, given, made.arrays)
    if value_range(made.of) is not None:
        return None
    return layout.NOT_A_NUMBER.at(
        name_span(name),
        name=name.name,
        found=_kind(view, made.of),
        secondary=[(member.specification.span, "declared here")],
    )


def _kind(view: View, specification: ast.Specification) -> str:
    match specification:
        case ast.Named(name=name) | ast.Sized(name=name) if name in BUILTINS:
            return _KINDS.get(BUILTINS[name].kind, "a number")
        case ast.BitRange(kind="FILL"):
            return "a filler"
        case ast.Named(name=name):
            return "a bit field" if isinstance(view.scope.types.get(name), ast.BitField) else "a record"
        case _:
            return "no value"


def _subscripts(name: ast.Name, given: int, expected: int) -> Diagnostic:
    return layout.BAD_SUBSCRIPTS.at(
        name_span(name), name=name.name, found=_count(given), expected=_count(expected) if expected else "none"
    )


def _count(subscripts: int) -> str:
    return "no subscript" if not subscripts else "1 subscript" if subscripts == 1 else f"{subscripts} subscripts"


def local_references(view: View) -> Iterator[Diagnostic]:
    """What a declaration asks of its own elements is known when it is asked for."""
    for mention in view.mentions:
        inside, found = mention.site.inside, mention.found
        if inside is None or not isinstance(found, ElementFound) or found.table is not None:
            continue
        variants = view.survey(inside).by_name.get(found.steps[0].member.name, [])
        yield from _presence(mention.reference.steps[0], variants, mention.site.place)


def _presence(name: ast.Name, variants: list[Placed], place: Place) -> Iterator[Diagnostic]:
    where = [(variants[0].member.name_span, "declared here")] if variants else []
    match presence(variants, place):
        case Presence.LATER:
            problem = "it is declared later"
            yield layout.LATER_ELEMENT.at(name_span(name), name=name.name, problem=problem, secondary=where)
        case Presence.NEVER:
            problem = "it stands in another branch"
            yield layout.LATER_ELEMENT.at(name_span(name), name=name.name, problem=problem, secondary=where)
        case Presence.SOMETIMES:
            yield layout.PERHAPS_ABSENT.at(name_span(name), name=name.name, secondary=where)
        case Presence.ALWAYS:
            pass


def indices(view: View) -> Iterator[Diagnostic]:
    """A type that asks for its position is used in arrays only."""
    asking = {
        site.inside.name: each
        for site in view.sites
        if site.inside is not None
        for each in walk(site.expression)
        if isinstance(each, ast.LastIndex)
    }
    if not asking:
        return
    bare: list[str] = []
    for declaration, specification in view.roots():
        holder = view.scope.holder(specification)
        if holder is None or view.scope.made(specification).arrays:
            continue
        bare.append(holder.name)
        if holder.name in asking:
            yield layout.INDEX_WITHOUT_ARRAY.at(
                asking[holder.name].span,
                name=holder.name,
                secondary=[(specification.span, f"`{declaration.name}` is one of them")],
            )
    seen = set(bare)
    while bare:
        for use in view.uses.get(bare.pop(), ()):
            if use.arrays:
                continue
            if use.target.name in asking:
                yield layout.INDEX_WITHOUT_ARRAY.at(
                    use.member.specification.span,
                    name=use.target.name,
                    secondary=[(asking[use.target.name].span, "the position is asked for here")],
                )
            if use.target.name not in seen:
                seen.add(use.target.name)
                bare.append(use.target.name)


def dimensions(view: View) -> Iterator[Diagnostic]:
    """Counts and sizes are not negative and within reach; literals fit the arithmetic."""
    for site in view.sites:
        for each in walk(site.expression):
            if isinstance(each, ast.Integer) and each.value > INT64_MAX:
                yield layout.LITERAL_TOO_LARGE.at(each.span, found=each.value)
        if site.what in ("count", "size") and _understood(view, site):
            yield from _dimension(view, site)


def _understood(view: View, site: Site) -> bool:
    """Whether every name of an expression leads to a number, so that its interval means something."""
    for mention in view.mentions_at(site):
        if isinstance(mention.found, NotFound):
            return False
        if isinstance(mention.found, ElementFound):
            *_, last = mention.found.steps
            made = view.scope.made(last.member.specification)
            if len(last.subscripts) == made.arrays and value_range(made.of) is None:
                return False
    return True


def _dimension(view: View, site: Site) -> Iterator[Diagnostic]:
    low, high = view.interval(site.expression, site.inside)
    name = "the table" if site.member is None else site.member.name
    span = site.expression.span
    if high < 0 or low > MAX_OCTETS:
        found = str(low) if low == high else f"{low} to {high}"
        yield layout.BAD_DIMENSION.at(span, what=site.what, name=name, found=found, limit=MAX_OCTETS)
    elif low < 0 and not _guarded(site):
        yield layout.BAD_DIMENSION.at(
            span,
            what=site.what,
            name=name,
            found=str(low),
            limit=MAX_OCTETS,
            severity=Severity.WARNING,
        )
    elif high > SERVICE_LIMIT and not any(isinstance(each, ast.LastIndex) for each in walk(site.expression)):
        unit = "elements" if site.what == "count" else "octets"
        yield layout.OUT_OF_REACH.at(span, subject=f"`{name}`", found=f"{high} {unit}", limit=SERVICE_LIMIT)


def _guarded(site: Site) -> bool:
    """Whether a branch around a dimension asks about one of the values in it: then it may well rule out the rest."""
    asked = {each for guard in site.place.guards for each in walk(guard.asked) if isinstance(each, ast.Reference)}
    return any(each in asked for each in walk(site.expression) if isinstance(each, ast.Reference))
