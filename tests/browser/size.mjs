// Bytes of a folder, raw and as brotli: per file, and what a first visit of the home page, of a
// scenario and of embeds really fetches, as a browser asks for it. `--limit` makes too much an
// error.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { chromium } from "@playwright/test";
import { contributors } from "./contributors.mjs";
import { launchOptions } from "./playwright.config.js";
import { BASE, plain, serve } from "./server.mjs";

/** A page of somebody who embeds, and what stands in it. */
const HOST = "host.html";
const JSON_OF_A_HOST = readFileSync(new URL("../../src/catalogue/scenarios/kafka-acks-1.json", import.meta.url), "utf8");

/** First visits: what they are called, their address or the element in a page around, and the most
 * they may fetch, in kB of brotli. The worker comes after a page can be used; an embed has none, and one of
 * a scenario by its name no program until it is touched. */
const VISITS = [
  ["the home page", "", 2000],
  ["a scenario", "s/kafka-acks-1/?step=4", 2000],
  ["an embed", '<ackward-diagram scenario="ack-lost" step="8"></ackward-diagram>', 30],
  ["an embed, as a frame", "embed.html?scenario=ack-lost&step=8", 30],
  ["an embed with settings", '<ackward-diagram preset="kafka-default" settings="acks=1"></ackward-diagram>', 1000],
  ["an embed with settings, as a frame", "embed.html?preset=kafka-default&settings=acks%3D1", 1000],
  ["an embed that holds its scenario", `<ackward-diagram>${JSON_OF_A_HOST}</ackward-diagram>`, 1000],
];

/** The programs, as the compiler leaves them. */
const PROGRAMS = new URL("../../target/wasm32-unknown-unknown/release/", import.meta.url);

const folder = resolve(process.argv[2] ?? "dist");
/** On all cores: the compression of pages and programs takes most of the time. */
const compressed = promisify(brotliCompress);
const files = await Promise.all(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(async (entry) => {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      const bytes = readFileSync(path);
      const brotli = await compressed(bytes, {
        params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      });
      return { name: relative(folder, path), raw: bytes.length, brotli: brotli.length };
    }),
);
files.sort((a, b) => b.brotli - a.brotli);

/** The files that a browser asks for until the page can be used and nothing more comes. */
async function visit(browser, home, what) {
  const page = await browser.newPage();
  const inside = what.startsWith("<");
  const body = `<!doctype html><link rel="icon" href="data:,"><script type="module" src="embed.js"></script>${what}`;
  await page.route(home + HOST, (route) => route.fulfill({ contentType: "text/html", body }));
  const asked = new Set();
  page.on("request", (request) => {
    const { pathname, protocol } = new URL(request.url());
    const name = pathname.slice(BASE.length);
    if (protocol !== "data:") asked.add(name === "" || name.endsWith("/") ? `${name}index.html` : name);
  });
  await page.goto(home + (inside ? HOST : what));
  const shown = inside ? page.locator("ackward-diagram iframe").contentFrame() : page;
  await shown.locator(".diagram.body text").filter({ visible: true }).first().waitFor();
  await page.waitForLoadState("networkidle");
  await page.close();
  return files.filter(({ name }) => asked.has(name));
}

const sum = (rows) =>
  rows.reduce((sum, { raw, brotli }) => ({ raw: sum.raw + raw, brotli: sum.brotli + brotli }), { raw: 0, brotli: 0 });
const line = (name, { raw, brotli }, mark = "") =>
  `${name.padEnd(44)}${String(raw).padStart(10)}${String(brotli).padStart(10)}  ${mark}`.trimEnd();

const server = await serve(folder, 0);
const browser = await chromium.launch(launchOptions);
const home = `http://127.0.0.1:${server.address().port}${BASE}`;
const visits = [];
for (const [name, what, limit] of VISITS) {
  visits.push({ name, limit: limit * 1000, rows: await visit(browser, home, what) });
}
await browser.close();
server.close();

const [first] = visits;
console.log("".padEnd(44) + "raw".padStart(10) + "brotli".padStart(10));
const pages = files.filter(({ name }) => name.endsWith("/index.html"));
for (const file of files.filter((file) => !pages.includes(file))) {
  console.log(line(plain(file.name), file, first.rows.includes(file) ? "" : "later"));
}
console.log(line(`${pages.length} pages`, sum(pages)));
console.log(line("in all", sum(files)));
for (const { name, rows } of visits) console.log(line(`a first visit of ${name}`, sum(rows)));

for (const name of ["ackward-web", "ackward-worker"]) {
  const program = new URL(`${name}.wasm`, PROGRAMS);
  if (!existsSync(program)) continue;
  const { rows, all } = contributors(program);
  console.log(`\nThe largest parts of ${name}, of ${all} bytes as compiled`);
  for (const [part, bytes] of rows.slice(0, 10)) console.log(part.padEnd(44) + String(bytes).padStart(10));
}

let much = false;
for (const { name, limit, rows } of visits) {
  const { brotli } = sum(rows);
  if (brotli <= limit) continue;
  much = true;
  console.error(`a first visit of ${name} fetches ${brotli} bytes of brotli, more than ${limit}`);
}
if (much && process.argv.includes("--limit")) process.exit(1);
