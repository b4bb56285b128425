// Screenshots of the main views in four sizes of the window, light and dark. `node shots.mjs FOLDER
// [VIEW]`.

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { launchOptions } from "./playwright.config.js";
import { addressOf, BASE, serve } from "./server.mjs";

/** Name of the picture, address, and what to do before it is taken. */
const VIEWS = [
  ["home", "", null],
  ["ack-lost-middle", "s/ack-lost?step=8", null],
  ["ack-lost-end", "s/ack-lost?step=99", null],
  ["crash-before-persist-end", "s/crash-before-persist?step=99", null],
  ["replicate-before-ack", "s/replicate-before-ack?step=9", null],
  ["dead-letter-end", "s/dead-letter?step=99", null],
  ["kafka-read-uncommitted", "s/kafka-read-uncommitted?step=14", null],
  ["rabbitmq-two-consumers", "s/rabbitmq-two-consumers?step=17", null],
  ["sqs-visibility-expires", "s/sqs-visibility-expires?step=8", null],
  ["test-no-loss-fails-end", "s/test-no-loss-fails?step=55", null],
  ["broken-link", "s/ack-lots", null],
  ["lab", "lab?preset=kafka-default&acks=1&replication.factor=3&fault=gone:broker@m1.acked&step=9", null],
  ["lab-settings", "lab?preset=rabbitmq-default", settings],
  ["lab-refused", "lab?preset=kafka-default&enable.idempotence=true", refused],
  ["matrix", "matrix", filled],
  ["compare", "compare?a=scenario:crash-after-work&b=scenario:inbox-crash-after-commit&step=12", null],
  ["compare-three", "compare?a=preset:kafka-leader-ack&b=preset:kafka-leader-ack;acks=all&c=preset:kafka-idempotent&fault=gone:broker@m1.acked&step=7", null],
  ["own", "lab?preset=kafka-default&acks=1", own],
  ["chaos", "chaos?preset=kafka-default&acks=1&seed=42", null],
  ["cost", "cost", null],
  ["choose", "choose?lost=never&order=key", null],
  ["chaos-results", "chaos?preset=kafka-default&acks=1&seed=42&runs=20000", ran],
  ["chances", "s/ack-lost?step=8", (page) => page.locator(".diagram.head").getByText("Consumer").click()],
  ["overview", "scenarios", (page) => page.locator(".cards .picture svg").last().waitFor({ state: "attached" })],
  ["faults", "lab?preset=kafka-default", faults],
  ["share", "s/ack-lost?step=8", (page) => page.locator(".open-share").click()],
  ["forks", "s/ack-lost?step=8", forks],
  ["cures", "s/ack-lost?step=8", cures],
  ["palette", "s/ack-lost?step=3", (page) => page.keyboard.press("Control+k")],
  ["glossary", "glossary?term=fencing", null],
  ["help", "s/ack-lost?step=3", (page) => page.keyboard.press("?")],
];

/** Unfolds the settings, where they fold, and the lines that can be added. */
async function settings(page) {
  const all = page.locator(".lab > details");
  if (!(await all.evaluate((details) => details.open))) await all.locator("> summary").click();
  await page.locator("#add-line").click();
}

/** Opens the picker of faults, with one group of them. */
async function faults(page) {
  await settings(page);
  await page.getByRole("button", { name: "Choose a fault" }).click();
  await page.getByRole("dialog").locator("summary", { hasText: "Process crash" }).click();
}

async function refused(page) {
  await settings(page);
  await page.locator("#producer-kafka-acks").selectOption("1");
  await page.getByRole("alert").scrollIntoViewIfNeeded();
}

/** Two configurations of one's own, and the place to open a file. */
async function own(page) {
  const all = page.locator(".lab > details");
  if (!(await all.evaluate((details) => details.open))) await all.locator("> summary").click();
  for (const name of ["Orders, as they are", "Orders, after the incident in May"]) {
    await page.getByLabel("A name for this configuration").fill(name);
    await page.keyboard.press("Enter");
  }
  await page.getByText("Open a scenario (JSON)").click();
}

/** Waits for the first screen of the matrix. */
async function filled(page) {
  await page.waitForFunction(() => document.querySelectorAll("tbody:nth-of-type(2) tr:nth-child(5) td.open").length === 0, null, { timeout: 60_000 });
}

async function ran(page) {
  await page.locator(".run-bar .run").click();
  await page.getByText("20,000 runs in").waitFor();
}

async function forks(page) {
  for (const name of ["The consumer crashes.", "The broker loses power."]) {
    await page.keyboard.press("b");
    await page.getByRole("button", { name }).click();
    await page.locator("dialog.chances").waitFor({ state: "hidden" });
  }
}

async function cures(page) {
  await page.getByRole("button", { name: "Find fixes" }).click();
  await page.locator(".cures").waitFor();
  await page.waitForFunction(() => !document.querySelector(".cures .progress"), null, { timeout: 60_000 });
  await page.locator(".cures").scrollIntoViewIfNeeded();
}

const folder = resolve(process.argv[2] ?? "../../target/shots");
mkdirSync(folder, { recursive: true });
const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const server = await serve(dist, 0);
const home = `http://127.0.0.1:${server.address().port}${BASE}`;
const browser = await chromium.launch(launchOptions);
const only = process.argv[3];

for (const [size, viewport] of Object.entries({
  desktop: { width: 1440, height: 900 },
  laptop: { width: 1280, height: 720 },
  tablet: { width: 768, height: 1024 },
  phone: { width: 390, height: 844 },
})) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
    // The views of somebody who has read the hints.
    await context.addInitScript(() => localStorage.setItem("ackward.hints", "step,break,proof"));
    for (const [name, address, prepare] of VIEWS) {
      if (only && !name.includes(only)) continue;
      const page = await context.newPage();
      await page.goto(home + addressOf(dist, address));
      // Until then the page is the one without a program.
      await page.waitForFunction(() => globalThis.ackward);
      await page.waitForSelector("main");
      await prepare?.(page);
      await page.waitForTimeout(150);
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
server.close();
console.log(`The screenshots are in ${folder}`);
