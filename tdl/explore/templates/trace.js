// A table as it was decoded: nodes in order, each with those inside it right behind it.
"use strict";

/** Nodes that stand for a condition or a problem, and have no part in the paths of elements. */
const NOT_IN_PATHS = new Set(["taken", "left", "error"]);

class Trace {
  /** @param data what `table_json` wrote. */
  constructor(data) {
    const count = data.kind.length;
    Object.assign(this, { key: data.key, name: data.name, kinds: data.kinds, facts: data.facts, count });
    this.octets = Uint8Array.from(atob(data.octets), (character) => character.charCodeAt(0));
    this.listed = data.full ? data.shown : this.octets.length;
    this.kindOf = Uint32Array.from(data.kind);
    this.size = Uint32Array.from(data.size_of);
    this.below = Uint32Array.from(data.below);
    this.at = new Uint32Array(count);
    this.parent = new Int32Array(count).fill(-1);
    this.level = new Uint16Array(count);
    this.position = new Uint32Array(count);
    this.inside = new Uint32Array(count);
    this.value = new Array(count).fill("");
    this.top = 0;
    this.#lay(data.at, data.value);
    this.#cover();
  }

  #lay(steps, values) {
    const open = [];
    const valued = Uint8Array.from(this.kinds, ({ what }) => Number(what === "value" || what === "field"));
    let at = 0;
    let used = 0;
    for (let node = 0; node < this.count; node += 1) {
      while (open.length && node > open[open.length - 1] + this.below[open[open.length - 1]]) open.pop();
      const parent = open.length ? open[open.length - 1] : -1;
      at += steps[node];
      this.at[node] = at;
      this.parent[node] = parent;
      this.level[node] = open.length;
      this.position[node] = parent < 0 ? this.top++ : this.inside[parent]++;
      if (valued[this.kindOf[node]]) this.value[node] = values[used++];
      if (this.below[node]) open.push(node);
    }
  }

  /** Which node each octet is in: values, and bit fields as a whole. */
  #cover() {
    const found = [];
    const covers = Uint8Array.from(this.kinds, ({ what }) => Number(what === "value" || what === "bits"));
    for (let node = 0; node < this.count; node += 1) {
      if (covers[this.kindOf[node]] && this.size[node]) found.push(node);
    }
    this.covering = Uint32Array.from(found);
  }

  /** The node that says where decoding stopped; -1 if it did not. */
  get stop() {
    return this.kindOf.lastIndexOf(this.kinds.findIndex(({ what }) => what === "error"));
  }

  kind(node) {
    return this.kinds[this.kindOf[node]];
  }

  end(node) {
    return this.at[node] + this.size[node];
  }

  /** The place among the covering nodes of the one that holds an octet; -1 if none does. */
  coverAt(octet) {
    let low = 0;
    let high = this.covering.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const node = this.covering[middle];
      if (octet < this.at[node]) high = middle - 1;
      else if (octet >= this.end(node)) low = middle + 1;
      else return middle;
    }
    return -1;
  }

  nodeAt(octet) {
    const place = this.coverAt(octet);
    return place < 0 ? -1 : this.covering[place];
  }

  /** Whether no element covers an octet; of those behind the last element that is listed nobody knows. */
  isBare(octet) {
    return octet < this.listed && this.coverAt(octet) < 0;
  }

  /** How many octets no element covers, and the first of them. */
  bare() {
    let count = 0;
    let first = -1;
    let at = 0;
    const gap = (to) => {
      if (to > at && first < 0) first = at;
      count += Math.max(0, to - at);
    };
    for (const node of this.covering) {
      gap(this.at[node]);
      at = this.end(node);
    }
    gap(this.listed);
    return { count, first };
  }

  /** `[3]` in an array, otherwise the element's name. */
  step(node) {
    const parent = this.parent[node];
    const { name } = this.kind(node);
    if (parent >= 0 && this.kind(parent).what === "array") return `[${this.position[node]}]`;
    return name || this.name;
  }

  /** `A[2].B`, as `--path` and messages write it. */
  path(node) {
    const steps = [];
    for (let each = node; each >= 0; each = this.parent[each]) {
      if (!NOT_IN_PATHS.has(this.kind(each).what) && (this.kind(each).name || this.parent[each] >= 0)) steps.push(this.step(each));
    }
    return steps.reverse().map((step) => (step[0] === "[" ? step : `.${step}`)).join("").replace(/^\./, "");
  }

  /** The index path of partial access. */
  indices(node) {
    const steps = [];
    for (let each = node; each >= 0; each = this.parent[each]) {
      const parent = this.parent[each];
      if (parent >= 0 && this.kind(parent).what === "array") steps.push(this.position[each]);
      else if (this.kind(each).index !== undefined) steps.push(this.kind(each).index);
    }
    return steps.reverse().join(".");
  }

  *children(node) {
    const last = node < 0 ? this.count - 1 : node + this.below[node];
    for (let each = node + 1; each <= last; each += this.below[each] + 1) yield each;
  }

  /** The node at a path, or the last one on the way there; -1 if not even the first step is there. */
  find(path) {
    let node = -1;
    for (const step of path.match(/\[\d+\]|[^.[\]]+/g) || []) {
      const next = this.#child(node, step);
      if (next < 0) break;
      node = next;
    }
    return node;
  }

  #child(node, step) {
    for (const each of this.children(node)) {
      if (this.kind(each).what === "taken") {
        const found = this.#child(each, step);
        if (found >= 0) return found;
      } else if (!NOT_IN_PATHS.has(this.kind(each).what) && this.step(each) === step) {
        return each;
      }
    }
    return -1;
  }

  /** The bits that a field has of an octet of its container, as a mask; 0 if none. */
  mask(node, octet) {
    const { what, low, width } = this.kind(node);
    if (what !== "field") return 0;
    const big = this.container(node) >= 0 && this.kind(this.container(node)).big;
    const place = octet - this.at[node];
    const first = 8 * (big ? this.size[node] - 1 - place : place);
    let mask = 0;
    for (let bit = 0; bit < 8; bit += 1) {
      const of = first + bit - (low || 0);
      if (of >= 0 && of < width) mask |= 1 << bit;
    }
    return mask;
  }

  /** The bit field that a field is in. */
  container(node) {
    let each = this.parent[node];
    while (each >= 0 && this.kind(each).what !== "bits") each = this.parent[each];
    return each;
  }
}
