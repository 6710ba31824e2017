"use strict";
(() => {
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const compare = (a, b) => {
    if (a.rank !== b.rank) return a.rank - b.rank;
    return a.rank === 0 ? a.key - b.key : collator.compare(a.text, b.text);
  };
  const read = (row, index) => {
    const cell = row.cells[index];
    if ("missing" in cell.dataset) return { rank: 2 };
    return "key" in cell.dataset ? { rank: 0, key: Number(cell.dataset.key) } : { rank: 1, text: cell.textContent };
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, index) => head.querySelector("button").addEventListener("click", () => {
      const next = { undefined: "ascending", ascending: "descending", descending: undefined }[head.ariaSort ?? undefined];
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (next) head.setAttribute("aria-sort", next);
      const sign = next === "descending" ? -1 : 1;
      const keyed = original.map((row) => ({ row, at: read(row, index) }));
      if (next) keyed.sort((a, b) => (a.at.rank === 2) - (b.at.rank === 2) || (a.at.rank === 2 ? 0 : sign * compare(a.at, b.at)));
      body.append(...keyed.map((entry) => entry.row));
    }));
  }
  const theme = document.getElementById("theme");
  if (theme) {
    const names = { "": "automatic", light: "light", dark: "dark" };
    const order = Object.keys(names);
    theme.hidden = false;
    theme.addEventListener("click", () => {
      const root = document.documentElement;
      const next = order[(order.indexOf(root.dataset.theme ?? "") + 1) % order.length];
      if (next) root.dataset.theme = next; else delete root.dataset.theme;
      theme.textContent = `Theme: ${names[next]}`;
    });
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(source); // no clipboard here: marked, ready for Ctrl-C
        button.textContent = "Selected";
      }
    });
  }
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((details) => { details.open = false; }));
})();
