// The course: twelve scenarios in order, each with a question, and the progress.

import { axe, expect, open, running, test } from "./app.js";

const lessons = (page) => page.getByRole("region", { name: "Progress" }).getByRole("listitem");
const finished = (page, number) =>
  expect(page.getByRole("region", { name: "Progress" }).getByRole("status")).toHaveText(`${number} of 12 finished`);

/** Goes to the course as a reader would: from the catalogue, which is at the side or in the menu. */
async function enter(page) {
  await open(page, "");
  if (await page.locator(".side").count() === 0) await page.getByRole("button", { name: /Menu|Scenarios/ }).click();
  await page.getByRole("link", { name: /^Course: \d+ of 12/ }).click();
  await expect(page).toHaveURL(/\/course\/$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Course: from three guarantees to transactions");
}

test("a reader goes through the first lessons, and comes back later", async ({ page, isMobile }) => {
  await enter(page);
  await finished(page, 0);
  await expect(lessons(page)).toHaveCount(12);
  const start = page.getByRole("link", { name: "Start: Message lost before the broker" });
  await (isMobile ? start.tap() : start.click());
  await expect(page).toHaveURL(/s\/message-lost\/\?predict=1&course=1/);
  await page.getByRole("region", { name: "Prediction" }).getByRole("button", { name: "0", exact: true }).click();
  await page.getByRole("button", { name: "Last step" }).click();
  await page.getByRole("link", { name: "Next in the course: Ack lost, producer retries" }).click();
  await expect(page).toHaveURL(/s\/ack-lost\/\?predict=1&course=1/);
  await expect(page.getByRole("region", { name: "Prediction" }).getByRole("status")).toBeEmpty();
  await page.getByRole("button", { name: "Last step" }).click();
  await expect(page.getByRole("link", { name: /^Next in the course: Inbox/ })).toBeVisible();
  await enter(page);
  await page.reload();
  await running(page);
  await finished(page, 2);
  await expect(lessons(page).first()).toContainText("Finished");
  await expect(page.getByRole("link", { name: /^Continue: Inbox/ })).toBeVisible();
  const reset = page.getByRole("button", { name: "Reset progress" });
  await reset.click();
  await finished(page, 0);
  await expect(reset).toBeFocused();
});

test("after the last lesson it leads back to the course", async ({ page }) => {
  await open(page, "s/outbox-inbox?predict=1&course=1");
  await page.getByRole("button", { name: "Last step" }).click();
  await page.getByRole("link", { name: "Back to the course" }).click();
  await finished(page, 1);
});

test("by keyboard", async ({ page, isMobile }) => {
  test.skip(isMobile, "a keyboard stands on a desk");
  await open(page, "course");
  await page.getByRole("link", { name: /^Start/ }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/message-lost/);
  await expect(page.getByRole("region", { name: "Prediction" })).toBeVisible();
  await page.keyboard.press("0");
  await page.keyboard.press("End");
  await page.getByRole("link", { name: /^Next in the course/ }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/ack-lost/);
});

test("without storage the progress lasts as long as the page", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });
  });
  await open(page, "course");
  await lessons(page).nth(3).getByRole("link").click();
  await page.getByRole("region", { name: "Prediction" }).getByRole("button", { name: "1", exact: true }).click();
  await page.goBack();
  await finished(page, 1);
});

test("axe finds nothing, and nothing is too wide", async ({ page }) => {
  await open(page, "course");
  await finished(page, 0);
  expect((await axe(page).analyze()).violations.map((v) => v.id)).toEqual([]);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
});
