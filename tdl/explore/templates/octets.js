// The pane of octets: offset, hexadecimal digits and characters; elements alternate in shade, bare octets are marked.
"use strict";

const hex = (octet) => octet.toString(16).toUpperCase().padStart(2, "0");

class Octets {
  /** @param chosen, hovered called with an octet, the latter with -1 when the pointer leaves. */
  constructor(box, { chosen, hovered }) {
    Object.assign(this, { box, chosen, hovered, trace: null, active: 0, node: -1 });
    this.rows = new Rows(box, (number) => this.#draw(number));
    this.narrow = window.matchMedia("(max-width: 78rem)");
    this.narrow.addEventListener("change", () => this.load(this.trace));
    box.addEventListener("pointerover", (event) => hovered(this.#under(event)));
    box.addEventListener("pointerleave", () => hovered(-1));
    box.addEventListener("click", (event) => {
      const octet = this.#under(event);
      if (octet >= 0) this.#choose(octet);
    });
    box.addEventListener("keydown", (event) => this.#key(event));
  }

  load(trace) {
    Object.assign(this, { trace, active: 0, node: -1 });
    this.each = this.narrow.matches ? 8 : 16;
    this.digits = Math.max(4, (trace.octets.length - 1).toString(16).length);
    const rows = Math.ceil(trace.octets.length / this.each);
    this.box.setAttribute("aria-rowcount", rows);
    this.box.style.setProperty("--each", this.each);
    this.box.style.setProperty("--digits", this.digits);
    this.box.scrollTop = 0;
    this.rows.set(rows);
    this.#activate();
  }

  /** Mark the octets of a node, of a field its bits; see to it that they can be seen if asked to. */
  mark(node, show) {
    this.node = node;
    for (const row of this.rows.shown.values()) this.#mark(row);
    if (node >= 0 && show && this.trace.octets.length) {
      const at = Math.min(this.trace.at[node], this.trace.octets.length - 1);
      this.rows.show(Math.floor(at / this.each));
      if (document.activeElement !== this.box) this.active = at;
      this.#activate();
    }
  }

  go(octet) {
    this.box.focus();
    this.#choose(octet);
  }

  #choose(octet) {
    this.active = octet;
    this.rows.show(Math.floor(octet / this.each));
    this.chosen(octet);
    this.#activate();
  }

  #under(event) {
    const cell = event.target.closest("[data-at]");
    return cell ? Number(cell.dataset.at) : -1;
  }

  #draw(number) {
    const { trace } = this;
    const row = document.createElement("div");
    row.className = "row";
    row.setAttribute("role", "row");
    row.setAttribute("aria-rowindex", number + 1);
    const offset = row.appendChild(document.createElement("span"));
    offset.className = "offset";
    offset.setAttribute("role", "rowheader");
    const first = number * this.each;
    offset.textContent = first.toString(16).toUpperCase().padStart(this.digits, "0");
    offset.title = `octet ${first}`;
    const cells = row.appendChild(document.createElement("span"));
    cells.className = "cells";
    cells.setAttribute("role", "presentation");
    const text = row.appendChild(document.createElement("span"));
    text.className = "text";
    text.setAttribute("aria-hidden", "true");
    for (let at = first; at < Math.min(first + this.each, trace.octets.length); at += 1) {
      const octet = trace.octets[at];
      const cell = cells.appendChild(document.createElement("span"));
      cell.setAttribute("role", "gridcell");
      cell.id = `octet-${at}`;
      cell.textContent = hex(octet);
      const character = text.appendChild(document.createElement("span"));
      const printable = octet >= 0x20 && octet < 0x7f;
      character.textContent = printable ? String.fromCharCode(octet) : "·";
      if (!printable) character.className = "none";
      const cover = trace.coverAt(at);
      for (const each of [cell, character]) {
        each.dataset.at = at;
        each.classList.add(trace.isBare(at) ? "bare" : cover < 0 ? "beyond" : cover % 2 ? "odd" : "even");
      }
      if (trace.isBare(at)) cell.title = "no element covers this octet";
      else if (cover >= 0 && at + 1 < trace.end(trace.covering[cover])) cell.classList.add("joined");
    }
    this.#mark(row);
    return row;
  }

  #mark(row) {
    const { trace, node } = this;
    const isError = node >= 0 && trace.kind(node).what === "error";
    for (const cell of row.querySelectorAll("[data-at]")) {
      const at = Number(cell.dataset.at);
      const there = node >= 0 && at >= trace.at[node] && at < trace.end(node);
      const bits = there && trace.kind(node).what === "field" ? trace.mask(node, at) : there ? 0xff : 0;
      cell.classList.toggle("marked", bits !== 0);
      cell.classList.toggle("around", there && bits === 0);
      cell.classList.toggle("wrong", isError && at === trace.at[node]);
      cell.classList.toggle("bits", bits !== 0 && bits !== 0xff);
      if (bits && bits !== 0xff) {
        cell.style.setProperty("--from", `${Math.clz32(bits) - 24}`);
        cell.style.setProperty("--to", `${8 - Math.log2(bits & -bits)}`);
      }
    }
  }

  #activate() {
    for (const old of this.box.querySelectorAll(".active")) old.classList.remove("active");
    const cell = document.getElementById(`octet-${this.active}`);
    if (cell) {
      cell.classList.add("active");
      this.box.setAttribute("aria-activedescendant", cell.id);
    } else {
      this.box.removeAttribute("aria-activedescendant");
    }
  }

  #key(event) {
    const last = this.trace.octets.length - 1;
    const line = Math.floor(this.active / this.each) * this.each;
    const target = {
      ArrowRight: this.active + 1,
      ArrowLeft: this.active - 1,
      ArrowDown: this.active + this.each,
      ArrowUp: this.active - this.each,
      PageDown: this.active + this.each * this.rows.page,
      PageUp: this.active - this.each * this.rows.page,
      Home: event.ctrlKey ? 0 : line,
      End: event.ctrlKey ? last : line + this.each - 1,
    }[event.key];
    if (target === undefined || last < 0) return;
    event.preventDefault();
    this.#choose(Math.max(0, Math.min(last, target)));
  }
}
