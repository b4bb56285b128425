// How long the main thread is busy at a time, and how far things move, on each page: the longest task
// and the layout shift. `node tasks.mjs DIST [REPORT]`; exits with 1 where a limit is exceeded.
//
// Tasks are measured in the thread's own time, so that a busy machine does not lengthen them.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { chromium } from "@playwright/test";
import { launchOptions } from "./playwright.config.js";
import { addressOf, BASE, serve } from "./server.mjs";

/** Milliseconds of a task, and the sum of layout shifts. */
const MOST = { task: 50, shift: 0.02 };

const panel = (page) => page.getByRole("region", { name: "All runs (model check)" });
const proved = (page) => panel(page).getByRole("status").getByText("Search complete").waitFor({ timeout: 60_000 });
const finished = (page, text) => page.locator("main").getByRole("status").filter({ hasText: text }).first().waitFor({ timeout: 120_000 });

/** Name, address, and what is done there; what comes before `act` is not measured. */
const VIEWS = [
  ["first load, with its verdict", "", null, proved],
  ["another scenario", "s/ack-lost", proved, async (page) => {
    await page.keyboard.press("/");
    await page.keyboard.type("hung", { delay: 40 });
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: /transaction/i }).waitFor();
    await proved(page);
  }],
  ["a run played step by step", "s/kafka-hung-transaction", proved, async (page) => {
    for (let step = 0; step < 20; step += 1) await page.keyboard.press("ArrowRight");
  }],
  ["the break menu", "s/ack-lost?step=8", proved, async (page) => {
    await page.keyboard.press("b");
    await page.getByRole("dialog").locator("li .pill", { hasText: /^\w/ }).first().waitFor();
  }],
  ["find fixes", "lab?preset=kafka-not-idempotent&messages=2", proved, async (page) => {
    await page.getByRole("button", { name: "Find fixes" }).click();
    await panel(page).getByRole("button", { name: "Stop" }).waitFor({ state: "detached", timeout: 120_000 });
  }],
  ["a setting in the Lab", "lab?preset=kafka-default", proved, async (page) => {
    await page.locator("#producer-kafka-acks").focus();
    await page.keyboard.press("1");
    await page.getByRole("heading", { level: 1, name: "modified" }).waitFor();
    await proved(page);
  }],
  ["the picker of faults", "lab?preset=kafka-default&messages=4", proved, async (page) => {
    await page.getByRole("button", { name: "Choose a fault" }).click();
    await page.getByRole("dialog").getByText(/^\d+ faults$/).waitFor();
    await page.keyboard.type("crash", { delay: 40 });
  }],
  ["Compare", "compare", null, async (page) => {
    await page.locator(".one .diagram.body text").first().waitFor();
    for (let step = 0; step < 10; step += 1) await page.keyboard.press("ArrowRight");
  }],
  ["Simulate", "chaos?preset=kafka-default&acks=1&seed=42&runs=20000", null, async (page) => {
    await page.getByRole("button", { name: "Run", exact: true }).or(page.getByRole("button", { name: /^Run / })).first().click();
    await page.locator(".headline").getByText(/20,000|once/).first().waitFor({ timeout: 120_000 });
  }],
  ["Cost", "cost", null, async (page) => {
    await page.locator(".costs tbody tr").first().waitFor();
    await page.waitForTimeout(3000);
  }],
  ["Advisor", "choose", null, async (page) => {
    for (const answer of ["lost=never", "lost=never&order=key", "lost=never&order=key&broker=kafka"]) {
      await page.evaluate((answer) => (location.hash = `#/choose?${answer}`), answer);
      await page.waitForTimeout(1500);
    }
  }],
  ["Fault matrix", "matrix", null, (page) => finished(page, "cells checked")],
  ["All scenarios", "scenarios", null, async (page) => {
    await page.locator(".cards .picture svg").last().waitFor({ state: "attached", timeout: 60_000 });
    await page.keyboard.press("/");
    await page.keyboard.type("leader", { delay: 60 });
  }],
  ["Command palette", "s/ack-lost", proved, async (page) => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("visibility", { delay: 40 });
  }],
  ["Check yours", "check", null, (page) => page.locator("h1").waitFor()],
  ["Course", "course", null, (page) => page.locator("h1").waitFor()],
  ["Glossary", "glossary", null, (page) => page.locator("h1").waitFor()],
];

/** The durations of the tasks of a page's main thread in milliseconds, longest first. */
function tasks(trace) {
  const events = JSON.parse(trace).traceEvents;
  const named = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const threads = new Set(named.map(({ pid, tid }) => `${pid}/${tid}`));
  const of = ({ name, ph, pid, tid }) => ph === "X" && name === "RunTask" && threads.has(`${pid}/${tid}`);
  return events.filter(of).map(({ dur, tdur }) => (tdur ?? dur) / 1000).sort((a, b) => b - a);
}

async function measured(browser, origin, [name, address, before, act]) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block" });
  const page = await context.newPage();
  await page.addInitScript(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) globalThis.shifts.push(value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  const go = () => page.goto(origin + addressOf(dist, address));
  if (before) {
    await go();
    await before(page);
    await page.waitForTimeout(500);
    await page.evaluate(() => (globalThis.shifts = []));
  }
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"] });
  if (!before) await go();
  await act(page);
  await page.waitForTimeout(400);
  const trace = await browser.stopTracing();
  const shift = await page.evaluate(() => globalThis.shifts.reduce((sum, value) => sum + value, 0));
  await context.close();
  const [task = 0, second = 0] = tasks(trace.toString());
  return { name, task, second, shift };
}

const [dist, report, only] = process.argv.slice(2);
const server = await serve(resolve(dist), 0);
const origin = `http://127.0.0.1:${server.address().port}${BASE}`;
const browser = await chromium.launch(launchOptions);
const results = [];
console.log("Longest task of the main thread (ms), the second, layout shift");
for (const view of VIEWS.filter(([name]) => !only || name.includes(only))) {
  const result = await measured(browser, origin, view);
  results.push(result);
  const { name, task, second, shift } = result;
  const over = task > MOST.task || shift > MOST.shift ? "  over the limit" : "";
  console.log(`${name.padEnd(32)}${task.toFixed(1).padStart(8)}${second.toFixed(1).padStart(8)}${shift.toFixed(3).padStart(8)}${over}`);
}
await browser.close();
server.close();
if (report) {
  const known = existsSync(report) ? JSON.parse(readFileSync(report)) : {};
  writeFileSync(report, JSON.stringify({ ...known, tasks: results }, null, 2));
}
process.exit(results.some(({ task, shift }) => task > MOST.task || shift > MOST.shift) ? 1 : 0);
