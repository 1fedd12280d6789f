// Compiles Kaitai Struct files: a list of languages and files as JSON on each line of standard input, a list of the
// texts or errors on a line of standard output. The compiler's module is the first argument.
"use strict";
const compiler = require(process.argv[2]);
const lines = require("readline").createInterface({ input: process.stdin });

async function compile([language, spec]) {
  try {
    return { text: Object.values(await compiler.compile(language, spec, null, false)).join("\n") };
  } catch (error) {
    return { error: String(error) };
  }
}

lines.on("line", async (line) => {
  const made = await Promise.all(JSON.parse(line).map(compile));
  process.stdout.write(JSON.stringify(made) + "\n");
});
