// The extension: starts the language server where a workspace is trusted, and says clearly why it cannot.

import { commands, type ExtensionContext, type LogOutputChannel, window, workspace } from "vscode";
import { CloseAction, ErrorAction, type ErrorHandler, LanguageClient, Trace } from "vscode-languageclient/node";

import { NoServer, Server } from "./server";

const RESTARTS = 3;

let client: LanguageClient | undefined;
let output: LogOutputChannel;
let turn: Promise<void> = Promise.resolve(); // starts and stops come one after the other

/** While it starts, its errors go to the log alone: `explain` says what they mean, once. */
class Client extends LanguageClient {
  override error(message: string, data?: unknown, show?: boolean | "force"): void {
    super.error(message, data, this.isRunning() && show);
  }
}

export async function activate(context: ExtensionContext): Promise<void> {
  output = window.createOutputChannel("TDL", { log: true });
  context.subscriptions.push(
    output,
    commands.registerCommand("tdl.restartServer", () => next(restart)),
    commands.registerCommand("tdl.format", () => commands.executeCommand("editor.action.formatDocument")),
    commands.registerCommand("tdl.showOutput", () => output.show()),
    workspace.onDidGrantWorkspaceTrust(() => next(restart)),
    workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("tdl.path")) {
        await next(restart);
      } else if (change.affectsConfiguration("tdl.trace.server")) {
        await client?.setTrace(trace());
      }
    }),
  );
  await next(restart);
}

export function deactivate(): Promise<void> {
  return next(stop);
}

function next(work: () => Promise<void>): Promise<void> {
  turn = turn.then(work, work);
  return turn;
}

async function restart(): Promise<void> {
  await stop();
  if (workspace.isTrusted) {
    await start();
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  try {
    await running?.dispose();
  } catch {
    // it had ended already
  }
}

async function start(): Promise<void> {
  const program = workspace.getConfiguration("tdl").get<string>("path") || "tdl";
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath;
  const server = new Server(program, folder);
  const starting = new Client("tdl", "TDL", () => server.start(), {
    documentSelector: [{ scheme: "file", language: "tdl" }, { scheme: "untitled", language: "tdl" }],
    outputChannel: output,
    errorHandler: patience(server),
    initializationFailedHandler: () => false,
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/{*.tdl,tdl.toml}") },
  });
  client = starting;
  try {
    await starting.start();
    await starting.setTrace(trace());
  } catch (error) {
    client = undefined;
    explain(server.spoke || error instanceof NoServer ? error : await server.refusal());
  }
}

/** A server that never said a word is not started again: it would end in the same way. */
function patience(server: Server): ErrorHandler {
  let left = RESTARTS;
  return {
    error: () => ({ action: ErrorAction.Continue }),
    closed: () => {
      if (!server.spoke || left-- === 0) {
        return { action: CloseAction.DoNotRestart, handled: !server.spoke };
      }
      return { action: CloseAction.Restart };
    },
  };
}

function trace(): Trace {
  return Trace.fromString(workspace.getConfiguration("tdl").get<string>("trace.server") || "off");
}

function explain(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  output.error(reason);
  const settings = "Open Settings";
  const more = "Show Output";
  // not awaited: a message stays until it is answered
  void window.showErrorMessage(`TDL: ${reason}`, settings, more).then((chosen) => {
    if (chosen === settings) {
      void commands.executeCommand("workbench.action.openSettings", "tdl.path");
    } else if (chosen === more) {
      output.show();
    }
  });
}
