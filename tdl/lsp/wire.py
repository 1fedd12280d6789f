"""Plain values as the protocol says them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from lsprotocol import types as lsp

from tdl.lsp.features.actions import Action
from tdl.lsp.features.completion import Offer
from tdl.lsp.features.folding import Fold
from tdl.lsp.features.hints import Hint
from tdl.lsp.features.symbols import Kind, Symbol
from tdl.lsp.features.tokens import KINDS, Token
from tdl.lsp.positions import Lines, Position
from tdl.lsp.workspace import Workspace
from tdl.report import Diagnostic, Edit, Severity
from tdl.sources import Span

SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}
SYMBOLS = {
    Kind.TABLE: lsp.SymbolKind.Class,
    Kind.PROCEDURE: lsp.SymbolKind.Function,
    Kind.RECORD: lsp.SymbolKind.Struct,
    Kind.BIT_FIELD: lsp.SymbolKind.Struct,
    Kind.ENUMERATION: lsp.SymbolKind.Enum,
    Kind.ALIAS: lsp.SymbolKind.TypeParameter,
    Kind.MEMBER: lsp.SymbolKind.Field,
    Kind.CODE: lsp.SymbolKind.EnumMember,
    Kind.VERB: lsp.SymbolKind.Event,
}
OFFERS = {
    "type": lsp.CompletionItemKind.Struct,
    "table": lsp.CompletionItemKind.Class,
    "element": lsp.CompletionItemKind.Field,
    "enumeration": lsp.CompletionItemKind.Enum,
    "keyword": lsp.CompletionItemKind.Keyword,
    "property": lsp.CompletionItemKind.Property,
    "value": lsp.CompletionItemKind.Value,
    "document": lsp.CompletionItemKind.File,
}
_ORDER = ("element", "enumeration", "table", "type", "property", "value", "document", "keyword")
"""How offers are listed: what is nearest to the place first."""

PageOf = Callable[[str], str | None]
"""Where the page of a rule is, by its code."""


def position(at: Position) -> lsp.Position:
    return lsp.Position(line=at[0], character=at[1])


def range_of(lines: Lines, span: Span) -> lsp.Range:
    start, end = lines.range_of(span)
    return lsp.Range(start=position(start), end=position(end))


def location(workspace: Workspace, span: Span) -> lsp.Location | None:
    """Where a span is; None for one in no text that an editor could open."""
    uri = workspace.uri(span.source.name)
    if uri is None:
        return None
    return lsp.Location(uri=uri, range=range_of(workspace.lines(span.source), span))


def locations(workspace: Workspace, spans: Iterable[Span]) -> list[lsp.Location]:
    return [found for span in spans if (found := location(workspace, span)) is not None]


def diagnostic(workspace: Workspace, found: Diagnostic, page: PageOf) -> lsp.Diagnostic:
    """A finding; of one without a place the text's beginning."""
    start = lsp.Position(line=0, character=0)
    place = lsp.Range(start=start, end=start)
    if found.primary is not None:
        place = range_of(workspace.lines(found.primary.span.source), found.primary.span)
    related = [
        lsp.DiagnosticRelatedInformation(location=there, message=label.text or "see here")
        for label in found.secondary
        if (there := location(workspace, label.span)) is not None
    ]
    words = [
        found.message,
        *(f"note: {note}" for note in found.notes),
        *([f"help: {found.help}"] if found.help else []),
    ]
    href = page(found.code)
    return lsp.Diagnostic(
        range=place,
        message="\n".join(words),
        severity=SEVERITIES[found.severity],
        code=found.code,
        code_description=None if href is None else lsp.CodeDescription(href=href),
        source="tdl",
        related_information=related or None,
        tags=[lsp.DiagnosticTag.Unnecessary] if found.rule.slug.startswith("unused") else None,
    )


def text_edits(workspace: Workspace, edits: Iterable[Edit]) -> list[lsp.TextEdit]:
    return [
        lsp.TextEdit(range=range_of(workspace.lines(each.span.source), each.span), new_text=each.replacement)
        for each in edits
    ]


def workspace_edit(workspace: Workspace, edits: Mapping[str, Sequence[Edit]]) -> lsp.WorkspaceEdit:
    """Edits by text, by where editors find them."""
    changes = {uri: text_edits(workspace, own) for name, own in edits.items() if (uri := workspace.uri(name))}
    return lsp.WorkspaceEdit(changes=changes)


def symbol(workspace: Workspace, found: Symbol) -> lsp.DocumentSymbol:
    lines = workspace.lines(found.span.source)
    return lsp.DocumentSymbol(
        name=found.name,
        detail=found.detail,
        kind=SYMBOLS[found.kind],
        range=range_of(lines, found.span),
        selection_range=range_of(lines, found.name_span),
        children=[symbol(workspace, each) for each in found.inside],
    )


def completion_item(workspace: Workspace, offer: Offer) -> lsp.CompletionItem:
    place = range_of(workspace.lines(offer.span.source), offer.span)
    return lsp.CompletionItem(
        label=offer.text,
        kind=OFFERS[offer.kind],
        detail=offer.detail or None,
        sort_text=f"{_ORDER.index(offer.kind)}{offer.text}",
        text_edit=lsp.TextEdit(range=place, new_text=offer.text),
    )


def code_action(workspace: Workspace, action: Action, kind: str, page: PageOf) -> lsp.CodeAction:
    by_text: dict[str, list[Edit]] = {}
    for edit in action.edits:
        by_text.setdefault(edit.span.source.name, []).append(edit)
    return lsp.CodeAction(
        title=action.title,
        kind=kind,
        diagnostics=[diagnostic(workspace, each, page) for each in action.findings],
        is_preferred=action.preferred or None,
        edit=workspace_edit(workspace, by_text),
    )


def inlay_hint(lines: Lines, hint: Hint) -> lsp.InlayHint:
    return lsp.InlayHint(
        position=position(lines.position(hint.offset)), label=hint.text, padding_left=True, tooltip=hint.more
    )


def folding_range(lines: Lines, fold: Fold) -> lsp.FoldingRange:
    start, end = lines.range_of(fold.span)
    kind = lsp.FoldingRangeKind.Comment if fold.comment else None
    return lsp.FoldingRange(start_line=start[0], end_line=end[0], kind=kind)


def semantic_tokens(lines: Lines, tokens: Iterable[Token]) -> lsp.SemanticTokens:
    """Five numbers a token, each place counted from the one before."""
    data: list[int] = []
    line = column = 0
    for each in tokens:
        (row, start), (last, end) = lines.range_of(each.span)
        if last == row:
            data += [row - line, start - (column if row == line else 0), end - start, KINDS.index(each.kind)]
            data.append(int(each.declares))
            line, column = row, start
    return lsp.SemanticTokens(data=data)
