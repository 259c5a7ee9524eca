// What people do with a dashboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { base, desktop, launch, open, phone, settled, shoot, visit } from "./support.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const numbers = (page) => page.locator(".kpi-value").allInnerTexts();

test("a changed period refreshes the panels in place, and the address shares the view", async () => {
  const { context, page, complaints } = await open(browser, desktop);
  await visit(page, "/reports/weekly-sales");
  const before = await numbers(page);
  await page.evaluate(() => { globalThis.sameDocument = true; });
  await page.locator("select[name=period]").selectOption({ index: 3 });
  await page.waitForURL((url) => url.searchParams.has("period"));
  await settled(page);
  const after = await numbers(page);
  assert.notDeepEqual(after, before);
  assert.ok(await page.evaluate(() => globalThis.sameDocument), "the page was not loaded as a whole");
  const pdf = await page.locator("#pdf-link").getAttribute("href");
  assert.ok(pdf.includes("period="), `the PDF shows the same: ${pdf}`);

  const other = await open(browser, desktop);
  await other.page.goto(page.url());
  await settled(other.page);
  assert.deepEqual(await numbers(other.page), after, "somebody else sees the same under this address");
  await other.context.close();

  await page.goBack();
  await page.waitForURL((url) => !url.searchParams.has("period"));
  await settled(page);
  assert.deepEqual(await numbers(page), before, "back means back");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("members are chosen in a list", async () => {
  const { context, page, complaints } = await open(browser, desktop);
  await visit(page, "/reports/weekly-sales");
  const before = await numbers(page);
  const picker = page.locator("[data-control=country]");
  await picker.locator("summary").click();
  await picker.getByText("한국").click();
  await page.waitForURL((url) => url.searchParams.getAll("country").includes("KR"));
  await settled(page);
  assert.notDeepEqual(await numbers(page), before);
  assert.equal(await picker.locator(".picked").innerText(), "한국");
  const legend = await page.locator("#panel-trend svg.chart").textContent();
  assert.ok(!legend.includes("홍콩"), "the chart holds only what is chosen");
  await shoot(page, "use-picker-open");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a period of one's own is typed as two days", async () => {
  const { context, page, complaints } = await open(browser, desktop);
  await visit(page, "/reports/weekly-sales");
  await page.locator("select[name=period]").selectOption("custom");
  await page.locator("input[name=period-from]").fill("2026-03-01");
  await page.locator("input[name=period-to]").fill("2026-03-10");
  await page.locator("input[name=period-to]").blur();
  await page.waitForURL((url) => url.searchParams.get("period") === "2026-03-01..2026-03-10");
  await settled(page);
  assert.match(await page.locator("#subtitle").innerText(), /2026.*3.*1.*10/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a chart tells its values to pointer and keyboard", async () => {
  const { context, page, complaints } = await open(browser, desktop);
  await visit(page, "/reports/weekly-sales");
  const tip = page.locator(".tip");
  assert.ok(await tip.isHidden());
  const chart = page.locator("#panel-trend svg.chart");
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await tip.waitFor({ state: "visible" });
  const told = await tip.innerText();
  assert.ok(told.includes("한국") && /₩/.test(told), told);
  const place = await tip.boundingBox();
  assert.ok(place.x >= 0 && place.y >= 0 && place.x + place.width <= 1440, "it stays in the window");
  await page.screenshot({ path: new URL("../artefacts/screens/use-tooltip.png", import.meta.url).pathname });
  await page.mouse.move(5, 5);
  await tip.waitFor({ state: "hidden" });
  await chart.focus();
  await page.keyboard.press("ArrowRight");
  await tip.waitFor({ state: "visible" });
  const first = await tip.innerText();
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await tip.innerText(), first);
  assert.ok((await page.locator("#announce").textContent()).length > 5, "screen readers hear it too");
  await page.keyboard.press("Escape");
  await tip.waitFor({ state: "hidden" });
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a touch tells what a chart says", async () => {
  const { context, page } = await open(browser, phone);
  await visit(page, "/reports/weekly-sales");
  const chart = page.locator("#panel-trend svg.chart");
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
  await page.locator(".tip").waitFor({ state: "visible" });
  const place = await page.locator(".tip").boundingBox();
  assert.ok(place.x >= 0 && place.x + place.width <= 390, JSON.stringify(place));
  await page.screenshot({ path: new URL("../artefacts/screens/use-tooltip-phone.png", import.meta.url).pathname });
  assert.equal(new URL(page.url()).pathname, "/reports/weekly-sales", "the first touch only tells");
  assert.match(await page.locator(".tip-hint").innerText(), /한 번 더/);
  await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForURL((url) => url.pathname === "/reports/store-ledger");
  await context.close();
});

test("everything works without JavaScript", async () => {
  for (const device of [desktop, phone]) {
    const { context, page } = await open(browser, device, { javaScriptEnabled: false });
    await page.goto(`${base}/reports/weekly-sales`);
    // A slow answer leads to the complete page through a refresh.
    await page.waitForSelector("#panel-sheet table", { timeout: 20_000 });
    assert.equal(await page.locator(".panel[data-pending]").count(), 0);
    assert.ok((await page.locator("svg.chart").count()) >= 4);
    const before = await numbers(page);
    await page.locator("select[name=period]").selectOption({ index: 3 });
    await page.locator("form.controls button[type=submit]").click();
    await page.waitForURL((url) => url.searchParams.has("period"));
    await page.waitForSelector("#panel-sheet table", { timeout: 20_000 });
    assert.notDeepEqual(await numbers(page), before);
    await shoot(page, `use-without-script-${device.name}`);
    await context.close();
  }
});

test("a refused parameter is told at its control and spares the rest of the page", async () => {
  const { context, page } = await open(browser, desktop);
  await page.goto(`${base}/reports/weekly-sales?period=banana`);
  assert.match(await page.locator("body").innerText(), /banana/);
  await shoot(page, "use-refused-parameter");
  await context.close();
});

test("the theme is chosen and remembered", async () => {
  const { context, page, complaints } = await open(browser, desktop, { colorScheme: "light" });
  await visit(page, "/reports/weekly-sales");
  const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.locator("header.top details.menu summary").click();
  await page.locator("[data-theme-choice=dark]").click();
  const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.notEqual(dark, light);
  await visit(page, "/");
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), dark);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a panel's numbers and drawings are downloaded under a name in the reader's language", async () => {
  const { context, page } = await open(browser, desktop);
  await visit(page, "/reports/weekly-sales");
  for (const ending of ["CSV", "SVG", "PNG"]) {
    await page.locator("#panel-trend details.menu summary").click();
    const coming = page.waitForEvent("download");
    // Of the two kinds of CSV the one for Excel comes first.
    await page.locator("#panel-trend details.menu a", { hasText: ending }).first().click();
    const file = (await coming).suggestedFilename();
    assert.match(file, new RegExp(`국가별 일 매출.*\\.${ending.toLowerCase()}$`));
    await page.keyboard.press("Escape");
  }
  await context.close();
});
