// What is printed: all of it, dark on light, and nothing to press.

import { expect, open, test } from "./app.js";

const PAGES = [
  "s/ack-lost?step=8", "lab?preset=kafka-default&acks=1", "compare?step=4", "matrix?product=any%20broker",
  "chaos?preset=kafka-default", "cost", "choose?lost=never",
];

test.describe("with hints on the screen", () => {
  test.use({ hinted: true, colorScheme: "dark" });

  for (const address of PAGES) {
    test(`no button, no hint, and nothing cut off: ${address}`, async ({ page }) => {
      await open(page, address);
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      const seen = await page.evaluate(() =>
        [...document.querySelectorAll("button, .button, .hint, input[type=range], .top")]
          // What stands in a list of sentences is to be read.
          .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".steps ol"))
          .filter((e) => e.getBoundingClientRect().width > 1)
          .map((e) => e.outerHTML.slice(0, 90)),
      );
      expect(seen).toEqual([]);
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll("#main, #main .stage, #main .scroll, .inspector")]
          .filter((e) => e.scrollHeight > e.clientHeight + 1 && getComputedStyle(e).overflowY !== "visible")
          .map((e) => e.outerHTML.slice(0, 90)),
      );
      expect(cut).toEqual([]);
      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(paper).toBe("rgb(246, 247, 249)");
    });
  }
});

test("a run in the middle is printed with what is still to come", async ({ page }) => {
  await open(page, "s/ack-lost?step=8");
  await page.emulateMedia({ media: "print" });
  await expect(page.locator(".veil")).toBeHidden();
  const pdf = (await page.pdf()).toString("latin1");
  expect(pdf.match(/\/Type\s*\/Page\b/g).length).toBeLessThanOrEqual(4);
});
