// Random runs: the plan, the runs in workers and without, what came of them, the tests.

import { readFileSync } from "node:fs";
import { expect, open, running, test, type, workerAnswers } from "./app.js";

/** What the native program counts for the same plan; tests/chaos.rs holds it against the same files. */
const golden = (preset) => readFileSync(new URL(`../golden/chaos/${preset}.json`, import.meta.url), "utf8").trimEnd();

/** The plan of those files. */
const PLAN = {
  seed: 42,
  runs: 2000,
  messages: 2,
  rates: {
    "lose-send": 10000, "lose-ack": 10000, "lose-delivery": 10000, "lose-consumer-ack": 10000,
    "crash-producer": 2000, "crash-broker": 2000, "crash-consumer": 2000,
  },
};
const COUNTS = [
  "once", "lost-silently", "lost-with-error", "unknown", "stored-twice", "handled-twice", "applied-twice",
  "out-of-order", "dead-lettered", "never-sent", "unfinished",
];
const ADDRESS = "chaos?preset=sqs-standard&seed=42&runs=2000";

const run = (page) => page.locator(".run-bar .run").click();
const bar = (page) => page.locator(".run-bar");

/** The table of outcomes says what the file does. */
async function says(page, preset) {
  const { sums } = JSON.parse(golden(preset));
  for (const [i, count] of COUNTS.entries()) {
    const row = page.locator(`tr[data-count="${count}"]`);
    await expect(row.locator("small").nth(1)).toHaveText(new RegExp(`^${sums[i].sum.toLocaleString("en")}( runs)?$`));
  }
}

test("the compiled worker counts what the native program counts", async ({ page, isMobile }) => {
  test.skip(isMobile, "the same program");
  await open(page, "chaos");
  for (const preset of ["kafka-default", "rabbitmq-quorum-queue", "sqs-standard", "outbox-to-inbox"]) {
    const scenario = JSON.parse(readFileSync(new URL(`../../src/catalogue/presets/${preset}.json`, import.meta.url), "utf8"));
    const question = { runs: { scenario, plan: PLAN, from: 0, to: PLAN.runs } };
    const [text] = await workerAnswers(page, "answer", JSON.stringify(question));
    expect(text, preset).toBe(`{"runs":${golden(preset)}}`);
  }
});

test("workers count the same, however the runs are dealt out", async ({ page }) => {
  await open(page, ADDRESS);
  await run(page);
  await expect(bar(page)).toContainText("2,000 runs in");
  await says(page, "sqs-standard");
  expect(page.workers().length).toBeGreaterThan(0);
});

for (const [name, worker] of Object.entries({
  "are refused": () => {
    globalThis.Worker = class {
      constructor() {
        throw new DOMException("not here", "SecurityError");
      }
    };
  },
  "cannot be loaded": () => {
    globalThis.Worker = class extends EventTarget {
      postMessage() {
        setTimeout(() => this.dispatchEvent(new ErrorEvent("error")));
      }
      terminate() {}
    };
  },
})) {
  test(`where workers ${name} the page says so`, async ({ page, isMobile }) => {
    test.skip(isMobile, "the same on both");
    await page.addInitScript(worker);
    await open(page, ADDRESS);
    await run(page);
    await expect(page.getByRole("alert")).toContainText(/Aborted: (not here|its script could not be loaded)/);
    // A scenario can be stepped through, and every page says what it cannot show.
    await open(page, "s/ack-lost");
    await page.keyboard.press("ArrowRight");
    await expect(page.locator("output.count")).toHaveText(/^1 /);
    await expect(page.getByRole("region", { name: "All runs (model check)" })).toContainText("It takes a web worker");
    for (const [address, of] of [["matrix", ".filters"], ["cost", ".filters"], ["choose", "#found"]]) {
      await open(page, address);
      await expect(page.locator(of)).toContainText("It takes a web worker");
    }
  });
}

test("a worker that breaks says so, and the next run works", async ({ page, isMobile }) => {
  test.skip(isMobile, "the same on both");
  await page.addInitScript(() => {
    const Real = globalThis.Worker;
    globalThis.breaks = true;
    globalThis.Worker = class extends Real {
      #told = 0;
      postMessage(text) {
        this.#told += 1;
        if (!globalThis.breaks || this.#told < 2) super.postMessage(text);
        else setTimeout(() => this.dispatchEvent(new MessageEvent("message", { data: '{"broke":"unreachable"}' })));
      }
    };
  });
  await open(page, "chaos?preset=sqs-standard&seed=42&runs=200000");
  await run(page);
  await expect(page.getByRole("alert")).toContainText("Aborted: unreachable");
  await page.evaluate(() => (globalThis.breaks = false));
  await type(page.locator("#plan-runs"), "2000");
  await page.locator("#plan-runs").press("Enter");
  await run(page);
  await expect(bar(page)).toContainText("2,000 runs in");
  await says(page, "sqs-standard");
});

test("the plan is in the address, and a link shows the same plan", async ({ page }) => {
  await open(page, "chaos?preset=kafka-default&acks=1&seed=42&lose-ack=3.5%25&time-work=20ms");
  await expect(page.locator("#plan-lose-ack")).toHaveValue("3.5%");
  await type(page.locator("#plan-lose-send"), "0.25");
  await page.locator("#plan-lose-send").press("Tab");
  await expect(page.locator("#plan-lose-send")).toHaveValue("0.25%");
  await page.locator("#plan-messages").selectOption("3");
  await page.getByText("Latencies and timeouts").click();
  await expect(page.locator("#plan-time-work")).toHaveValue("20 ms");
  await expect(page).toHaveURL(/\/chaos\/\?preset=kafka-default&acks=1&seed=42&messages=3&lose-send=0.25%25&lose-ack=3.5%25&time-work=20ms$/);
  await page.reload();
  await running(page);
  await expect(page.locator("#plan-lose-send")).toHaveValue("0.25%");
  await expect(page.locator("#plan-messages")).toHaveValue("3");
  await expect(page.locator(".chaos .chips")).toContainText("acks=1");
  await page.getByRole("button", { name: "Reset to defaults" }).click();
  await expect(page).toHaveURL(/\/chaos\/\?preset=kafka-default&acks=1&seed=42&messages=3$/);
});

test("what cannot be is named with a remedy, and nothing is lost", async ({ page }) => {
  await open(page, "chaos?preset=kafka-default&acks=7&seed=x&runs=0&lose-ack=200%25");
  const notice = page.locator(".note.warn");
  for (const named of ["acks=7", "seed=x: use a whole number", "runs=0: use a whole number from 1", "as in 0.5%"]) {
    await expect(notice).toContainText(named);
  }
  await notice.getByRole("button", { name: "Dismiss" }).click();
  await type(page.locator("#plan-crash-consumer"), "often");
  await page.locator("#plan-crash-consumer").press("Enter");
  await expect(page.getByRole("alert")).toContainText("Use a percentage from 0 to 100");
  await expect(page.getByRole("alert")).toContainText("Keeping 0.2%.");
  // What was typed stays, to be mended; the plan is as it was.
  await expect(page.locator("#plan-crash-consumer")).toHaveValue("often");
  await expect(page).not.toHaveURL(/crash-consumer/);
  await type(page.locator("#plan-crash-consumer"), "5");
  await page.locator("#plan-crash-consumer").press("Enter");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page).toHaveURL(/crash-consumer=5%25/);
});

test("a seed is drawn, shown, and drawn anew", async ({ page }) => {
  await open(page, "chaos");
  await expect(page).toHaveURL(/\/chaos\/\?preset=kafka-default&seed=\d+$/);
  const seed = await page.locator("#plan-seed").inputValue();
  await page.getByRole("button", { name: "New seed" }).click();
  await expect(page.locator("#plan-seed")).not.toHaveValue(seed);
});

test("pauses, goes on, and stops at the first runs without a gap", async ({ page }) => {
  await open(page, "chaos?preset=sqs-standard&seed=1&runs=100000000");
  await run(page);
  await expect(page.locator(".headline")).toBeVisible();
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(bar(page)).toContainText("Paused after");
  // What was under way comes still.
  await page.waitForTimeout(1500);
  const paused = await bar(page).locator("p").first().innerText();
  await page.waitForTimeout(500);
  expect(await bar(page).locator("p").first().innerText()).toBe(paused);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(bar(page)).toContainText("runs/s");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(bar(page)).toContainText(/Stopped: these are the first [\d,]+ of 100,000,000 runs/);
  await expect(page.getByRole("button", { name: "Run again" })).toBeVisible();
});

test("the page stays quick while workers run", async ({ page, isMobile }) => {
  test.skip(isMobile, "the same on both");
  await open(page, "chaos?preset=kafka-default&seed=1&runs=100000000");
  await run(page);
  await expect(page.locator(".headline")).toBeVisible();
  await type(page.locator("#plan-lose-send"), "2%");
  await page.locator("#plan-lose-send").press("Enter");
  await expect(page.locator(".stale")).toBeVisible();
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByRole("button", { name: /^Run the new plan/ })).toBeVisible();
});

test("the worst runs open in the diagram and show what they are for; the results stay", async ({ page }) => {
  await open(page, "chaos?preset=kafka-default&acks=1&seed=42&runs=20000");
  await run(page);
  await expect(bar(page)).toContainText("20,000 runs in");
  const shown = page.locator(".outcomes .worst > div");
  const link = shown.filter({ hasText: "Applied more than once" }).locator("a").first();
  await expect(link).toHaveText(/^\d faults?, \d+ steps/);
  await link.click();
  await expect(page.locator(".stage")).toBeVisible();
  await expect(page.locator(".heading h1")).toContainText("Applied twice");
  await page.locator("button.last").click();
  await expect(page.locator(".inspector .counts .many").first()).toBeVisible();
  await page.goBack();
  await expect(bar(page)).toContainText("20,000 runs in");
  await expect(page.locator(".headline")).toBeVisible();
});

test("each test passes or fails, with the run that shows it", async ({ page }) => {
  const results = async (preset) => {
    await open(page, `chaos?preset=${preset}&seed=3&runs=5000`);
    const words = [];
    for (const test of ["nothing-lost", "killed-at-work", "sent-twice"]) {
      const card = page.locator(`[data-test="${test}"]`);
      await card.getByRole("button", { name: "Test it" }).click();
      await expect(card.locator(".pill")).toHaveText(/passed|failed/);
      await expect(card.getByRole("button", { name: "Test again" })).toBeVisible();
      words.push(await card.locator(".pill").innerText());
    }
    return words;
  };
  expect(await results("outbox-to-inbox")).toEqual(["passed", "passed", "passed"]);
  expect(await results("at-least-once")).toEqual(["failed", "failed", "failed"]);
  await page.locator('[data-test="killed-at-work"] .worst a').click();
  await expect(page.locator(".heading h1")).toContainText("Applied twice");
});

test("a configuration is chosen here, and comes from and goes to the Lab", async ({ page, isMobile }) => {
  await open(page, "lab?preset=kafka-default&acks=1");
  await page.getByRole("link", { name: "Simulate failure rates" }).click();
  await expect(page.locator(".chaos .chips")).toContainText("acks=1");
  await page.getByRole("link", { name: "Edit in Lab" }).click();
  await expect(page).toHaveURL(/\/lab\/\?preset=kafka-default&acks=1$/);
  await page.goBack();
  await page.locator("#configuration").selectOption("sqs-fifo");
  await expect(page).toHaveURL(/\/chaos\/\?preset=sqs-fifo&seed=\d+$/);
  // What cannot strike is not offered: no node of SQS is ever lost.
  await expect(page.locator("#plan-lose-send")).toBeAttached();
  await expect(page.locator("#plan-lose-broker")).toHaveCount(0);
  await page.locator("#configuration").selectOption("ack-lost");
  await expect(page).toHaveURL(/\/chaos\/\?scenario=ack-lost&seed=\d+$/);
  if (!isMobile) await expect(page.locator(".top nav .here")).toHaveText("Simulate");
});

test("on a phone the runs start from anywhere in the plan, and a press leads to what came of them", async ({ page, isMobile }) => {
  test.skip(!isMobile, "a desk shows both side by side");
  await open(page, ADDRESS);
  await expect(bar(page).locator(".run")).toBeInViewport();
  await page.locator("#plan-lose-ack").scrollIntoViewIfNeeded();
  await expect(bar(page).locator(".run")).toBeInViewport();
  await run(page);
  await expect(bar(page)).toContainText("2,000 runs in");
  await page.getByRole("button", { name: "Results ↓" }).tap();
  await expect(page.locator(".headline")).toBeFocused();
  // Beneath the bar at the top, not behind it.
  const [top, line] = await page.evaluate(() => [".top", ".headline"].map((of) => document.querySelector(of).getBoundingClientRect()));
  expect(line.top).toBeGreaterThanOrEqual(top.bottom);
  expect(line.bottom).toBeLessThan(400);
});

for (const width of [320, 390, 820, 1180]) {
  test(`nothing is lost ${width} px wide`, async ({ page, isMobile }) => {
    test.skip(isMobile, "a phone has its own");
    await page.setViewportSize({ width, height: 800 });
    await open(page, ADDRESS);
    await run(page);
    await expect(bar(page)).toContainText("2,000 runs in");
    await page.getByText("Latencies and timeouts").click();
    await page.locator(".plan").getByText("more fault types").click();
    const wide = await page.evaluate(() => {
      const room = document.querySelector("main.chaos").getBoundingClientRect().right;
      const all = [...document.querySelectorAll("main.chaos *")].filter((e) => e.checkVisibility() && !e.closest(".scroll, svg, .hidden"));
      return all.filter((e) => e.getBoundingClientRect().right > room + 1).map((e) => e.outerHTML.slice(0, 80));
    });
    expect(wide).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  });
}
