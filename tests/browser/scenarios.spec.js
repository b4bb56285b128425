// Every scenario, stepped through in the real browser: each step says what it says natively, it
// ends as it does natively, and no text meets another.

import { expect, follow, ids, open, test } from "./app.js";
import { golden, IDS, text } from "./golden.js";

test("the list holds exactly the scenarios that have a trace", async ({ page }) => {
  await open(page);
  expect((await ids(page)).sort()).toEqual([...IDS].sort());
});

test("a run in the browser is the native one, byte for byte", async ({ page }) => {
  await open(page);
  for (const id of IDS) {
    expect(await page.evaluate((id) => ackward.traceText(id), id)).toBe(text(id));
  }
});

/** Texts that meet, are cut off or small, and a page that scrolls sideways. */
function faults() {
  const found = [];
  const area = (element) => element.getBoundingClientRect();
  for (const svg of document.querySelectorAll(".diagram")) {
    const frame = area(svg);
    const texts = [...svg.querySelectorAll("text")].map((t) => [t, area(t)]);
    texts.forEach(([one, a], i) => {
      if (parseFloat(getComputedStyle(one).fontSize) < 12) found.push(`small: ${one.textContent}`);
      if (a.left < frame.left - 1 || a.right > frame.right + 1) found.push(`cut: ${one.textContent}`);
      for (const [two, b] of texts.slice(i + 1)) {
        // A line box is higher than its letters: 3 px of it are empty.
        const meet =
          a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom;
        if (meet) found.push(`${one.textContent} meets ${two.textContent}`);
      }
    });
  }
  // Words that do not fit their place, outside the diagram.
  for (const element of document.querySelectorAll("main *, .inspector *")) {
    if (element.closest("svg, .hidden") || !element.clientWidth) continue;
    if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== "auto") {
      found.push(`too wide: ${element.className || element.tagName} ${element.textContent.slice(0, 40)}`);
    }
  }
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) found.push("the page scrolls sideways");
  return found;
}

/** Presses a key before each of these but the first, and says what the page shows in their place:
 * for one that it does not show it waits a second. The events are made in the page: asked for one by
 * one from outside, they take ten times as long, and other tests press real keys. */
async function pressed(page, key, wanted) {
  // It is drawn once the width is known.
  await expect(page.locator(".diagram.body text").first()).toBeAttached();
  return page.evaluate(
    async ({ key, wanted }) => {
      const now = () => ({
        count: document.querySelector("output.count").innerText,
        say: document.querySelector(".say p").innerText.replace(/^\s*(Step \d+|Start)\s*/, ""),
        frames: document.querySelectorAll(".body .frame").length,
      });
      const seen = [];
      for (const [n, step] of wanted.entries()) {
        if (n) dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        const is = ({ count, say, frames }) => count === step.count && say === step.say && frames === step.frames;
        await new Promise((done) => setTimeout(done));
        for (let more = 0; more < 60 && !is(now()); more += 1) await new Promise(requestAnimationFrame);
        seen.push(now());
      }
      return seen;
    },
    { key, wanted },
  );
}

/** The ending on the page is the native one. */
async function ends(page, { endings, remarks, test: result }) {
  for (const { message, outcome, counts, told } of endings) {
    const fate = page.locator(`.fate[data-message=${message}]`);
    await expect(fate.locator("dd")).toHaveText(counts);
    await expect(fate.locator(".told b")).toHaveText(told);
    await expect(fate.locator(".outcome .pill")).toHaveText(outcome);
  }
  await expect(page.locator(".verdict .remarks li")).toHaveText(remarks);
  await expect(page.locator(".ending")).toBeVisible();
  await expect(page.locator(".result")).toHaveCount(result ? 1 : 0);
  if (result) {
    await expect(page.locator(".result")).toContainText(result.passed ? "passed" : "failed");
    await expect(page.locator(".result dd")).toHaveText(result.says);
    await expect(page.locator("h1 .tested")).toHaveText(result.passed ? "passed" : "failed");
  }
}

/** So many scenarios are opened one after another in a page: most of the time is its start. */
const BATCH = 20;
const BATCHES = IDS.flatMap((_, at) => (at % BATCH ? [] : [IDS.slice(at, at + BATCH)]));

/** Opens a scenario: the first in a page of its own, the others from within the app. */
async function show(page, id, first) {
  if (first) await open(page, `s/${id}`);
  else await follow(page, `s/${id}`);
  const run = golden(id);
  await expect(page.locator("h1")).toContainText(run.title);
  await expect(page.locator(".say p")).toContainText(run.steps[0]);
  return run;
}

test.describe("at a desk", () => {
  test.skip(({ isMobile }) => isMobile, "a phone has its own");
  for (const batch of BATCHES) {
    test(`${batch[0]} to ${batch.at(-1)}: every step forward, the ending, every step back, and nothing overlaps`, async ({ page }) => {
      test.slow();
      for (const id of batch) {
        const run = await show(page, id, id === batch[0]);
        const last = run.steps.length - 1;
        const shown = run.steps.map((say, step) => ({ count: `${step} / ${last}`, say, frames: step ? 1 : 0 }));
        expect(await pressed(page, "ArrowRight", shown), id).toEqual(shown);
        await ends(page, run);
        expect(await page.evaluate(faults), id).toEqual([]);
        expect(await pressed(page, "ArrowLeft", shown.toReversed()), id).toEqual(shown.toReversed());
        await expect(page.locator("output.count")).toHaveText(`0 / ${last}`);
        await expect(page.locator(".say p")).toContainText("The application is about to send");
      }
    });
  }
});

// The model is the same on a phone, so it goes one way only; the layout is not.
test.describe("on a phone", () => {
  test.skip(({ isMobile }) => !isMobile, "a desk has its own");
  for (const batch of BATCHES) {
    test(`${batch[0]} to ${batch.at(-1)}: to the end, and nothing overlaps`, async ({ page }) => {
      test.slow();
      for (const id of batch) {
        const run = await show(page, id, id === batch[0]);
        const last = run.steps.length - 1;
        const shown = run.steps.map((say, step) => ({ count: `${step} / ${last}`, say, frames: step ? 1 : 0 }));
        expect(await pressed(page, "ArrowRight", shown), id).toEqual(shown);
        await ends(page, run);
        expect(await page.evaluate(faults), id).toEqual([]);
      }
    });
  }
});
