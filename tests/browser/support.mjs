// A real Chromium, and pages that remember every complaint.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const base = process.env.JANGPYO_URL;
if (!base) throw new Error("JANGPYO_URL is not set; run tests/all, which starts the server");

const here = path.dirname(fileURLToPath(import.meta.url));
const screens = path.join(here, "../artefacts/screens");
fs.mkdirSync(screens, { recursive: true });

export const reports = ["weekly-sales", "merchandising", "store-ledger", "monthly-sales", "inventory-status", "store-results"];
export const desktop = { name: "desktop", viewport: { width: 1440, height: 900 } };
export const phone = {
  name: "phone",
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

const candidates = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = candidates.find((file) => file && fs.existsSync(file));
if (!executablePath) throw new Error("Chromium is missing; tests/all installs it, or name it in CHROMIUM");

export const launch = (more = []) =>
  chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
    env: { ...process.env, HOME: os.tmpdir() },
  });

// A page in a context of its own, of the server `at` an address; `patience` is how long it waits for anything, in
// milliseconds. `complaints` holds what the console and the network had to say.
export const open = async (browser, device, { at = base, patience, ...more } = {}) => {
  const { name, ...options } = device;
  const context = await browser.newContext({ locale: "ko-KR", timezoneId: "Asia/Seoul", ...options, ...more });
  const page = await context.newPage();
  if (patience) page.setDefaultTimeout(patience);
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    // A panel that is asked for again cancels the request before.
    if (why !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()} ${why}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
    if (!response.url().startsWith(at) && !response.url().startsWith("data:")) complaints.push(`foreign: ${response.url()}`);
  });
  return { context, page, complaints };
};

// Until every panel has its content and nothing is on its way.
export const settled = async (page) => {
  await page.waitForFunction(
    () => document.querySelectorAll(".panel[data-pending], .panel[aria-busy=true]").length === 0,
    null,
    { timeout: 30_000 },
  );
  await page.evaluate(() => document.fonts.ready);
  // Drawings made for another width are asked for again a moment later.
  await page.waitForTimeout(350);
  await page.waitForFunction(() => document.querySelectorAll(".panel[aria-busy=true]").length === 0, null, { timeout: 30_000 });
};

export const visit = async (page, address) => {
  await page.goto(base + address);
  await settled(page);
};

export const shoot = (page, name) => page.screenshot({ path: path.join(screens, `${name}.png`), fullPage: true });
