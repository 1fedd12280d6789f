// Compiles Kaitai Struct files: a list of languages and files as JSON on each line of standard input, a list of the
// texts or errors on a line of standard output. The compiler's module is the first argument; with a second one, the
// classes write too: the command line of Kaitai's compiler has a flag for that, its module has not.
"use strict";
const [, , file, writing] = process.argv;
const compiler = writing ? withWriting(file) : require(file);
const lines = require("readline").createInterface({ input: process.stdin });

function withWriting(file) {
  const path = require.resolve(file);
  const read = "RuntimeConfig((!debug), debug, false, true, false,";
  const both = "RuntimeConfig(false, debug, false, false, true,";
  const text = require("fs").readFileSync(path, "utf8");
  if (!text.includes(read)) throw new Error("the compiler's module has its settings elsewhere");
  const module = new (require("module"))(path);
  module._compile(text.replace(read, both), path);
  return module.exports;
}

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
