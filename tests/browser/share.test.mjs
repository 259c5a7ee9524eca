// Links that show one report to whoever has them: how they are made, what guests see, and how they end.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { after, before, test } from "node:test";
import { accessible, fits } from "./checks.mjs";
import { join, logIn, serve } from "./server.mjs";
import { desktop, launch, open, phone, settled, shoot } from "./support.mjs";

const MAKER = "yuna.seo@hanbit.example";
const shown = { country: "KR", period: "2026-10-12..2026-10-18" };
const view = `country=${shown.country}&period=${shown.period}`;

let browser, server, url;
before(async () => {
  server = await serve({ JANGPYO_LOGIN: "local" });
  ({ url } = server);
  browser = await launch();
  const { context, page } = await enter(desktop);
  await join(server, page, MAKER);
  await context.close();
});
after(async () => {
  await browser?.close();
  server?.stop();
});

const enter = (device, more) => open(browser, device, { ...more, at: url, patience: 10_000 });

const maker = async (...how) => {
  const opened = await enter(...how);
  await opened.page.goto(`${url}/login?lang=en`);
  await logIn(opened.page, MAKER);
  await opened.page.waitForURL(`${url}/`);
  return opened;
};

// Makes a link on the page that the Share button leads to; `fill` chooses what it is for.
const make = async (page, query, fill = async () => {}) => {
  await page.goto(`${url}/reports/weekly-sales/share?${query}`);
  await fill(page);
  await page.getByRole("button", { name: "Make the link" }).click();
  return page.locator(".secret").innerText();
};

const made = async (query, fill) => {
  const { context, page } = await maker(desktop);
  const link = await make(page, query, fill);
  await context.close();
  return link;
};

// Addresses of a page that lead anywhere but to what the link opens.
const waysOut = (page, link) =>
  page.evaluate((base) => {
    const all = [...document.querySelectorAll("a, form, area")];
    const address = (one) => one.href?.baseVal ?? one.href ?? one.action;
    return all.map(address).filter((to) => to && !to.startsWith(base) && !to.includes("#content"));
  }, link);

test("the maker shares what is looked at, and copies the link", async () => {
  const { context, page, complaints } = await maker(desktop, { bypassCSP: true });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: url });
  await page.goto(`${url}/reports/weekly-sales?${view}`);
  await settled(page);
  await page.locator("#share-link").click();
  await page.waitForURL(/\/reports\/weekly-sales\/share\?/);
  assert.match(await page.locator(".panel .quiet").first().innerText(), /Oct.*12.*18.*Korea|Korea.*Oct/s);
  await accessible(page, "share form");
  await page.locator("#share-days").fill("3");
  await page.locator("input[name=files]").check();
  await page.getByRole("button", { name: "Make the link" }).click();
  const link = await page.locator(".secret").innerText();
  assert.match(link, new RegExp(`^${url}/share/[\\w-]{43}$`));
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
  await accessible(page, "link made");
  await shoot(page, "share-made");
  await page.goto(`${url}/account`);
  const row = page.locator("tr", { hasText: "weekly-sales" }).first();
  const until = await row.locator("time").first().getAttribute("datetime");
  const days = (Date.parse(until) - Date.now()) / 86_400_000;
  assert.ok(days > 2.9 && days <= 3, `${days} days`);
  assert.match(await row.innerText(), /with files/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a guest sees the report as it was shared, opens a panel and takes a file, and nothing leads on", async () => {
  const link = await made(view, (page) => page.locator("input[name=files]").check());
  const { context, page, complaints } = await enter(desktop, { locale: "en-US" });
  await page.goto(link);
  await settled(page);
  const subtitle = await page.locator("#subtitle").innerText();
  assert.match(subtitle, /Oct.*12.*18/);
  assert.match(subtitle, /Korea/);
  assert.equal(await page.locator("form.controls").count(), 0, "there is nothing to choose");
  assert.equal(await page.locator("nav.places a, #share-link, a.brand").count(), 0);
  const legend = await page.locator("#panel-trend svg.chart").textContent();
  assert.ok(!legend.includes("Hong Kong"), "the chart holds what was shared");
  assert.deepEqual(await waysOut(page, link), []);
  // What the address says beside it changes nothing.
  await page.goto(`${link}?country=HK&period=last_complete_month`);
  await settled(page);
  assert.equal(await page.locator("#subtitle").innerText(), subtitle);
  await page.locator("#panel-trend details.menu summary").click();
  const coming = page.waitForEvent("download");
  await page.locator("#panel-trend details.menu a", { hasText: "CSV" }).first().click();
  assert.match((await coming).suggestedFilename(), /\.csv$/);
  await page.locator("#panel-trend [data-alone]").click();
  await page.waitForURL(/\/panels\/trend/);
  assert.ok(page.url().startsWith(`${link}/panels/trend`));
  assert.ok(await page.locator("svg.chart").isVisible());
  assert.deepEqual(await waysOut(page, link), []);
  await page.locator(".actions a").click();
  await page.waitForURL((at) => at.href.startsWith(link) && !at.pathname.includes("/panels/"));
  await page.goto(`${url}/reports/weekly-sales`);
  assert.match(page.url(), /\/login\?next=/, "a link is no login");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a guest changes what was left open, in place, and nothing else", async () => {
  const link = await made(view, (page) => page.locator("input[name=open][value=period]").check());
  const { context, page, complaints } = await enter(desktop, { locale: "en-US" });
  await page.goto(link);
  await settled(page);
  assert.equal(await page.locator("[data-control]").count(), 1);
  const numbers = () => page.locator(".kpi-value").allInnerTexts();
  const before = await numbers();
  await page.locator("select[name=period]").selectOption("last_complete_month");
  await page.waitForURL((at) => at.searchParams.has("period"));
  await settled(page);
  assert.notDeepEqual(await numbers(), before);
  assert.match(await page.locator("#subtitle").innerText(), /Korea/);
  assert.equal(await page.locator(".panel-menu, #pdf-link, #xlsx-link").count(), 0, "files were not shared");
  assert.deepEqual(await waysOut(page, link), []);
  assert.deepEqual(complaints, []);
  await context.close();
});

// What is wrong with links, and how each came about.
const ends = {
  "used up": async () => {
    const link = await made(view, (page) => page.locator("#share-uses").fill("1"));
    const { context, page } = await enter(desktop);
    assert.equal((await page.goto(link)).status(), 200);
    await settled(page);
    await context.close();
    return link;
  },
  revoked: async () => {
    const { context, page } = await maker(desktop);
    const link = await make(page, view);
    await page.goto(`${url}/account`);
    await page.getByRole("button", { name: "Revoke" }).first().click();
    await page.waitForURL(/done=revoked/);
    await context.close();
    return link;
  },
  expired: async () => {
    const link = await made(view);
    // A link lasts at least a day: its row is made older instead of waiting.
    const store = path.join(server.state, "jangpyo.sqlite");
    const age = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], timeout=10); db.execute(\"update shares set "
      + "expires_at = '2026-01-01T00:00:00.000Z' where id = (select max(id) from shares)\"); db.commit()";
    execFileSync("python3", ["-c", age, store]);
    return link;
  },
};

for (const [end, bring] of Object.entries(ends)) {
  test(`a link that is ${end} says so calmly, in the language of whoever comes`, async () => {
    const link = await bring();
    for (const [locale, words] of [["ko-KR", /새 링크를 요청하세요/], ["en-US", /Ask them for another/]]) {
      for (const device of [desktop, phone]) {
        for (const colorScheme of ["light", "dark"]) {
          const name = `share-${end}-${locale}-${device.name}-${colorScheme}`.replace(" ", "-");
          const { context, page, complaints } = await enter(device, { locale, colorScheme, bypassCSP: true });
          assert.equal((await page.goto(link)).status(), 404);
          assert.match(await page.locator(".lone-message").innerText(), words);
          assert.equal(await page.locator("html").getAttribute("lang"), locale.slice(0, 2));
          assert.deepEqual(await waysOut(page, link), [], "there is no page to go to");
          await fits(page, name);
          await accessible(page, name);
          await shoot(page, name);
          const others = complaints.filter((text) => !text.includes("404"));
          assert.deepEqual(others, []);
          await context.close();
        }
      }
    }
  });
}

for (const device of [desktop, phone]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`the pages of links on ${device.name} in ${colorScheme}`, async () => {
      const name = `share-${device.name}-${colorScheme}`;
      const { context, page, complaints } = await maker(device, { bypassCSP: true, colorScheme });
      for (const lang of ["ko", "en", "zh-HK"]) {
        await page.goto(`${url}/reports/weekly-sales/share?${view}&lang=${lang}`);
        await fits(page, `${name}-${lang} form`);
        await accessible(page, `${name}-${lang} form`);
        await shoot(page, `${name}-${lang}-form`);
      }
      await page.goto(`${url}/reports/weekly-sales/share?${view}&lang=en`);
      const link = await make(page, view);
      const guest = await enter(device, { bypassCSP: true, colorScheme });
      await guest.page.goto(link);
      await settled(guest.page);
      await fits(guest.page, `${name} report`);
      await accessible(guest.page, `${name} report`);
      await shoot(guest.page, `${name}-report`);
      assert.deepEqual([...complaints, ...guest.complaints], []);
      await guest.context.close();
      await context.close();
    });
  }
}
