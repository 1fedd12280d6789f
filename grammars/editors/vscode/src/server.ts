// The language server's process: how it is started, and what to say if it cannot be.

import { type ChildProcess, spawn } from "node:child_process";

const INSTALL = 'pip install "tdl-compiler[lsp]"';
const KEPT = 4000;
const PATIENCE = 2000; // milliseconds

/** Why there is no language server, in words for a person. */
export class NoServer extends Error {}

/** Starts `tdl lsp`. Its standard error is kept, since the reason why it ends at once stands there. */
export class Server {
  private said = "";
  private ended: Promise<unknown> = Promise.resolve();
  /** Whether it has ever said a word to the editor. */
  spoke = false;

  constructor(
    private readonly program: string,
    private readonly folder: string | undefined,
  ) {}

  /**
   * Starts the process.
   * @throws NoServer if there is no such program.
   */
  start(): Promise<ChildProcess> {
    return new Promise((resolve, reject) => {
      const process = spawn(this.program, ["lsp"], { cwd: this.folder, stdio: "pipe" });
      process.once("error", () => reject(new NoServer(missing(this.program))));
      process.once("spawn", () => resolve(process));
      this.ended = new Promise((end) => process.once("close", end));
      process.stdout.once("data", () => (this.spoke = true));
      process.stderr.on("data", (data: Buffer) => {
        this.said = (this.said + data.toString()).slice(-KEPT);
      });
    });
  }

  /** Why it ended before it said a word; waits for its last words. */
  async refusal(): Promise<NoServer> {
    await Promise.race([this.ended, new Promise((end) => setTimeout(end, PATIENCE).unref())]);
    return new NoServer(refused(this.program, this.said));
  }
}

function missing(program: string): string {
  return `\`${program}\` cannot be started. Install it with ${INSTALL}, or say in the setting \`tdl.path\` where it is.`;
}

function refused(program: string, said: string): string {
  if (said.includes("extra `lsp`")) {
    return `\`${program}\` is there, but its language server is not. Install it with ${INSTALL}.`;
  }
  const lines = said.trim().split("\n");
  const reason = lines.find((line) => /^error\b/i.test(line)) ?? lines[lines.length - 1];
  return `\`${program} lsp\` ended at once: ${reason || "it says nothing of why"}`;
}
