// Who uses the keyboard stays where they are: a control that is gone once it was used leaves the focus
// near its place, and a dialog gives it back.

import { expect, open, test } from "./app.js";

/** Uses a button by the keyboard. */
async function press(page, name) {
  await page.getByRole("button", { name }).first().focus();
  await page.keyboard.press("Enter");
}

const panel = (page) => page.getByRole("region", { name: "All runs (model check)" });

test("after fixes were asked for, and after that was stopped, in the same panel", async ({ page }) => {
  await open(page, "lab?preset=kafka-not-idempotent&messages=2");
  await expect(panel(page).getByRole("status")).toContainText("Search complete", { timeout: 30_000 });
  await press(page, "Find fixes");
  await expect(panel(page)).toBeFocused();
  await press(page, "Stop");
  await expect(panel(page)).toBeFocused();
});

test("after the first menu of what could happen was closed, at the button that opened it", async ({ page }) => {
  await open(page, "s/ack-lost?step=8");
  const dialog = page.getByRole("dialog", { name: "What happens next?" });
  for (const time of ["first", "second"]) {
    await press(page, "Break it here");
    await expect(dialog, time).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(dialog, time).toBeHidden();
    await expect(page.getByRole("button", { name: "Break it here" }), time).toBeFocused();
  }
});

test("a menu that is asked for again at once opens again", async ({ page }) => {
  await open(page, "s/ack-lost?step=8");
  const dialog = page.getByRole("dialog", { name: "What happens next?" });
  await press(page, "Break it here");
  await expect(dialog).toBeVisible();
  for (let time = 0; time < 10; time += 1) {
    // Both in one task: the browser says that the dialog was closed only after it.
    await page.evaluate(() => {
      const dialog = document.querySelector("dialog[open]");
      if (dialog.dispatchEvent(new Event("cancel", { cancelable: true }))) dialog.close();
      document.querySelector(".break").click();
    });
    await page.waitForTimeout(50);
    await expect(dialog).toBeVisible();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Break it here" }).press("Enter");
    await expect(dialog).toBeVisible();
  }
});

test("a menu that is asked for between its closing and the browser's word of it opens again", async ({ page }) => {
  await open(page, "s/ack-lost?step=8");
  const dialog = page.getByRole("dialog", { name: "What happens next?" });
  await press(page, "Break it here");
  await expect(dialog).toBeVisible();
  await page.evaluate(() => {
    const { close } = HTMLDialogElement.prototype;
    HTMLDialogElement.prototype.close = function (...value) {
      HTMLDialogElement.prototype.close = close;
      close.apply(this, value);
      document.querySelector(".break").click();
      this.addEventListener("close", () => setTimeout(() => (globalThis.toldOfClosing = true), 100), { once: true });
    };
  });
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => globalThis.toldOfClosing);
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("after a side was added, a fault removed and a notice dismissed, on their page", async ({ page }) => {
  const somewhere = () => page.evaluate(() => document.activeElement !== document.body);
  await open(page, "compare");
  await press(page, "Add configuration C");
  await expect(page.getByRole("button", { name: "Add configuration C" })).toHaveCount(0);
  expect(await somewhere()).toBe(true);
  await press(page, /^Remove the fault/);
  await expect(page.getByRole("button", { name: /^Remove the fault/ })).toHaveCount(0);
  expect(await somewhere()).toBe(true);
  await open(page, "s/ack-lost?step=99");
  await press(page, "Dismiss");
  await expect(page.getByRole("button", { name: "Dismiss" })).toHaveCount(0);
  expect(await somewhere()).toBe(true);
});

test("the ring around the diagram is whole", async ({ page }) => {
  for (const address of ["s/kafka-transaction-restart?step=9", "compare?step=4"]) {
    await open(page, address);
    const diagram = page.getByRole("region", { name: /^Sequence diagram/ }).first();
    await page.keyboard.press("Tab");
    await diagram.focus();
    const ring = await diagram.evaluate((diagram) => {
      const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(diagram);
      const box = diagram.getBoundingClientRect();
      // Around the box, where nothing of the drawing lies over it, and within the window.
      return { outlineStyle, outside: parseFloat(outlineOffset) >= 0, room: box.left - parseFloat(outlineWidth) };
    });
    expect(ring.outlineStyle, address).toBe("solid");
    expect(ring.outside, address).toBe(true);
    expect(ring.room, address).toBeGreaterThanOrEqual(0);
  }
});
