// What queries cost, as an administrator sees it after some use by three roles.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, fits } from "./checks.mjs";
import { join, logIn, serve } from "./server.mjs";
import { desktop, launch, open, phone, settled, shoot } from "./support.mjs";

const ADMINISTRATOR = "root@hanbit.example";
const people = [
  ["min@hanbit.example", "hanbit-sales-analytics", ["weekly-sales", "merchandising", "store-ledger"]],
  ["hyun.park@hanbit.example", "hanbit-finance", ["monthly-sales", "profit-and-loss", "weekly-sales"]],
  ["jiwoo.kim@hanbit.example", "hanbit-store-managers", ["store-results"]],
];

let browser, server, url;
before(async () => {
  server = await serve({ JANGPYO_LOGIN: "local" });
  ({ url } = server);
  browser = await launch();
  const administrator = await enter(desktop);
  await join(server, administrator.page, ADMINISTRATOR, "--administrator");
  await administrator.context.close();
  for (const [name, group, reports] of people) {
    const { context, page } = await enter(desktop);
    await join(server, page, name, "--groups", group);
    for (const report of reports) {
      await page.goto(`${url}/reports/${report}`);
      await settled(page);
    }
    assert.equal((await page.goto(`${url}/costs`)).status(), 403, `${name} is no administrator`);
    await context.close();
  }
  server.command("run", "weekly-sales/monday", "--dry-run");
  // Lines are written together, a moment later.
  await new Promise((resolve) => setTimeout(resolve, 2000));
});
after(async () => {
  await browser?.close();
  server?.stop();
});

const enter = (device, more) => open(browser, device, { ...more, at: url, patience: 10_000 });

const administrator = async (...how) => {
  const opened = await enter(...how);
  await opened.page.goto(`${url}/login?lang=en`);
  await logIn(opened.page, ADMINISTRATOR);
  await opened.page.waitForURL(`${url}/`);
  return opened;
};

test("costs are added up by role, narrowed to one, and widened again", async () => {
  const { context, page, complaints } = await administrator(desktop);
  await page.getByRole("navigation").getByRole("link", { name: "Costs" }).click();
  await page.waitForURL(`${url}/costs`);
  const table = page.locator("table.cards").last();
  const rows = async () => (await table.locator("tbody th").allInnerTexts()).map((text) => text.trim());
  assert.ok((await rows()).includes("Finance") && (await rows()).includes("Sales analytics"), await rows());
  const sum = async () => (await page.locator(".sums dd").nth(1).innerText()).replaceAll(",", "");
  const all = Number(await sum());
  await table.getByRole("link", { name: "Finance" }).click();
  await page.waitForURL(/role=finance/);
  assert.match(await page.locator(".chosen").innerText(), /Finance/);
  assert.ok(Number(await sum()) < all && Number(await sum()) > 0);
  assert.ok((await rows()).some((name) => /sales/i.test(name)), "its reports");
  await page.getByRole("navigation", { name: "Add up by" }).getByRole("link", { name: "Day" }).click();
  assert.equal((await rows()).length, 1);
  await page.locator(".chip a").click();
  assert.equal(Number(await sum()), all);
  await page.getByRole("link", { name: "Month before" }).click();
  await page.locator(".empty").waitFor();
  await page.getByRole("link", { name: "Month after" }).click();
  assert.equal(Number(await sum()), all);
  assert.deepEqual(complaints, []);
  await context.close();
});

for (const device of [desktop, phone]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const lang of ["ko", "en", "zh-HK"]) {
      test(`the page of ${device.name} in ${colorScheme}, ${lang}`, async () => {
        const name = `costs-${device.name}-${colorScheme}-${lang}`;
        const { context, page, complaints } = await administrator(device, { bypassCSP: true, colorScheme });
        for (const by of ["role", "panel"]) {
          await page.goto(`${url}/costs?by=${by}&lang=${lang}`);
          await fits(page, `${name} ${by}`);
          await accessible(page, `${name} ${by}`);
          await shoot(page, `${name}-${by}`);
        }
        assert.deepEqual(complaints, []);
        await context.close();
      });
    }
  }
}
