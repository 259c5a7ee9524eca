// What people do with a table.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { desktop, launch, open, phone, visit } from "./support.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("a click on a head sorts, another turns it round, a third brings the rows back", async () => {
  const { context, page, complaints } = await open(browser, desktop);
  await visit(page, "/reports/store-ledger");
  const table = page.locator("#panel-ledger table.grid");
  const amounts = () => table.locator("tbody tr td:nth-of-type(1)").evaluateAll((cells) => cells.map((cell) => Number(cell.dataset.number)));
  const served = await amounts();
  const head = table.locator("thead th.number").first();
  const sort = async () => { await head.locator("button.sort").click(); return amounts(); };
  assert.deepEqual(await sort(), [...served].sort((a, b) => b - a));
  assert.equal(await head.getAttribute("aria-sort"), "descending");
  assert.deepEqual(await sort(), [...served].sort((a, b) => a - b));
  assert.deepEqual(await sort(), served);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("row heads stay in sight when a pivot is scrolled sideways, and lead to the store's ledger", async () => {
  const { context, page, complaints } = await open(browser, { ...desktop, viewport: { width: 700, height: 900 } });
  await visit(page, "/reports/store-results");
  const scroll = page.locator("#panel-results .scroll");
  const head = scroll.locator("tbody th").first();
  const left = async () => Math.round((await head.boundingBox()).x);
  const before = await left();
  await scroll.evaluate((element) => { element.scrollLeft = 240; });
  assert.ok(await scroll.evaluate((element) => element.scrollLeft) > 100, "there is something to scroll");
  assert.equal(await left(), before);
  const link = scroll.locator("tbody th a").first();
  const store = (await link.innerText()).trim();
  await link.click();
  await page.waitForURL((url) => url.pathname === "/reports/store-ledger");
  assert.equal(new URL(page.url()).searchParams.get("store"), store);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("on a phone the row heads give way to the numbers", async () => {
  const { context, page } = await open(browser, phone);
  await visit(page, "/reports/store-results");
  assert.equal(await page.locator("#panel-results .frozen").count(), 0);
  await context.close();
});
