// Logging in at a real OpenID Connect provider with a real browser.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { accessible, fits } from "./checks.mjs";
import { freePort, serve } from "./server.mjs";
import { desktop, launch, open, phone, settled, shoot } from "./support.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const TITLE = "Hanbit ID";
const groups = { yuna: ["hanbit-executives"], sec: ["hanbit-security"], guest: [] };
const weekly = "/reports/weekly-sales?country=KR";

let browser, provider, lines, server, url, issuer;

// The next thing that the provider tells, between its warnings.
const told = async () => {
  for (;;) {
    const { value } = await lines.next();
    if (value.startsWith("{")) return JSON.parse(value);
  }
};

before(async () => {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const script = here("../support/oidc_provider.mjs");
  const words = [script, here("./node_modules"), `${base}/login/oidc/callback`, `${base}/`, JSON.stringify(groups)];
  provider = spawn("node", words, { stdio: ["pipe", "pipe", "ignore"] });
  lines = createInterface({ input: provider.stdout })[Symbol.asyncIterator]();
  ({ issuer } = await told());
  server = await serve({
    JANGPYO_LOGIN: "oidc",
    JANGPYO_BASE_URL: base,
    JANGPYO_OIDC_ISSUER: issuer,
    JANGPYO_OIDC_CLIENT_ID: "jangpyo",
    JANGPYO_OIDC_CLIENT_SECRET: "a secret/with:signs+",
    JANGPYO_OIDC_TITLE: TITLE,
  }, { port });
  ({ url } = server);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.stop();
  provider?.stdin.end();
});

const enter = async (...how) => {
  const opened = await open(browser, ...how);
  opened.page.setDefaultTimeout(15_000);
  // The provider's pages want a font of a foreign site; nothing leaves this machine.
  await opened.context.route(/^https:/, (route) => route.fulfill({ contentType: "text/css", body: "" }));
  return opened;
};

// What happened at the server itself: the provider's pages are not ours.
const own = (complaints) =>
  complaints.filter((text) => !/^foreign: |Failed to load resource/.test(text) && !text.includes(issuer));

const start = (page) => page.locator(".entry-elsewhere a").click();

// Waits until a tab is where it should be led, and otherwise tells where it stands and what it shows.
const arrives = async (page, address) => {
  try {
    await page.waitForURL(address);
  } catch (error) {
    throw new Error(`${error.message}\nit stands at ${page.url()}:\n${await page.locator("body").innerText()}`);
  }
};

// Gives a name at the provider, and consents where it asks. Whoever does so looks at the tab: what is clicked in
// one behind another may be lost.
const prove = async (page, name) => {
  await page.bringToFront();
  await page.waitForURL((at) => at.href.startsWith(issuer));
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill("any");
  const asked = page.url();
  await page.locator("button[type=submit]").click();
  await page.waitForURL((at) => at.href !== asked);
  if (page.url().startsWith(issuer)) await page.locator("button[type=submit]").click();
};

const comeIn = async (page, name, path = "/", lang = "en") => {
  await page.goto(`${url}/login?lang=${lang}&next=${encodeURIComponent(path)}`);
  await start(page);
  await prove(page, name);
  await arrives(page, url + path);
};

const isIn = async (page) => (await page.request.get(`${url}/account`, { maxRedirects: 0 })).status() === 200;

test("a login at the provider leads back to what was asked for, with the roles of the groups", async () => {
  const { context, page, complaints } = await enter(desktop, { bypassCSP: true });
  await page.goto(url + weekly);
  assert.equal(page.url(), `${url}/login?next=${encodeURIComponent(weekly)}`);
  assert.match(await page.locator(".entry-elsewhere").innerText(), new RegExp(TITLE));
  assert.equal(await page.locator("#password").count(), 0, "there are no passwords here");
  await accessible(page, "login elsewhere");
  await fits(page, "login elsewhere");
  await shoot(page, "oidc-login");
  await start(page);
  await prove(page, "yuna");
  await arrives(page, url + weekly);
  await settled(page);
  assert.ok(await page.locator("#panel-revenue .kpi-value").isVisible());
  await page.goto(`${url}/account?lang=en`);
  const account = await page.locator("main").innerText();
  assert.ok(account.includes("yuna@example.com") && account.includes("hanbit-executives"), account);
  assert.ok(account.includes("Group hanbit-executives → Executives"), account);
  assert.deepEqual(own(complaints), []);
  await context.close();
});

test("somebody without a group comes in, and is told what to do", async () => {
  for (const [lang, words] of [["ko", /볼 수 있는 보고서가 없습니다/], ["en", /No report is open to you/]]) {
    const { context, page, complaints } = await enter(phone, { bypassCSP: true });
    await comeIn(page, "guest", "/", lang);
    assert.match(await page.locator(".empty").innerText(), words);
    assert.equal(await page.locator(".report-card").count(), 0);
    await fits(page, "nothing open");
    await accessible(page, "nothing open");
    await shoot(page, `oidc-nothing-open-${lang}`);
    assert.deepEqual(own(complaints), []);
    const closed = await page.goto(url + weekly);
    assert.equal(closed.status(), 404, "a closed report looks absent");
    await context.close();
  }
});

test("logging out ends it here and at the provider", async () => {
  const { context, page } = await enter(desktop);
  await comeIn(page, "yuna");
  await page.locator("details.menu", { hasText: "yuna@example.com" }).locator("summary").click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.waitForURL((at) => at.href.startsWith(issuer));
  assert.equal(await isIn(page), false);
  await page.locator("button[name=logout]").click();
  await page.waitForURL((at) => at.href.startsWith(`${url}/login`));
  // The provider asks again who it is: nobody is logged in there either.
  await start(page);
  await page.locator("input[name=login]").waitFor();
  await context.close();
});

test("whoever stops at the provider is told so, and can still go where they wanted", async () => {
  for (const [lang, words] of [["ko", /취소/], ["en", /cancelled/]]) {
    const { context, page, complaints } = await enter(desktop, { bypassCSP: true });
    await page.goto(`${url}/login?lang=${lang}&next=${encodeURIComponent(weekly)}`);
    await start(page);
    await page.waitForURL((at) => at.href.startsWith(issuer));
    await page.getByText("Cancel").click();
    await page.waitForURL((at) => at.href.startsWith(`${url}/login`));
    assert.match(await page.locator("[role=alert]").innerText(), words);
    await accessible(page, "cancelled");
    await shoot(page, `oidc-cancelled-${lang}`);
    await start(page);
    await prove(page, "yuna");
    await arrives(page, url + weekly);
    assert.deepEqual(own(complaints), []);
    await context.close();
  }
});

test("a redirect with another state, or one that was used, logs nobody in", async () => {
  const { context, page } = await enter(desktop);
  let callback;
  // Between the provider and here somebody changes the redirect.
  const wire = await context.newCDPSession(page);
  wire.on("Fetch.requestPaused", async ({ requestId, request }) => {
    if (callback) return wire.send("Fetch.continueRequest", { requestId });
    callback = request.url;
    const changed = callback.replace(/state=./, (text) => `state=${text.endsWith("A") ? "B" : "A"}`);
    const responseHeaders = [{ name: "location", value: changed }];
    return wire.send("Fetch.fulfillRequest", { requestId, responseCode: 303, responseHeaders });
  });
  await wire.send("Fetch.enable", { patterns: [{ urlPattern: "*/login/oidc/callback?*" }] });
  await page.goto(`${url}/login?lang=en`);
  await start(page);
  await prove(page, "yuna");
  await page.waitForURL((at) => at.href.startsWith(`${url}/login`));
  assert.match(await page.locator("[role=alert]").innerText(), /not finished/);
  assert.equal(await isIn(page), false);
  // The redirect as it was is still good, in this browser and once.
  const other = await enter(desktop);
  await other.page.goto(`${callback}&lang=en`);
  assert.equal(await isIn(other.page), false, "another browser did not begin it");
  await other.context.close();
  await page.goto(callback);
  assert.equal(await isIn(page), true);
  // Opened again, as a browser does that restores its tabs: whoever is in stays in.
  await page.goto(callback);
  assert.equal(page.url(), `${url}/`);
  assert.equal(await isIn(page), true);
  await context.close();
});

test("the browser's back button leads through the provider to where one was, still logged in", async () => {
  const { context, page } = await enter(desktop);
  await page.goto(`${url}/login?lang=en&next=${encodeURIComponent(weekly)}`);
  await start(page);
  await prove(page, "yuna");
  await arrives(page, url + weekly);
  for (let steps = 0; steps < 5; steps += 1) {
    await page.goBack();
    if (page.url().startsWith(url)) break;
  }
  await arrives(page, url + weekly);
  await settled(page);
  assert.ok(await page.locator("#panel-revenue").isVisible());
  assert.equal(await isIn(page), true);
  await context.close();
});

test("two tabs that begin to log in at once both arrive", async () => {
  const { context, page } = await enter(desktop);
  const second = await context.newPage();
  const monthly = "/reports/monthly-sales";
  for (const [tab, next] of [[page, weekly], [second, monthly]]) {
    await tab.goto(`${url}/login?lang=en&next=${encodeURIComponent(next)}`);
    await start(tab);
    await tab.waitForURL((at) => at.href.startsWith(issuer));
  }
  // The tab that began first also finishes first: the other's attempt has not taken its place.
  await prove(page, "yuna");
  await arrives(page, url + weekly);
  await prove(second, "yuna");
  await arrives(second, url + monthly);
  assert.equal(await isIn(second), true);
  assert.deepEqual((await context.cookies(url)).filter(({ name }) => name.includes("attempt")), []);
  await context.close();
});

test("keys that the provider changed between two logins are fetched", async () => {
  const first = await enter(desktop);
  await comeIn(first.page, "yuna");
  await first.context.close();
  // Keys are asked for anew every thirty seconds at most: those of the logins above may be younger than that.
  await new Promise((resolve) => setTimeout(resolve, 31_000));
  provider.stdin.write("rotate\n");
  assert.deepEqual(await told(), { rotated: 2 });
  const second = await enter(desktop);
  await comeIn(second.page, "yuna");
  assert.equal(await isIn(second.page), true);
  await second.context.close();
});

test("a session that an administrator ends leads to the login, and back", async () => {
  server.command("users", "add", "yuna@example.com", "--elsewhere");
  const { context, page } = await enter(desktop);
  await comeIn(page, "yuna", weekly);
  await settled(page);
  const admin = await enter(desktop);
  await comeIn(admin.page, "sec", "/users");
  const row = admin.page.locator("tbody tr", { hasText: "yuna@example.com" });
  await row.getByRole("button", { name: "Log out everywhere" }).click();
  await admin.page.waitForURL(`${url}/users`);
  await admin.context.close();
  await page.locator("select[name=period]").selectOption({ index: 3 });
  await page.waitForURL(/\/login\?next=/);
  assert.equal(await isIn(page), false);
  // The provider knows them still, and so they come back without a password.
  await start(page);
  await page.waitForURL((at) => at.pathname === "/reports/weekly-sales" && at.searchParams.has("period"));
  await context.close();
});
