// What queries cost, as administrators see it: added up, narrowed, with budgets.
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { checkPage, devices } from "./checks.mjs";
import { join, serve } from "./server.mjs";
import { browser, closeBrowser } from "./support.mjs";

let server;

before(async () => {
  server = await serve({ JANGPYO_LOGIN: "local" });
});
after(async () => {
  server.stop();
  await closeBrowser();
});
