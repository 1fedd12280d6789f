"""XML text to tags, checked against the table of names as they are read, so that hostile texts end early.

The parser is expat, which gives the exact place of everything it sees; see docs/explanation/decisions for why. A
document type is refused where it starts, so that there are no entities; nothing is ever fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from difflib import get_close_matches
from typing import Final, NoReturn
from xml.parsers import expat

from tdl.report import Diagnostic, Report
from tdl.report.rules import syntax
from tdl.report.rules import xml as rules
from tdl.sources import SourceFile, Span
from tdl.syntax import ast
from tdl.syntax.depth import MAX_DEPTH
from tdl.syntax.expected import describe
from tdl.syntax.xml import names
from tdl.syntax.xml.forms import expected_of, listed
from tdl.syntax.xml.names import ATTRIBUTES, CHILDREN, KINDS, OWN_ATTRIBUTES, Form
from tdl.syntax.xml.tags import Head, Tag, Value, head_at

MAX_TAGS: Final = 2 * MAX_DEPTH + 16
"""How deep elements may nest: a conditional is two of them. Within that, blocks and operators have the same limit
as in the document form."""

MAX_ERRORS: Final = 100

_PASSED_OVER = ("http://www.w3.org/2001/XMLSchema-instance", "http://www.w3.org/XML/1998/namespace")
_RELATIVE = ("http://www.w3.org/XML/1998/namespace", "base")
_ENCODINGS = ("utf-8", "utf8", "us-ascii", "ascii")
_NOT_TAKEN = ("comment", "property", "decade")


class Stop(Exception):
    """Reading goes no further; what is wrong is in the report."""


class TagReader:
    """Reads one text; ``take`` is given each declaration, edit and import as it ends, with what it stands in.

    What ``take`` finds wrong it tells ``fail``.
    """

    def __init__(self, source: SourceFile, report: Report, take: Callable[[Tag, Tag], None]) -> None:
        self.source, self.report, self.take = source, report, take
        self.octets = source.text.encode("utf-8", "surrogatepass")
        self.plain = len(self.octets) == len(source.text)
        self.known = (0, 0)  # an octet's offset and its character's
        self.at = 0  # behind the last thing read that is not text
        self.stack: list[Tag] = []
        self.root: Tag | None = None
        self.depth = 0
        self.skipped = 0  # how many elements are open that are left out
        self.empty = False  # whether the outermost of them is a lone tag
        self.broken = False  # whether the top-level element that is open has an error
        self.namespaces: set[str] = set()
        self.errors = 0
        self.before_root: list[ast.Comment] = []

    def read(self) -> Tag | None:
        """Read to the end, or to what ends reading; the root, if there is one, which holds the header."""
        parser = self.parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = parser.ordered_attributes = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.CommentHandler = self.comment
        parser.XmlDeclHandler = self.declaration
        parser.ProcessingInstructionHandler = self.instruction
        parser.StartDoctypeDeclHandler = self.document_type
        with suppress(Stop):
            try:
                parser.Parse(self.octets, True)
            except expat.ExpatError as error:
                self.malformed(error)
        return self.root

    # --- places ------------------------------------------------------------------------------------------------

    def character(self, octet: int) -> int:
        """The offset of the character that starts at an octet; asked for in ascending order."""
        if self.plain:
            return octet
        known, character = self.known
        if octet < known:
            known = character = 0
        character += len(self.octets[known:octet].decode("utf-8", "replace"))
        self.known = octet, character
        return character

    def here(self) -> int:
        return self.character(self.parser.CurrentByteIndex)

    def close_of(self, start: int, mark: str) -> int:
        """The offset behind the mark that ends what starts at an offset."""
        return self.source.text.index(mark, start) + len(mark)

    # --- what is wrong -----------------------------------------------------------------------------------------

    def fail(self, diagnostic: Diagnostic) -> None:
        self.report.add(diagnostic)
        self.errors += 1
        self.broken = True
        if self.errors >= MAX_ERRORS:
            assert diagnostic.primary is not None
            self.stop(syntax.TOO_MANY.at(diagnostic.primary.span, limit=MAX_ERRORS))

    def stop(self, diagnostic: Diagnostic) -> NoReturn:
        """Report what ends reading."""
        self.report.add(diagnostic)
        self.errors += 1
        raise Stop

    def malformed(self, error: expat.ExpatError) -> None:
        start = min(self.character(self.parser.ErrorByteIndex), max(len(self.source.text) - 1, 0))
        problem = expat.ErrorString(error.code)
        help = ""
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]:
            help = "there are `&lt;`, `&gt;`, `&amp;`, `&quot;`, `&apos;` and numbers such as `&#233;`"
        open_tag = [(self.stack[-1].span, "the last element that was opened")] if self.stack else []
        span = Span(self.source, start, min(start + 1, len(self.source.text)))
        self.stop(rules.MALFORMED.at(span, problem=problem, secondary=open_tag, help=help))

    # --- what the parser sees ----------------------------------------------------------------------------------

    def declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        self.at = self.close_of(0, "?>")
        if encoding is not None and encoding.lower() not in _ENCODINGS and not self.plain:
            problem = f"the encoding `{encoding}` is named, and the text is UTF-8"
            self.stop(rules.MALFORMED.at(Span(self.source, 0, self.at), problem=problem))

    def document_type(self, *said: object) -> None:
        start = self.source.text.index("<!DOCTYPE", max(self.at, 0))
        self.stop(rules.DOCUMENT_TYPE.at(Span(self.source, start, start + len("<!DOCTYPE"))))

    def instruction(self, target: str, data: str) -> None:
        self.at = self.close_of(self.here(), "?>")

    def comment(self, text: str) -> None:
        start = self.here()
        self.at = self.close_of(start, "-->")
        if not self.skipped:
            comment = ast.Comment(text=comment_text(text), span=Span(self.source, start, self.at))
            (self.stack[-1].pending if self.stack else self.before_root).append(comment)

    def characters(self, data: str) -> None:
        if self.skipped or not self.stack:
            return
        tag = self.stack[-1]
        if KINDS[tag.kind].text:
            tag.text.append(data)
        elif not data.isspace() and self.at >= 0:
            found = re.compile(r"\S+").search(self.source.text, self.at)
            assert found is not None
            self.at = -1  # one finding for one stretch of text, in however many pieces it comes
            self.fail(rules.STRAY_CHARACTERS.at(Span(self.source, *found.span()), element=KINDS[tag.kind].tag))

    def start(self, name: str, attributes: list[str]) -> None:
        self.depth += 1
        start = self.here()
        if self.depth > MAX_TAGS:
            place = Span(self.source, start, start + 1)
            self.stop(syntax.TOO_DEEP.at(place, found=self.depth, limit=MAX_TAGS))
        if self.skipped:
            self.skipped += 1
            return
        if len(self.stack) == 1 or (len(self.stack) == 2 and self.stack[-1].kind == "decade"):
            self.broken = False
        head = head_at(self.source, start)
        self.at = head.span.end
        namespace, _, local = name.rpartition(" ")
        tag = self.opened(namespace, local, head, attributes)
        if tag is None:
            if not self.stack:
                raise Stop
            self.skipped, self.empty = 1, head.closed
            return
        self.root = self.root or tag
        self.stack.append(tag)

    def end(self, name: str) -> None:
        self.depth -= 1
        if self.skipped:
            self.skipped -= 1
            if not self.skipped and not self.empty:
                self.at = self.close_of(self.here(), ">")
            return
        tag = self.stack.pop()
        if not tag.empty:
            self.at = self.close_of(self.here(), ">")
        tag.span = Span(self.source, tag.span.start, self.at)
        self.complete(tag)
        if not self.stack:
            return
        parent = self.stack[-1]
        if tag.kind == "comment":
            parent.comments.append(_comment_of(tag))
        elif tag.kind == "description":
            parent.pending.append(_remark("".join(tag.text), tag.span))
        elif parent.kind in names.ROOTS and tag.kind not in _NOT_TAKEN:
            if not self.broken:
                self.take(tag, parent)
        else:
            parent.children.append(tag)
        self.hand_on_comments(tag, parent)

    # --- one element -------------------------------------------------------------------------------------------

    def opened(self, namespace: str, local: str, head: Head, attributes: list[str]) -> Tag | None:
        """The tag that a start tag opens; None, and a finding, if it cannot stand here."""
        key = self.kind_of(namespace, local, head)
        if key is None:
            return None
        self.look_at(namespace, head)
        parent = self.stack[-1] if self.stack else None
        tag = Tag(kind=key, span=head.span, parent=parent.kind if parent else "", empty=head.closed)
        good = self.fill(tag, head, attributes)
        if "comment" in CHILDREN[key]:
            waiting = parent.pending if parent else self.before_root
            tag.comments.extend(waiting)
            waiting.clear()
        elif key == "decade" and parent is not None:
            tag.pending, parent.pending = parent.pending, []
            said = [tag.get(word) for word in ("name", "decade_label")]
            if any(said):
                tag.pending.append(_remark(": ".join(word for word in said if word), head.span))
        return tag if good else None

    def kind_of(self, namespace: str, local: str, head: Head) -> str | None:
        """The key of an element's kind where it stands."""
        parent = self.stack[-1].kind if self.stack else None
        allowed = CHILDREN[parent] if parent else {KINDS[root].tag: root for root in names.ROOTS}
        key = allowed.get(local)
        if (local == "include") != (namespace in names.XINCLUDES):
            key = None
        if key is None:
            self.fail(_out_of_place(head.name, namespace, local, parent, list(allowed)))
        elif parent:
            self.count(key, local, parent, head.name)
        return key

    def count(self, key: str, local: str, parent: str, name: Span) -> None:
        """Note that a part of the parent's content is there, at most as often as it may."""
        for number, part in enumerate(KINDS[parent].content):
            if key in part.kinds:
                if part.most == 1 and number in self.stack[-1].seen:
                    where, found = f"in `{KINDS[parent].tag}`", f"another `{local}`"
                    self.fail(rules.MISPLACED.at(name, found=found, where=where))
                self.stack[-1].seen.add(number)

    def look_at(self, namespace: str, head: Head) -> None:
        """Warn of a namespace that is not one of XML TDL's, once."""
        if namespace not in self.namespaces:
            self.namespaces.add(namespace)
            if names.NAMESPACE_MARK not in namespace and namespace not in names.XINCLUDES:
                broken = self.broken
                found = f"the namespace `{namespace[:200]}`" if namespace else "no namespace"
                self.fail(rules.FOREIGN_NAMESPACE.at(head.span, found=found, expected=names.NAMESPACE_MARK))
                self.broken = broken

    def fill(self, tag: Tag, head: Head, attributes: list[str]) -> bool:
        """Give the tag its attributes; whether they are all there and right."""
        errors = self.errors
        kind, own = KINDS[tag.kind], OWN_ATTRIBUTES[tag.kind]
        for expanded, text in zip(attributes[::2], attributes[1::2], strict=True):
            namespace, _, local = expanded.rpartition(" ")
            if namespace in _PASSED_OVER and (namespace, local) != _RELATIVE:
                continue
            raw = local if not namespace else next(n for n in head.attributes if n.endswith(f":{local}"))
            name, value = head.attributes[raw][0], Value(text, head.attributes[raw][1])
            if not namespace and local in own:
                self.check_form(local, value, ATTRIBUTES[own[local]].form, ATTRIBUTES[own[local]].choices)
                tag.values[own[local]] = value
            elif not namespace and kind.properties and local in names.PROPERTIES:
                self.check_form(local, value, names.PROPERTIES[local][1])
                tag.properties.append((local, name, value))
            else:
                known = [*own, *(names.PROPERTIES if kind.properties else ())]
                help = _did_you_mean(raw, known) or (f"there are {listed(known, 'and')}" if known else "")
                self.fail(rules.UNKNOWN_ATTRIBUTE.at(name, element=kind.tag, found=raw, help=help))
        for key in kind.required:
            if key not in tag.values:
                missing = f"the attribute `{ATTRIBUTES[key].name}`"
                self.fail(rules.MISSING.at(head.span, element=kind.tag, missing=missing))
        return self.errors == errors

    def check_form(self, name: str, value: Value, form: Form, choices: tuple[str, ...] = ()) -> None:
        expected = expected_of(value.text, form, choices)
        if expected is not None:
            self.fail(rules.BAD_VALUE.at(value.span, found=describe(value.text), attribute=name, expected=expected))

    def complete(self, tag: Tag) -> None:
        """Find what an element lacks at its end."""
        for number, part in enumerate(KINDS[tag.kind].content):
            if part.least and number not in tag.seen:
                missing = " or ".join(f"`{KINDS[each].tag}`" for each in part.kinds)
                self.fail(rules.MISSING.at(tag.span, element=KINDS[tag.kind].tag, missing=missing))

    def hand_on_comments(self, tag: Tag, parent: Tag) -> None:
        """What stands behind the last element inside another goes with that other, or with what follows a decade."""
        if tag.kind == "decade":
            parent.pending.extend(tag.pending)
        elif "comment" not in CHILDREN[tag.kind]:
            parent.comments.extend(behind(tag.pending))


def comment_text(text: str) -> str:
    """A comment's text as the document form can hold it: a closing brace would end it there."""
    return text.strip().replace("}", ")")


def behind(comments: list[ast.Comment]) -> list[ast.Comment]:
    return [ast.Comment(text=each.text, before=False, span=each.span) for each in comments]


def _remark(text: str, span: Span) -> ast.Comment:
    """What a decade says of itself: it is no part of the tree, so it goes before the decade's first declaration."""
    return ast.Comment(text=comment_text(" ".join(text.split())), apart=True, span=span)


def _comment_of(tag: Tag) -> ast.Comment:
    return ast.Comment(
        text=comment_text("".join(tag.text)),
        before=tag.get("place") != "behind",
        apart=tag.get("apart") == "true",
        span=tag.span,
    )


def _out_of_place(name: Span, namespace: str, local: str, parent: str | None, allowed: list[str]) -> Diagnostic:
    """What is said of an element that cannot stand in its parent, or be a root."""
    included = namespace in names.XINCLUDES
    if (local == "include") != included:
        help = f"imports are `xi:include`, with the namespace {names.XINCLUDE}" if not included else ""
        return rules.UNKNOWN_ELEMENT.at(name, found=local, help=help)
    here = f"{listed(allowed)} may stand here" if allowed else "nothing may stand here"
    if any(kind.tag == local for kind in KINDS.values()):
        where = f"in `{KINDS[parent].tag}`" if parent else "at the root"
        return rules.MISPLACED.at(name, found=f"`{local}`", where=where, help=here)
    return rules.UNKNOWN_ELEMENT.at(name, found=local, help=_did_you_mean(local, allowed) or here)


def _did_you_mean(name: str, known: list[str]) -> str:
    by_case = {each.casefold(): each for each in reversed(known)}
    close = get_close_matches(name.casefold(), by_case, 1, 0.7)
    return f"did you mean `{by_case[close[0]]}`?" if close else ""
