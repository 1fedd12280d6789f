// A list of any length: only the rows that can be seen are in the document, all of them while it is printed.
"use strict";

const MOST_PRINTED = 2000;
const BEYOND = 12;

class Rows {
  /**
   * @param box the element that scrolls.
   * @param draw makes the element of a row from its number.
   */
  constructor(box, draw) {
    Object.assign(this, { box, draw, count: 0, height: 24, shown: new Map(), waiting: false, printing: false });
    this.space = box.appendChild(document.createElement("div"));
    this.space.className = "space";
    this.space.setAttribute("role", "presentation");
    box.addEventListener("scroll", () => this.#later(), { passive: true });
    new ResizeObserver(() => this.#later()).observe(box);
    window.addEventListener("beforeprint", () => this.#print());
    window.addEventListener("afterprint", () => {
      this.printing = false;
      this.refresh();
    });
  }

  set(count) {
    this.count = count;
    this.refresh();
  }

  /** Draw anew what can be seen. */
  refresh() {
    this.height = parseFloat(getComputedStyle(this.box).getPropertyValue("--row")) * parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.shown.clear();
    this.space.replaceChildren();
    this.space.style.height = `${this.count * this.height}px`;
    this.#draw();
  }

  row(number) {
    return this.shown.get(number);
  }

  /** Scroll as little as it takes to see a row, or to the middle if it is far away. */
  show(number) {
    const top = number * this.height;
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop - clientHeight || top > scrollTop + 2 * clientHeight) {
      this.box.scrollTop = top - clientHeight / 2;
    } else if (top < scrollTop) {
      this.box.scrollTop = top;
    } else if (top + this.height > scrollTop + clientHeight) {
      this.box.scrollTop = top + this.height - clientHeight;
    }
    this.#draw();
  }

  /** How many rows fit. */
  get page() {
    return Math.max(1, Math.floor(this.box.clientHeight / this.height) - 1);
  }

  #later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.#draw();
    });
  }

  #draw() {
    if (this.printing) return; // the size of the box says nothing then
    const first = Math.max(0, Math.floor(this.box.scrollTop / this.height) - BEYOND);
    const last = Math.min(this.count, Math.ceil((this.box.scrollTop + this.box.clientHeight) / this.height) + BEYOND);
    for (const [number, row] of this.shown) {
      if (number < first || number >= last) {
        row.remove();
        this.shown.delete(number);
      }
    }
    this.#add(first, last);
  }

  #add(first, last) {
    const before = [...this.shown.keys()].reduce((most, number) => Math.max(most, number), -1);
    const made = document.createDocumentFragment();
    const ahead = document.createDocumentFragment();
    for (let number = first; number < last; number += 1) {
      if (this.shown.has(number)) continue;
      const row = this.draw(number);
      row.style.top = `${number * this.height}px`;
      this.shown.set(number, row);
      (number > before ? made : ahead).append(row);
    }
    this.space.prepend(ahead);
    this.space.append(made);
  }

  #print() {
    this.printing = true;
    this.#add(0, Math.min(this.count, MOST_PRINTED));
    const rows = [...this.shown].sort(([a], [b]) => a - b).filter(([number]) => number < MOST_PRINTED);
    this.space.replaceChildren(...rows.map(([, row]) => row));
    if (this.count > MOST_PRINTED) {
      this.space.appendChild(document.createElement("p")).textContent = `${this.count - MOST_PRINTED} more rows`;
    }
  }
}
