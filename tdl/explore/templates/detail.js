// What is known of one element: its value, octets, bits, meaning, and the values that decided over it.
"use strict";

const MOST_OCTETS = 64;

const ROLES = {
  count: "count", length: "length", limit: "at most", order: "order", condition: "condition", selection: "selection",
  sign: "INT_FORMAT", characters: "CHAR_FORMAT",
};

class Detail {
  /** @param image what all tables share. */
  constructor(box, image) {
    Object.assign(this, { box, codes: image.codes, there: new Set(image.tables.map((table) => table.key)) });
  }

  show(trace, node) {
    this.box.replaceChildren(...(node < 0 ? [this.#hint()] : this.#parts(trace, node)));
  }

  /** The octet that no element covers. */
  showBare(trace, octet) {
    const said = this.#make("p", "");
    said.append(`octet ${octet} (0x${octet.toString(16).toUpperCase()}): `, this.#make("code", hex(trace.octets[octet])), ", no element covers it");
    this.box.replaceChildren(said);
  }

  #hint() {
    return this.#make("p", "Point at an octet or an element, or choose one: the other side shows it.", "quiet");
  }

  #parts(trace, node) {
    const kind = trace.kind(node);
    const title = this.#make("h2", "");
    const list = document.createElement("dl");
    const say = (term, ...content) => {
      const group = list.appendChild(document.createElement("div"));
      group.appendChild(this.#make("dt", term));
      group.appendChild(document.createElement("dd")).append(...content);
    };
    if (kind.what === "taken" || kind.what === "left") {
      title.append(this.#make("span", kind.what === "taken" ? "taken" : "not taken", `badge ${kind.what === "taken" ? "high" : "off"}`), " ", this.#make("code", kind.name));
      if (kind.without) say("without", this.#make("code", kind.without.join(", ")));
    } else if (kind.what === "error") {
      title.append(this.#make("span", "stops here", "badge low"), ` ${kind.name}`);
      if (kind.type) say("element", this.#make("code", kind.type));
      say("at octet", String(trace.at[node]));
    } else {
      this.#element(trace, node, kind, title, say);
    }
    for (const number of kind.facts || []) this.#fact(trace, trace.facts[number], say);
    return [title, list];
  }

  #element(trace, node, kind, title, say) {
    const path = trace.path(node) || trace.name;
    const link = title.appendChild(document.createElement("a"));
    link.className = "self";
    link.href = `#${trace.key}/${encodeURI(path)}`;
    link.appendChild(this.#make("code", `${trace.key} ${path}`));
    if (kind.what === "value" || kind.what === "field") {
      const value = this.#make("output", trace.value[node], "value");
      value.dir = "auto";
      say("value", value);
    }
    const code = this.#code(kind.enumeration, trace.value[node]);
    if (kind.enumeration) say("code of", this.#make("code", kind.enumeration), code && code[3] ? `: ${code[3]}` : code ? "" : ": it names no such code");
    for (const [name, text] of kind.about || []) say(name.toLowerCase(), text);
    if (kind.type) say("type", this.#make("code", kind.type));
    const size = trace.size[node];
    say("octets", size ? `${size} at ${trace.at[node]}` : `none, at ${trace.at[node]}`, trace.indices(node) ? `; index ${trace.indices(node)}` : "");
    if (kind.what === "field") say(kind.width === 1 ? `bit ${kind.low || 0}` : `bits ${kind.low || 0} to ${(kind.low || 0) + kind.width - 1}`, this.#bits(trace, node));
    const raw = trace.octets.subarray(trace.at[node], Math.min(trace.end(node), trace.at[node] + MOST_OCTETS));
    if (raw.length) say("raw", this.#make("code", [...raw].map(hex).join(" ") + (size > raw.length ? " ..." : "")));
  }

  #code(enumeration, value) {
    const number = Number.parseInt(value, 10);
    return (this.codes[enumeration] || []).find(([low, high]) => low <= number && number <= high);
  }

  /** The bits of a field's container, most significant first, with the field's own marked. */
  #bits(trace, node) {
    const whole = this.#make("code", "", "bitrow");
    const container = trace.container(node);
    const octets = [...trace.octets.subarray(trace.at[node], trace.end(node))].map((octet, place) => [octet, trace.at[node] + place]);
    if (container >= 0 && !trace.kind(container).big) octets.reverse();
    for (const [octet, at] of octets) {
      const mask = trace.mask(node, at);
      for (let bit = 7; bit >= 0; bit -= 1) {
        whole.appendChild(this.#make(mask & (1 << bit) ? "mark" : "span", (octet >> bit) & 1));
      }
      whole.append(" ");
    }
    return whole;
  }

  #fact(trace, fact, say) {
    const content = [this.#make("span", fact.value)];
    const own = fact.reads.length === 1 && fact.reads[0][0] === fact.text;
    if (!own && fact.role !== "condition") content.push(" = ", this.#make("code", fact.text));
    fact.reads.forEach(([label, value, table, path], place) => {
      content.push(place ? ", " : fact.role === "condition" ? ": " : ", from ", this.#link(trace, table, path, label), own && fact.value === value ? "" : ` = ${value}`);
    });
    say(ROLES[fact.role] || fact.role, ...content);
  }

  #link(trace, table, path, label) {
    const name = this.#make("code", table === trace.key ? path : `${table} ${path}`);
    name.title = label;
    if (!this.there.has(table)) return name;
    const link = document.createElement("a");
    link.href = `#${table}/${encodeURI(path)}`;
    link.append(name);
    return link;
  }

  #make(tag, text, name = "") {
    const made = document.createElement(tag);
    made.textContent = text;
    if (name) made.className = name;
    return made;
  }
}
