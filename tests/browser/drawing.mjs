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
/** Arrows in a diagram. */
const SIZES = [10, 200, 1000];
/** Each draws in turns, so many times for so many milliseconds, and at least once a turn. The best
 * counts: the rest is other programs' work. */
const [TURNS, TURN_MS] = [4, 1500];
const WIDTH = 860;
/** Steps are measured in a run of so many arrows. */
const LONG = 300;
const STEPS = 60;

const [folder, file] = process.argv.slice(2);
// Mermaid needs what our own policy forbids.
const server = await serve(resolve(folder), 0, { "content-security-policy": "default-src * 'unsafe-inline' 'unsafe-eval' data:" });
const browser = await chromium.launch(launchOptions);
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
await page.goto(`http://127.0.0.1:${server.address().port}${BASE}#/lab?preset=kafka-default`);
await page.waitForFunction(() => globalThis.ackward);
await page.addScriptTag({ path: MERMAID });
await page.evaluate(async () => {
  // The very program that runs: under the same address as in www/main.js.
  const { build } = document.querySelector("script[data-build]").dataset;
  globalThis.app = await import(new URL(`${build}/ackward-web.js`, document.baseURI));
  globalThis.mermaid.initialize({ startOnLoad: false, maxTextSize: 10_000_000, maxEdges: 100_000 });
  globalThis.place = Object.assign(document.createElement("div"));
  document.body.replaceChildren(globalThis.place);
});

console.log(`\nTo lay out, draw and put into the page, best of some\n`);
console.log(`${"arrows".padStart(8)}${"here".padStart(12)}${"Mermaid".padStart(12)}`);
const drawn = [];
for (const arrows of SIZES) {
  const [here, mermaid, counted] = await page.evaluate(
    async ({ arrows, width, turns, turnMs }) => {
      const { app, mermaid, place } = globalThis;
      const text = app.long_mermaid(arrows);
      let round = 0;
      const ways = [() => app.long_drawing(width), async () => (await mermaid.render(`m${arrows}-${round}`, text)).svg];
      const best = [Infinity, Infinity];
      let counted = 0;
      for (let turn = 0; turn < turns; turn += 1) {
        for (const [who, draw] of ways.entries()) {
          const end = performance.now() + turnMs;
          do {
            round += 1;
            place.replaceChildren();
            const begun = performance.now();
            place.innerHTML = await draw();
            // The browser's part of it: where everything is.
            place.firstElementChild.getBoundingClientRect();
            best[who] = Math.min(best[who], performance.now() - begun);
          } while (performance.now() < end);
          counted ||= place.querySelectorAll("line.arrow, polyline.arrow").length;
        }
      }
      return [...best, counted];
    },
    { arrows, width: WIDTH, turns: TURNS, turnMs: TURN_MS },
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
/** Milliseconds of the main thread's work until the step is on the page. */
async function go(step) {
  const before = await worked();
  await page.evaluate(async (step) => {
    globalThis.app.long_step(step);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }, step);
  return ((await worked()) - before) * 1000;
}

const taken = { leap: [], step: [] };
for (let n = 0; n < STEPS; n += 1) {
  // To somewhere else in the run, and from there to the next step.
  const place = Math.floor(((n * 7) % STEPS) * (last / STEPS));
  taken.leap.push(await go(place));
  taken.step.push(await go(place + 1));
}
await go(last);
const shown = await page.locator("output.count").innerText();
if (!shown.endsWith(`/ ${last}`)) throw new Error(`the page shows ${shown}`);
const found = { arrows: LONG };
console.log(`\nWith ${LONG} arrows on the page, the main thread works`);
for (const [what, said] of [["step", "for the next step"], ["leap", "for any other"]]) {
  const times = taken[what].sort((a, b) => a - b);
  const [median, worst] = [times[times.length >> 1], times[times.length - 1]];
  found[what] = { median_ms: median, worst_ms: worst };
  console.log(`${said.padEnd(20)}${median.toFixed(1).padStart(6)} ms, at worst ${worst.toFixed(1)} ms`);
}

const figures = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
figures.drawing = { drawn, run: found };
writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
await browser.close();
server.closeAllConnections();
server.close();
