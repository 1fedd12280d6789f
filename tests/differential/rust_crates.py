"""Generated Rust in one program with many definitions, and what it says beside the reference codec."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from shlex import quote
from typing import Any

from tdl.backends.rust.files import Files
from tdl.backends.rust.types import Struct
from tdl.backends.shapes.shape import Array, BitMember, BitRecord, Member, Number, Octets, Record, Shape
from tdl.codec.decoder import Moved, decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.errors import ImageError, MissingValue, path_text
from tdl.codec.values import Members
from tdl.codec.values import Record as TreeRecord
from tdl.ir import model, plan
from tdl.ir.formats import MOMENT_OCTETS
from tests.differential.rust_values import expected_lines, fits
from tests.tools import tool

MEMORY = 1 << 20
"""The most memory that a program may take, in KiB: what an image claims must not cost more than the image."""

CHANGED = 0.15
"""How often."""

MAIN = """\
#![allow(dead_code, unused_imports, unused_mut, unused_variables)]
extern crate alloc;

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect()
}

macro_rules! verdict {
    ($error:expr) => {{
        let error = $error;
        format!("{}|{}|{}", error.code().name(), error.path(), error.offset())
    }};
}

fn main() {
    fill();
    let mut input = String::new();
    std::io::Read::read_to_string(&mut std::io::stdin(), &mut input).unwrap();
    for line in input.lines() {
        let (case, image) = line.split_once(' ').unwrap();
        run(case.parse().unwrap(), &octets(image));
        println!("end");
    }
}
"""


def run(command: Sequence[str | Path], data: bytes | None = None, cwd: Path | None = None) -> str:
    """What a program says on its output; it must end well."""
    done = subprocess.run([str(part) for part in command], input=data, capture_output=True, check=False, cwd=cwd)
    said = done.stderr.decode(errors="replace")
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{said[:6000]}"
    return done.stdout.decode("utf-8")


@dataclass(slots=True)
class Subject:
    """One definition in the program: its files, and the environment that its tables get."""

    number: int
    files: Files
    plan: plan.Plan
    known: Environment
    fills: bool

    def filled(self) -> Iterator[str]:
        """Statements that fill an environment from images, and hold it against one whose values were set."""
        images = {}
        for table in self.plan.tables:
            if any(value.reference.table == table.id for value in self.files.environment.values):
                try:
                    images[self.files.names[table.key]] = encode(table, _held(self.known, table), self.known)
                except (ImageError, MissingValue):
                    return  # something is not known here
        yield f"let mut env = d{self.number}::Env::default();"
        for name, octets in images.items():
            yield f"env.fill_{name.lower()}(&[{', '.join(map(str, octets))}]).unwrap();"
            cut = f"&[{', '.join(map(str, octets[:-1]))}]"
            yield f"assert!(env.fill_{name.lower()}({cut}).is_err());"
        yield f"assert_eq!(env, env{self.number}());"

    def struct(self, table: plan.TablePlan) -> Struct:
        return self.files.roots[table.key]

    def env(self) -> Iterator[str]:
        """Statements that make ``env`` hold what is known."""
        yield f"let mut env = d{self.number}::Env::default();"
        for value in self.files.environment.values:
            try:
                held = self.known.held(value.reference.table, value.reference.path)
            except MissingValue:
                held = None
            if held is None:
                continue
            match value.kind:
                case "number":
                    text = str(int(held))  # type: ignore[call-overload]
                case "set":
                    assert isinstance(held, Members)
                    text = f"&[{', '.join(map(str, held.octets))}]"
                case _:
                    assert isinstance(held, list)
                    text = f"d{self.number}::support::Column::of_octets(&[{', '.join(map(str, held))}])"
            yield f"env.{value.name} = Some({text});"


@dataclass(slots=True)
class Question:
    """An image of a table for the program, and what the reference codec says to it."""

    subject: Subject
    table: plan.TablePlan
    octets: bytes
    reference: Reference
    spoiled: str = ""
    outcome: tuple[object, ...] = ()


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
            self.verdict = "ok"
        except ImageError as error:
            self.verdict = verdict(error)


def _held(known: Environment, table: plan.TablePlan) -> Any:
    """The values of one of the tables that others depend on."""
    root = table.root
    assert isinstance(root, plan.Group)
    if table.id:
        return {op.name: _known(known, table.id, (op.name,), op) for op in root.ops}
    (control,) = root.ops
    assert isinstance(control, plan.Bits)
    names = [each.name for each in control.fields if isinstance(each, plan.Field)]
    return {control.name: {name: _known(known, 0, (control.name, name), control) for name in names}}


def _known(known: Environment, table: int, path: tuple[str, ...], op: plan.AnyOp) -> object:
    found = known.held(table, (*path, "[]") if isinstance(op, plan.Repeat) else path)
    if found is None:
        raise MissingValue(".".join(path))
    return found


def verdict(error: ImageError) -> str:
    """The facts of an error that Rust tells, too."""
    return f"{error.kind}|{path_text(error.path)}|{error.offset}"


@dataclass(slots=True)
class Program:
    """Definitions and questions about them, to be compiled and asked at once."""

    directory: Path
    subjects: list[Subject] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)

    def add(self, definition: model.Definition, of: plan.Plan, known: Environment, *, fills: bool = False) -> Subject:
        """Put a definition into the program; ``fills``: its environment is to be filled from images, too."""
        subject = Subject(len(self.subjects), Files(definition, of, "tables"), of, known, fills)
        folder = self.directory / f"d{subject.number}"
        for path, text in subject.files.all().items():
            if not path.startswith("src/"):
                continue
            target = folder / path.removeprefix("src/").replace("lib.rs", "mod.rs")
            target.parent.mkdir(parents=True, exist_ok=True)
            lines = [line for line in text.splitlines() if line != "#![no_std]" and line != "extern crate alloc;"]
            if target == folder / "mod.rs":
                lines = [line for line in lines if line != '#[cfg(feature = "alloc")]']
            target.write_text("\n".join(lines) + "\n", "utf-8")
        self.subjects.append(subject)
        return subject

    def ask(self, subject: Subject, table: plan.TablePlan, octets: bytes, random: Random | None = None) -> None:
        """Ask for octets, and now and then for their values with one number changed: each change is a function."""
        question = Question(subject, table, octets, Reference(table, octets, subject.known))
        if random is not None and question.reference.value is not None and random.random() < CHANGED:
            self._spoil(question, random)
        self.questions.append(question)

    def _spoil(self, question: Question, random: Random) -> None:
        struct = question.subject.struct(question.table)
        leaves = list(_leaves(question.subject.files, struct, question.reference.value, "v"))
        if not leaves:
            return
        place, holder, name, base = random.choice(leaves)
        low, high = _limits(base)
        now = int(holder[name])
        wanted = random.choice([now + 1, now - 1, 0, 1, 2, 3, -1, 255, random.getrandbits(64), -random.getrandbits(63)])
        stored = min(max(wanted, low), high)
        if stored < 0 and (-stored) & (-stored - 1) == 0:
            stored = 1  # the least number may stand for a second zero
        reference = question.reference.value
        tree = _copied(reference)
        _holder_in(tree, reference, holder)[name] = stored
        question.spoiled = f"{place} = {stored};"
        try:
            question.outcome = ("ok", encode(question.table, tree, question.subject.known).hex())
        except ImageError as error:
            question.outcome = (verdict(error),)

    def source(self) -> str:
        """The program's own file."""
        lines = [MAIN]
        lines += [f"mod d{subject.number};" for subject in self.subjects]
        for subject in self.subjects:
            lines += [f"fn env{subject.number}() -> d{subject.number}::Env<'static> {{", *subject.env(), "env", "}"]
        lines += ["fn fill() {"]
        for subject in self.subjects:
            lines += ["{", *subject.filled(), "}"] if subject.fills else []
        lines += ["}"]
        arms = []
        made: dict[tuple[int, str, str], int] = {}
        self.cases = []
        for question in self.questions:
            key = (question.subject.number, question.table.key, question.spoiled)
            if key not in made:
                made[key] = len(made)
                arms.append(f"{made[key]} => case{made[key]}(image),")
                lines += self._case(made[key], question)
            self.cases.append(f"{made[key]} {question.octets.hex()}")
        lines += ["fn run(case: usize, image: &[u8]) {", "match case {", *arms, "_ => panic!(),", "}", "}", ""]
        return "\n".join(lines)

    def _case(self, number: int, question: Question) -> Iterator[str]:
        module = f"d{question.subject.number}"
        name = question.subject.struct(question.table).name
        env = ", &env" if question.table.needs else ""
        yield f"fn case{number}(image: &[u8]) {{"
        yield f"let env = env{question.subject.number}();"
        view = f"{module}::{name}View::new(image{env})"
        yield f"match {view}.check() {{"
        yield 'Ok(()) => println!("ok"),'
        yield 'Err(error) => println!("{}", verdict!(error)),'
        yield "}"
        yield f"let view = {view};"
        struct = question.subject.struct(question.table)
        viewed = isinstance(question.table.root, plan.Group)
        yield f"match {module}::{name}::decode(image{env}) {{"
        yield "Err(error) => {"
        if viewed:
            for made in struct.fields.values():
                yield f"if let Err(other) = view.{made.name}() {{ assert_eq!(other, error); }}"
        yield 'println!("{}", verdict!(error));'
        yield "}"
        yield "Ok(mut v) => {"
        if viewed:
            yield from _same(question.subject.files, struct, "v", "view")
        yield 'println!("ok");'
        yield 'print!("{v}");'
        yield 'println!("values");'
        yield f'println!("{{:?}}", v.encoded_size({env.removeprefix(", ")}).ok());'
        yield "let mut out = vec![0; image.len()];"
        yield f"let size = v.encode(&mut out{env});"
        yield 'println!("{:?} {}", size.ok(), out == image);'
        yield "if !image.is_empty() {"
        yield f"let full = v.encode(&mut out[1..]{env}).unwrap_err();"
        yield 'println!("{}", full.code().name());'
        yield "}"
        if question.spoiled:
            yield question.spoiled
            yield "let mut out = vec![0; 1 << 16];"
            yield f"match v.encode(&mut out{env}) {{"
            yield 'Ok(size) => println!("ok {}", out[..size].iter().map(|o| format!("{o:02x}")).collect::<String>()),'
            yield 'Err(error) => println!("{}", verdict!(error)),'
            yield "}"
        yield "}"
        yield "}"
        yield "}"

    def answers(self) -> list[list[str]]:
        """Compile, and ask everything: the lines that the program says to each question."""
        (self.directory / "main.rs").write_text(self.source(), "utf-8")
        program = self.directory / "program"
        run(
            [tool("rustc"), "--edition", "2021", "--cfg", 'feature="alloc"', "-C", "debuginfo=0", "-C",
             "overflow-checks=on", "-D", "warnings", self.directory / "main.rs", "-o", program]
        )  # fmt: skip
        limited = f"ulimit -v {MEMORY}; exec {quote(str(program))}"
        said = run(["sh", "-c", limited], "\n".join([*self.cases, ""]).encode())
        return [part.splitlines() for part in re.split("^end\n", said, flags=re.MULTILINE)[:-1]]

    def compare(self) -> Iterator[str]:
        """Hold all answers against the reference codec; yields what was seen."""
        answers = self.answers()
        assert len(answers) == len(self.questions)
        for question, lines in zip(self.questions, answers, strict=True):
            where = (question.table.key, question.octets.hex(), question.table.root)
            checked, decoded, *rest = lines
            assert checked == question.reference.verdict, (checked, question.reference.verdict, where)
            assert decoded == question.reference.verdict, (decoded, question.reference.verdict, where)
            yield decoded.partition("|")[0]
            if decoded == "ok":
                yield from _compare_values(question, rest)


def _compare_values(question: Question, lines: list[str]) -> Iterator[str]:
    end = lines.index("values")
    struct = question.subject.struct(question.table)
    expected = expected_lines(question.subject.files, struct, question.reference.value, question.reference.raws)
    if expected is not None:
        assert len(expected) == end, (lines[:end], expected)
        for line, wanted in zip(lines[:end], expected, strict=True):
            assert fits(line, wanted), (line, wanted)
        yield "values"
    octets = len(question.octets)
    size, written, *rest = lines[end + 1 :]
    assert size == f"Some({octets})", size
    assert written == f"Some({octets}) true", (written, question.octets.hex())
    if octets:
        assert rest.pop(0) == "buffer"
    if question.spoiled:
        theirs = " ".join(map(str, question.outcome))
        # a struct has members of every branch, a record only those of the branch that was taken
        assert theirs.startswith(("unknown", "absent")) or rest == [theirs], (rest, theirs, question.spoiled)
        yield f"encode {theirs.partition('|')[0].partition(' ')[0]}"


def _same(files: Files, struct: Struct, owned: str, view: str) -> Iterator[str]:
    """Statements that hold what a view reads of a record against the owned value."""
    for part, made in struct.fields.items():
        assert isinstance(part, Member)
        if made.optional:
            yield f"match (&{owned}.{made.name}, {view}.{made.name}().unwrap()) {{"
            yield "(Some(o), Some(w)) => {"
            yield from _same_value(files, part.shape, "o", "w")
            yield "} (None, None) => {} _ => panic!() }"
        else:
            yield f"{{ let (o, w) = (&{owned}.{made.name}, {view}.{made.name}().unwrap());"
            yield from _same_value(files, part.shape, "o", "w")
            yield "}"


def _same_value(files: Files, shape: Shape, owned: str, view: str) -> Iterator[str]:
    match shape:
        case Record():
            yield from _same(files, files.types.of(shape), owned, view)
        case Array(of=of):
            yield f"assert_eq!({view}.len(), {owned}.len());"
            yield f"for n in 0..4 {{ let mut each = {view}.clone(); for _ in 0..n {{ each.next(); }}"
            yield f'assert_eq!(format!("{{:?}}", {view}.clone().nth(n)), format!("{{:?}}", each.next())); }}'
            yield f"for (o, w) in {owned}.iter().zip({view}) {{ let w = w.unwrap();"
            yield from _same_value(files, of, "o", "w")
            yield "}"
        case Octets(form=form) if form not in MOMENT_OCTETS:
            yield f"assert_eq!({owned}.octets(), {view}.octets());"
        case _:
            yield f'assert_eq!(format!("{{:?}}", {owned}), format!("{{:?}}", &{view}));'
            if files.types.type(shape) == "Moment":
                yield f"if let Some(p) = {owned}.parts() {{ assert_eq!({owned}.with_parts(p), Some(*{owned})); }}"


def _leaves(files: Files, struct: Struct, tree: Any, text: str) -> Iterator[tuple[str, Any, str, str]]:
    """The numbers of a value: their places in Rust, and in the tree."""
    for part, made in struct.fields.items():
        name = part.name
        if name not in tree or tree[name] is None or sum(each.name == name for each in struct.fields) > 1:
            continue
        place = f"{text}.{made.name}.as_mut().unwrap()" if made.optional else f"{text}.{made.name}"
        star = "*" if made.optional else ""
        if isinstance(part, BitMember):
            if made.type != "bool" and not hasattr(tree[name], "raw"):
                base, dotted = _base(files, made.type)
                yield f"{'' if dotted else star}{place}{dotted}", tree, name, base
        else:
            yield from _below(files, part.shape, tree[name], place, star, tree, name)


def _below(
    files: Files, shape: Shape, tree: Any, place: str, star: str, holder: Any, name: str
) -> Iterator[tuple[str, Any, str, str]]:
    match shape:
        case Number(decimals=0) if isinstance(tree, int) and not hasattr(tree, "raw"):
            base, dotted = _base(files, files.types.type(shape))
            yield f"{'' if dotted else star}{place}{dotted}", holder, name, base
        case Array(of=Record() | BitRecord() as of) if isinstance(tree, list):
            for i, each in enumerate(tree):
                yield from _leaves(files, files.types.of(of), each, f"{place}[{i}]")
        case Record() | BitRecord() if isinstance(tree, TreeRecord):
            yield from _leaves(files, files.types.of(shape), tree, place)
        case _:
            pass


def _base(files: Files, type_: str) -> tuple[str, str]:
    """The integer type of a value, and how it is reached."""
    if type_[0].islower():
        return type_, ""
    return next(code.base for code in files.codes.made.values() if code.name == type_), ".0"


def _limits(base: str) -> tuple[int, int]:
    bits = int(base[1:])
    return (0, (1 << bits) - 1) if base[0] == "u" else (-(1 << bits - 1), (1 << bits - 1) - 1)


def _copied(tree: Any) -> Any:
    if isinstance(tree, TreeRecord):
        return TreeRecord({name: _copied(tree[name]) for name in tree}, tree.spare)
    return [_copied(each) for each in tree] if isinstance(tree, list) else tree


def _holder_in(copy: Any, tree: Any, holder: Any) -> Any:
    """The record of a copy that stands where another stands in the original."""
    if tree is holder:
        return copy
    if isinstance(tree, TreeRecord):
        pairs = [(copy[name], tree[name]) for name in tree]
    elif isinstance(tree, list):
        pairs = list(zip(copy, tree, strict=True))
    else:
        return None
    return next((found for one, other in pairs if (found := _holder_in(one, other, holder)) is not None), None)
