// What a page does beyond plain HTML: loads panels on their own, refreshes them in place when a
// control changes, and shows what a chart tells when it is pointed at. Everything works without it.
"use strict";
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const page = $(".dashboard[data-report]");
  const words = page ? page.dataset : {};
  const setCookie = (name, value) => {
    document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
  };

  // Wakes what only makes sense with a script.
  const wake = (root) => {
    for (const element of $$("[data-copy-link], [data-cancel], [data-clear], [data-search], [data-find]", root)) {
      element.hidden = false;
    }
    // Browsers have a clipboard only where nobody can listen in.
    for (const button of $$("[data-copy]", root)) button.hidden = !navigator.clipboard;
    for (const spot of $$("svg.chart .hot", root)) {
      spot.setAttribute("tabindex", "-1");
      $("title", spot)?.remove(); // the browser's own tooltip would stand beside ours
    }
    // Arrow keys go from mark to mark, and Enter follows one: a chart is one stop of the Tab key.
    for (const link of $$("svg.chart a", root)) link.setAttribute("tabindex", "-1");
    for (const svg of $$(".drawing svg.chart", root)) {
      if ($(".hot", svg)) svg.setAttribute("tabindex", "0");
    }
  };

  // Panels: each load has its own controller, so that it can be cancelled or become outdated.
  const loads = new Map();
  let generation = 0;

  const announce = (text) => {
    const place = $("#announce");
    if (place) place.textContent = text;
  };

  const progress = () => {
    const bar = $(".progress");
    if (!bar) return;
    const waiting = loads.size;
    bar.value = bar.max - waiting;
    bar.hidden = waiting === 0;
    if (waiting === 0 && bar.dataset.busy) announce(words.wordReady);
    bar.dataset.busy = waiting > 0 ? "1" : "";
  };

  const drawnFor = (panel) => {
    const style = getComputedStyle(panel);
    return Math.round(panel.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
  };

  const fragmentUrl = (panel, url) => {
    const target = new URL(url, location.href);
    target.searchParams.set("width", drawnFor(panel));
    if (innerWidth >= 760 && Number(panel.dataset.height)) target.searchParams.set("height", Math.round(panel.dataset.height));
    if (panel.classList.contains("heavy")) target.searchParams.set("heavy", "1");
    return target;
  };

  const parse = (html) => new DOMParser().parseFromString(html, "text/html");

  const replace = (panel, fresh) => {
    const focused = panel.contains(document.activeElement) ? document.activeElement : null;
    const scrolled = $(".scroll", panel)?.scrollLeft;
    panel.replaceWith(fresh);
    wake(fresh);
    if (scrolled) $(".scroll", fresh)?.scrollTo({ left: scrolled });
    if (focused) ($(".drawing svg[tabindex], .scroll, [data-retry]", fresh) || $("#content")).focus({ preventScroll: true });
  };

  const fail = (panel, message) => {
    const box = Object.assign(document.createElement("div"), { className: "failure" });
    const text = Object.assign(document.createElement("p"), { textContent: message });
    const again = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: words.wordRetry });
    again.dataset.retry = "";
    box.append(text, again);
    $(".panel-body", panel).replaceChildren(box);
    panel.removeAttribute("aria-busy");
    panel.removeAttribute("data-pending");
  };

  const load = async (panel) => {
    const id = panel.dataset.panel;
    loads.get(id)?.abort();
    const control = new AbortController();
    loads.set(id, control);
    panel.setAttribute("aria-busy", "true");
    progress();
    try {
      const answer = await fetch(fragmentUrl(panel, panel.dataset.url), {
        signal: control.signal,
        headers: { "X-Fragment": "1", Accept: "text/html" },
      });
      // The session has ended: the page as a whole leads to the login, and back here.
      if (answer.status === 401) return location.reload();
      const html = parse(await answer.text());
      if (loads.get(id) !== control) return;
      const fresh = $(".panel", html);
      if (fresh) replace(panel, fresh);
      else fail(panel, [$("h1", html)?.textContent, $(".lone-message", html)?.textContent].filter(Boolean).join(" — ") || words.wordOffline);
    } catch (error) {
      if (loads.get(id) !== control) return;
      fail(panel, error.name === "AbortError" ? words.wordCancelled : words.wordOffline);
    } finally {
      if (loads.get(id) === control) {
        loads.delete(id);
        progress();
        if (loads.size === 0) refit();
      }
    }
  };

  const loadPending = () => $$(".panel[data-pending]").forEach(load);

  // A drawing made for another width, or lower than its neighbours, is asked for again.
  const refit = () => {
    for (const panel of $$(".dashboard .panel.chart:not([data-pending])")) {
      const svg = $(".drawing svg", panel);
      if (!svg || loads.has(panel.dataset.panel)) continue;
      const made = Number(panel.dataset.width);
      const row = $$(".drawing svg", panel.parentElement).map((other) => other.clientHeight);
      const tallest = innerWidth >= 760 ? Math.max(...row) : 0;
      const low = svg.clientHeight < tallest * 0.92 && Number(panel.dataset.height) < tallest - 1;
      if (low) panel.dataset.height = Math.ceil(tallest);
      if (low || Math.abs(drawnFor(panel) - made) / made > 0.08) load(panel);
    }
  };

  // The address of what the form says: short, without what is empty.
  const addressOf = (form) => {
    const data = [...new FormData(form)];
    const query = new URLSearchParams();
    for (const [key, value] of data) {
      if (key.endsWith("-from") || key.endsWith("-to")) continue;
      if (value === "custom" && form.elements[`${key}-from`]) {
        const [from, to] = [form.elements[`${key}-from`].value, form.elements[`${key}-to`].value];
        // Until both days are chosen, the period stays what it is.
        const before = new URLSearchParams(location.search).get(key);
        if (from && to) query.append(key, `${from}..${to}`);
        else if (before) query.append(key, before);
      } else if (value !== "") {
        query.append(key, value);
      }
    }
    // Where something is chosen by default, choosing nothing must be said.
    for (const control of $$("[data-has-default]", form)) {
      const key = control.dataset.control;
      if (!query.has(key)) query.append(key, "");
    }
    return new URL(`?${query}`, form.action);
  };

  let visit = null;
  // Shows another state of this dashboard: one request brings what is quick, the rest loads alone.
  const show = async (url, { push, refill }) => {
    const mine = ++generation;
    visit?.abort();
    visit = new AbortController();
    for (const control of loads.values()) control.abort();
    loads.clear();
    if (push && url.href !== location.href) history.pushState(null, "", url);
    $$(".panels .panel").forEach((panel) => panel.setAttribute("aria-busy", "true"));
    const bar = $(".progress");
    bar.removeAttribute("value");
    bar.hidden = false;
    try {
      const answer = await fetch(url, { signal: visit.signal, headers: { Accept: "text/html" } });
      // The session has ended: the page as a whole leads to the login, and back here.
      if (answer.status === 401) return location.reload();
      const html = parse(await answer.text());
      if (mine !== generation) return;
      const fresh = $(".dashboard[data-report]", html);
      if (!fresh) return location.assign(url);
      takeOver(fresh, refill);
    } catch (error) {
      if (mine !== generation || error.name === "AbortError") return;
      $$(".panels .panel").forEach((panel) => fail(panel, words.wordOffline));
    }
    bar.value = 0;
    progress();
    loadPending();
    if (loads.size === 0) announce(words.wordReady);
    refit();
  };

  const takeOver = (fresh, refill) => {
    for (const selector of ["#subtitle", "#prepared", "#strays", "#xlsx-link", "#pdf-link", "#share-link"]) {
      const [old, next] = [$(selector), $(selector, fresh)];
      if (old && next) old.replaceWith(next);
    }
    for (const next of $$(".control", fresh)) {
      const old = $(`.control[data-control="${CSS.escape(next.dataset.control)}"]`);
      if (!old) continue;
      // What is being used stays as it is; only its message changes. So does a period whose days are still to be typed.
      const typed = $("select", old)?.value === "custom" && $$('input[type="date"]', old).some((day) => !day.value);
      const busy = !refill && (typed || old.contains(document.activeElement) || $("details[open]", old));
      if (busy) {
        $(".control-message", old)?.remove();
        const message = $(".control-message", next);
        if (message) old.append(message);
        old.className = next.className;
      } else {
        old.replaceWith(next);
        wake(next);
      }
    }
    for (const next of $$(".panels .panel", fresh)) {
      const old = document.getElementById(next.id);
      if (!old) continue;
      if (next.hasAttribute("data-pending") && !$(".failure, .skeleton", old)) {
        // Better the numbers of before, dimmed, than an empty frame.
        old.dataset.url = next.dataset.url;
            load(old);
      } else {
        replace(old, next);
      }
    }
  };

  const form = page && $("form.controls");
  let typing = 0;
  const changed = (delay) => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      const url = addressOf(form);
      if (url.href !== location.href) show(url, { push: true });
    }, delay);
  };

  const summarize = (picker) => {
    const chosen = $$('input[type="checkbox"]:checked', picker).map((box) => box.parentElement.textContent.trim());
    const text = chosen.length === 0 ? picker.dataset.all
      : chosen.length === 1 ? chosen[0]
      : picker.dataset.andMore.replace("{first}", () => chosen[0]).replace("{count}", String(chosen.length - 1));
    $(".picked", picker).textContent = text;
    const pill = $(".pill", picker);
    pill.hidden = chosen.length < 2;
    pill.textContent = String(chosen.length);
  };

  if (form) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      changed(0);
    });
    form.addEventListener("change", (event) => {
      if (event.target.hasAttribute("data-search")) return;
      const picker = event.target.closest(".picker");
      if (picker) summarize(picker);
      changed(picker ? 350 : 0);
    });
    form.addEventListener("input", (event) => {
      if (!event.target.hasAttribute("data-search")) return;
      const wanted = event.target.value.trim().toLocaleLowerCase();
      for (const option of $$(".option", event.target.closest(".options"))) {
        option.hidden = !option.textContent.toLocaleLowerCase().includes(wanted);
      }
    });
    addEventListener("popstate", () => show(new URL(location.href), { push: false, refill: true }));
  }

  for (const other of $$("form[data-submit-on-change]")) other.addEventListener("change", () => other.requestSubmit());

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-retry], [data-cancel], [data-clear], [data-reset], [data-copy-link], [data-copy], [data-theme-choice]");
    for (const open of $$("details.menu[open], details.picker[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
    if (!target) return;
    const panel = target.closest(".panel");
    if (target.hasAttribute("data-retry") && page) {
      event.preventDefault();
      load(panel);
    } else if (target.hasAttribute("data-cancel")) {
      loads.get(panel.dataset.panel)?.abort();
    } else if (target.hasAttribute("data-clear")) {
      const picker = target.closest(".picker");
      $$('input[type="checkbox"]', picker).forEach((box) => { box.checked = false; });
      summarize(picker);
      changed(0);
    } else if (target.hasAttribute("data-reset") && form) {
      event.preventDefault();
      show(new URL(target.href), { push: true, refill: true });
    } else if (target.hasAttribute("data-copy-link")) {
      navigator.clipboard?.writeText(location.href).then(() => toast(words.wordCopied));
    } else if (target.hasAttribute("data-copy")) {
      navigator.clipboard?.writeText(document.getElementById(target.dataset.copy).textContent)
        .then(() => { target.textContent = target.dataset.wordCopied; });
    } else if (target.hasAttribute("data-theme-choice")) {
      event.preventDefault();
      document.documentElement.dataset.theme = target.dataset.themeChoice;
      setCookie("theme", target.dataset.themeChoice);
      $$("[data-theme-choice]").forEach((link) => link.toggleAttribute("aria-current", link === target));
      target.setAttribute("aria-current", "true");
    }
  });

  let toasting = 0;
  const toast = (text) => {
    const place = $("#toast");
    Object.assign(place, { textContent: text, hidden: false });
    clearTimeout(toasting);
    toasting = setTimeout(() => { place.hidden = true; }, 2200);
  };

  const find = $("[data-find]");
  find?.addEventListener("input", () => {
    const wanted = find.value.trim().toLocaleLowerCase();
    for (const card of $$(find.dataset.find)) card.hidden = !card.textContent.toLocaleLowerCase().includes(wanted);
  });

  // What a chart tells: by pointer, by touch, and by arrow keys on a focused chart.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.body.append(tip);
  let told = null;

  const line = (text) => {
    const [color, label, value] = text.split("\t");
    const row = document.createElement("div");
    row.className = "tip-line";
    if (color) {
      const dot = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const mark = document.createElementNS("http://www.w3.org/2000/svg", "circle");
      dot.setAttribute("viewBox", "0 0 10 10");
      for (const [name, text] of [["cx", 5], ["cy", 5], ["r", 5], ["fill", `var(--${color})`]]) mark.setAttribute(name, text);
      dot.append(mark);
      row.append(dot);
    }
    const [name, number] = [document.createElement("span"), document.createElement("b")];
    name.textContent = label || "";
    number.textContent = value || "";
    row.append(name, number);
    return row;
  };

  const tell = (spot, x, y, hint = "") => {
    if (spot !== told) {
      told = spot;
      const title = document.createElement("div");
      title.className = "tip-title";
      title.textContent = spot.dataset.title;
      tip.replaceChildren(title, ...(spot.dataset.lines || "").split("\n").filter(Boolean).map(line));
      if (hint) {
        const last = document.createElement("div");
        last.className = "tip-hint";
        last.textContent = hint;
        tip.append(last);
      }
    }
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const left = x + 16 + width > innerWidth - 8 ? Math.max(8, x - 16 - width) : x + 16;
    const top = Math.min(Math.max(8, y - height - 12), innerHeight - height - 8);
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  };

  const hush = () => { tip.hidden = true; told = null; };

  document.addEventListener("pointermove", (event) => {
    const spot = event.target.closest?.(".hot");
    if (spot) tell(spot, event.clientX, event.clientY);
    else if (told && !told.matches(":focus")) hush();
  });
  // A finger cannot hover: its first touch tells, the second one on the same mark follows the link.
  let onlyTold = false;
  document.addEventListener("pointerdown", (event) => {
    const spot = event.target.closest?.(".hot");
    onlyTold = Boolean(spot) && event.pointerType === "touch" && spot !== told;
    if (!spot) return hush();
    const leadsOn = onlyTold && spot.closest("a");
    tell(spot, event.clientX, event.clientY, leadsOn ? document.body.dataset.wordTapAgain : "");
  });
  document.addEventListener("click", (event) => {
    if (onlyTold && event.target.closest?.(".hot")) event.preventDefault();
  }, true);
  addEventListener("scroll", hush, { passive: true, capture: true });

  const step = (svg, key) => {
    const spots = $$(".hot", svg);
    const now = spots.indexOf(document.activeElement);
    const next = { ArrowRight: now + 1, ArrowDown: now + 1, ArrowLeft: now < 0 ? 0 : now - 1, ArrowUp: now < 0 ? 0 : now - 1, Home: 0, End: spots.length - 1 }[key];
    const spot = spots[Math.min(Math.max(next, 0), spots.length - 1)];
    spot.focus();
    const { left, right, top } = spot.getBoundingClientRect();
    tell(spot, (left + right) / 2, Math.max(top, 60));
    announce([spot.dataset.title, ...(spot.dataset.lines || "").split("\n").map((text) => text.split("\t").slice(1).join(" "))].join(", "));
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      hush();
      const open = $("details.menu[open], details.picker[open]");
      if (open) {
        open.open = false;
        $("summary", open).focus();
      }
      return;
    }
    const svg = event.target.closest?.("svg.chart");
    const link = svg && event.key === "Enter" && event.target.closest("a");
    if (link) location.assign(link.href.baseVal);
    if (svg && ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key) && $(".hot", svg)) {
      event.preventDefault();
      step(svg, event.key);
    }
  });

  let resizing = 0;
  const measured = () => {
    setCookie("window", String(document.documentElement.clientWidth));
    refit();
  };
  addEventListener("resize", () => {
    clearTimeout(resizing);
    resizing = setTimeout(measured, 250);
  });

  wake(document);
  loadPending();
  measured();
})();
