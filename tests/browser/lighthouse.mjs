// Lighthouse's scores of the built site, served compressed as a host would. `node lighthouse.mjs DIR
// FILE`: the build, and the file that gets the figures.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, resolve, sep } from "node:path";
import { brotliCompressSync } from "node:zlib";
import lighthouse from "lighthouse";
import { computeMedianRun } from "lighthouse/core/lib/median-run.js";
import { chromium } from "@playwright/test";
import { launchOptions } from "./playwright.config.js";
import { BASE, POLICY, TYPES } from "./server.mjs";

const ASKED = { performance: 95, accessibility: 100, "best-practices": 100, seo: 100 };
/** A form factor, and the page that is opened with it. */
const VISITS = [["mobile", ""], ["mobile", "s/kafka-acks-1/"], ["desktop", ""]];
const PORT = 9333;
/** Scores change with what else a machine does: the run in the middle counts, as Lighthouse advises. */
const RUNS = 5;
const [folder, file] = process.argv.slice(2);
const root = resolve(folder);
const packed = new Map();

const server = createServer(async (request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://host").pathname);
  const asked = path.slice(BASE.length);
  const name = join(root, normalize(asked === "" || asked.endsWith("/") ? `${asked}index.html` : asked));
  const body = path.startsWith(BASE) && name.startsWith(root + sep) && (await readFile(name).catch(() => null));
  if (!body) return response.writeHead(404).end();
  if (!packed.has(name)) packed.set(name, brotliCompressSync(body));
  const kept = /-[0-9a-f]{16}/.test(name) ? "max-age=31536000, immutable" : "no-cache";
  response.writeHead(200, {
    "content-type": TYPES[extname(name)] ?? "application/octet-stream",
    "content-encoding": "br",
    "content-security-policy": POLICY,
    "cache-control": kept,
  });
  return response.end(packed.get(name));
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));

const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, `--remote-debugging-port=${PORT}`] });
const scores = {};
const home = `http://127.0.0.1:${server.address().port}${BASE}`;
for (const [formFactor, page] of VISITS) {
  const desktop = {
    formFactor,
    screenEmulation: { mobile: false, width: 1350, height: 940, deviceScaleFactor: 1, disabled: false },
    throttling: { rttMs: 40, throughputKbps: 10_240, cpuSlowdownMultiplier: 1, requestLatencyMs: 0, downloadThroughputKbps: 0, uploadThroughputKbps: 0 },
  };
  const settings = formFactor === "desktop" ? desktop : { formFactor };
  const flags = { port: PORT, logLevel: "error", onlyCategories: Object.keys(ASKED) };
  const runs = [];
  while (runs.length < RUNS) {
    const { lhr } = await lighthouse(home + page, flags, { extends: "lighthouse:default", settings });
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    runs.push(lhr);
  }
  const lhr = computeMedianRun(runs);
  const visit = page ? `${formFactor}, ${page}` : formFactor;
  scores[visit] = Object.fromEntries(Object.keys(ASKED).map((name) => [name, Math.round(lhr.categories[name].score * 100)]));
  const spread = runs.map(({ categories }) => Math.round(categories.performance.score * 100)).join(", ");
  console.log(`\nLighthouse, ${visit}; performance in ${RUNS} runs: ${spread}`);
  for (const [name, asked] of Object.entries(ASKED)) {
    console.log(`${name.padEnd(16)}${String(scores[visit][name]).padStart(4)}  asked ${asked}`);
    for (const { id, weight } of lhr.categories[name].auditRefs) {
      const audit = lhr.audits[id];
      if (weight > 0 && audit.score !== null && audit.score < 0.9) console.log(`  ${audit.title}: ${audit.displayValue ?? "no"}`);
    }
  }
}
await browser.close();
server.closeAllConnections();
server.close();

const figures = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
figures.lighthouse = scores;
writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
