// Screenshots of the main views: desktop and phone, light and dark. `node shots.mjs FOLDER`.

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { launchOptions } from "./playwright.config.js";
import { BASE, serve } from "./server.mjs";

/** Name of the picture, address, and what to do before it is taken. */
const VIEWS = [
  ["home", "", null],
  ["ack-lost-middle", "#/s/ack-lost?step=8", null],
  ["ack-lost-end", "#/s/ack-lost?step=99", null],
  ["crash-before-persist-end", "#/s/crash-before-persist?step=99", null],
  ["replicate-before-ack", "#/s/replicate-before-ack?step=9", null],
  ["dead-letter-end", "#/s/dead-letter?step=99", null],
  ["kafka-read-uncommitted", "#/s/kafka-read-uncommitted?step=14", null],
  ["rabbitmq-two-consumers", "#/s/rabbitmq-two-consumers?step=17", null],
  ["sqs-visibility-expires", "#/s/sqs-visibility-expires?step=8", null],
  ["test-no-loss-fails-end", "#/s/test-no-loss-fails?step=55", null],
  ["broken-link", "#/s/ack-lots", null],
  ["help", "#/s/ack-lost?step=3", (page) => page.keyboard.press("?")],
];

const folder = resolve(process.argv[2] ?? "../../target/shots");
mkdirSync(folder, { recursive: true });
const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const server = await serve(dist, 0);
const home = `http://127.0.0.1:${server.address().port}${BASE}`;
const browser = await chromium.launch(launchOptions);
const only = process.argv[3];

for (const [size, viewport] of Object.entries({
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
})) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
    for (const [name, address, prepare] of VIEWS) {
      if (only && !name.includes(only)) continue;
      const page = await context.newPage();
      await page.goto(home + address);
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
