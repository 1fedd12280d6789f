// Runs the bundled extension against a stand-in for VS Code, and prints what it asked of VS Code and which processes it
// started. Arguments: the bundle, and JSON {settings, trusted, folder, run: commands to run, complains: whether to wait
// for a message}.
"use strict";

const children = require("node:child_process");
const Module = require("node:module");
const { stub } = require("./vscode_stub.cjs");

const [bundle, json] = process.argv.slice(2);
const options = JSON.parse(json);
const { vscode, asked } = stub(options);

const started = [];
const { spawn } = children;
children.spawn = (program, args, ...rest) => {
  const child = spawn(program, args, ...rest);
  const record = { program, args, answers: 0 };
  started.push(record);
  child.stdout?.on("data", () => (record.answers += 1));
  return child;
};

const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));

(async () => {
  const extension = require(bundle);
  await extension.activate({ subscriptions: [] });
  for (const name of options.run ?? []) await asked.commands[name]();
  while (options.complains && !asked.errors.length) await new Promise((later) => setTimeout(later, 20));
  await extension.deactivate();
  const { commands, ...rest } = asked;
  const report = { ...rest, commands: Object.keys(commands), started };
  process.stdout.write(JSON.stringify(report), () => process.exit(0));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
