// The page to look at meters with. What meters hold is put into the page as text, never as markup.
"use strict";

const at = (id) => document.getElementById(id);
const MOST_ROWS = 5000;
// In memory alone: what is kept for later can be read later.
let token = "";
let asked = 0;
let shown = "";

async function ask(path, accept) {
  const headers = { Accept: accept };
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(path, { headers, credentials: "omit" });
  if (answer.ok) return answer;
  let detail = `${answer.status}`;
  try { detail = (await answer.json()).detail; } catch { /* the number says enough */ }
  throw Object.assign(new Error(detail), { status: answer.status });
}

function say(text, wrong = false) {
  at("said").textContent = text;
  at("said").classList.toggle("wrong", wrong);
}

function* leaves(value, path) {
  if (Array.isArray(value) && value.some((each) => each !== null && typeof each === "object")) {
    for (let i = 0; i < value.length; i += 1) yield* leaves(value[i], `${path}[${i}]`);
  } else if (value !== null && typeof value === "object" && !Array.isArray(value) && !("$raw" in value)) {
    for (const [name, below] of Object.entries(value)) yield* leaves(below, path ? `${path}.${name}` : name);
  } else {
    yield [path, text(value)];
  }
}

// A value as it is read, with what cannot be seen by its code, and octets behind the value that they stand for.
function text(value) {
  if (typeof value === "string") {
    return value.replace(/\p{C}/gu, (sign) => (sign === "\0" ? "\\0" : `\\u{${sign.codePointAt(0).toString(16)}}`));
  }
  if (Array.isArray(value)) return value.map(text).join(", ") || "none";
  if (value === null || typeof value !== "object" || !("$raw" in value)) return JSON.stringify(value);
  const octets = `octets ${value.$raw}`;
  return "$value" in value ? `${text(value.$value)} (${octets})` : octets;
}

// Integers may be larger than this language's numbers: their digits are kept as they came.
function exactly(text) {
  return JSON.parse(text.replace(/("(?:[^"\\]|\\.)*")|-?\d{16,}(?![\d.eE])/g, (all, string) => string ?? `"${all}"`));
}

function row(path, value) {
  const made = document.createElement("tr");
  const head = document.createElement("th");
  const cell = document.createElement("td");
  head.scope = "row";
  head.textContent = path;
  cell.textContent = value;
  made.append(head, cell);
  return made;
}

function dump(octets) {
  const lines = [];
  for (let i = 0; i < octets.length; i += 16) {
    const part = [...octets.subarray(i, i + 16)].map((octet) => octet.toString(16).padStart(2, "0").toUpperCase());
    lines.push(`${i.toString(16).padStart(6, "0")}  ${part.join(" ")}`);
  }
  return lines.join("\n");
}

function clear() {
  at("values").replaceChildren();
  at("octets").textContent = "";
  shown = "";
  for (const id of ["scroll", "octets", "octets-title", "tools"]) at(id).hidden = true;
}

async function meters() {
  clear();
  at("tables").replaceChildren();
  const found = (await (await ask("/meters", "application/json")).json()).meters;
  at("meter").replaceChildren(...found.map(({ meter }) => new Option(meter, meter)));
  if (found.length) await tables();
  else say("No meters for this token.");
}

async function tables() {
  const meter = at("meter").value;
  say("Asking the meter for its tables.");
  const path = `/meters/${encodeURIComponent(meter)}/tables`;
  const found = (await (await ask(path, "application/json")).json()).tables;
  at("tables").replaceChildren(...found.map(({ table, name, read }) => {
    const item = document.createElement("li");
    const text = `${table} ${name}`.trim();
    if (!read) {
      item.className = "closed";
      item.textContent = `${text} (closed)`;
      return item;
    }
    const link = document.createElement("a");
    link.href = `#${table}`;
    link.textContent = text;
    item.append(link);
    return item;
  }));
  say(`${found.length} tables.`);
  await show();
}

// The octets are those of now: values of before must not stand above them.
function undecoded(error) {
  at("values").replaceChildren();
  at("scroll").hidden = true;
  throw error;
}

async function show() {
  const key = decodeURIComponent(location.hash.slice(1));
  if (!/^[SM]T\d+P?$/.test(key)) return;
  asked += 1;
  const turn = asked;
  const where = `/meters/${encodeURIComponent(at("meter").value)}/tables/${key}`;
  if (shown !== where) {
    // What another table holds must not stand below this one's name.
    clear();
    at("title").textContent = key;
    say("Reading.");
  }
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${key}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const octets = new Uint8Array(await (await ask(where, "application/octet-stream")).arrayBuffer());
  if (turn !== asked) return;
  at("octets").textContent = dump(octets);
  at("tools").hidden = at("octets").hidden = at("octets-title").hidden = false;
  shown = where;
  const read = exactly(await (await ask(where, "application/json").catch(undecoded)).text());
  if (turn !== asked) return;
  at("title").textContent = `${key} ${read.name}`;
  const rows = [];
  for (const [name, value] of leaves(read.values, "")) {
    if (rows.length === MOST_ROWS) break;
    rows.push(row(name, value));
  }
  at("values").replaceChildren(...rows);
  at("scroll").hidden = false;
  const cut = rows.length === MOST_ROWS ? `, the first ${MOST_ROWS} values` : "";
  const time = read.read_at.replace("T", " ").replace(/(\.\d+)?\+00:00$/, " UTC");
  say(`${read.octets} octets, read at ${time}${cut}.`);
}

function doing(what) {
  return (event) => {
    event?.preventDefault();
    what().catch((error) => {
      if (error.status === 401 && !token) say("This gateway wants a token: put one in above.");
      else say(error.message, true);
    });
  };
}

at("login").addEventListener("submit", doing(() => {
  token = at("token").value.trim();
  at("token").value = "";
  return meters();
}));
at("meter").addEventListener("change", doing(() => { clear(); return tables(); }));
at("again").addEventListener("click", doing(show));
window.addEventListener("hashchange", doing(show));
setInterval(() => { if (at("live").checked && !document.hidden) doing(show)(); }, 5000);
doing(meters)();
