"""The functions of one table: their signatures, variables and bodies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from tdl.backends.c.environment import Value
from tdl.backends.c.lines import Context
from tdl.backends.c.reading import Reading
from tdl.backends.c.structs import integer
from tdl.backends.c.writing import Purpose, Writing
from tdl.backends.shapes.shape import Array, BitRecord, Record, Shape
from tdl.deferred import dataclass
from tdl.ir import plan

_VARIABLE = re.compile(r"(has|e|k|t)(?<![\w.>]has)(?<![\w.>][ekt])(\d++)(_length)?(?!\w)")
"""A variable that the walks number, and no member of a struct; what is before it is looked at late, which is fast."""

_Walk = TypeVar("_Walk", Reading, Writing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function; ``head`` is its declaration without the semicolon, ``about`` a line for people."""

    name: str
    head: str
    body: tuple[str, ...]
    about: str

    @property
    def text(self) -> str:
        """The body's lines as one text."""
        return "\n".join(self.body)


class Functions:
    """The functions of one table."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.name = context.name
        owned = context.owned
        self.env = [f"const {context.environment.type_name} *env"] if context.table.needs or not owned else []
        self.arena = [] if owned else ["tdl_arena *arena"]
        self.fixed = context.table.size[0] if context.table.size[0] == context.table.size[1] else None

    def all(self) -> Iterator[Function]:
        yield from self.decoding()
        yield self.checking()
        yield self.encoding()
        yield self.sizing()

    def decoding(self) -> Iterator[Function]:
        image = ["const uint8_t *image", "size_t size"]
        parameters = [f"{self.context.struct} *value", *image, *self.env, *self.arena, "tdl_error *error"]
        walk = self.walk(lambda flags, wanted: Reading(self.context, flags, wanted, keep=True))
        update, decode = f"{self.name}_update", f"{self.name}_decode"
        names = [parameter.split()[-1].lstrip("*") for parameter in parameters]
        about = "Octets over an existing value: what the image does not have stays as it is."
        yield self.function(update, parameters, walk, about)
        body = [f"return {update}({', '.join(names)});"]
        if clears(self.context.shapes.of(self.context.table.root)):
            body.insert(0, "tdl_clear(value, sizeof(*value));")
        yield Function(
            name=decode,
            head=self.head(decode, parameters),
            body=tuple(f"    {line}" for line in body),
            about="Octets to a fresh value: what the image does not have is 0.",
        )

    def checking(self) -> Function:
        needed = [] if self.context.owned else ["size_t *needed"]
        parameters = ["const uint8_t *image", "size_t size", *self.env, *needed, "tdl_error *error"]
        walk = self.walk(lambda flags, wanted: Reading(self.context, flags, wanted, keep=False))
        start = [] if self.context.owned else ["*needed = 0u;"]
        about = "Whether octets are this table, without a value" + (
            "." if self.context.owned else "; how much of an arena decoding takes."
        )
        return self.function(f"{self.name}_check", parameters, walk, about, start)

    def encoding(self) -> Function:
        parameters = [
            f"const {self.context.struct} *value", "uint8_t *image", "size_t capacity", "size_t *size", *self.env,
            "tdl_error *error",
        ]  # fmt: skip
        walk = self.walk(lambda flags, wanted: Writing(self.context, flags, wanted, purpose=Purpose.ENCODE))
        return self.function(f"{self.name}_encode", parameters, walk, "A value to octets.")

    def sizing(self) -> Function:
        parameters = [f"const {self.context.struct} *value", "size_t *size", *self.env, "tdl_error *error"]
        walk = self.walk(lambda flags, wanted: Writing(self.context, flags, wanted, purpose=Purpose.SIZE))
        return self.function(f"{self.name}_size", parameters, walk, "How many octets a value takes.")

    def filling(self, values: tuple[Value, ...]) -> Function:
        """What puts the values that other tables depend on into the environment."""
        parameters = [
            f"{self.context.environment.type_name} *env", f"const {self.context.struct} *value", *self.arena,
            "tdl_error *error",
        ]  # fmt: skip
        walk = self.walk(
            lambda flags, wanted: Writing(self.context, flags, wanted, purpose=Purpose.FILL, values=values)
        )
        table = self.name.removeprefix(self.context.environment.type_name.removesuffix("_env") + "_")
        return self.function(
            f"{self.context.environment.type_name}_fill_{table}",
            parameters,
            walk,
            "What other tables depend on; sets and lists stay where they are and must outlive the environment.",
        )

    # --- putting together --------------------------------------------------------------------------------------

    def walk(self, make: Callable[[frozenset[int], frozenset[int]], _Walk]) -> _Walk:
        """Walk once to see what expressions ask for, and again to write that down, if there is anything."""
        first = make(frozenset(), frozenset())
        first.run()
        if not first.scope.flags and not first.scope.wanted:
            return first
        second = make(frozenset(first.scope.flags), frozenset(first.scope.wanted))
        second.run()
        return second

    def head(self, name: str, parameters: list[str]) -> str:
        return f"tdl_code {name}({', '.join(parameters)})"

    def function(
        self, name: str, parameters: list[str], walk: Reading | Writing, about: str, start: list[str] | None = None
    ) -> Function:
        text = "\n".join(walk.lines)
        numbered = _numbered(text) if walk.scope.numbers_variables() else []
        variables = list(self.variables(walk, text, numbered))
        lines = [f"    {line}" for line in (*variables, "", *(start or []))] if start else [
            f"    {line}" for line in variables
        ]  # fmt: skip
        lines += walk.lines
        lines[len(variables) : len(variables)] = [f"    (void){name};" for name in unread(text, numbered)]
        if isinstance(walk, Reading):
            lines.append("    return TDL_OK;")
        text = "\n".join(lines)
        for parameter in parameters:
            word = parameter.split()[-1].lstrip("*")
            if not re.search(rf"{word}\b(?<!\w{word})", text):
                lines.insert(len(variables), f"    (void){word};")
        return Function(name=name, head=self.head(name, parameters), body=tuple(lines), about=about)

    def variables(self, walk: Reading | Writing, text: str, numbered: list[str]) -> Iterator[str]:
        if isinstance(walk, Reading) or walk.stores:
            type_, octets = ("const uint8_t *", "size") if isinstance(walk, Reading) else ("uint8_t *", "capacity")
            moves = "" if re.search(r"p \+=(?<![\w.>]p \+=)", text) else "const "
            if re.search(r"p\b(?<![\w.>]p)", text):
                yield f"{type_}{moves}p = image;"
            if re.search(r"end\b(?<![\w.>]end)", text):
                yield f"const uint8_t *const end = image + {octets};"
        else:
            yield "size_t p = 0u;"
        if "problem" in walk.uses or "&problem" in text:
            yield "tdl_code problem = TDL_OK;"
        if "steps" in walk.uses:
            yield "uint32_t steps = 0u;"
        temporaries = dict(walk.scope.temporaries)
        for name in numbered:
            kind = _VARIABLE.fullmatch(name)
            assert kind is not None
            if kind[1] == "has":
                yield f"uint8_t {name} = 0u;"
            elif kind[1] == "k":
                yield f"uint32_t {name} = 0u;"
            elif kind[1] == "t" and name in temporaries:
                yield f"{temporaries[name]} {name} = 0;"
            elif kind[1] == "e":
                yield self.kept(name, int(kind[2]), is_length=bool(kind[3]))

    def kept(self, name: str, number: int, *, is_length: bool) -> str:
        """A variable for a value that expressions read where nothing is stored."""
        op = self.context.elements.all[number].op
        if is_length:
            return f"uint32_t {name} = 0u;"
        match op:
            case plan.Take(octets=octets, kind=kind):
                return f"{integer(8 * octets, signed=kind == 'int')} {name} = 0;"
            case plan.Field(width=width, kind=kind):
                return f"{integer(width, signed=kind == 'int')} {name} = 0;"
            case _:
                return f"const uint8_t *{name} = NULL;"


def _numbered(text: str) -> list[str]:
    """The variables in a text, in order."""
    return sorted({m[0] for m in _VARIABLE.finditer(text)}, key=_order)


def unread(text: str, numbered: list[str]) -> list[str]:
    """Variables for expressions that in the end no expression reads."""
    names = [name for name in numbered if _order(name)[0] in ("has", "e")]
    return [name for name in names if not re.search(rf"{name}(?!\w)(?! = )(?<![\w.>]{name})", text)]


def clears(shape: Shape | None) -> bool:
    """Whether some images lack a member; what lies behind a count is nobody's."""
    match shape:
        case Record(members=members):
            return any(member.optional or clears(member.shape) for member in members)
        case BitRecord(fields=fields):
            return any(field.optional for field in fields)
        case Array(of=of):
            return clears(of)
        case _:
            return False


def _order(name: str) -> tuple[str, int, str]:
    kind = _VARIABLE.fullmatch(name)
    assert kind is not None
    return kind[1], int(kind[2]), kind[3] or ""
