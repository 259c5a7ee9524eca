// Forms over TLS, where browsers speak HTTP/2 and send no Host header.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { logIn, password, serve } from "./server.mjs";
import { desktop, launch, open } from "./support.mjs";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");
let browser, server, folder;
before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "jangpyo-tls-"));
  execFileSync(path.join(root, ".venv/bin/python"), [path.join(root, "tests/support/certificate.py"), folder]);
  const tls = {
    JANGPYO_TLS_CERTIFICATE: path.join(folder, "certificate.pem"),
    JANGPYO_TLS_KEY: path.join(folder, "key.pem"),
  };
  server = await serve({ JANGPYO_LOGIN: "local", ...tls }, { until: ({ setup }) => setup });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.stop();
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
});

test("passwords, logins, links and invitations work over HTTP/2", async () => {
  const { url } = server;
  assert.match(url, /^https:/);
  const { context, page, complaints } = await open(browser, desktop, { at: url, patience: 10_000, ignoreHTTPSErrors: true });
  await page.goto(`${server.setup}?lang=en`);
  assert.equal(await page.evaluate(() => performance.getEntriesByType("navigation")[0].nextHopProtocol), "h2");
  await page.locator("#name").fill("yuna.seo@hanbit.example");
  await page.locator("#password").fill(password);
  await page.locator("#again").fill(password);
  await page.locator(".entry-form button[type=submit]").click();
  await page.waitForURL(`${url}/`);
  // An invitation names the server as the browser knows it.
  await page.goto(`${url}/users?lang=en`);
  await page.locator("form.add-user [name=name], form [name=name]").first().fill("jiwoo.kim@hanbit.example");
  await page.locator("form:has([name=name]) button[type=submit]").first().click();
  const shown = page.getByText(/\/setup\//).or(page.locator("input[value*='/setup/']")).first();
  await shown.waitFor();
  const link = (await shown.inputValue().catch(() => null)) ?? (await shown.textContent());
  assert.ok(link.includes(`${url}/setup/`), link);
  await page.locator("details.menu", { hasText: "yuna.seo@hanbit.example" }).locator("summary").click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.waitForURL(/\/login/);
  await logIn(page, "yuna.seo@hanbit.example");
  await page.waitForURL(`${url}/`);
  assert.deepEqual(complaints, []);
  await context.close();
});
