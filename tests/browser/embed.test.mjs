// A report inside of pages of other sites: this server is 127.0.0.1, the sites are localhost.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { accessible, fits } from "./checks.mjs";
import { join, serve } from "./server.mjs";
import { desktop, launch, open, phone, shoot } from "./support.mjs";

let browser, server, url, token;
const sites = [];

// A site whose every page has one frame, with the address that the page is asked for with.
const site = async () => {
  const pages = http.createServer((request, response) => {
    const source = new URL(request.url, "http://localhost").searchParams.get("frame") ?? "about:blank";
    const frame = source.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><title>Intranet</title><h1>Intranet</h1>
      <iframe title="Weekly sales" src="${frame}" style="width: 100%; height: 1800px; border: 0"></iframe>`);
  });
  await new Promise((resolve) => pages.listen(0, "localhost", resolve));
  const { port } = pages.address();
  return { origin: `http://localhost:${port}`, close: () => pages.close(), pages };
};

before(async () => {
  sites.push(await site(), await site(), await site());
  const named = sites.slice(0, 2).map(({ origin }) => origin).join(",");
  server = await serve({ JANGPYO_LOGIN: "local", JANGPYO_EMBED_ORIGINS: named });
  ({ url } = server);
  browser = await launch();
  const { context, page } = await open(browser, desktop);
  await join(server, page, "yuna.seo@hanbit.example");
  await page.goto(`${url}/account?lang=en`);
  await page.locator("#token-name").fill("intranet");
  // The one scope that is needed, and no other.
  await page.locator("input[value=view]").uncheck();
  await page.locator("input[value=export]").check();
  await page.getByRole("button", { name: "Make a token" }).click();
  token = await page.locator(".secret").innerText();
  await context.close();
});
after(async () => {
  await browser?.close();
  for (const { close, pages } of sites) { pages.closeAllConnections(); close(); }
  server?.stop();
});

// The address for a frame in pages of `origin`.
const framed = async (origin, { report = "weekly-sales", ...more } = {}) => {
  const answer = await fetch(`${url}/api/v1/reports/${report}/embed-tokens`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ parameters: { country: ["KR"] }, origin, seconds: 600, ...more }),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return url + (await answer.json()).path;
};

const shown = async (page, where, address) => {
  await page.goto(`${where.origin}/?frame=${encodeURIComponent(address)}`);
  const frame = page.frames().find((one) => one.parentFrame());
  await frame.waitForLoadState();
  return frame;
};

const ready = async (frame) => {
  await frame.waitForSelector(".dashboard[data-report]");
  const still = () => document.querySelectorAll(".panel[data-pending], .panel[aria-busy=true]").length === 0;
  await frame.waitForFunction(still, null, { timeout: 30_000 });
  // Drawings made for another width are asked for again a moment later.
  await frame.waitForTimeout(400);
  await frame.waitForFunction(still, null, { timeout: 30_000 });
};

const own = (complaints) => complaints.filter((text) => !/^foreign: http:\/\/(localhost|127\.0\.0\.1):/.test(text));

test("a site that is named shows the report, and its panels load", async () => {
  const { context, page, complaints } = await open(browser, desktop, { locale: "en-US", bypassCSP: true });
  const frame = await shown(page, sites[0], await framed(sites[0].origin));
  await ready(frame);
  assert.match(await frame.locator("#subtitle").innerText(), /Korea/);
  assert.ok((await frame.locator("svg.chart").count()) >= 4);
  assert.ok((await frame.locator("#panel-sheet tbody tr").count()) > 3);
  assert.equal(await frame.locator(".failure").count(), 0);
  assert.equal(await frame.locator("header.top, .demo, form.controls, .actions a").count(), 0, "nothing stands around it");
  await accessible(frame, "embedded");
  await fits(frame, "embedded");
  await shoot(page, "embed-desktop");
  assert.deepEqual(own(complaints), []);
  await context.close();
});

test("inside of the frame charts tell, tables sort, and nothing leads out", async () => {
  const { context, page, complaints } = await open(browser, desktop, { locale: "en-US" });
  const frame = await shown(page, sites[0], await framed(sites[0].origin, { report: "store-ledger", parameters: {} }));
  await ready(frame);
  const sort = frame.locator("#panel-ledger thead button.sort").first();
  const first = () => frame.locator("#panel-ledger tbody tr").first().innerText();
  const before = await first();
  await sort.click();
  if ((await first()) === before) await sort.click();
  assert.notEqual(await first(), before);
  const weekly = await shown(page, sites[0], await framed(sites[0].origin));
  await ready(weekly);
  const chart = weekly.locator("#panel-trend svg.chart");
  await chart.scrollIntoViewIfNeeded();
  await chart.hover();
  await weekly.locator(".tip").waitFor({ state: "visible" });
  assert.match(await weekly.locator(".tip").innerText(), /₩/);
  // Neither marks nor numbers are links, and a click stays where it is.
  const address = weekly.url();
  const ways = await weekly.evaluate(() => [...document.querySelectorAll("a, form")]
    .map((one) => one.href?.baseVal ?? one.href ?? one.action).filter((to) => !to.includes("#content")));
  assert.deepEqual(ways, []);
  await weekly.locator("#panel-ranking svg.chart .hot").first().click();
  await weekly.locator("#panel-revenue .kpi-value").click();
  await page.waitForTimeout(300);
  assert.equal(weekly.url(), address);
  assert.ok(page.url().startsWith(sites[0].origin));
  assert.deepEqual(own(complaints), []);
  await context.close();
});

test("what the token fixes stays, whatever the address says", async () => {
  const { context, page } = await open(browser, desktop, { locale: "en-US" });
  const frame = await shown(page, sites[0], `${await framed(sites[0].origin)}&country=HK&period=last_complete_month`);
  await ready(frame);
  const subtitle = await frame.locator("#subtitle").innerText();
  assert.match(subtitle, /Korea/);
  assert.doesNotMatch(subtitle, /Hong Kong/);
  await context.close();
});

test("it needs no cookies", async () => {
  const strict = await launch(["--test-third-party-cookie-phaseout"]);
  const { context, page, complaints } = await open(strict, phone, { locale: "ko-KR", bypassCSP: true });
  const frame = await shown(page, sites[0], await framed(sites[0].origin));
  await ready(frame);
  assert.deepEqual(await context.cookies(), [], "the browser keeps none for the frame");
  assert.equal(await frame.locator(".failure").count(), 0);
  await fits(frame, "embedded on a phone");
  await shoot(page, "embed-phone");
  assert.deepEqual(own(complaints), []);
  await context.close();
  await strict.close();
});

for (const [what, where, origin] of [
  ["a site that is not named", 2, 0],
  ["another site than the token's", 1, 0],
]) {
  test(`${what} shows nothing`, async () => {
    const { context, page, complaints } = await open(browser, desktop);
    const address = await framed(sites[origin].origin);
    await page.goto(`${sites[where].origin}/?frame=${encodeURIComponent(address)}`);
    const frame = page.frames().find((one) => one.parentFrame());
    await page.waitForTimeout(500);
    assert.equal(frame.url(), "chrome-error://chromewebdata/");
    assert.ok(complaints.some((text) => text.includes("frame-ancestors")), complaints.join("\n"));
    await context.close();
  });
}

test("a token is made only for sites that are named", async () => {
  await assert.rejects(framed(sites[2].origin), /422/);
});

for (const [locale, words] of [["ko-KR", /페이지를 새로 고치세요/], ["en-US", /Reload the page around it/]]) {
  test(`a token that has expired says so inside of the frame, in ${locale}`, async () => {
    const address = await framed(sites[0].origin, { seconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 2100));
    for (const colorScheme of ["light", "dark"]) {
      for (const device of [desktop, phone]) {
        const name = `embed-expired-${locale}-${device.name}-${colorScheme}`;
        const { context, page } = await open(browser, device, { locale, colorScheme, bypassCSP: true });
        const frame = await shown(page, sites[0], address);
        await frame.locator(".lone-message").waitFor({ timeout: 5_000 });
        assert.match(await frame.locator(".lone-message").innerText(), words);
        assert.equal(await frame.locator("header.top, .lone a").count(), 0, "there is nowhere to go");
        await accessible(frame, name);
        await fits(frame, name);
        await shoot(page, name);
        await context.close();
      }
    }
    // A site that is not named is not told either.
    const { context, page } = await open(browser, desktop, { locale });
    await page.goto(`${sites[2].origin}/?frame=${encodeURIComponent(address)}`);
    await page.waitForTimeout(500);
    assert.equal(page.frames().find((one) => one.parentFrame()).url(), "chrome-error://chromewebdata/");
    await context.close();
  });
}
