// The command palette: typed key by key, by arrows, Enter and Esc, and by fingers.

import { axe, expect, open, test } from "./app.js";

const palette = (page) => page.getByRole("dialog", { name: "Command palette" });
const field = (page) => palette(page).getByRole("combobox");
const options = (page) => palette(page).getByRole("option");
const active = (page) => palette(page).getByRole("option", { selected: true });

/** Opens it as one does on this screen: by its keys, or by the button in the menu. */
async function openPalette(page, isMobile) {
  if (isMobile) {
    await page.getByRole("button", { name: "Menu" }).tap();
    await page.getByRole("button", { name: "Command palette" }).tap();
  } else {
    await page.keyboard.press("Control+k");
  }
  await expect(field(page)).toBeFocused();
}

test("it is typed into key by key, and Enter opens the best match", async ({ page, isMobile }) => {
  await open(page, "s/ack-lost");
  await openPalette(page, isMobile);
  await expect(palette(page).getByRole("status")).toContainText("results");
  await field(page).pressSequentially("visibility timeout shorter");
  await expect(field(page)).toHaveValue("visibility timeout shorter");
  await expect(active(page)).toContainText("Visibility timeout shorter than processing");
  // Its group and its outcome stand beside it.
  await expect(active(page)).toContainText("SQS");
  await expect(active(page)).toContainText("ends with: 2×");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/s\/sqs-visibility-expires\/$/);
  await expect(palette(page)).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Visibility timeout shorter");
});

test("the arrows choose, and the field names the chosen one", async ({ page, isMobile }) => {
  test.skip(isMobile, "a keyboard stands on a desk");
  await open(page, "s/ack-lost");
  await openPalette(page, isMobile);
  await field(page).pressSequentially("outbox");
  const names = await options(page).allInnerTexts();
  expect(names.length).toBeGreaterThan(4);
  for (const [key, at] of [["ArrowDown", 1], ["ArrowDown", 2], ["ArrowUp", 1], ["ArrowUp", 0], ["ArrowUp", names.length - 1], ["ArrowDown", 0]]) {
    await page.keyboard.press(key);
    await expect(active(page)).toHaveCount(1);
    const id = await options(page).nth(at).getAttribute("id");
    await expect(field(page)).toHaveAttribute("aria-activedescendant", id);
    await expect(active(page)).toHaveAttribute("id", id);
    await expect(active(page)).toBeInViewport();
  }
  // A letter that is typed later starts at the top again, and the run has not moved meanwhile.
  await page.keyboard.press("ArrowDown");
  await field(page).pressSequentially(" re");
  await expect(field(page)).toHaveAttribute("aria-activedescendant", "palette-0");
  await expect(page.locator("output.count")).toHaveText(/^0 \//);
});

test("it does what a button would", async ({ page, isMobile }) => {
  await open(page, "s/ack-lost");
  const run = async (text) => {
    await openPalette(page, isMobile);
    await field(page).pressSequentially(text);
    await page.keyboard.press("Enter");
    await expect(palette(page)).toHaveCount(0);
  };
  await run("last step");
  await expect(page.locator("output.count")).toHaveText("22 / 22");
  await run("dark theme");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  for (const [text, name] of [["break it", "What happens next?"], ["share", "Share"], ["keyboard", "Help"]]) {
    await run(text);
    const dialog = page.getByRole("dialog", { name });
    await expect(dialog).toBeVisible();
    expect(await dialog.evaluate((dialog) => dialog.contains(document.activeElement)), name).toBe(true);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  await run("fault matrix");
  await expect(page).toHaveURL(/\/matrix\/$/);
});

test("a finger chooses from the list", async ({ page, isMobile }) => {
  test.skip(!isMobile, "a mouse is not a finger");
  await open(page, "s/ack-lost");
  await openPalette(page, isMobile);
  const small = await options(page).evaluateAll((all) => all.filter((e) => e.getBoundingClientRect().height < 39.5).length);
  expect(small).toBe(0);
  await field(page).pressSequentially("kafka defaults");
  await options(page).filter({ hasText: "Preset" }).first().tap();
  await expect(page).toHaveURL(/\/lab\/\?preset=kafka-default$/);
});

test("Esc gives the focus back, also to who opened it over another dialog", async ({ page, isMobile }) => {
  test.skip(isMobile, "a keyboard stands on a desk");
  await open(page, "s/ack-lost");
  const help = page.getByRole("button", { name: "Help and keyboard shortcuts" });
  await help.focus();
  await openPalette(page);
  await page.keyboard.press("Escape");
  await expect(palette(page)).toHaveCount(0);
  await expect(help).toBeFocused();
  await page.keyboard.press("Enter");
  const keys = page.getByRole("dialog", { name: "Help" });
  await expect(keys.getByText("Command palette: find anything, run any action")).toBeVisible();
  await openPalette(page);
  await expect(keys).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(help).toBeFocused();
  // From a field, too, where letters are text.
  await page.getByRole("searchbox", { name: "Find a scenario" }).click();
  await openPalette(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("searchbox", { name: "Find a scenario" })).toBeFocused();
});

test("typing moves nothing, and axe finds nothing wrong, with results and without", async ({ page, isMobile }) => {
  await open(page, "s/ack-lost");
  await openPalette(page, isMobile);
  const place = () => palette(page).boundingBox();
  // Until it has opened.
  await expect.poll(async () => JSON.stringify(await place()) === JSON.stringify(await place())).toBe(true);
  const before = await place();
  const shift = () => page.evaluate(() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 200);
  }));
  const shifted = await shift();
  for (const text of ["fenc", "zzz"]) {
    await field(page).pressSequentially(text);
    expect(await place()).toEqual(before);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await axe(page).include(".palette").analyze();
      expect(violations.map((v) => `${text}, ${colorScheme}: ${v.id}`)).toEqual([]);
    }
  }
  await expect(palette(page).getByRole("status")).toHaveText("Nothing matches.");
  await expect(options(page)).toHaveCount(0);
  await expect(field(page)).toHaveAttribute("aria-expanded", "false");
  expect((await shift()) - shifted).toBeLessThan(0.02);
});
