// Tokenizes texts with the engine that VS Code uses: JSON {name: text} in, {name: [[start, end, scopes], ...]} out.
// Arguments: the folder of npm packages, the grammar, the input. Offsets count UTF-16 units.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [packages, grammarFile, input] = process.argv.slice(2);
const require = createRequire(join(packages, "package.json"));
const { INITIAL, parseRawGrammar, Registry } = require("vscode-textmate");
const { createOnigScanner, createOnigString, loadWASM } = require("vscode-oniguruma");

await loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")));
const registry = new Registry({
  onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
  loadGrammar: async () => parseRawGrammar(readFileSync(grammarFile, "utf8"), grammarFile),
});
const grammar = await registry.loadGrammar("source.tdl");
const answer = {};
for (const [name, text] of Object.entries(JSON.parse(readFileSync(input, "utf8")))) {
  const tokens = [];
  let state = INITIAL;
  let offset = 0;
  for (const line of text.split("\n")) {
    const found = grammar.tokenizeLine(line, state);
    for (const { startIndex, endIndex, scopes } of found.tokens) {
      tokens.push([offset + startIndex, offset + Math.min(endIndex, line.length), scopes]);
    }
    state = found.ruleStack;
    offset += line.length + 1;
  }
  answer[name] = tokens;
}
process.stdout.write(JSON.stringify(answer));
