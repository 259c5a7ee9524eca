// What tables do beyond plain HTML: the row heads stay in sight when a wide table is scrolled, and a
// click on a head puts the rows in order. Everything works without it.
"use strict";
(() => {
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Row heads stand in the first columns. Where heads are merged, a row has fewer of them, so each is
  // pinned by where it stands, not by its position.
  const freeze = (table) => {
    const scroll = table.closest(".scroll");
    const heads = $$("thead th.stub", table);
    if (!scroll || heads.length === 0) return;
    const origin = table.getBoundingClientRect().left;
    const offsets = heads.map((head) => Math.round(head.getBoundingClientRect().left - origin));
    const width = heads.reduce((sum, head) => sum + head.offsetWidth, 0);
    // On a phone the heads would leave no room for the numbers.
    const frozen = width < scroll.clientWidth * 0.6;
    heads.forEach((head, index) => pin(head, frozen ? offsets[index] : null));
    for (const head of $$("tbody th, tfoot th", table)) {
      const left = Math.round(head.getBoundingClientRect().left - origin);
      const nearest = offsets.reduce((best, offset) => Math.abs(offset - left) < Math.abs(best - left) ? offset : best, 0);
      pin(head, frozen ? nearest : null);
    }
  };

  const pin = (cell, left) => {
    cell.classList.toggle("frozen", left !== null);
    cell.style.left = left === null ? "" : `${left}px`;
  };

  const collator = new Intl.Collator(document.documentElement.lang || undefined, { numeric: true });

  // The rows in the order in which the server sent them, to come back to.
  const original = new WeakMap();

  const value = (row, column) => {
    const cell = row.cells[column];
    const number = cell?.dataset.number;
    return number === undefined ? { text: cell?.textContent.trim() ?? "" } : { number: Number(number) };
  };

  const compare = (a, b) => {
    if (a.number !== undefined && b.number !== undefined) return a.number - b.number;
    return collator.compare(a.text ?? "", b.text ?? "");
  };

  // Cells without a value come last, whichever way the others are ordered.
  const isMissing = (cell) => cell.number === undefined && (cell.text === "" || cell.text === "–");

  const sort = (head) => {
    const table = head.closest("table");
    const body = table.tBodies[0];
    if (!original.has(body)) original.set(body, [...body.rows]);
    const rows = [...original.get(body)];
    const column = head.cellIndex;
    const first = head.classList.contains("number") ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const now = head.getAttribute("aria-sort");
    const next = now === first ? other : now === other ? null : first;
    for (const other of $$("thead th", table)) other.removeAttribute("aria-sort");
    if (next) {
      head.setAttribute("aria-sort", next);
      const sign = next === "ascending" ? 1 : -1;
      const keyed = rows.map((row) => ({ row, key: value(row, column) }));
      keyed.sort((a, b) => {
        const missing = isMissing(a.key) - isMissing(b.key);
        return missing || sign * compare(a.key, b.key);
      });
      body.append(...keyed.map(({ row }) => row));
    } else {
      body.append(...rows);
    }
  };

  const wake = (table) => {
    if (table.dataset.awake) return;
    table.dataset.awake = "1";
    if (table.hasAttribute("data-sortable")) {
      for (const head of $$("thead th", table)) {
        const text = document.createElement("button");
        text.type = "button";
        text.className = "sort";
        text.append(...head.childNodes);
        text.addEventListener("click", () => sort(head));
        head.append(text);
      }
    }
    freeze(table);
  };

  const all = (root) => $$("table.grid", root).forEach(wake);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.nodeType === Node.ELEMENT_NODE) all(node);
      }
    }
  }).observe(document.body, { childList: true, subtree: true });

  let resizing = 0;
  addEventListener("resize", () => {
    clearTimeout(resizing);
    resizing = setTimeout(() => $$("table.grid").forEach(freeze), 250);
  });
  all(document);
})();
