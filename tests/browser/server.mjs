// A server of a test's own, with a login: its address, its command line, and people who log in.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const password = "blue tables sing";

// A port that was free a moment ago.
export const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

// Starts `jangpyo serve` over the sample. `setup` is the link for the first administrator, if it prints one.
export const serve = async (variables, { port = 0, until = () => true } = {}) => {
  const binary = process.env.JANGPYO_BINARY;
  if (!binary) throw new Error("JANGPYO_BINARY is not set; run tests/all, which builds it");
  const state = fs.mkdtempSync(path.join(os.tmpdir(), "jangpyo-browser-"));
  const place = ["--workspace", path.join(root, "reports"), "--state", state];
  const env = { ...process.env, ...variables };
  const process_ = spawn(binary, ["serve", ...place, "--listen", `127.0.0.1:${port}`], { env });
  const server = { state, said: "" };
  await new Promise((resolve, reject) => {
    const listen = (stream) => stream.on("data", (bytes) => {
      server.said += bytes;
      server.url = server.said.match(/at (https?:\/\/127\.0\.0\.1:\d+)/)?.[1];
      server.setup = server.said.match(/https?:\S+\/setup\/\S+/)?.[0];
      if (server.url && until(server)) resolve();
    });
    listen(process_.stdout);
    listen(process_.stderr);
    process_.on("exit", () => reject(new Error(server.said)));
  });
  return Object.assign(server, {
    // What a command prints.
    command: (...words) => execFileSync(binary, [...words, ...place], { env, encoding: "utf8", stdio: "pipe" }),
    stop: () => {
      process_.kill();
      fs.rmSync(state, { recursive: true, force: true });
    },
  });
};

// Logs in on the login page where `page` is.
export const logIn = async (page, name) => {
  await page.locator("#name").fill(name);
  await page.locator("#password").fill(password);
  await page.locator(".entry-form button[type=submit]").click();
};

// Adds somebody, who sets a password in `page` and is logged in then.
export const join = async (server, page, name, ...more) => {
  const link = server.command("users", "add", name, ...more).match(/\/setup\/\S+/)[0];
  await page.goto(server.url + link);
  await page.locator("#password").fill(password);
  await page.locator("#again").fill(password);
  await page.locator(".entry-form button[type=submit]").click();
  await page.waitForURL(`${server.url}/`);
};
