// Looks names and labels up in the page's index: a list, or a function that makes it when it is first asked for.
"use strict";
(() => {
  const MOST = 40;
  const form = document.querySelector("form.search");
  const input = form.querySelector("input");
  const list = form.querySelector("ol");
  let known = null;

  const entries = () => {
    const index = window.TDL_INDEX || [];
    known ??= (typeof index === "function" ? index() : index).map(([name, about, where, href]) => ({
      name, about, where, href, low: name.toLowerCase(), text: `${name} ${about} ${where}`.toLowerCase(),
    }));
    return known;
  };

  const rank = (entry, word) =>
    entry.low === word || entry.where.toLowerCase() === word ? 0 : entry.low.startsWith(word) ? 1 : entry.low.includes(word) ? 2 : 3;

  const find = (query) => {
    const words = query.toLowerCase().split(/[\s.]+/).filter(Boolean);
    if (!words.length) return [];
    return entries()
      .filter((entry) => words.every((word) => entry.text.includes(word)))
      .map((entry, place) => ({ entry, place, rank: rank(entry, words[words.length - 1]) }))
      .sort((a, b) => a.rank - b.rank || a.place - b.place)
      .slice(0, MOST)
      .map((found) => found.entry);
  };

  const item = (entry) => {
    const line = document.createElement("li");
    const link = line.appendChild(document.createElement("a"));
    link.href = entry.href;
    for (const [kind, text] of [["code", entry.name], ["span", entry.about], ["small", entry.where]]) {
      link.appendChild(document.createElement(kind)).textContent = text;
    }
    return line;
  };

  const show = () => {
    const found = find(input.value);
    list.replaceChildren(...found.map(item));
    if (!found.length && input.value.trim()) {
      list.appendChild(document.createElement("li")).textContent = "nothing found";
    }
    list.hidden = !input.value.trim();
  };

  const hide = () => { list.hidden = true; };

  const move = (step) => {
    const stops = [input, ...list.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    stops[Math.max(0, Math.min(stops.length - 1, at + step))].focus();
  };

  form.hidden = false;
  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = list.querySelector("a");
    if (first) first.click();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      input.focus();
      hide();
    }
  });
  list.addEventListener("click", () => { hide(); input.blur(); });
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) hide(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      input.focus();
    }
  });
})();
