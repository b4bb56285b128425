// The page for everyone: axe-core finds nothing, the keyboard reaches all, fingers hit what they
// aim at.

import AxeBuilder from "@axe-core/playwright";
import { expect, open, test } from "./app.js";

const VIEWS = {
  home: "",
  "a step": "s/ack-lost?step=8",
  "an end": "s/dead-letter?step=99",
  "a broken link": "s/nowhere",
};

for (const colorScheme of ["light", "dark"]) {
  test.describe(`${colorScheme} theme`, () => {
    test.use({ colorScheme });
    for (const [name, address] of Object.entries(VIEWS)) {
      test(`axe finds nothing wrong with ${name}`, async ({ page }) => {
        await open(page, address);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`)).toEqual([]);
      });
    }
    test("axe finds nothing wrong with the dialogs", async ({ page, isMobile }) => {
      await open(page, "s/ack-lost?step=8");
      await page.locator(".open-help").click();
      const open1 = await new AxeBuilder({ page }).analyze();
      expect(open1.violations.map((v) => v.id)).toEqual([]);
      await page.keyboard.press("Escape");
      if (isMobile) {
        await page.getByRole("button", { name: "Scenarios" }).click();
        const open2 = await new AxeBuilder({ page }).analyze();
        expect(open2.violations.map((v) => v.id)).toEqual([]);
      }
    });
  });
}

test("the keyboard alone reaches every control, and shows where it is", async ({ page, isMobile }) => {
  test.skip(isMobile, "a keyboard stands on a desk");
  await open(page, "s/ack-lost?step=8");
  const wanted = await page.evaluate(() => {
    const all = document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']");
    return [...all].filter((e) => e.checkVisibility()).length;
  });
  const reached = new Set();
  for (let i = 0; i < wanted + 3; i += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => {
      const e = document.activeElement;
      if (e === document.body) return null;
      e.dataset.seen ??= String(Math.random());
      const style = getComputedStyle(e);
      return { id: e.dataset.seen, ring: style.outlineStyle !== "none", name: e.outerHTML.slice(0, 90) };
    });
    if (!here) continue;
    reached.add(here.id);
    expect(here.ring, `no focus ring: ${here.name}`).toBe(true);
  }
  expect(reached.size).toBe(wanted);
});

test("fingers hit what they aim at", async ({ page, isMobile }) => {
  test.skip(!isMobile, "a mouse is finer");
  await open(page, "s/ack-lost?step=99");
  const small = await page.evaluate(() => {
    const all = document.querySelectorAll("main button, main a, .top button, .deck select");
    return [...all]
      .filter((e) => e.checkVisibility() && !e.classList.contains("skip"))
      .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
      .filter(([, box]) => box.height < 40 || box.width < 40)
      .map(([name, box]) => `${name} ${box.width}×${box.height}`);
  });
  expect(small).toEqual([]);
});

test("at 200 % zoom nothing is lost", async ({ browser, baseURL, isMobile }) => {
  test.skip(isMobile, "a phone has its own");
  // 1440 × 900 at 200 % is a window of 720 × 450.
  const context = await browser.newContext({ viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 });
  const page = await context.newPage();
  await page.goto(`${baseURL}#/s/ack-lost?step=8`);
  await expect(page.locator(".say p")).toContainText("Step 8");
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(sideways).toBe(false);
  await expect(page.locator("button.forward")).toBeInViewport();
  await context.close();
});

test("without motion nothing moves by itself", async ({ page }) => {
  await open(page, "s/ack-lost");
  await page.keyboard.press("ArrowRight");
  const moving = await page.evaluate(() => document.getAnimations().length);
  expect(moving).toBe(0);
});
