// What a first visit sees: the diagram before all else, and the point of it before the first step.

import { expect, open, test } from "./app.js";

const diagram = (page) => page.getByRole("region", { name: "Sequence diagram" });

test.describe("at the first visit", () => {
  test.use({ hinted: true });

  for (const [width, height, least] of [[1440, 900, 0.5], [1280, 720, 0.42], [390, 844, 0.42]]) {
    test(`the diagram has room in a window of ${width} × ${height}`, async ({ page, isMobile }) => {
      test.skip(isMobile !== width < 500, "another window");
      await page.setViewportSize({ width, height });
      await open(page, "");
      const names = await page.locator(".diagram.head").boundingBox();
      const controls = await page.getByRole("region", { name: "Steps" }).boundingBox();
      const share = (controls.y - names.y - names.height) / height;
      expect(share).toBeGreaterThanOrEqual(least);
    });
  }

  test("a hint moves nothing, and goes when it was followed", async ({ page }) => {
    await open(page, "s/ack-lost");
    const hint = page.getByRole("complementary", { name: /^Hint/ });
    await expect(hint).toHaveAccessibleName("Hint 1 of 3");
    const place = () => page.getByRole("region", { name: "Steps" }).boundingBox();
    const before = await place();
    const forward = page.getByRole("button", { name: "One step forward" });
    await forward.click();
    await expect(hint).toHaveAccessibleName("Hint 2 of 3");
    await page.getByRole("button", { name: "No more hints" }).click();
    await expect(hint).toHaveCount(0);
    await page.getByRole("button", { name: "First step" }).click();
    expect(await place()).toEqual(before);
  });
});

test("the summary is there to be read, and all groups and outcomes of the catalogue are in sight", async ({ page, isMobile }) => {
  test.skip(isMobile, "a phone has them in its menu");
  await page.setViewportSize({ width: 1280, height: 720 });
  await open(page, "s/ack-lost");
  const cut = await page.locator(".summary").evaluate((text) => text.scrollWidth > text.clientWidth || text.scrollHeight > text.clientHeight + 1);
  expect(cut).toBe(false);
  await page.setViewportSize({ width: 1440, height: 900 });
  for (const part of await page.locator(".catalogue h2, .catalogue .legend dd").all()) {
    await expect(part).toBeInViewport({ ratio: 1 });
  }
});

test("no title of the list pushes its outcome out of the row", async ({ page, isMobile }) => {
  test.skip(isMobile, "a phone has it in its menu");
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, "s/kafka-retention-earliest");
  await expect(page.locator(".catalogue .here")).toBeVisible();
  const wide = await page.locator(".catalogue li a").evaluateAll((rows) => rows.filter((row) => row.scrollWidth > row.clientWidth).map((row) => row.dataset.id));
  expect(wide).toEqual([]);
});

test("nothing shows beside the search that stays at the top of the list", async ({ page, isMobile }) => {
  test.skip(isMobile, "a phone has it in its menu");
  await page.setViewportSize({ width: 1440, height: 600 });
  await open(page, "s/ack-lost");
  await page.locator(".side").evaluate((side) => side.scrollTo(0, 180));
  const seen = await page.evaluate(() => {
    const search = document.querySelector(".side .search");
    const { left, right, top, bottom } = search.getBoundingClientRect();
    const places = [[left + 20, top - 5], [left + 2, top + 2], [right - 3, bottom - 2], [left + 40, bottom + 3]];
    return places.map(([x, y]) => document.elementsFromPoint(x, y).find((element) => element.matches("a, button, span, .search"))?.className);
  });
  expect(seen).toEqual(Array(4).fill("search"));
});

test("the whole run is solid at first, and what is to come faint only while somebody steps", async ({ page }) => {
  await open(page, "s/ack-lost");
  await expect(page.locator(".diagram .future")).toHaveCount(0);
  await expect(diagram(page).getByText("ack m1 lost", { exact: true })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(page.locator(".diagram .future")).not.toHaveCount(0);
  await page.keyboard.press("Home");
  await expect(page.locator(".diagram .future")).toHaveCount(0);
});

test("settings unfold where they are asked for", async ({ page }) => {
  await open(page, "s/ack-lost");
  const setting = page.getByText("fsync before ack");
  await expect(setting).toBeHidden();
  await page.getByText("Settings", { exact: true }).click();
  await expect(setting).toBeVisible();
});
