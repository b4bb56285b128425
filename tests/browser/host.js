// A host that a test can change, as a deployment does, and switch off.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test as base } from "@playwright/test";
import { BASE, serve } from "./server.mjs";

export const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const WORKER_BUILD = fileURLToPath(new URL("../../www/worker-build.mjs", import.meta.url));

export const test = base.extend({
  host: async ({ page }, use) => {
    const folder = mkdtempSync(join(tmpdir(), "ackward-host-"));
    cpSync(DIST, folder, { recursive: true });
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
    const host = {
      folder,
      wrong,
      /** Is told what is asked for, and may keep it waiting. */
      before: () => {},
      async stop() {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      },
      async start(headers) {
        server = await serve(folder, port, headers, (name) => host.before(name));
      },
      /** Answers with other headers from now on. */
      async answer(headers) {
        await host.stop();
        await host.start(headers);
      },
    };
    let server = await serve(folder, 0, {}, (name) => host.before(name));
    const { port } = server.address();
    host.home = `http://127.0.0.1:${port}${BASE}`;
    await use(host);
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  },
});

/** The folder of the build in the folder of a host. */
export const buildIn = (folder) => readdirSync(folder).find((name) => name.startsWith("build-"));

/** Puts another build in place of the one in the folder, as after a change of the source: its programs
 * and their scripts know each other's functions by other names, and it says of itself that it is
 * newer. */
export function rebuild(folder) {
  const [old, build] = [buildIn(folder), "build-newer"];
  renameSync(join(folder, old), join(folder, build));
  const pages = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith("index.html"));
  for (const page of pages) change(page, (text) => text.replaceAll(old, build));
  change(`${build}/main.js`, (text) => `${text}\ndocument.documentElement.dataset.newer = "yes";\n`);
  for (const name of readdirSync(join(folder, build)).filter((name) => /^ackward-\w+\.(js|wasm)$/.test(name))) {
    change(`${build}/${name}`, (text) => text.replace(/(?<=_h?)[0-9a-f](?=[0-9a-f]{15}(?![0-9a-f]))/g, (digit) => (digit === "9" ? "8" : "9")));
  }
  const { status } = spawnSync(process.execPath, [WORKER_BUILD], {
    env: { ...process.env, TRUNK_STAGING_DIR: folder },
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("the service worker was not built");

  function change(name, to) {
    const file = join(folder, name);
    // As latin1, in which each byte is a character: a program is no text.
    const text = readFileSync(file, "latin1");
    const changed = to(text);
    if (changed === text) throw new Error(`${name} is as it was`);
    writeFileSync(file, changed, "latin1");
  }
}
