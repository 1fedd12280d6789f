// Stands in for VS Code: what the extension asks of it is recorded, whatever else it has is an object that does nothing.
"use strict";

const nothing = (known = {}) => {
  function target() {}
  return new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(known, name)) return known[name];
      if (name === "prototype") return target.prototype;
      if (name === "then" || typeof name === "symbol") return undefined; // neither a promise nor iterable
      return (known[name] = nothing());
    },
    apply: () => ({ dispose() {} }),
    construct: () => ({ dispose() {} }),
  });
};

const on = () => ({ dispose() {} });

const kind = { append: () => kind };

class EventEmitter {
  event = on;
  fire() {}
  dispose() {}
}

class CancellationTokenSource {
  token = { isCancellationRequested: false, onCancellationRequested: on };
  cancel() {}
  dispose() {}
}

/** A `vscode` module for these settings, and the record of what was asked of it. */
exports.stub = ({ settings = {}, trusted = true, folder }) => {
  const asked = { commands: {}, errors: [], log: [] };
  const list = { get: () => undefined, has: () => false, update: () => {} };
  const log = (text) => asked.log.push(String(text));
  const channel = nothing({ append: log, appendLine: log, info: log, error: log, warn: log, debug: log, trace: log });
  const uri = (path) => ({ fsPath: path, path, scheme: "file", toString: () => `file://${path}` });
  const vscode = nothing({
    version: "1.91.0",
    EventEmitter,
    CancellationTokenSource,
    Uri: { parse: (text) => uri(text.replace("file://", "")), file: uri },
    CodeActionKind: { Empty: kind },
    env: nothing({ language: "en", appName: "stub" }),
    commands: nothing({
      registerCommand: (name, run) => ((asked.commands[name] = run), { dispose() {} }),
      executeCommand: async (name) => void log(name),
    }),
    window: nothing({
      createOutputChannel: () => channel,
      showErrorMessage: async (message) => void asked.errors.push(message),
      visibleTextEditors: [],
      tabGroups: nothing({ all: [] }),
      activeTextEditor: undefined,
    }),
    workspace: nothing({
      isTrusted: trusted,
      getConfiguration: (section) => ({ ...list, get: (name) => settings[`${section}.${name}`] }),
      workspaceFolders: folder ? [{ uri: uri(folder), name: "folder", index: 0 }] : undefined,
      createFileSystemWatcher: () => ({ onDidCreate: on, onDidChange: on, onDidDelete: on, dispose() {} }),
      textDocuments: [],
      notebookDocuments: [],
    }),
    languages: nothing({ match: () => 0 }),
  });
  return { vscode, asked };
};
