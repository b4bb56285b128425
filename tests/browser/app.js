// What the tests share: opening the app while watching for what must not happen.

import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { expect, test as base } from "@playwright/test";
import { addressOf } from "./server.mjs";

export { expect };

/** A test in which a script error, a refused resource or a request to another host is a failure.
 * Unless it says `hinted: true`, it is of somebody who has read the hints for newcomers. */
export const test = base.extend({
  /** What the console may say, in a test that provokes it. */
  expected: [null, { option: true }],
  hinted: [false, { option: true }],
  /** How many times slower the page is than the machine. */
  slow: [Number(process.env.ACKWARD_SLOW ?? 1), { option: true }],
  page: async ({ page, baseURL, expected, hinted, slow }, use) => {
    if (!hinted) {
      await page.addInitScript(() => {
        try {
          localStorage.setItem("ackward.hints", "step,break,proof");
        } catch {
          // A frame without storage shows none.
        }
      });
    }
    if (slow > 1) {
      const session = await page.context().newCDPSession(page);
      await session.send("Emulation.setCPUThrottlingRate", { rate: slow });
    }
    const wrong = [];
    page.on("console", (message) => {
      // As playwright.config.js has it.
      if (message.text() === "Service Worker registration blocked by Playwright") return;
      if (["error", "warning"].includes(message.type()) && !expected?.test(message.text())) wrong.push(message.text());
    });
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.host !== new URL(baseURL).host) {
        wrong.push(`a request to ${request.url()}`);
      }
    });
    await use(page);
    expect(wrong).toEqual([]);
  },
});

/** Types into a field as a person does: key by key, over what stands there. */
export async function type(field, text) {
  await field.click();
  await field.press("ControlOrMeta+a");
  await field.pressSequentially(text);
  await expect(field).toHaveValue(text);
}

/** Where the build lies. */
const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

/** Opens an address such as `s/ack-lost?step=8` and waits for the app to show it. Those without a page of
 * their own stand in the fragment, as links of before do. */
export async function open(page, address = "") {
  await page.goto(addressOf(DIST, address));
  await running(page);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  await expect(page.locator("main")).toBeVisible();
  if (await page.locator(".stage").count()) {
    await expect(page.locator(".diagram.body text").first()).toBeAttached();
  }
}

/** Goes to an address from within the app, as a link of before in the page does. */
export const follow = (page, address) => page.evaluate((hash) => (location.hash = hash), `#/${address}`);

/** Waits for the program to have taken the place of what the page holds before: that is not what the tests
 * of slow machines are about. */
export const running = (page) =>
  expect.poll(() => page.evaluate(() => typeof globalThis.ackward), { timeout: 45_000 }).toBe("object");

/** axe-core for a page without frames of other sites: it need open no page of its own, which takes
 * longer than what it looks for. */
export const axe = (page) => new AxeBuilder({ page }).setLegacyMode();

/** What an export of the worker's program answers, called in the page. */
export const workerAnswers = (page, name, ...asked) =>
  page.evaluate(async ([name, asked]) => {
    globalThis.workerProgram ??= (async () => {
      const { worker } = document.querySelector("script[data-build]").dataset;
      const program = await import(new URL("ackward-worker.js", worker));
      await program.default({ module_or_path: new URL("ackward-worker_bg.wasm", worker) });
      return program;
    })();
    const program = await globalThis.workerProgram;
    const told = [];
    program[name](...asked, (text) => told.push(text));
    return told;
  }, [name, asked]);

/** The number of the current step and of the last one. */
export async function steps(page) {
  const [now, last] = (await page.locator("output.count").innerText()).split("/").map(Number);
  return { now, last };
}

/** Unfolds every group of the catalogue: at the side, or on a phone in its drawer. */
export async function unfold(page) {
  if (await page.locator(".side").count() === 0) await page.getByRole("button", { name: "Menu" }).click();
  const folded = page.locator(".catalogue [aria-expanded=false]");
  await folded.evaluateAll((all) => all.forEach((button) => button.click()));
  await expect(folded).toHaveCount(0);
}

/** The scenarios of the catalogue, in its order. */
export async function ids(page) {
  await unfold(page);
  return page.locator(".catalogue a[data-id]").evaluateAll((all) => all.map((a) => a.dataset.id));
}
