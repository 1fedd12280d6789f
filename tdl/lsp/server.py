"""The protocol: requests and notifications to the workspace and its features, and findings to the editor.

One thread does everything. Checks are done one definition at a time, and what the editor asks in between comes first.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any, Protocol

from lsprotocol import types as lsp
from pygls.capabilities import ServerCapabilitiesBuilder
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

import tdl
from tdl.lsp import wire
from tdl.lsp.addresses import name_of_uri, path_of_uri
from tdl.lsp.features.actions import fix_all, quick_fixes
from tdl.lsp.features.completion import completion
from tdl.lsp.features.folding import folds
from tdl.lsp.features.formatting import formatting
from tdl.lsp.features.hints import hints
from tdl.lsp.features.hover import hover
from tdl.lsp.features.navigation import definition, highlights, references
from tdl.lsp.features.rename import CannotRename, prepare, rename
from tdl.lsp.features.symbols import document_symbols, workspace_symbols
from tdl.lsp.features.tokens import KINDS, tokens
from tdl.lsp.pages import page_of
from tdl.lsp.positions import Encoding, Lines
from tdl.lsp.workspace import Workspace
from tdl.sources import SourceFile

PAUSE = 0.02
"""Seconds without another edit before a check begins."""

BETWEEN = 0.1
"""Seconds between two rounds of findings while many definitions are checked."""

FIX_ALL = f"{lsp.CodeActionKind.SourceFixAll.value}.tdl"
WATCHED = ("**/*.tdl", "**/*.xml", "**/tdl.toml", "**/*.toml")


class _AtPlace(Protocol):
    """What every question about a place says."""

    text_document: lsp.TextDocumentIdentifier
    position: lsp.Position


class Server(LanguageServer):
    """A language server for definitions.

    Attributes:
        world: what it knows.
    """

    def __init__(self) -> None:
        super().__init__("tdl", tdl.__version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental)
        self.world = Workspace()
        self._versions: dict[str, int] = {}
        self._shown: dict[str, list[lsp.Diagnostic]] = {}
        self._asked = False
        self._writing: str | None = None
        self._checking: asyncio.Task[None] | None = None
        for method, options, handler in _FEATURES:
            self.feature(method, options)(handler)

    # --- texts -------------------------------------------------------------------------------------------------

    def called(self, uri: str) -> str:
        """What the compiler calls a text."""
        return self.world.name(uri, name_of_uri(uri))

    def text(self, uri: str) -> tuple[str, SourceFile, Lines]:
        """A text by its URI.

        Raises:
            JsonRpcInvalidParams: there is none.
        """
        name = self.called(uri)
        source = self.world.source(name)
        if source is None:
            raise JsonRpcInvalidParams(f"no text {uri}")
        return name, source, self.world.lines(source)

    def place(self, params: _AtPlace) -> tuple[str, int]:
        name, _, lines = self.text(params.text_document.uri)
        return name, lines.offset((params.position.line, params.position.character))

    # --- findings ----------------------------------------------------------------------------------------------

    def check(self, writing: str | None = None) -> None:
        """Check what has changed, soon."""
        self._asked, self._writing = True, writing or self._writing
        if self._checking is None or self._checking.done():
            self._checking = asyncio.ensure_future(self._check())

    async def _check(self) -> None:
        loop = asyncio.get_running_loop()
        while self._asked:
            self._asked = False
            await asyncio.sleep(PAUSE)
            shown = loop.time()
            checked = 0
            for unit in [] if self._asked else self.world.work(self._writing):
                checked += 1
                if unit.main == self._writing or loop.time() - shown > BETWEEN:
                    self.publish()
                    shown = loop.time()
                await asyncio.sleep(0)
                if self._asked:
                    break
            if not self._asked:
                self.publish()
                if checked > 1 and not gc.get_freeze_count():
                    gc.freeze()  # what is known of the bases stays: looking through it again and again takes time

    def publish(self) -> None:
        """Tell the editor what is wrong where, as far as that has changed."""
        found = self.world.findings()
        for name in {*found, *self._shown}:
            uri = self.world.uri(name)
            now = [wire.diagnostic(self.world, each, page_of) for each in found.get(name, [])]
            if uri is None or now == self._shown.get(name, []):
                continue
            if now:
                self._shown[name] = now
            else:
                self._shown.pop(name, None)
            self.text_document_publish_diagnostics(
                lsp.PublishDiagnosticsParams(uri=uri, diagnostics=now, version=self._versions.get(name))
            )


# --- life --------------------------------------------------------------------------------------------------------


def _initialize(server: Server, params: lsp.InitializeParams) -> None:
    encoding = Encoding(ServerCapabilitiesBuilder.choose_position_encoding(params.capabilities))
    uris = [folder.uri for folder in params.workspace_folders or ()]
    if params.workspace_folders is None and params.root_uri is not None:
        uris = [params.root_uri]
    server.world = Workspace(_paths(uris), encoding)


def _paths(uris: list[str]) -> list[str]:
    return [path for uri in uris if (path := path_of_uri(uri)) is not None]


def _initialized(server: Server, params: lsp.InitializedParams) -> None:
    workspace = server.client_capabilities.workspace
    watching = workspace and workspace.did_change_watched_files
    if watching and watching.dynamic_registration:
        watchers = [lsp.FileSystemWatcher(glob_pattern=pattern) for pattern in WATCHED]
        options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
        method = lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
        registration = lsp.Registration(id="tdl-files", method=method, register_options=options)
        server.client_register_capability(lsp.RegistrationParams(registrations=[registration]))
    server.check()


def _folders_changed(server: Server, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
    gone = set(_paths([folder.uri for folder in params.event.removed]))
    kept = [folder for folder in server.world.folders if folder not in gone]
    server.world.set_folders([*kept, *_paths([folder.uri for folder in params.event.added])])
    server.check()


def _configuration_changed(server: Server, params: lsp.DidChangeConfigurationParams) -> None:
    server.world.reset()
    server.check()


def _files_changed(server: Server, params: lsp.DidChangeWatchedFilesParams) -> None:
    listed = any(change.type != lsp.FileChangeType.Changed for change in params.changes)
    server.world.files_changed([server.called(change.uri) for change in params.changes], listed=listed)
    server.check()


# --- texts -------------------------------------------------------------------------------------------------------


def _opened(server: Server, params: lsp.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    name = server.called(document.uri)
    server._versions[name] = document.version
    server.world.open(name, document.text)
    server.check(name)


def _changed(server: Server, params: lsp.DidChangeTextDocumentParams) -> None:
    name, _, lines = server.text(params.text_document.uri)
    for change in params.content_changes:
        where = None
        if isinstance(change, lsp.TextDocumentContentChangePartial):
            start, end = change.range.start, change.range.end
            where = (start.line, start.character), (end.line, end.character)
        lines = lines.edited(where, change.text)
    server._versions[name] = params.text_document.version
    server.world.open(name, lines.text)
    server.check(name)


def _saved(server: Server, params: lsp.DidSaveTextDocumentParams) -> None:
    server.world.look_at_files()
    name = server.called(params.text_document.uri)
    if name.endswith(".toml"):
        server.world.files_changed([name], listed=True)
    server.check()


def _closed(server: Server, params: lsp.DidCloseTextDocumentParams) -> None:
    name = server.called(params.text_document.uri)
    server._versions.pop(name, None)
    server.world.close(name)
    server.check()


# --- questions ---------------------------------------------------------------------------------------------------


def _hover(server: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    found = hover(server.world, *server.place(params))
    if found is None:
        return None
    contents = lsp.MarkupContent(kind=lsp.MarkupKind.Markdown, value=found.text)
    return lsp.Hover(contents=contents, range=wire.range_of(server.world.lines(found.span.source), found.span))


def _definition(server: Server, params: lsp.DefinitionParams) -> list[lsp.Location]:
    return wire.locations(server.world, definition(server.world, *server.place(params)))


def _references(server: Server, params: lsp.ReferenceParams) -> list[lsp.Location]:
    name, offset = server.place(params)
    found = references(server.world, name, offset, declarations=params.context.include_declaration)
    return wire.locations(server.world, found)


def _highlights(server: Server, params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight]:
    found = highlights(server.world, *server.place(params))
    kinds = {True: lsp.DocumentHighlightKind.Write, False: lsp.DocumentHighlightKind.Read}
    return [
        lsp.DocumentHighlight(
            range=wire.range_of(server.world.lines(each.span.source), each.span), kind=kinds[each.declares]
        )
        for each in found
    ]


def _prepare_rename(server: Server, params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
    try:
        found = prepare(server.world, *server.place(params))
    except CannotRename as error:
        raise JsonRpcInvalidParams(str(error)) from None
    if found is None:
        return None
    place = wire.range_of(server.world.lines(found.span.source), found.span)
    return lsp.PrepareRenamePlaceholder(range=place, placeholder=found.name)


def _rename(server: Server, params: lsp.RenameParams) -> lsp.WorkspaceEdit:
    name, _, lines = server.text(params.text_document.uri)
    offset = lines.offset((params.position.line, params.position.character))
    try:
        edits = rename(server.world, name, offset, params.new_name)
    except CannotRename as error:
        raise JsonRpcInvalidParams(str(error)) from None
    return wire.workspace_edit(server.world, edits)


def _completion(server: Server, params: lsp.CompletionParams) -> lsp.CompletionList:
    offers = completion(server.world, *server.place(params))
    return lsp.CompletionList(
        is_incomplete=False, items=[wire.completion_item(server.world, offer) for offer in offers]
    )


def _document_symbols(server: Server, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    found = document_symbols(server.world, server.text(params.text_document.uri)[0])
    return [wire.symbol(server.world, each) for each in found]


def _workspace_symbols(server: Server, params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
    return [
        lsp.WorkspaceSymbol(
            name=found.name, kind=wire.SYMBOLS[found.kind], location=there, container_name=within or None
        )
        for found, within in workspace_symbols(server.world, params.query)
        if (there := wire.location(server.world, found.name_span)) is not None
    ]


def _formatting(server: Server, params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
    return wire.text_edits(server.world, formatting(server.world, server.text(params.text_document.uri)[0]))


def _code_actions(server: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    name, _, lines = server.text(params.text_document.uri)
    for _ in server.world.work(name):
        break  # of the text itself at least, the findings are those of now
    only = [getattr(kind, "value", kind) for kind in params.context.only or ()]
    found: list[lsp.CodeAction] = []
    if not only or any(lsp.CodeActionKind.QuickFix.value.startswith(kind) for kind in only):
        start, end = params.range.start, params.range.end
        ends = lines.offset((start.line, start.character)), lines.offset((end.line, end.character))
        quick_fix = lsp.CodeActionKind.QuickFix.value
        actions = quick_fixes(server.world, name, *ends)
        found += [wire.code_action(server.world, each, quick_fix, page_of) for each in actions]
    everything = fix_all(server.world, name) if not only or any(FIX_ALL.startswith(kind) for kind in only) else None
    if everything is not None:
        found.append(wire.code_action(server.world, everything, FIX_ALL, page_of))
    return found


def _inlay_hints(server: Server, params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
    name, _, lines = server.text(params.text_document.uri)
    start, end = params.range.start, params.range.end
    ends = lines.offset((start.line, start.character)), lines.offset((end.line, end.character))
    return [wire.inlay_hint(lines, each) for each in hints(server.world, name, *ends)]


def _folding(server: Server, params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
    name, _, lines = server.text(params.text_document.uri)
    return [wire.folding_range(lines, each) for each in folds(server.world, name)]


def _tokens(server: Server, params: lsp.SemanticTokensParams) -> lsp.SemanticTokens:
    name, _, lines = server.text(params.text_document.uri)
    return wire.semantic_tokens(lines, tokens(server.world, name))


_FEATURES: tuple[tuple[str, Any, Callable[..., object]], ...] = (
    (lsp.INITIALIZE, None, _initialize),
    (lsp.INITIALIZED, None, _initialized),
    (lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, None, _folders_changed),
    (lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, None, _configuration_changed),
    (lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, None, _files_changed),
    (lsp.TEXT_DOCUMENT_DID_OPEN, None, _opened),
    (lsp.TEXT_DOCUMENT_DID_CHANGE, None, _changed),
    (lsp.TEXT_DOCUMENT_DID_SAVE, None, _saved),
    (lsp.TEXT_DOCUMENT_DID_CLOSE, None, _closed),
    (lsp.TEXT_DOCUMENT_HOVER, None, _hover),
    (lsp.TEXT_DOCUMENT_DEFINITION, None, _definition),
    (lsp.TEXT_DOCUMENT_REFERENCES, None, _references),
    (lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, None, _highlights),
    (lsp.TEXT_DOCUMENT_PREPARE_RENAME, None, _prepare_rename),
    (lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True), _rename),
    (lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[".", "=", '"', "["]), _completion),
    (lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL, None, _document_symbols),
    (lsp.WORKSPACE_SYMBOL, None, _workspace_symbols),
    (lsp.TEXT_DOCUMENT_FORMATTING, None, _formatting),
    (
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix, FIX_ALL]),
        _code_actions,
    ),
    (lsp.TEXT_DOCUMENT_INLAY_HINT, None, _inlay_hints),
    (lsp.TEXT_DOCUMENT_FOLDING_RANGE, None, _folding),
    (
        lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        lsp.SemanticTokensLegend(token_types=list(KINDS), token_modifiers=["declaration"]),
        _tokens,
    ),
)
