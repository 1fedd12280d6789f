"""Comments go with the declaration or member they stand before, or behind on its line."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from typing import Any, TypeVar

from tdl.frozen import replace
from tdl.sources import SourceFile, Span
from tdl.syntax import ast

_Commented = TypeVar("_Commented", bound=ast.Item | ast.MemberEdit | ast.PropertyEdit)
_BLANKS = re.compile(r"\s*")


class CommentIndex:
    """The comments of one text, handed out to nodes."""

    def __init__(self, source: SourceFile, ranges: list[tuple[int, int]]) -> None:
        self.source = source
        self.ranges = ranges
        self.starts = [start for start, _ in ranges]

    def first_text(self, at: int) -> int:
        """The offset of the first character from ``at`` on that is neither blank nor in a comment."""
        text = self.source.text
        while at < len(text):
            i = bisect_left(self.starts, at)
            if i < len(self.starts) and self.starts[i] == at:
                at = self.ranges[i][1]
            elif text[at].isspace():
                at += 1
            else:
                break
        return at

    def attach(self, node: Any, start: int, end: int) -> Any:
        """The node with its comments: those right before it, and those inside its members."""
        leading = self.leading(start)
        inside = self.between(node.span.start, end)
        if not leading and not inside:
            return node
        taken = [*leading]
        if isinstance(node, ast.Add | ast.Replace):
            return replace(node, declaration=self.attach(node.declaration, start, end))
        if isinstance(node, ast.Record | ast.BitField | ast.Enumeration):
            items, inside = self.spread(node.items, inside)
            node = replace(node, items=items)
        elif isinstance(node, ast.Modify):
            edits, inside = self.spread(node.edits, inside)
            node = replace(node, edits=edits)
        taken += [replace(comment, before=False) for comment in inside]
        return replace(node, comments=tuple(taken))

    def leading(self, start: int) -> list[ast.Comment]:
        """The comments right before an offset, with nothing but blanks between."""
        found: list[ast.Comment] = []
        text = self.source.text
        i = bisect_left(self.starts, start) - 1
        while i >= 0 and not text[self.ranges[i][1] : start].strip():
            line_start = text.rfind("\n", 0, self.starts[i]) + 1
            if text[line_start : self.starts[i]].strip():
                break  # behind something else on its line: that one's comment
            found.insert(0, self.comment(i))
            start = self.starts[i]
            i -= 1
        return found

    def between(self, start: int, end: int) -> list[ast.Comment]:
        """The comments in a range, without those that lead the next declaration."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        led = {comment.span.start for comment in self.leading(end)} if end < len(self.source.text) else set()
        return [self.comment(i) for i in range(first, last) if self.starts[i] not in led]

    def comment(self, i: int) -> ast.Comment:
        start, end = self.ranges[i]
        blanks = _BLANKS.match(self.source.text, end)
        return ast.Comment(
            text=self.source.text[start + 1 : end - 1].strip(),
            apart=blanks is not None and blanks.group().count("\n") > 1,
            span=Span(self.source, start, end),
        )

    def spread(
        self, items: tuple[_Commented, ...], comments: list[ast.Comment]
    ) -> tuple[tuple[_Commented, ...], list[ast.Comment]]:
        """The items (or verbs) with the comments that belong to them, and those left over behind the last."""
        spread: list[_Commented] = []
        left = deque(comments)  # in order, as items are, so each is looked at once
        for item in items:
            before = _taken(left, item.span.start)
            inside = _taken(left, item.span.end)
            line_end = self.source.text.find("\n", item.span.end)
            line_end = len(self.source.text) if line_end < 0 else line_end
            at = item.span.end
            behind = []
            while (
                left and left[0].span.start < line_end and not self.source.text[at : left[0].span.start].strip("; \t")
            ):
                at = left[0].span.end
                behind.append(replace(left.popleft(), before=False))
            spread.append(self.within(item, before + behind, inside))
        return tuple(spread), list(left)

    def within(self, item: _Commented, own: list[ast.Comment], inside: list[ast.Comment]) -> _Commented:
        match item:
            case ast.If():
                then, inside = self.spread(item.then, inside)
                otherwise, inside = self.spread(item.otherwise, inside)
                item = replace(item, then=then, otherwise=otherwise)
            case ast.Switch():
                arms = []
                for arm in item.arms:
                    items, inside = self.spread(arm.items, inside)
                    arms.append(replace(arm, items=items))
                default = item.default
                if default is not None:
                    default, inside = self.spread(default, inside)
                item = replace(item, arms=tuple(arms), default=default)
        own = own + [replace(comment, before=False) for comment in inside]
        return replace(item, comments=tuple(own)) if own else item


def _taken(comments: deque[ast.Comment], end: int) -> list[ast.Comment]:
    """The comments that start before an offset, taken off the front."""
    taken = []
    while comments and comments[0].span.start < end:
        taken.append(comments.popleft())
    return taken
