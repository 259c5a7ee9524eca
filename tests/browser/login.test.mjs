// Logging in, accounts, users and the audit log, at a server of its own: in three languages, light and
// dark, on desktops and phones.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, fits } from "./checks.mjs";
import { logIn, password, serve } from "./server.mjs";
import { desktop, launch, open, phone, shoot } from "./support.mjs";

let browser, server, url;
before(async () => {
  server = await serve({ JANGPYO_LOGIN: "local" }, { until: ({ setup }) => setup });
  ({ url } = server);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.stop();
});

// With less patience than usual: without the first test nobody can log in.
const enter = (device, more) => open(browser, device, { ...more, at: url, patience: 10_000 });

test("the first administrator comes in, opens a report and goes out again", async () => {
  const { context, page, complaints } = await enter(desktop, { bypassCSP: true });
  await page.goto(`${url}/reports/weekly-sales?lang=en`);
  assert.match(page.url(), /\/login\?next=/);
  await page.goto(`${server.setup}?lang=en`);
  await accessible(page, "setup");
  await shoot(page, "login-setup");
  await page.locator("#name").fill("yuna.seo@hanbit.example");
  await page.locator("#password").fill(password);
  await page.locator("#again").fill(password);
  await page.locator(".entry-form button[type=submit]").click();
  await page.waitForURL(`${url}/`);
  const menu = page.locator("details.menu", { hasText: "yuna.seo@hanbit.example" });
  await menu.locator("summary").click();
  await shoot(page, "login-menu");
  await menu.getByRole("button", { name: "Log out" }).click();
  await page.waitForURL(/\/login$/);
  await page.goto(`${url}/reports/weekly-sales?country=KR`);
  await logIn(page, "yuna.seo@hanbit.example");
  await page.waitForURL(/\/reports\/weekly-sales\?country=KR/);
  assert.ok(await page.locator("#panel-revenue").isVisible());
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a wrong password is told, and the name stays", async () => {
  const { context, page } = await enter(phone, { bypassCSP: true });
  await page.goto(`${url}/login?lang=ko`);
  await page.locator("#name").fill("yuna.seo@hanbit.example");
  await page.locator("#password").fill("not this one at all");
  await page.locator(".entry-form button[type=submit]").click();
  await page.locator("[role=alert]").waitFor();
  assert.equal(await page.locator("#name").inputValue(), "yuna.seo@hanbit.example");
  assert.equal(await page.locator("#password").inputValue(), "");
  await accessible(page, "wrong password");
  await shoot(page, "login-wrong-phone");
  await context.close();
});

test("a session that ended on the way leads to the login and back", async () => {
  const { context, page } = await enter(desktop);
  await page.goto(`${url}/login?next=%2Freports%2Fweekly-sales`);
  await logIn(page, "yuna.seo@hanbit.example");
  await page.waitForURL(/weekly-sales/);
  await page.waitForLoadState("networkidle");
  await context.clearCookies({ name: "jangpyo" });
  await page.locator("select[name=period]").selectOption({ index: 3 });
  await page.waitForURL(/\/login\?next=/);
  await logIn(page, "yuna.seo@hanbit.example");
  await page.waitForURL(/\/reports\/weekly-sales/);
  await context.close();
});

for (const device of [desktop, phone]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const lang of ["ko", "en", "zh-HK"]) {
      test(`the pages of ${device.name} in ${colorScheme}, ${lang}`, async () => {
        const name = `login-${device.name}-${colorScheme}-${lang}`;
        const { context, page, complaints } = await enter(device, { bypassCSP: true, colorScheme });
        await page.goto(`${url}/login?lang=${lang}`);
        await fits(page, `${name} login`);
        await accessible(page, `${name} login`);
        await shoot(page, name);
        await logIn(page, "yuna.seo@hanbit.example");
        await page.waitForURL(`${url}/`);
        for (const place of ["account", "users", "audit"]) {
          await page.goto(`${url}/${place}`);
          assert.equal(await page.locator("html").getAttribute("lang"), lang);
          await fits(page, `${name} ${place}`);
          await accessible(page, `${name} ${place}`);
          await shoot(page, `${name}-${place}`);
        }
        assert.deepEqual(complaints, []);
        await context.close();
      });
    }
  }
}

test("a token is made, shown once and revoked", async () => {
  const { context, page, complaints } = await enter(desktop, { bypassCSP: true });
  await page.goto(`${url}/login?lang=en`);
  await logIn(page, "yuna.seo@hanbit.example");
  await page.goto(`${url}/account`);
  await page.locator("#token-name").fill("airflow");
  await page.locator("input[value=export]").check();
  await page.getByRole("button", { name: "Make a token" }).click();
  const token = await page.locator(".secret").innerText();
  assert.match(token, /^jgp_[\w-]{43}$/);
  await accessible(page, "token");
  await shoot(page, "login-token");
  const get = (address) => fetch(url + address, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal((await get("/reports/weekly-sales.pdf")).status, 200);
  assert.equal((await get("/runs")).status, 403);
  await page.goto(`${url}/account`);
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.locator("[role=status]").waitFor();
  assert.equal((await get("/reports/weekly-sales.pdf")).status, 401);
  assert.deepEqual(complaints, []);
  await context.close();
});
