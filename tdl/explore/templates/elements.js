// The pane of elements: a tree that opens and closes, filtered by names and values.
"use strict";

/** So many rows a table shows when it is opened; whatever would make it longer is closed at first. */
const OPEN_AT_FIRST = 400;
const OPEN_INSIDE = 60;

/** A text with the last name of each reference alone. */
const brief = (text) => text.replace(/(?:[A-Za-z_]\w*(?:\[[^\]]*\])?\.)+(?=[A-Za-z_])/g, "");

class Elements {
  /** @param chosen, hovered called with a node, the latter with -1 when the pointer leaves. */
  constructor(box, { chosen, hovered }) {
    Object.assign(this, { box, chosen, hovered, trace: null, active: -1, node: -1, words: [] });
    this.rows = new Rows(box, (number) => this.#draw(number));
    box.addEventListener("pointerover", (event) => hovered(this.#under(event)));
    box.addEventListener("pointerleave", () => hovered(-1));
    box.addEventListener("click", (event) => {
      const node = this.#under(event);
      if (node < 0) return;
      if (event.target.closest(".toggle")) this.#open(node, !this.open[node]);
      this.#choose(node);
    });
    box.addEventListener("dblclick", (event) => {
      const node = this.#under(event);
      if (node >= 0 && !event.target.closest(".toggle")) this.#open(node, !this.open[node]);
    });
    box.addEventListener("keydown", (event) => this.#key(event));
  }

  load(trace) {
    Object.assign(this, { trace, active: -1, node: -1, words: [] });
    this.open = new Uint8Array(trace.count);
    const all = trace.count <= OPEN_AT_FIRST;
    for (let node = 0; node < trace.count; node += 1) {
      const few = trace.below[node] <= OPEN_INSIDE || (trace.level[node] === 0 && trace.inside[node] <= OPEN_INSIDE);
      if (trace.below[node] && (all || few)) this.open[node] = 1;
    }
    this.box.scrollTop = 0;
    this.#list();
  }

  openAll(open) {
    for (let node = 0; node < this.trace.count; node += 1) this.open[node] = open && this.trace.below[node] ? 1 : 0;
    this.#list();
    if (this.active >= 0) this.mark(this.active, true);
  }

  /** Show what has all these words in its path, type or value, and what it is inside of. */
  filter(text) {
    this.words = text.toLowerCase().split(/\s+/).filter(Boolean);
    this.#list();
    return this.words.length ? this.hits : -1;
  }

  /** Mark a node, or what it is inside of where that is closed; open the way to it if asked to. */
  mark(node, show) {
    this.node = node;
    if (show && node >= 0) {
      this.active = node;
      let opened = false;
      for (let each = this.trace.parent[node]; each >= 0; each = this.trace.parent[each]) {
        if (!this.open[each]) opened = true;
        this.open[each] = 1;
      }
      if (opened || (this.words.length && this.#row(node) < 0)) this.#list();
      const row = this.#row(node);
      if (row >= 0) this.rows.show(row);
    }
    for (const row of this.rows.shown.values()) this.#paint(row);
    const row = this.rows.row(this.#row(this.active));
    if (row) this.box.setAttribute("aria-activedescendant", row.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  #list() {
    const { trace } = this;
    const kept = this.words.length ? this.#matching() : null;
    const listed = [];
    for (let node = 0; node < trace.count; ) {
      if (kept && !kept[node]) {
        node += trace.below[node] + 1;
        continue;
      }
      listed.push(node);
      node += kept || this.open[node] ? 1 : trace.below[node] + 1;
    }
    this.listed = Uint32Array.from(listed);
    this.rows.set(listed.length);
  }

  /** The nodes that fit the words, with what they are inside of and what is inside them. */
  #matching() {
    const { trace } = this;
    const kept = new Uint8Array(trace.count);
    this.hits = 0;
    for (let node = 0; node < trace.count; node += 1) {
      const { type = "", name = "", without = [] } = trace.kind(node);
      const parent = trace.parent[node];
      const text = `${parent >= 0 && !name ? trace.path(node) : name} ${type} ${trace.value[node]} ${without.join(" ")}`.toLowerCase();
      if (this.words.every((word) => text.includes(word))) {
        this.hits += 1;
        kept.fill(1, node, node + trace.below[node] + 1);
        for (let each = parent; each >= 0 && !kept[each]; each = trace.parent[each]) kept[each] = 1;
      }
    }
    return kept;
  }

  /** The row of a node, -1 if it is not listed. */
  #row(node) {
    let low = 0;
    let high = this.listed.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (this.listed[middle] === node) return middle;
      if (this.listed[middle] < node) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #under(event) {
    const row = event.target.closest("[data-node]");
    return row ? Number(row.dataset.node) : -1;
  }

  #draw(number) {
    const { trace } = this;
    const node = this.listed[number];
    const kind = trace.kind(node);
    const parent = trace.parent[node];
    const row = document.createElement("div");
    row.className = `row ${kind.what}`;
    row.id = `node-${node}`;
    row.dataset.node = node;
    row.setAttribute("role", "treeitem");
    row.setAttribute("aria-level", trace.level[node] + 1);
    row.setAttribute("aria-posinset", trace.position[node] + 1);
    row.setAttribute("aria-setsize", parent < 0 ? trace.top : trace.inside[parent]);
    if (trace.below[node]) row.setAttribute("aria-expanded", Boolean(this.words.length || this.open[node]));
    row.style.setProperty("--level", Math.min(trace.level[node], 12));
    const put = (tag, name, text) => {
      const part = row.appendChild(document.createElement(tag));
      part.className = name;
      part.textContent = text;
      return part;
    };
    put("span", "toggle", "").setAttribute("aria-hidden", "true");
    if (kind.what === "taken" || kind.what === "left") {
      put("span", `badge ${kind.what === "taken" ? "high" : "off"}`, kind.what === "taken" ? "taken" : "not taken");
      put("code", "name", brief(kind.name)).title = kind.name;
      if (kind.without) put("span", "type", `without ${kind.without.join(", ")}`);
    } else if (kind.what === "error") {
      put("span", "badge low", "stops here");
      put("span", "name", kind.type ? `${kind.type.match(/(\[\d+\]|[^.[\]]+)$/)[0]}: ${kind.name}` : kind.name);
    } else {
      put("code", "name", trace.step(node));
      put("span", "value", this.#said(node, kind)).dir = "auto";
      put("code", "type", brief(kind.type || "")).title = kind.type || "";
    }
    this.#paint(row);
    return row;
  }

  #said(node, kind) {
    if (kind.what === "array") return `${this.trace.inside[node]} ${this.trace.inside[node] === 1 ? "row" : "rows"}`;
    return this.trace.value[node];
  }

  #paint(row) {
    const node = Number(row.dataset.node);
    const { trace } = this;
    const closedAround = this.node > node && this.node <= node + trace.below[node] && !this.open[node] && !this.words.length;
    row.classList.toggle("marked", node === this.node || closedAround);
    row.classList.toggle("active", node === this.active);
    row.setAttribute("aria-selected", node === this.active);
  }

  #open(node, open) {
    if (!this.trace.below[node]) return;
    this.open[node] = open ? 1 : 0;
    this.#list();
  }

  #choose(node) {
    this.active = node;
    this.chosen(node);
  }

  #key(event) {
    const at = this.#row(this.active);
    const node = this.active;
    const last = this.listed.length - 1;
    if (last < 0) return;
    const targets = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + this.rows.page, PageUp: at - this.rows.page, Home: 0, End: last };
    let target = targets[event.key];
    if (event.key === "ArrowRight" && at >= 0 && this.trace.below[node]) {
      if (this.open[node] || this.words.length) target = at + 1;
      else this.#open(node, true);
    } else if (event.key === "ArrowLeft" && at >= 0) {
      if (this.open[node] && this.trace.below[node] && !this.words.length) this.#open(node, false);
      else if (this.trace.parent[node] >= 0) target = this.#row(this.trace.parent[node]);
    } else if (target === undefined) {
      return;
    }
    event.preventDefault();
    if (target === undefined) this.#choose(node);
    else this.#choose(this.listed[Math.max(0, Math.min(last, target))]);
  }
}
