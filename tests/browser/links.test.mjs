// Where marks and numbers lead to.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { desktop, launch, open, visit } from "./support.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const arrived = (page) => page.waitForURL((url) => url.pathname === "/reports/store-ledger");
const parameters = (page) => new URL(page.url()).searchParams;

test("a click on a bar leads to the other report, filtered by its store and about the same days", async () => {
  const { context, page, complaints } = await open(browser, desktop);
  await visit(page, "/reports/weekly-sales?period=2026-10-12..2026-10-18");
  const bar = page.locator("#panel-ranking svg.chart a .hot").first();
  const store = await bar.getAttribute("data-title");
  await bar.click();
  await arrived(page);
  assert.equal(parameters(page).get("store"), store);
  assert.equal(parameters(page).get("period"), "2026-10-12..2026-10-18");
  const stores = page.locator("#panel-ledger table.grid tbody th:nth-of-type(2)");
  // The page is there before its panels are.
  await stores.first().waitFor();
  assert.deepEqual([...new Set(await stores.allInnerTexts())].map((name) => name.trim()), [store]);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("arrow keys find a point of a line and Enter follows it to its day and country", async () => {
  const { context, page, complaints } = await open(browser, desktop);
  await visit(page, "/reports/weekly-sales?period=2026-10-12..2026-10-18");
  const chart = page.locator("#panel-trend svg.chart");
  assert.equal(await chart.getAttribute("role"), "group");
  await chart.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await arrived(page);
  assert.equal(parameters(page).get("period"), "2026-10-18..2026-10-18");
  assert.match(parameters(page).get("country"), /^(KR|HK|US)$/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a key number leads on with the parameters that were chosen", async () => {
  const { context, page, complaints } = await open(browser, desktop);
  await visit(page, "/reports/weekly-sales?country=HK");
  await page.locator("#panel-revenue .kpi-value a").click();
  await arrived(page);
  assert.equal(parameters(page).get("country"), "HK");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("an event is told where it is pointed at", async () => {
  const { context, page } = await open(browser, desktop);
  await visit(page, "/reports/monthly-sales?period=2026-10");
  const day = page.locator('#panel-trend svg.chart .hot[data-title="2026-10-09"]');
  await day.hover();
  assert.match(await page.locator(".tip").innerText(), /한글날 특가/);
  await context.close();
});
