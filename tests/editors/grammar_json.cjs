// Evaluates a tree-sitter grammar to what `tree-sitter generate` writes to src/grammar.json. Argument: grammar.js.
"use strict";

const rule = (value) => {
  if (typeof value === "string") return { type: "STRING", value };
  if (value instanceof RegExp) return { type: "PATTERN", value: value.source };
  return value;
};
const symbols = new Proxy({}, { get: (_, name) => ({ type: "SYMBOL", name }) });
const names = (list) => list.map(({ name }) => name);

globalThis.seq = (...members) => ({ type: "SEQ", members: members.map(rule) });
globalThis.choice = (...members) => ({ type: "CHOICE", members: members.map(rule) });
globalThis.optional = (value) => choice(value, { type: "BLANK" });
globalThis.repeat = (value) => ({ type: "REPEAT", content: rule(value) });
globalThis.field = (name, value) => ({ type: "FIELD", name, content: rule(value) });
globalThis.token = (value) => ({ type: "TOKEN", content: rule(value) });
globalThis.alias = (value, { name }) => ({ type: "ALIAS", content: rule(value), named: true, value: name });
globalThis.prec = { right: (value) => ({ type: "PREC_RIGHT", value: 0, content: rule(value) }) };
globalThis.grammar = ({ name, extras, word, supertypes, inline, rules }) => ({
  $schema: "https://tree-sitter.github.io/tree-sitter/assets/schemas/grammar.schema.json",
  name,
  word: word(symbols).name,
  rules: Object.fromEntries(Object.entries(rules).map(([key, make]) => [key, rule(make(symbols))])),
  extras: extras(symbols).map(rule),
  conflicts: [],
  precedences: [],
  externals: [],
  inline: names(inline(symbols)),
  supertypes: names(supertypes(symbols)),
  reserved: {},
});

process.stdout.write(JSON.stringify(require(process.argv[2])));
