// How quickly a run is laid out and drawn, against Mermaid with the same content in the same page,
// and how long a step takes in a long run. `node drawing.mjs DIR FILE`: the build with the feature
// `bench`, and the file that gets the figures.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { launchOptions } from "./playwright.config.js";
import { BASE, serve } from "./server.mjs";

const MERMAID = fileURLToPath(new URL("node_modules/mermaid/dist/mermaid.min.js", import.meta.url));
/** Arrows in a diagram, and how often it is drawn. The best counts: the rest is other programs' work. */
const SIZES = [
  [10, 120],
  [200, 20],
  [1000, 5],
];
const WIDTH = 860;
/** Steps are measured in a run of so many arrows. */
const LONG = 300;
const STEPS = 60;

const [folder, file] = process.argv.slice(2);
// Mermaid needs what our own policy forbids.
const server = await serve(resolve(folder), 0, { "content-security-policy": "default-src * 'unsafe-inline' 'unsafe-eval' data:" });
const browser = await chromium.launch(launchOptions);
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
// An address that the whole program shows.
await page.goto(`http://127.0.0.1:${server.address().port}${BASE}#/lab?preset=kafka-default`);
await page.waitForFunction(() => globalThis.ackward);
await page.addScriptTag({ path: MERMAID });
await page.evaluate(async () => {
  // The very program that runs: under the same address as in www/boot.js.
  const { version } = document.querySelector("script[data-wasm]").dataset;
  globalThis.app = await import(new URL(`ackward-whole.js?v=${version}`, document.baseURI));
  globalThis.mermaid.initialize({ startOnLoad: false, maxTextSize: 10_000_000, maxEdges: 100_000 });
  globalThis.place = Object.assign(document.createElement("div"));
  document.body.replaceChildren(globalThis.place);
});

console.log(`\nTo lay out, draw and put into the page, best of some\n`);
console.log(`${"arrows".padStart(8)}${"here".padStart(12)}${"Mermaid".padStart(12)}`);
const drawn = [];
for (const [arrows, rounds] of SIZES) {
  const [here, mermaid, counted] = await page.evaluate(
    async ({ arrows, width, rounds }) => {
      const { app, mermaid, place } = globalThis;
      const text = app.long_mermaid(arrows);
      const best = async (draw) => {
        let ms = Infinity;
        for (let round = 0; round < rounds; round += 1) {
          place.replaceChildren();
          const begun = performance.now();
          place.innerHTML = await draw(round);
          // The browser's part of it: where everything is.
          place.firstElementChild.getBoundingClientRect();
          ms = Math.min(ms, performance.now() - begun);
        }
        return ms;
      };
      const here = await best(() => app.long_drawing(width));
      const counted = place.querySelectorAll("line.arrow, polyline.arrow").length;
      return [here, await best(async (round) => (await mermaid.render(`m${arrows}-${round}`, text)).svg), counted];
    },
    { arrows, width: WIDTH, rounds },
  );
  if (counted < arrows) throw new Error(`${counted} arrows were drawn, not ${arrows}`);
  const ratio = mermaid / here;
  drawn.push({ arrows, ms: here, mermaid_ms: mermaid, ratio });
  console.log(`${String(arrows).padStart(8)}${here.toFixed(1).padStart(9)} ms${mermaid.toFixed(1).padStart(9)} ms  × ${ratio.toFixed(1)}`);
}

const client = await page.context().newCDPSession(page);
// Its own time, not what other programs take from it.
await client.send("Performance.enable", { timeDomain: "threadTicks" });
/** Seconds that the main thread has worked. */
const worked = async () => (await client.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value;
const last = await page.evaluate((arrows) => globalThis.app.long_page(arrows), LONG);
await page.waitForFunction(() => document.querySelectorAll(".diagram.body text").length > 0);
await page.waitForTimeout(500);
const times = [];
for (let n = 0; n < STEPS; n += 1) {
  const before = await worked();
  // Steps from all over the run, the next one mostly.
  const step = Math.floor((n / STEPS) * last) + (n % 5);
  await page.evaluate(async (step) => {
    globalThis.app.long_step(step);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }, step);
  times.push(((await worked()) - before) * 1000);
}
const shown = await page.locator("output.count").innerText();
if (!shown.endsWith(`/ ${last}`)) throw new Error(`the page shows ${shown}`);
times.sort((a, b) => a - b);
const [median, worst] = [times[times.length >> 1], times[times.length - 1]];
console.log(`\nA step with ${LONG} arrows on the page: the main thread works ${median.toFixed(1)} ms, at worst ${worst.toFixed(1)} ms`);

const figures = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
figures.drawing = { drawn, step: { arrows: LONG, median_ms: median, worst_ms: worst } };
writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
await browser.close();
server.closeAllConnections();
server.close();
