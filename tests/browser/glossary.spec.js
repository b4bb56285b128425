// The glossary: its page, the way to it from a run, the help, the menu and the palette.

import { axe, expect, open, test } from "./app.js";

const entry = (page, name) => page.locator("dl > div", { has: page.getByRole("term").filter({ hasText: name }) });

test("the terms of a run lead to their sentences, and those to a run", async ({ page }) => {
  await open(page, "s/kafka-zombie-fenced");
  const terms = page.getByRole("region", { name: "Terms" });
  await terms.getByRole("link", { name: "fencing" }).click();
  await expect(page).toHaveURL(/\/glossary\/\?term=fencing$/);
  const fencing = page.locator("#term-fencing");
  await expect(fencing).toBeFocused();
  await expect(fencing).toBeInViewport();
  const covered = await fencing.getByRole("term").evaluate((e) => {
    const box = e.getBoundingClientRect();
    return !e.contains(document.elementFromPoint(box.left + 4, box.top + box.height / 2));
  });
  expect(covered).toBe(false);
  await expect(fencing).toContainText("Rejecting the requests of a process that has been replaced");
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Zombie consumer fenced");
  await page.goForward();
  await fencing.getByRole("link").click();
  await expect(page).toHaveURL(/\/s\/kafka-zombie-fenced\/$/);
});

test("a step moves none of the terms of the run", async ({ page }) => {
  await open(page, "s/kafka-acks-1");
  const names = () => page.getByRole("region", { name: "Terms" }).getByRole("link").allInnerTexts();
  await expect.poll(names).toContain("acks");
  const before = await names();
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("ArrowRight");
  expect(await names()).toEqual(before);
});

test("an unknown term is named, and the whole glossary is there", async ({ page }) => {
  await open(page, "glossary?term=flux");
  await expect(page.getByRole("alert")).toHaveText("No term named “flux”.");
  expect(await page.getByRole("term").count()).toBeGreaterThanOrEqual(35);
  await expect(page).toHaveTitle("Glossary · Ackward");
});

test("it is found from the help, the menu and the palette", async ({ page, isMobile }) => {
  await open(page, "s/ack-lost");
  await page.getByRole("button", { name: "Help and keyboard shortcuts" }).click();
  await page.getByRole("dialog", { name: "Help" }).getByRole("link", { name: "glossary" }).click();
  await expect(page).toHaveURL(/\/glossary\/$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Glossary");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  if (isMobile) {
    await open(page, "s/ack-lost");
    await page.getByRole("button", { name: "Menu" }).tap();
    await page.getByRole("dialog", { name: "Scenarios" }).getByRole("link", { name: "Glossary" }).tap();
    await expect(page).toHaveURL(/\/glossary\/$/);
    await page.getByRole("button", { name: "Menu" }).tap();
    await page.getByRole("button", { name: "Command palette" }).tap();
  } else {
    await page.keyboard.press("Control+k");
  }
  await page.getByRole("dialog").getByRole("combobox").pressSequentially("last stable");
  await page.keyboard.press("Enter");
  await expect(page.locator("#term-last-stable-offset")).toBeFocused();
  await expect(entry(page, "last stable offset")).toBeInViewport();
});

test("axe finds nothing wrong, in the light and in the dark, and nothing moves", async ({ page }) => {
  await page.addInitScript(() => {
    globalThis.shifted = 0;
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries()) if (!shift.hadRecentInput) globalThis.shifted += shift.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await open(page, "glossary?term=inbox");
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await axe(page).analyze();
    expect(violations.map((v) => `${colorScheme}, ${v.id}: ${v.nodes.map((n) => n.target)}`)).toEqual([]);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  expect(await page.evaluate(() => globalThis.shifted)).toBeLessThanOrEqual(0.02);
});
