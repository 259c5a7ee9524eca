// Every sample dashboard, on a desk and on a phone, light and dark, in three languages.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { desktop, launch, open, phone, reports, shoot, visit } from "./support.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const languages = {
  ko: { "weekly-sales": "주간 매출 현황", merchandising: "상품 구성 분석", "store-ledger": "매장 일별 원장", "monthly-sales": "월간 매출 현황", "inventory-status": "재고 현황", "store-results": "매장별 실적" },
  en: { "weekly-sales": "Weekly sales", merchandising: "Merchandising mix", "store-ledger": "Daily store ledger", "monthly-sales": "Monthly sales", "inventory-status": "Inventory", "store-results": "Results by store" },
  "zh-HK": { "weekly-sales": "每週銷售概況", merchandising: "商品組合分析", "store-ledger": "門市每日明細", "monthly-sales": "每月銷售概況", "inventory-status": "存貨概況", "store-results": "各門市業績" },
};

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

// Runs in the page: texts of one drawing whose boxes cover each other or leave the drawing.
const textFaults = () => {
  const faults = [];
  for (const svg of document.querySelectorAll("svg.chart")) {
    const panel = svg.closest(".panel")?.id;
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")]
      .filter((text) => text.textContent.trim() && !text.closest(".hot"))
      .map((text) => ({ words: text.textContent, box: text.getBoundingClientRect() }));
    for (const [position, one] of texts.entries()) {
      const { box } = one;
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2) {
        faults.push(`${panel}: "${one.words}" leaves the drawing`);
      }
      for (const other of texts.slice(position + 1)) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        // Boxes hold ascent and descent; the ink is about two thirds of that.
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        const allowed = Math.min(box.height, other.box.height) * 0.34;
        if (across > 1 && down > allowed) faults.push(`${panel}: "${one.words}" and "${other.words}" overlap`);
      }
    }
  }
  return faults;
};

// Runs in the page: what a reader must find there.
const contents = () => ({
  charts: [...document.querySelectorAll(".panel.chart")].map((panel) => ({
    id: panel.id,
    texts: panel.querySelectorAll("svg.chart text").length,
    shapes: panel.querySelectorAll("svg.chart path, svg.chart rect").length,
  })),
  // Key numbers; where a report has none, those of its table.
  numbers: [...document.querySelectorAll(document.querySelector(".panel.kpi") ? ".kpi-value" : "table.grid tbody td.number")].map((value) => value.textContent.trim()),
  failures: [...document.querySelectorAll(".failure")].map((failure) => failure.textContent.trim()),
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
});

for (const device of [desktop, phone]) {
  describe(device.name, () => {
    for (const report of reports) {
      for (const [lang, titles] of Object.entries(languages)) {
        for (const theme of ["light", "dark"]) {
          test(`${report} in ${lang}, ${theme}`, async () => {
            const { context, page, complaints } = await open(browser, device, { colorScheme: theme });
            await visit(page, `/reports/${report}?lang=${lang}`);
            assert.equal(await page.locator("h1").innerText(), titles[report]);
            assert.equal(await page.locator("html").getAttribute("lang"), lang);
            await shoot(page, `${report}-${device.name}-${lang}-${theme}`);
            const found = await page.evaluate(contents);
            assert.deepEqual(found.failures, []);
            assert.ok(found.numbers.length >= 2 && found.numbers.every((text) => /\d/.test(text)), `${found.numbers}`);
            for (const chart of found.charts) {
              assert.ok(chart.texts >= 2 && chart.shapes >= 2, `${chart.id} is drawn: ${JSON.stringify(chart)}`);
            }
            assert.ok(found.wide <= 0, `the page is ${found.wide} px wider than the window`);
            assert.deepEqual(await page.evaluate(textFaults), []);
            assert.deepEqual(complaints, []);
            await context.close();
          });
        }
      }
    }
  });
}

describe("for everybody", () => {
  for (const address of ["/", "/schedules", "/reports/weekly-sales/schedules/monday", "/runs", "/problems", ...reports.map((report) => `/reports/${report}`)]) {
    for (const theme of ["light", "dark"]) {
      test(`${address} in ${theme} has no serious barrier`, async () => {
        const { context, page } = await open(browser, desktop, { colorScheme: theme, bypassCSP: true });
        await visit(page, address);
        if (!address.startsWith("/reports")) await shoot(page, `page${address.replaceAll("/", "-")}-${theme}`);
        await page.addScriptTag({ path: axe });
        const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
        const serious = result.violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
        assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`), []);
        await context.close();
      });
    }
  }
});
