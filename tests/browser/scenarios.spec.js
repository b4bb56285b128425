// Every scenario, stepped through in the real browser: it ends as it must, is the same as natively,
// and no text meets another.

import { readdirSync, readFileSync } from "node:fs";
import { expect, ids, open, steps, test } from "./app.js";

const traces = new URL("../golden/traces/", import.meta.url);

/** How m1 ends: stored, handled, applied; what the producer was told; the badge in the list. */
const ENDINGS = {
  "message-lost": ["0×", "0×", "0×", "nothing", "0"],
  "ack-unheard": ["1×", "1×", "1×", "nothing", "1"],
  "auto-ack-crash": ["1×", "0×", "0×", "Ok", "0"],
  "retry-after-loss": ["1×", "1×", "1×", "Ok", "1"],
  "ack-lost": ["2×", "2×", "2×", "Ok", "2×"],
  "crash-after-work": ["1×", "2×", "2×", "Ok", "2×"],
  "crash-before-work": ["1×", "1×", "1×", "Ok", "1"],
  "crash-before-persist": ["1×", "0×", "0×", "Ok", "0"],
  "sync-before-ack": ["1×", "1×", "1×", "Ok", "1"],
  "replicate-before-ack": ["1×", "1×", "1×", "Ok", "1"],
  "nack-requeue": ["1×", "1×", "1×", "Ok", "1"],
  "dead-letter": ["1×", "0×", "0×", "Ok", "DLQ"],
  "retries-exhausted-lost": ["0×", "0×", "0×", "MessageDeliveryError", "0"],
  "retries-exhausted-delivered": ["1×", "1×", "1×", "MessageDeliveryError", "?"],
};

test("the list holds exactly the scenarios that have a known ending", async ({ page }) => {
  await open(page);
  expect((await ids(page)).sort()).toEqual(Object.keys(ENDINGS).sort());
});

for (const [id, [stored, handled, applied, told, badge]] of Object.entries(ENDINGS)) {
  test(`${id}: every step forward, the ending, every step back, and nothing overlaps`, async ({ page }) => {
    await open(page, `s/${id}`);
    const { last } = await steps(page);
    const said = [];
    for (let step = 1; step <= last; step += 1) {
      await page.keyboard.press("ArrowRight");
      await expect(page.locator("output.count")).toHaveText(`${step} / ${last}`);
      said.push(await page.locator(".say p").innerText());
      await expect(page.locator(".body .frame")).toHaveCount(1);
    }
    for (const sentence of said) expect(sentence.length).toBeGreaterThan(12);
    const fate = page.locator(".fate[data-message=m1]");
    await expect(fate.locator("dd")).toHaveText([stored, handled, applied]);
    await expect(fate.locator(".told b")).toHaveText(told);
    await expect(page.locator(`.side a[data-id="${id}"] .badge`)).toContainText(badge);
    await expect(page.locator(".ending")).toBeVisible();
    for (let step = last - 1; step >= 0; step -= 1) await page.keyboard.press("ArrowLeft");
    await expect(page.locator("output.count")).toHaveText(`0 / ${last}`);
    await expect(page.locator(".say p")).toContainText("Nothing has happened yet");
    const wrong = await page.evaluate(() => {
      const found = [];
      const area = (element) => element.getBoundingClientRect();
      for (const svg of document.querySelectorAll("svg.diagram")) {
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
      const page = document.documentElement;
      if (page.scrollWidth > page.clientWidth) found.push("the page scrolls sideways");
      return found;
    });
    expect(wrong).toEqual([]);
  });
}

test("a run in the browser is the native one, byte for byte", async ({ page }) => {
  await open(page);
  const names = readdirSync(traces);
  expect(names.length).toBe(Object.keys(ENDINGS).length);
  for (const name of names) {
    const native = readFileSync(new URL(name, traces), "utf8");
    const here = await page.evaluate((id) => ackward.traceText(id), name.replace(".txt", ""));
    expect(here).toBe(native);
  }
});
