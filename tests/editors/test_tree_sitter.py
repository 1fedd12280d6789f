"""The tree-sitter grammar: its trees are the compiler's, its tables are made from its source, its queries colour."""

from __future__ import annotations

import ctypes
import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

from tdl.check.builtins import BUILTINS
from tdl.syntax.tree import BIT_KINDS
from tests.editors.texts import ROOT, texts
from tests.editors.tokens import Reading, keywords, read
from tests.tools import tool

FOLDER = ROOT / "grammars" / "editors" / "tree-sitter"
TEXTS = texts()
CORPUS = {
    (path.stem, title.strip()): (text, tree)
    for path in sorted((FOLDER / "test" / "corpus").glob("*.txt"))
    for title, text, tree in re.findall(
        r"^=+\n(.+)\n=+\n(.*?)^---\n(.*?)(?=^===|\Z)", path.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
}
_RENAMED = {
    "import_": "import",
    "or_": "or",
    "and_": "and",
    "not_": "not",
    "compare": "comparison",
    "bare_label": "arm_label",
    "else_label": "default_label",
    "text": "string",
    "signed_number": "signed_integer",
    **dict.fromkeys(("type_target", "table_target", "procedure_target"), "target"),
    **dict.fromkeys(("first", "last", "before", "after"), "position"),
}
"""Rules of the compiler's grammar that are called otherwise here."""
_OPERATORS = {"=", "==", "!=", "<>", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "||", "&&", "!", ".."}
_LEAVES = {"name": "name", "integer": "number", "string": "string", "comment": "comment"}


@pytest.fixture(scope="module")
def language(tmp_path_factory: pytest.TempPathFactory) -> Language:
    """The grammar, compiled."""
    library = tmp_path_factory.mktemp("tree-sitter") / "grammar.so"
    source = FOLDER / "src"
    flags = ["-shared", "-fPIC", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"]
    command = [tool("gcc"), *flags, "-I", str(source), str(source / "parser.c"), "-o", str(library)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    function = ctypes.CDLL(str(library)).tree_sitter_tdl
    function.restype = ctypes.c_void_p
    capsule = ctypes.pythonapi.PyCapsule_New
    capsule.restype, capsule.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    return Language(capsule(function(), b"tree_sitter.Language", None))


def parse(language: Language, text: str) -> Tree:
    return Parser(language).parse(text.encode())


class Offsets:
    """From octets, which tree-sitter counts, to characters."""

    def __init__(self, text: str) -> None:
        self.characters = [i for i, char in enumerate(text) for _ in char.encode()] + [len(text)]

    def of(self, node: Node) -> tuple[int, int]:
        return self.characters[node.start_byte], self.characters[node.end_byte]


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def outside(reading: Reading, start: int) -> bool:
    return not any(first <= start < last for first, last in reading.lines)


def kind(node: Node) -> str:
    if node.is_named:
        return _LEAVES[node.type]
    return "operator" if node.type in _OPERATORS else "keyword" if node.type.isalnum() else "punctuation"


@pytest.mark.parametrize("name", TEXTS)
def test_its_tree_is_the_compilers(name: str, language: Language) -> None:
    text = TEXTS[name]
    reading, tree, offsets = read(text), parse(language, text), Offsets(text)
    assert not tree.root_node.has_error
    declared = [node for node in tree.root_node.named_children if node.type not in ("comment", "property_line")]
    assert [(node.type, text[slice(*offsets.of(node))]) for node in declared] == [
        (_RENAMED.get(rule, rule), body) for rule, body in reading.declarations
    ]
    leaves = [node for node in nodes(tree.root_node) if not node.children and outside(reading, offsets.of(node)[0])]
    assert [(*offsets.of(node), kind(node)) for node in leaves] == [(p.start, p.end, p.kind) for p in reading.pieces]


@pytest.mark.parametrize("name", TEXTS)
def test_its_rules_span_what_the_compilers_do(name: str, language: Language) -> None:
    text = TEXTS[name]
    reading, offsets = read(text), Offsets(text)
    here = [
        (("arithmetic" if node.type in ("sum", "product") else node.type), *offsets.of(node))
        for node in nodes(parse(language, text).root_node)
        if node.is_named and node.children
    ]
    shared = {rule for rule, *_ in here} - {"source_file", "property_line"}
    there = [(_RENAMED.get(rule, rule), start, end) for rule, start, end in reading.nodes]
    mine = sorted(node for node in here if node[0] in shared and outside(reading, node[1]))
    assert {rule for rule, *_ in mine} - {"else_part", "parenthesized"} <= {rule for rule, *_ in there}
    for rule in shared - {"parenthesized"}:  # parentheses are `atom` there, as is all else between operators
        assert [node for node in mine if node[0] == rule] == sorted(node for node in there if node[0] == rule), rule


@pytest.mark.parametrize("case", CORPUS, ids=" ".join)
def test_the_corpus(case: tuple[str, str], language: Language) -> None:
    text, expected = CORPUS[case]
    found = re.sub(r"\w+: ", "", str(parse(language, text).root_node))
    assert found == re.sub(r"\s+(?=\))", "", re.sub(r"\s+", " ", expected).strip())


@pytest.mark.parametrize("damage", ["", "???", "END", "= = ;", "12 34", "TYPE"])
@pytest.mark.parametrize("name", [name for name in TEXTS if name.startswith("tdl/library/std/1997/")])
def test_a_mistake_costs_no_declaration_far_from_it(name: str, damage: str, language: Language) -> None:
    text = TEXTS[name]
    declarations = read(text).declarations
    middle = len(declarations) // 2
    _, body = declarations[middle]
    at = text.index(body) + body.index(" ", body.index("=")) + 1
    gap = text.index(" ", at) if not damage else at
    broken = text[:at] + damage + " " + text[gap:]
    tree = parse(language, broken)
    assert tree.root_node.has_error
    there = {broken.encode()[node.start_byte : node.end_byte].decode() for node in nodes(tree.root_node)}
    lost = [i for i, (_, each) in enumerate(declarations) if each not in there]
    assert set(lost) <= {middle, middle + 1}


@pytest.mark.parametrize(
    "text", ["(" * 20_000, "{" * 20_000, "TYPE A = " * 2_000, "IF A THEN " * 2_000, "\0\uffff" * 500]
)
def test_hostile_text_is_read_to_its_end(text: str, language: Language) -> None:
    root = parse(language, text).root_node
    assert root.has_error
    assert root.end_byte == len(text.encode())


# --- made from one source ----------------------------------------------------------------------------------------


def test_its_words_are_those_of_the_compiler() -> None:
    grammar = (FOLDER / "src" / "grammar.json").read_text("utf-8")
    strings = set(re.findall(r'"type": "STRING",\s*"value": "(\w+)"', grammar))
    assert {word for word in strings if word.isalnum()} == keywords()


def test_its_tokens_are_those_of_the_compiler() -> None:
    rules = json.loads((FOLDER / "src" / "grammar.json").read_text("utf-8"))["rules"]
    lexical = (ROOT / "grammars" / "lexical.lark").read_text("utf-8")
    for rule, terminal in (("name", "NAME"), ("integer", "INTEGER"), ("string", "STRING"), ("comment", "COMMENT")):
        assert re.search(rf"^{terminal}\s*: /{re.escape(rules[rule]['value'])}/$", lexical, re.MULTILINE), rule


def test_the_grammar_is_what_its_source_says() -> None:
    script = Path(__file__).with_name("grammar_json.cjs")
    command = [tool("node"), str(script), str(FOLDER / "grammar.js")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == json.loads((FOLDER / "src" / "grammar.json").read_text("utf-8"))


def test_what_was_generated_belongs_together() -> None:
    sums = dict(reversed(line.split("  ")) for line in (FOLDER / "src" / "SHA256SUMS").read_text("utf-8").splitlines())
    assert set(sums) == {"grammar.js", "src/grammar.json", "src/node-types.json", "src/parser.c"}
    for name, digest in sums.items():
        found = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
        assert found == digest, f"{name} has changed: generate the parser anew as grammars/editors/README.md says"


def test_the_parser_knows_the_rules_of_the_grammar(language: Language) -> None:
    grammar = json.loads((FOLDER / "src" / "grammar.json").read_text("utf-8"))
    kinds = {language.node_kind_for_id(i) for i in range(language.node_kind_count)}
    visible = {rule for rule in grammar["rules"] if not rule.startswith("_") and rule != "bare_label"}
    assert visible | keywords() <= kinds
    fields = {language.field_name_for_id(i) for i in range(1, language.field_count + 1)}
    assert fields == set(re.findall(r'"type": "FIELD",\s*"name": "(\w+)"', json.dumps(grammar, indent=1)))


# --- queries -----------------------------------------------------------------------------------------------------


def captures(language: Language, query: str, tree: Tree) -> dict[str, list[Node]]:
    found = QueryCursor(Query(language, (FOLDER / "queries" / f"{query}.scm").read_text("utf-8")))
    return found.captures(tree.root_node)


@pytest.mark.parametrize("name", TEXTS)
def test_each_token_is_coloured(name: str, language: Language) -> None:
    text = TEXTS[name]
    tree = parse(language, text)
    coloured: dict[tuple[int, int], set[str]] = {}
    for capture, found in captures(language, "highlights", tree).items():
        for node in found:
            coloured.setdefault((node.start_byte, node.end_byte), set()).add(capture.partition(".")[0])
    families = {"keyword", "number", "string", "comment", "operator", "punctuation"}
    for node in nodes(tree.root_node):
        if not node.children and node.type != "property_line" and (node.is_named or node.type[0] != "G"):
            found_here = coloured.get((node.start_byte, node.end_byte), set()) - {"spell"}
            told = kind(node) if node.type in _LEAVES or not node.is_named else ""
            if told == "name":
                assert found_here, node
                assert not found_here & families, node
            else:
                assert found_here & families == {told}, node


def test_a_type_and_an_element_of_one_name_differ(language: Language) -> None:
    text = "TYPE A_RCD = PACKED RECORD\n    TIME : TIME;\n    SET : SET(4);\n    OTHER : B_RCD;\nEND;\n"
    found = captures(language, "highlights", parse(language, text))
    builtin = {node.start_byte for node in found["type.builtin"]}
    assert builtin == {text.index("TIME;"), text.index("SET(")}
    assert {text.index(" B_RCD") + 1} <= {node.start_byte for node in found["type"]} - builtin
    assert {node.text for node in found["variable.member"]} == {b"TIME", b"SET", b"OTHER"}


def test_builtin_types_are_coloured_as_such() -> None:
    text = (FOLDER / "queries" / "highlights.scm").read_text("utf-8")
    lists = re.findall(r"#any-of\? @type\.builtin([^)]*)\)", text)
    assert set(re.findall(r'"(\w+)"', "".join(lists))) == {*BUILTINS, *BIT_KINDS}


@pytest.mark.parametrize("name", ["tdl/library/std/1997/procedures.tdl", "tests/editors/samples/words.tdl"])
def test_tags_name_what_is_declared(name: str, language: Language) -> None:
    text = TEXTS[name]
    found = captures(language, "tags", parse(language, text))
    declared = re.findall(r"^(?:TYPE|(?:TABLE|PROCEDURE) (?:MFG |USER )?\w+) (\w+)", text, re.MULTILINE)
    named = [
        node.child_by_field_name("name")
        for tag, tagged in found.items()
        if tag.startswith("definition.") and tag != "definition.field"
        for node in tagged
    ]
    assert sorted(node.text.decode() for node in named if node and node.text) == sorted(declared)


def test_blocks_fold_and_members_are_local(language: Language) -> None:
    text = TEXTS["tests/editors/samples/words.tdl"]
    tree = parse(language, text)
    folded = {node.type for node in captures(language, "folds", tree)["fold"]}
    assert {"record", "bit_field", "enumeration", "if_block", "else_part", "switch_block", "case_block"} <= folded
    local = captures(language, "locals", tree)
    members = [node for node in nodes(tree.root_node) if node.type == "member"]
    assert len(local["local.definition.field"]) == len(members)
