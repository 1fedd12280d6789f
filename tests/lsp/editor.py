"""An editor without a screen: a client of the language server, over its standard input and output."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

_T = TypeVar("_T")

PATIENCE = 30
"""Seconds after which an answer is taken not to come."""


class Editor:
    """One server, and the texts that are open in it."""

    def __init__(self, *folders: Path, encodings: list[str] | None = None) -> None:
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.shown: dict[str, lsp.PublishDiagnosticsParams] = {}
        self.messages: list[str] = []
        self.registered: list[str] = []
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.client = LanguageClient("editor", "1")
        self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self._show(params))
        self.client.feature(lsp.WINDOW_SHOW_MESSAGE)(lambda params: self.messages.append(params.message))
        self.client.feature(lsp.CLIENT_REGISTER_CAPABILITY)(lambda params: self._register(params))
        self.wait(self.client.start_io(sys.executable, "-m", "tdl", "lsp"))
        kinds = [lsp.PositionEncodingKind(each) for each in encodings or ()]
        watching = lsp.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        capabilities = lsp.ClientCapabilities(
            general=lsp.GeneralClientCapabilities(position_encodings=kinds or None),
            workspace=lsp.WorkspaceClientCapabilities(did_change_watched_files=watching),
            text_document=lsp.TextDocumentClientCapabilities(rename=lsp.RenameClientCapabilities(prepare_support=True)),
        )
        named = [lsp.WorkspaceFolder(uri=folder.as_uri(), name=folder.name) for folder in folders]
        params = lsp.InitializeParams(capabilities=capabilities, workspace_folders=named)
        self.capabilities = self.wait(self.client.initialize_async(params)).capabilities
        self.client.initialized(lsp.InitializedParams())

    def _show(self, params: lsp.PublishDiagnosticsParams) -> None:
        self.shown[params.uri] = params

    def _register(self, params: lsp.RegistrationParams) -> None:
        self.registered += [each.method for each in params.registrations]

    def wait(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def close(self) -> int | None:
        """End the server as an editor does; its exit code."""
        self.wait(self.client.shutdown_async(None))
        self.loop.call_soon_threadsafe(self.client.exit, None)
        server = self.client._server
        code = None if server is None else self.wait(server.wait())  # type: ignore[func-returns-value]
        self.wait(self.client.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        return code

    # --- texts -------------------------------------------------------------------------------------------------

    def open(self, path: Path | str, text: str | None = None) -> str:
        """Open a file, or a text that is in none; its URI."""
        uri = path.as_uri() if isinstance(path, Path) else path
        self.texts[uri] = path.read_text("utf-8") if text is None and isinstance(path, Path) else text or ""
        self.versions[uri] = 1
        item = lsp.TextDocumentItem(uri=uri, language_id="tdl", version=1, text=self.texts[uri])
        self.notify("text_document_did_open", lsp.DidOpenTextDocumentParams(text_document=item))
        return uri

    def edit(self, uri: str, old: str, new: str) -> None:
        """Write something else where a piece of text stands first."""
        text = self.texts[uri]
        start = text.index(old)
        place = lsp.Range(self.at(uri, start), self.at(uri, start + len(old)))
        change = lsp.TextDocumentContentChangePartial(range=place, text=new)
        self.texts[uri] = text[:start] + new + text[start + len(old) :]
        self._change(uri, change)

    def write(self, uri: str, text: str) -> None:
        """Put another text in the place of all."""
        self.texts[uri] = text
        self._change(uri, lsp.TextDocumentContentChangeWholeDocument(text=text))

    def _change(self, uri: str, change: lsp.TextDocumentContentChangeEvent) -> None:
        self.versions[uri] += 1
        document = lsp.VersionedTextDocumentIdentifier(uri=uri, version=self.versions[uri])
        params = lsp.DidChangeTextDocumentParams(text_document=document, content_changes=[change])
        self.notify("text_document_did_change", params)

    def notify(self, method: str, params: object) -> None:
        self.loop.call_soon_threadsafe(getattr(self.client, method), params)

    def at(self, uri: str, place: int | str, inside: int = 1) -> lsp.Position:
        """The position of an offset, or of a place inside the first such piece of text, in UTF-16."""
        text = self.texts[uri]
        offset = place if isinstance(place, int) else text.index(place) + inside
        line = text.count("\n", 0, offset)
        column = text[text.rfind("\n", 0, offset) + 1 : offset]
        return lsp.Position(line, len(column.encode("utf-16-le")) // 2)

    def text_at(self, location: lsp.Location) -> str:
        """What stands at a place of an ASCII text."""
        text = self.texts.get(location.uri) or Path(location.uri.removeprefix("file://")).read_text("utf-8")
        lines = text.split("\n")
        start, end = location.range.start, location.range.end
        assert start.line == end.line
        return lines[start.line][start.character : end.character]

    # --- questions ---------------------------------------------------------------------------------------------

    def ask(self, method: str, uri: str, place: str | None = None, inside: int = 1, **more: Any) -> Any:
        """The answer to a question about a text, or a place in it."""
        asked = getattr(self.client, f"{method}_async")
        kind = lsp.METHOD_TO_TYPES[_METHODS[method]][2]
        assert kind is not None
        fields: dict[str, Any] = {"text_document": lsp.TextDocumentIdentifier(uri=uri), **more}
        if place is not None:
            fields["position"] = self.at(uri, place, inside)
        return self.wait(asked(kind(**fields)))

    def codes(self, uri: str) -> list[object]:
        shown = self.shown.get(uri)
        return [] if shown is None else [each.code for each in shown.diagnostics]

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something is so."""
        end = monotonic() + PATIENCE
        while not holds():
            assert monotonic() < end, "it never was"
            sleep(0.01)

    def until_codes(self, uri: str, *codes: str) -> None:
        """Wait until these are the findings of a text."""
        self.until(lambda: self.codes(uri) == list(codes))


_METHODS = {
    "text_document_hover": lsp.TEXT_DOCUMENT_HOVER,
    "text_document_definition": lsp.TEXT_DOCUMENT_DEFINITION,
    "text_document_references": lsp.TEXT_DOCUMENT_REFERENCES,
    "text_document_document_highlight": lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT,
    "text_document_prepare_rename": lsp.TEXT_DOCUMENT_PREPARE_RENAME,
    "text_document_rename": lsp.TEXT_DOCUMENT_RENAME,
    "text_document_completion": lsp.TEXT_DOCUMENT_COMPLETION,
    "text_document_document_symbol": lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL,
    "text_document_formatting": lsp.TEXT_DOCUMENT_FORMATTING,
    "text_document_code_action": lsp.TEXT_DOCUMENT_CODE_ACTION,
    "text_document_inlay_hint": lsp.TEXT_DOCUMENT_INLAY_HINT,
    "text_document_folding_range": lsp.TEXT_DOCUMENT_FOLDING_RANGE,
    "text_document_semantic_tokens_full": lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
}
