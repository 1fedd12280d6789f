// The page: which table is shown, what is chosen in it, and the address that says both.
"use strict";
(() => {
  const image = JSON.parse(document.getElementById("image").textContent);
  const panes = document.querySelector(".panes");
  if (!panes) return;
  const by = (id) => document.getElementById(id);
  const traces = new Map();
  const detail = new Detail(by("detail"), image);
  let trace = null;
  let chosen = -1;

  const traceOf = (key) => {
    if (!traces.has(key)) {
      const data = document.querySelector(`script.table[data-key="${CSS.escape(key)}"]`);
      traces.set(key, new Trace(JSON.parse(data.textContent)));
    }
    return traces.get(key);
  };

  const address = () => `#${encodeURIComponent(trace.key)}${chosen >= 0 ? `/${encodeURI(trace.path(chosen))}` : ""}`;

  const choose = (node) => {
    chosen = node;
    octets.mark(node, true);
    elements.mark(node, true);
    detail.show(trace, node);
    history.replaceState(null, "", address());
    by("spoken").textContent = node < 0 ? "" : `${trace.path(node)} ${trace.value[node]}`;
  };

  const hover = (node) => {
    octets.mark(node >= 0 ? node : chosen, false);
    elements.mark(node >= 0 ? node : chosen, false);
    detail.show(trace, node >= 0 ? node : chosen);
  };

  const octets = new Octets(by("octets"), {
    chosen: (octet) => {
      choose(trace.nodeAt(octet));
      if (trace.isBare(octet)) detail.showBare(trace, octet);
    },
    hovered: (octet) => {
      const node = octet < 0 ? -1 : trace.nodeAt(octet);
      hover(node);
      if (octet >= 0 && trace.isBare(octet)) detail.showBare(trace, octet);
    },
  });
  const elements = new Elements(by("elements"), { chosen: choose, hovered: hover });

  const counted = (hits) => {
    by("counted").textContent = hits < 0 ? "" : `${hits} found`;
  };

  const show = (key) => {
    trace = traceOf(key);
    chosen = -1;
    for (const part of document.querySelectorAll("section.about")) part.hidden = part.dataset.key !== key;
    for (const link of document.querySelectorAll("nav a")) {
      if (link.dataset.key === key) {
        link.setAttribute("aria-current", "page");
        link.scrollIntoView({ block: "nearest", inline: "nearest" });
      } else {
        link.removeAttribute("aria-current");
      }
    }
    panes.hidden = false;
    by("filter").value = "";
    counted(-1);
    octets.load(trace);
    elements.load(trace);
    detail.show(trace, -1);
    const { count, first } = trace.bare();
    const note = by("bare");
    note.replaceChildren();
    if (count) {
      const button = note.appendChild(document.createElement("button"));
      button.type = "button";
      button.className = "bare";
      button.textContent = `${count} ${count === 1 ? "octet" : "octets"} without an element`;
      button.addEventListener("click", () => octets.go(first));
    }
  };

  /** What the address names, or the first table; of a table that is not decoded, where it stops. */
  const route = () => {
    const named = decodeURIComponent(location.hash.slice(1));
    const slash = named.indexOf("/");
    const key = slash < 0 ? named : named.slice(0, slash);
    const known = image.tables.some((table) => table.key === key);
    if (named && !known && trace) return;
    const start = known ? key : image.tables[0].key;
    if (!trace || trace.key !== start) show(start);
    const node = slash < 0 ? trace.stop : trace.find(named.slice(slash + 1));
    if (node >= 0) choose(node);
  };

  /** Each element once, with its first value; made when somebody searches. */
  window.TDL_INDEX = () => {
    const entries = [];
    for (const table of image.tables) {
      entries.push([table.name || table.key, table.label, table.key, `#${encodeURIComponent(table.key)}`]);
      const each = traceOf(table.key);
      const seen = new Set();
      for (let node = 0; node < each.count; node += 1) {
        const kind = each.kind(node);
        if (!kind.name || NOT_IN_PATHS.has(kind.what)) continue;
        const path = each.path(node);
        const names = path.replace(/\[\d+\]/g, "[]");
        if (seen.has(names)) continue;
        seen.add(names);
        entries.push([kind.name, each.value[node] || kind.type || "", table.key, `#${table.key}/${encodeURI(path)}`]);
      }
    }
    return entries;
  };

  by("filter").addEventListener("input", (event) => counted(elements.filter(event.target.value)));
  by("open").addEventListener("click", () => elements.openAll(true));
  by("close").addEventListener("click", () => elements.openAll(false));
  window.addEventListener("hashchange", route);
  route();
})();
