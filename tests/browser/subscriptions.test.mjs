// Reports that people have sent to themselves: the form, the list, and the page that a link in a mail leads to.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { accessible, fits } from "./checks.mjs";
import { freePort, join, logIn, serve } from "./server.mjs";
import { desktop, launch, open, phone, settled, shoot } from "./support.mjs";

const WHO = "yuna.seo@hanbit.example";
const view = "country=KR&period=last_complete_week";

let browser, server, url;
before(async () => {
  const port = await freePort();
  server = await serve({ JANGPYO_LOGIN: "local", JANGPYO_BASE_URL: `http://127.0.0.1:${port}` }, { port });
  ({ url } = server);
  browser = await launch();
  const { context, page } = await enter(desktop);
  await join(server, page, WHO);
  await context.close();
});
after(async () => {
  await browser?.close();
  server?.stop();
});

const enter = (device, more) => open(browser, device, { ...more, at: url, patience: 10_000 });

const subscriber = async (...how) => {
  const opened = await enter(...how);
  await opened.page.goto(`${url}/login?lang=en`);
  await logIn(opened.page, WHO);
  await opened.page.waitForURL(`${url}/`);
  return opened;
};

// The link to leave of the latest mail in the outbox, once `count` are there.
const linkToLeave = async (count) => {
  const outbox = path.join(server.state, "outbox");
  for (let tries = 0; tries < 300; tries += 1) {
    const mails = fs.existsSync(outbox) ? fs.readdirSync(outbox).filter((name) => name.endsWith(".eml")) : [];
    if (mails.length >= count) {
      const written = (name) => fs.statSync(path.join(outbox, name)).mtimeMs;
      const latest = mails.sort((one, other) => written(other) - written(one))[0];
      const text = fs.readFileSync(path.join(outbox, latest), "utf8").replaceAll(/\r\n[ \t]+/g, " ");
      return text.match(/^List-Unsubscribe: <(\S+)>/m)[1];
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail number ${count} came`);
};

test("what is looked at comes by mail, is changed, paused, sent and ended", async () => {
  const { context, page, complaints } = await subscriber(desktop, { bypassCSP: true });
  await page.goto(`${url}/reports/weekly-sales?${view}`);
  await settled(page);
  await page.locator("#subscribe-link").click();
  await page.waitForURL(/\/reports\/weekly-sales\/subscribe\?/);
  assert.match(await page.locator("dl.known").innerText(), /Korea[^]*yuna\.seo@hanbit\.example/);
  await page.locator("input[name=rhythm][value=weekly]").check();
  await page.locator("#at").fill("07:30");
  await page.locator("form.subscribe button[type=submit]").click();
  await page.waitForURL(`${url}/subscriptions?done=made`);
  const row = page.locator("table.cards tbody tr").first();
  assert.match(await row.innerText(), /07:30/);

  await row.getByRole("link", { name: "Change" }).click();
  assert.equal(await page.locator("#at").inputValue(), "07:30");
  await page.locator("#at").fill("08:15");
  await page.locator("form.subscribe button[type=submit]").click();
  await page.waitForURL(/\/subscriptions\?done=/);
  assert.match(await row.innerText(), /08:15/);

  await row.getByRole("button", { name: "Pause" }).click();
  await row.getByRole("button", { name: "Resume" }).click();
  await row.getByRole("button", { name: "Pause" }).waitFor();
  await row.getByRole("button", { name: "Send now" }).click();
  await page.waitForURL(/done=sent/);
  const link = await linkToLeave(1);
  assert.ok(link.startsWith(`${url}/unsubscribe/`), link);
  await row.getByRole("button", { name: "Unsubscribe" }).click();
  await page.waitForURL(/\/subscriptions\?done=ended/);
  assert.equal(await page.locator("table.cards tbody tr th a[href*=weekly-sales]").count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("whoever got a mail leaves by its link without a login, and comes back to the list no more", async () => {
  const { context, page } = await subscriber(desktop);
  await page.goto(`${url}/reports/store-ledger/subscribe?lang=en`);
  await page.locator("form.subscribe button[type=submit]").click();
  await page.getByRole("button", { name: "Send now" }).click();
  await page.waitForURL(/done=sent/);
  const link = await linkToLeave(2);
  for (const device of [desktop, phone]) {
    for (const lang of ["ko", "en", "zh-HK"]) {
      const name = `leave-${device.name}-${lang}`;
      const anybody = await enter(device, { bypassCSP: true, colorScheme: device === phone ? "dark" : "light" });
      await anybody.page.goto(`${link}?lang=${lang}`);
      await fits(anybody.page, name);
      await accessible(anybody.page, name);
      await shoot(anybody.page, name);
      assert.deepEqual(anybody.complaints, []);
      await anybody.context.close();
    }
  }
  const anybody = await enter(phone, { bypassCSP: true });
  await anybody.page.goto(`${link}?lang=en`);
  await anybody.page.locator(".panel button[type=submit]").click();
  await anybody.page.locator("[role=status]").waitFor();
  await accessible(anybody.page, "left");
  await shoot(anybody.page, "leave-left");
  await anybody.context.close();
  await page.goto(`${url}/subscriptions`);
  assert.equal(await page.locator("a[href^='/subscriptions/subscription.']").count(), 0);
  await context.close();
});

for (const device of [desktop, phone]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const lang of ["ko", "en", "zh-HK"]) {
      test(`the pages of ${device.name} in ${colorScheme}, ${lang}`, async () => {
        const name = `subscriptions-${device.name}-${colorScheme}-${lang}`;
        const { context, page, complaints } = await subscriber(device, { bypassCSP: true, colorScheme });
        await page.goto(`${url}/reports/weekly-sales/subscribe?${view}&lang=${lang}`);
        await fits(page, `${name} form`);
        await accessible(page, `${name} form`);
        await shoot(page, `${name}-form`);
        await page.locator("form.subscribe button[type=submit]").click();
        await page.waitForURL(/\/subscriptions\?done=made/);
        assert.equal(await page.locator("html").getAttribute("lang"), lang);
        await fits(page, `${name} list`);
        await accessible(page, `${name} list`);
        await shoot(page, `${name}-list`);
        await page.locator("form[action$='/end'] button").first().click();
        await page.waitForURL(/done=ended/);
        assert.deepEqual(complaints, []);
        await context.close();
      });
    }
  }
}
