// The browser's half of the bench: how quickly the compiled page tries every run, on one thread of
// a headless Chromium, against Stateright's native speed on the same worlds, which the native half
// has measured before (`./dev bench` runs both). Adds its figures to that file.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { launchOptions } from "./playwright.config.js";
import { BASE, serve } from "./server.mjs";

/** Measurements of a configuration; the best counts. */
const ROUNDS = 5;
/** Messages of random runs in a second that are asked of one thread. */
const CHAOS_ASKED = 500_000;
/** As many states as are to fit into the memory. */
const MANY = 5_000_000;

const file = process.argv[2];
const figures = JSON.parse(readFileSync(file, "utf8"));
const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const server = await serve(dist, 0);
const browser = await chromium.launch(launchOptions);
const page = await browser.newPage();
const home = `http://127.0.0.1:${server.address().port}${BASE}`;

/** The page, just loaded: its memory is as small as it can be. */
async function fresh(address = "#/s/no-such-scenario") {
  await page.goto("about:blank");
  await page.goto(home + address);
  await page.waitForFunction(() => globalThis.ackward);
  // In the page itself: the same program as in a worker, with nothing to wait for.
  await page.evaluate(async () => {
    const { worker } = document.querySelector("script[data-build]").dataset;
    globalThis.program = await import(new URL("ackward-worker.js", worker));
    globalThis.memory = (await program.default({ module_or_path: new URL("ackward-worker_bg.wasm", worker) })).memory;
  });
}

/** Best time of some rounds in the page, in milliseconds, and what the run came to. */
const explore = (asked) =>
  page.evaluate(({ preset, messages, faults, reduced, limit, rounds }) => {
    let ms = Infinity;
    let found;
    for (let round = 0; round < rounds; round += 1) {
      const begun = performance.now();
      found = globalThis.program.explore(preset, messages, faults, reduced, limit);
      ms = Math.min(ms, performance.now() - begun);
    }
    const [states, bytes, complete] = found;
    return { ms, states, bytes, complete: complete === 1, memory: globalThis.memory.buffer.byteLength };
  }, asked);

await fresh();
console.log("\nDifferent states per second in the browser, and the ratio to Stateright, native and bare\n");
const rows = [];
for (const row of figures.explorer) {
  const { preset, messages, faults } = row;
  const found = await explore({ preset, messages, faults, reduced: false, limit: 10_000_000, rounds: ROUNDS });
  // The native half asks for one kind of fault in places; only the same states can be compared.
  const same = found.states === row.states;
  const rate = (found.states / found.ms) * 1000;
  const ratio = rate / row.stateright_bare_states_per_s;
  rows.push({ preset, messages, faults, states: found.states, states_per_s: Math.round(rate), ratio, same_states: same });
  console.log(
    `${preset.padEnd(36)}${messages}${String(faults).padStart(3)}${String(found.states).padStart(10)}` +
      `${String(Math.round(rate)).padStart(10)} /s  × ${ratio.toFixed(2)}${same ? "" : "  (other states)"}`,
  );
}

console.log("\nThe verdict of each preset in the browser: 2 messages, 2 faults\n");
await fresh();
const verdicts = [];
for (const { preset } of figures.verdicts) {
  const { ms, states, complete } = await explore({ preset, messages: 2, faults: 2, reduced: true, limit: MANY, rounds: 1 });
  verdicts.push({ preset, states, ms, complete });
  const cut = complete ? "" : "  stopped at the limit";
  console.log(`${preset.padEnd(36)}${String(states).padStart(9)}${ms.toFixed(1).padStart(10)} ms${cut}`);
}
const times = verdicts.map(({ ms }) => ms).sort((a, b) => a - b);
const [median, worst] = [times[times.length >> 1], times[times.length - 1]];
console.log(`\nmedian ${median.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`);

await fresh();
// The most states that any preset has without leaving anything out.
const many = await explore({ preset: "outbox-to-inbox", messages: 2, faults: 3, reduced: false, limit: MANY, rounds: 1 });
const mib = many.memory / 2 ** 20;
console.log(
  `\n${many.states} states: ${(many.bytes / many.states).toFixed(1)} bytes each, ` +
    `the page's whole memory ${mib.toFixed(0)} MiB`,
);

// Random runs, as `cargo bench --bench chaos` has them natively.
await fresh();
console.log("\nRandom runs: simulated messages a second on one thread\n");
const chaos = [];
for (const { preset, native_messages_per_s: native } of figures.chaos) {
  const scenario = JSON.parse(readFileSync(new URL(`../../src/catalogue/presets/${preset}.json`, import.meta.url), "utf8"));
  const ms = await page.evaluate((scenario) => {
    const common = ["lose-send", "lose-ack", "lose-delivery", "lose-consumer-ack"].map((key) => [key, 10_000]);
    const crashes = ["crash-producer", "crash-broker", "crash-consumer"].map((key) => [key, 2_000]);
    const plan = { seed: 1, runs: 200_000, messages: 2, rates: Object.fromEntries([...common, ...crashes]) };
    const begun = performance.now();
    let answer;
    globalThis.program.answer(JSON.stringify({ runs: { scenario, plan, from: 0, to: plan.runs } }), (text) => (answer = text));
    const ms = performance.now() - begun;
    const { runs } = JSON.parse(answer).runs;
    if (runs !== plan.runs) throw new Error(`${scenario.id}: ${runs} runs`);
    return ms;
  }, scenario);
  const rate = 400_000 / (ms / 1000);
  chaos.push({ preset, messages_per_s: Math.round(rate), native_messages_per_s: native });
  console.log(`${preset.padEnd(36)}${String(Math.round(rate)).padStart(10)} /s, natively ${native}`);
}
const rates = chaos.map((row) => row.messages_per_s).sort((a, b) => a - b);
console.log(`\nmedian ${rates[rates.length >> 1]}, least ${rates[0]}; asked: ${CHAOS_ASKED}`);

await page.goto("about:blank");
const begun = performance.now();
await page.goto(`${home}#/matrix`);
await page.waitForFunction(() => document.querySelector(".filters [role=status]") && !document.querySelector(".filters progress"), null, {
  timeout: 120_000,
});
const matrix = (performance.now() - begun) / 1000;
console.log(`the whole matrix: ${matrix.toFixed(1)} s`);

const browserFigures = { explorer: rows, verdicts, verdict_median_ms: median, verdict_worst_ms: worst, chaos };
const memory = { states: many.states, bytes_per_state: many.bytes / many.states, memory_mib: mib };
writeFileSync(file, `${JSON.stringify({ ...figures, browser: { ...browserFigures, memory, matrix_s: matrix } }, null, 2)}\n`);
console.log(`written: ${file.split("/").slice(-2).join("/")}`);
await browser.close();
server.close();
