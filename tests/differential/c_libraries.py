"""Generated C as a library of this process, and its values beside those of the reference codec."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from tdl.backends.api import GeneratedFile
from tdl.backends.c.files import Files
from tdl.backends.shapes.elements import Elements
from tdl.backends.shapes.shape import Array, BitRecord, Number, Octets, Real, Record, Shape, Variant
from tdl.codec.decoder import Moved, decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.errors import ImageError, MissingValue
from tdl.codec.values import ExactInt, Members
from tdl.codec.values import Record as TreeRecord
from tdl.ir import model, plan
from tests.tools import tool

WARNINGS = (
    "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wcast-align", "-Werror",
)  # fmt: skip

CODES = (
    "ok", "truncated", "trailing", "missing", "refused", "dimension", "arithmetic", "absent", "steps", "range",
    "length", "capacity", "arena", "buffer", "not fixed", "no element",
)  # fmt: skip
"""The codes of tdl_support.h, as the reference codec calls them."""


def run(command: Sequence[str | Path], cwd: Path | None = None, data: bytes | None = None) -> bytes:
    """What a program says on both of its outputs; it must end well."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, input=data, capture_output=True, check=False)
    said = (
        f"{' '.join(map(str, command))}\n{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}"
    )
    assert done.returncode == 0, said[-6000:]
    return done.stdout + done.stderr


def write_files(files: Sequence[GeneratedFile] | dict[str, str], directory: Path) -> list[Path]:
    """The files in a folder; the paths of those that are compiled."""
    texts = files if isinstance(files, dict) else {f.path: f.content.decode("utf-8") for f in files}
    directory.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        (directory / path).write_text(text, "utf-8")
    return sorted(directory / path for path in texts if path.endswith(".c"))


class Error(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint8), ("element", ctypes.c_uint16), ("offset", ctypes.c_uint32)]


class Arena(ctypes.Structure):
    _fields_ = [("memory", ctypes.c_void_p), ("size", ctypes.c_size_t), ("used", ctypes.c_size_t)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A value in C and the same one in the reference codec's tree: what holds each, and under which key."""

    holder: Any
    key: Any
    reference: Any
    name: Any
    shape: Shape
    signed_zeros: bool = False


class Library:
    """A definition's code, compiled and loaded."""

    def __init__(
        self,
        definition: model.Definition,
        of: plan.Plan,
        directory: Path,
        command: Sequence[str] = ("gcc", "-O1"),
        *,
        access: bool = False,
        small: bool = False,
    ) -> None:
        self.files = Files(definition, of, "t", small=small)
        texts = self.files.all(harness=False)
        sources = write_files(texts, directory)
        if access or small:  # functions that are inline are no part of a library
            included = [f'#include "{path}"' for path in sorted(texts) if path.endswith("_access.h")]
            (directory / "inline.c").write_text("\n".join(["#define static", "#define inline", *included, ""]))
            sources.append(directory / "inline.c")
        library = directory / "library.so"
        dialect = () if any("++" in part for part in command) else ("-std=c99",)
        run([tool(command[0]), *command[1:], *dialect, *WARNINGS, "-shared", "-fPIC", *sources, "-o", library])
        self.code = ctypes.CDLL(str(library))
        self.structs: dict[str, Any] = {}
        self.elements = {table.key: Elements(table) for table in of.tables}
        self.memory = ctypes.create_string_buffer(1 << 20)
        self.owned = self.files.owned

    # --- types -------------------------------------------------------------------------------------------------

    def type(self, shape: Shape) -> Any:
        """The type of a struct's member."""
        match shape:
            case Number(octets=octets, signed=signed):
                bits = next(each for each in (8, 16, 32, 64) if 8 * octets <= each)
                return getattr(ctypes, f"c_{'' if signed else 'u'}int{bits}")
            case Real(octets=octets):
                return ctypes.c_uint32 if octets == 4 else ctypes.c_uint64
            case Variant():
                return ctypes.c_uint8 * 23
            case Octets(extent=extent):
                inline = extent.fixed or (self.owned and extent.most is not None)
                return ctypes.c_uint8 * (extent.most or 0) if inline else ctypes.POINTER(ctypes.c_uint8)
            case Array(of=of, extent=extent):
                cell = self.type(self.files.types.cell(of))
                inline = extent.fixed or (self.owned and extent.most is not None)
                return cell * (extent.most or 0) if inline else ctypes.POINTER(cell)
            case _:
                return self.struct(shape)

    def struct(self, shape: Record | BitRecord) -> Any:
        made = self.files.types.of(shape)
        if made.name not in self.structs:
            fields: list[tuple[str, Any]] = []
            for part, slot in made.slots.items():
                if slot.counter:
                    fields.append((slot.counter, ctypes.c_uint32))
                if isinstance(part.__class__, type) and hasattr(part, "width"):
                    bits = next(each for each in (8, 16, 32, 64) if part.width <= each)
                    signed = "" if part.kind == "int" else "u"
                    fields.append((slot.name, getattr(ctypes, f"c_{signed}int{bits}")))
                else:
                    fields.append((slot.name, self.type(part.shape)))
            if isinstance(shape, BitRecord) and shape.spare:
                bits = next(each for each in (8, 16, 32, 64) if 8 * shape.octets <= each)
                fields.append(("spare", getattr(ctypes, f"c_uint{bits}")))
            self.structs[made.name] = type(made.name, (ctypes.Structure,), {"_fields_": fields})
        return self.structs[made.name]

    def root(self, table: plan.TablePlan) -> Any:
        shape = self.files.shapes[table.key].of(table.root)
        return ctypes.c_uint8() if shape is None else self.struct(shape)()

    # --- the environment -----------------------------------------------------------------------------------------

    def environment(self, reference: Environment) -> Any:
        """The same values in C."""
        view = self.files.environment
        types: dict[str, Any] = {"number": None, "set": ctypes.c_uint8, "array": ctypes.c_int64}
        fields: list[tuple[str, Any]] = [("known", ctypes.c_uint8 * max(view.octets, 1))]
        for value in view.values:
            if value.kind == "number":
                fields.append((value.member, getattr(ctypes, "c_" + value.type.removesuffix("_t"))))
            else:
                fields.append((value.member, ctypes.POINTER(types[value.kind])))
                fields.append((value.count.removeprefix("env->"), ctypes.c_uint32))
        made = type("env", (ctypes.Structure,), {"_fields_": fields})()
        made.kept = []
        for value in view.values:
            found = self.known(reference, value)
            if found is None:
                continue
            octet, bit = value.flag
            made.known[octet] |= bit
            if value.kind == "number":
                setattr(made, value.member, found)
            else:
                array = (types[value.kind] * max(len(found), 1))(*found)
                made.kept.append(array)
                setattr(made, value.member, array)
                setattr(made, value.count.removeprefix("env->"), len(found))
        return made

    def known(self, reference: Environment, value: Any) -> Any:
        try:
            held = reference.held(value.reference.table, value.reference.path)
        except MissingValue:
            return None
        if isinstance(held, Members):
            return list(held.octets)
        if value.kind == "number":
            return None if held is None else int(held)  # type: ignore[call-overload]
        return held

    # --- calls -------------------------------------------------------------------------------------------------

    def call(self, table: plan.TablePlan, verb: str, *arguments: Any) -> tuple[object, ...]:
        """The verdict of a function: its code, and where it failed."""
        error = Error()
        function = getattr(self.code, f"{self.files.names[table.key]}_{verb}")
        function.restype = ctypes.c_uint8
        code = function(*arguments, ctypes.byref(error))
        if code == 0:
            return ("ok",)
        assert code == error.code
        path = self.elements[table.key].all[error.element].path
        return CODES[code], path, error.offset

    def env_arguments(self, table: plan.TablePlan, environment: Any) -> list[Any]:
        return [ctypes.byref(environment)] if table.needs or not self.owned else []

    def decode(self, table: plan.TablePlan, octets: bytes, environment: Any) -> tuple[tuple[object, ...], Any]:
        value = self.root(table)
        ctypes.memset(ctypes.byref(value), 0xA5, ctypes.sizeof(value))
        arena = Arena(ctypes.addressof(self.memory), len(self.memory), 0)
        arguments = [ctypes.byref(value), octets, ctypes.c_size_t(len(octets)), *self.env_arguments(table, environment)]
        if not self.owned:
            arguments.append(ctypes.byref(arena))
        return self.call(table, "decode", *arguments), value

    def check(self, table: plan.TablePlan, octets: bytes, environment: Any) -> tuple[object, ...]:
        needed = [] if self.owned else [ctypes.byref(ctypes.c_size_t())]
        arguments = [octets, ctypes.c_size_t(len(octets)), *self.env_arguments(table, environment), *needed]
        return self.call(table, "check", *arguments)

    def encode(self, table: plan.TablePlan, value: Any, environment: Any, room: int) -> tuple[object, ...]:
        """The verdict, or `ok` and the octets."""
        out, size = ctypes.create_string_buffer(max(room, 1)), ctypes.c_size_t()
        arguments = [ctypes.byref(value), out, ctypes.c_size_t(room), ctypes.byref(size)]
        verdict = self.call(table, "encode", *arguments, *self.env_arguments(table, environment))
        return (*verdict, out.raw[: size.value]) if verdict == ("ok",) else verdict

    def size(self, table: plan.TablePlan, value: Any, environment: Any) -> tuple[object, ...]:
        size = ctypes.c_size_t()
        arguments = [ctypes.byref(value), ctypes.byref(size), *self.env_arguments(table, environment)]
        verdict = self.call(table, "size", *arguments)
        return (*verdict, size.value) if verdict == ("ok",) else verdict


# --- the reference codec beside it ---------------------------------------------------------------------------------


def verdict(error: ImageError) -> tuple[object, ...]:
    """The facts of an error that C tells, too."""
    return error.kind, tuple("[]" if isinstance(step, int) else step for step in error.path), error.offset


class Reference:
    """What the reference codec makes of octets: its verdict, its values, and the octets of each leaf."""

    def __init__(self, table: plan.TablePlan, octets: bytes, environment: Environment) -> None:
        self.raws: dict[tuple[object, ...], bytes] = {}
        self.value: Any = None

        def note(moved: Moved) -> None:
            if moved.low is None:
                self.raws[moved.path] = octets[moved.offset : moved.offset + moved.octets]

        try:
            self.value = decode(table, octets, environment, note)
            self.verdict: tuple[object, ...] = ("ok",)
        except ImageError as error:
            self.verdict = verdict(error)


class Comparison:
    """Values in C against a tree of the reference codec."""

    def __init__(self, library: Library, reference: Reference) -> None:
        self.library, self.reference = library, reference
        self.leaves: list[Leaf] = []

    def root(self, table: plan.TablePlan, value: Any) -> None:
        shape = self.library.files.shapes[table.key].of(table.root)
        if shape is not None:
            self.record(shape, value, self.reference.value, ())

    def record(self, shape: Record | BitRecord, value: Any, tree: Any, path: tuple[object, ...]) -> None:
        slots = self.library.files.types.of(shape).slots
        if isinstance(shape, BitRecord):
            if shape.spare:
                assert value.spare == tree.spare, path
            else:
                assert tree.spare == 0, path
        for name in tree:
            candidates = [(part, slot) for part, slot in slots.items() if part.name == name]
            problems = []
            for part, slot in candidates:
                before = len(self.leaves)
                try:
                    self.member(part, slot, value, tree, name, path)
                    break
                except AssertionError as problem:
                    del self.leaves[before:]
                    problems.append(problem)
            else:
                if problems:
                    raise problems[0]

    def member(self, part: Any, slot: Any, value: Any, tree: Any, name: str, path: tuple[object, ...]) -> None:
        if hasattr(part, "width"):
            self.number(getattr(value, slot.name), tree[name], part.width, part.zeros, (*path, name))
            shape = Number(octets=8, signed=part.kind == "int", zeros=part.zeros)
            leaf = Leaf(holder=value, key=slot.name, reference=tree, name=name, shape=shape)
            self.leaves.append(leaf)
            return
        counter = (value, slot.counter) if slot.counter else None
        self.value(part.shape, (value, slot.name), counter, (tree, name), (*path, name))

    def value(self, shape: Shape, place: Any, counter: Any, held: Any, path: tuple[object, ...]) -> None:
        found, tree = get(*place), held[0][held[1]]
        if not isinstance(shape, Number | Array | Record | BitRecord):
            assert path in self.reference.raws, f"{path} is of another shape"
        match shape:
            case Number():
                assert isinstance(tree, int | Decimal), f"{path} is of another shape"
                self.number(found, scaled(tree, shape.decimals), 8 * shape.octets, shape.zeros, path)
                self.leaves.append(Leaf(holder=place[0], key=place[1], reference=held[0], name=held[1], shape=shape))
            case Real():
                raw = self.reference.raws[path]
                assert found in (int.from_bytes(raw, "little"), int.from_bytes(raw, "big")), path
            case Variant():
                raw = self.reference.raws[path]
                assert bytes(found)[2 : 2 + found[1]] == raw, path
            case Octets(extent=extent):
                raw = self.reference.raws[path]
                length = extent.most if counter is None else get(*counter)
                assert bytes(found[:length]) == raw, path
                held[0][held[1]] = raw  # what C has; text would be padded
            case Array(of=of):
                assert isinstance(tree, list), f"{path} is of another shape"
                count = len(tree)
                assert counter is None or get(*counter) == count, path
                cell = self.library.files.types.cell(of)
                for i in range(count):
                    if cell == of:
                        self.value(of, (found, i), None, (tree, i), (*path, i))
                    else:
                        slot = self.library.files.types.of(cell).slots[cell.members[0]]  # type: ignore[index,union-attr,arg-type]
                        item = found[i]
                        self.value(of, (item, slot.name), (item, slot.counter), (tree, i), (*path, i))
            case Record() | BitRecord():
                assert isinstance(tree, TreeRecord), f"{path} is of another shape"
                self.record(shape, found, tree, path)

    def number(self, found: int, tree: Any, width: int, zeros: bool, path: tuple[object, ...]) -> None:
        if isinstance(tree, ExactInt) or (isinstance(tree, Decimal) and hasattr(tree, "raw")):
            assert zeros, path
            assert found == -(1 << width - 1), path
        else:
            assert found == int(tree), (path, found, tree)


def get(holder: Any, key: Any) -> Any:
    return getattr(holder, key) if isinstance(key, str) else holder[key]


def put(holder: Any, key: Any, value: Any) -> None:
    if isinstance(key, str):
        setattr(holder, key, value)
    else:
        holder[key] = value


def scaled(value: Any, decimals: int) -> Any:
    if decimals and isinstance(value, Decimal) and not hasattr(value, "raw"):
        return int(value.scaleb(decimals))
    return value


def spoil(leaf: Leaf, random: Random) -> None:
    """Put another number into a leaf, in both trees."""
    assert isinstance(leaf.shape, Number)
    now = get(leaf.holder, leaf.key)
    wanted = random.choice([now + 1, now - 1, 0, 1, 2, 3, -1, 255, random.getrandbits(64), -random.getrandbits(63)])
    put(leaf.holder, leaf.key, wanted)
    stored = get(leaf.holder, leaf.key)
    if leaf.shape.zeros and stored < 0 and (-stored) & (-stored - 1) == 0:
        stored = 1  # the least number stands for a second zero
        put(leaf.holder, leaf.key, stored)
    value = Decimal(stored).scaleb(-leaf.shape.decimals) if leaf.shape.decimals else stored
    leaf.reference[leaf.name] = value


def outcome_of_encoding(table: plan.TablePlan, value: Any, environment: Environment) -> tuple[object, ...]:
    try:
        return "ok", encode(table, value, environment)
    except ImageError as error:
        return verdict(error)


def compare(library: Library, table: plan.TablePlan, octets: bytes, known: Environment, seed: int) -> Iterator[str]:
    """Both codecs on the same octets, and on values with one number changed; yields what was seen."""
    environment = library.environment(known)
    reference = Reference(table, octets, known)
    found, value = library.decode(table, octets, environment)
    if found[0] in ("capacity", "arena"):
        yield str(found[0])
        return
    assert found == reference.verdict
    checked = library.check(table, octets, environment)
    assert checked == reference.verdict
    yield str(found[0])
    if found != ("ok",):
        return
    comparison = Comparison(library, reference)
    comparison.root(table, value)
    assert library.size(table, value, environment) == ("ok", len(octets))
    assert library.encode(table, value, environment, len(octets)) == ("ok", octets)
    if octets:
        assert library.encode(table, value, environment, len(octets) - 1)[0] == "buffer"
    random = Random(seed)
    if comparison.leaves:
        spoil(random.choice(comparison.leaves), random)
        theirs = outcome_of_encoding(table, reference.value, known)
        ours = library.encode(table, value, environment, 1 << 16)
        if ours[0] == "capacity":
            return
        # a struct has members of every branch, a record only those of the branch that was taken
        assert theirs[0] in ("unknown", "absent") or ours == theirs, (ours, theirs)
        yield f"encode {theirs[0]}"
